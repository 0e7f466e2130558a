"""A receiver of webhooks: checks the signature and remembers what came, how often."""

import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any

from service.webhooks.signing import SignatureError, verify


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a sender that was killed in the middle."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """Listens on a free loopback port. `letters` counts the webhook-ids that came."""

    def __init__(self, secret: str) -> None:
        self.letters: Counter[str] = Counter()
        self.forged = 0
        self._secret = secret
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Remember one delivery and return the status to answer."""
        try:
            verify(self._secret, headers, body)
        except SignatureError:
            with self._lock:
                self.forged += 1
            return 401
        with self._lock:
            self.letters[headers["webhook-id"]] += 1
        return 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed in the middle: nothing came
                    self.close_connection = True
                    return
                named = {name.lower(): value for name, value in self.headers.items()}
                self.send_response_only(take(named, body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler

    def __enter__(self) -> "Receiver":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
