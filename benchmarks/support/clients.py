"""Clients that post tickets until each is acknowledged, whatever becomes of the service."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event, Lock, Thread
from typing import Any

_PAUSE = 0.05  # seconds until a request is sent again
_TIMEOUT = 60.0


@dataclass
class Tally:
    """What the clients were told. `ids` maps an external id to the ticket of its receipt."""

    ids: dict[str, str] = field(default_factory=dict)
    new: int = 0  # acknowledged with 201
    known: int = 0  # with 200: written before, but the answer was lost
    retries: int = 0
    refused: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def acknowledge(self, key: str, status: int, body: bytes) -> None:
        """Keep the receipt of a ticket."""
        with self.lock:
            self.ids[key] = json.loads(body)["ticket"]["id"]
            self.new += status == 201
            self.known += status == 200


class Clients:
    """`count` threads, each with one kept connection, that share the bodies."""

    def __init__(self, port: int, bodies: Iterator[Mapping[str, Any]], count: int) -> None:
        self.tally = Tally()
        self._port = port
        self._bodies = bodies
        self._over = Event()
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(count)]

    def start(self) -> None:
        """Begin to post."""
        for thread in self._threads:
            thread.start()

    def join(self, while_waiting: Callable[[], None] = lambda: None) -> None:
        """Return when every body is acknowledged or refused."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(0.2)
                while_waiting()

    def give_up(self) -> None:
        """Let nobody try again."""
        self._over.set()

    def _next(self) -> Mapping[str, Any] | None:
        with self.tally.lock:
            return next(self._bodies, None)

    def _work(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
        while body := self._next():
            self._post(connection, body["external_id"], json.dumps(body).encode())
        connection.close()

    def _post(self, connection: HTTPConnection, key: str, body: bytes) -> None:
        while not self._over.is_set():
            status, answer = _once(connection, body)
            if status in (200, 201):
                return self.tally.acknowledge(key, status, answer)
            if 400 <= status < 500 and status != 429:
                return self.tally.refused.append(f"{key}: {status} {answer[:200]!r}")
            with self.tally.lock:
                self.tally.retries += 1
            time.sleep(_PAUSE)
        return None


def _once(connection: HTTPConnection, body: bytes) -> tuple[int, bytes]:
    """Send once; status 0 where no answer came."""
    headers = {"content-type": "application/json"}
    try:
        connection.request("POST", "/v1/tickets", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        connection.close()
        return 0, b""
