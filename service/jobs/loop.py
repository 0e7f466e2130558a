"""A thread that does a piece of work again and again until told to stop."""

from collections.abc import Callable
from threading import Event, Thread

import structlog

_log = structlog.get_logger()


class Loop:
    """Calls `work` until stopped; it returns whether there may be more at once."""

    def __init__(self, name: str, work: Callable[[], bool], *, pause: float) -> None:
        self._name = name
        self._work = work
        self._pause = pause
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=f"fenzhen-{name}", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present piece of work."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            if not self._once():
                self._stopped.wait(self._pause)

    def _once(self) -> bool:
        try:
            return self._work()
        except Exception:  # noqa: BLE001 - a database away for a minute must not end the timer
            _log.exception("job.failed", job=self._name)
            return False
