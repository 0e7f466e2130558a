"""A server of ours in a process of its own, on a free loopback port, that can be killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType

_READY_WITHIN = 60.0  # seconds
_COMMAND = (sys.executable, "-c", "from triage.cli import main; main()", "serve", "--port")


class Process:
    """Runs `command PORT` with an environment; a context that ends it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, ready: str, log: Path
    ) -> None:
        self.port = free_port()
        self._command = [*command, str(self.port)]
        clean = {name: v for name, v in os.environ.items() if not name.startswith("FENZHEN_")}
        self._environment = {**clean, **environment}
        self._ready = ready
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when the address `ready` answers 200."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log
            )
        until = time.monotonic() + _READY_WITHIN
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"it does not start; see {self._log}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it with SIGKILL: it has no moment to put anything in order."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """End it in order."""
        assert self._process
        self._process.terminate()
        self._process.wait(60)

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process
        return self._process.pid

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", self._ready)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def __enter__(self) -> "Process":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process and self._process.poll() is None:
            self.stop()


def inbox(database: str, folder: Path, **settings: str) -> Process:
    """Return the inbox on a database; `folder` takes its secret and its log."""
    environment = {
        "FENZHEN_DATABASE_URL": database,
        "FENZHEN_SECRET_FILE": str(folder / "secret.key"),
        **settings,
    }
    return Process(_COMMAND, environment, ready="/ready", log=folder / "inbox.log")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
