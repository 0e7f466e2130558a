"""Connections for webhooks: made to an address that was just checked, cut at a deadline.

Names are resolved here, once for each connection, and the same answer is checked and
connected to, so a name that changes its address in between (DNS rebinding) gains nothing.
The pool above still knows the host by name: certificates are checked against the name, and
two hosts behind one address never share a connection.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any

import httpcore


class Deadline(threading.local):
    """The moment by which the request of the calling thread must be over.

    The timeouts of a socket begin anew with each byte; a receiver that sends a byte now and
    then would hold a thread for hours.
    """

    _end = math.inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Allow `seconds` for all that this thread does inside."""
        self._end = time.monotonic() + seconds
        try:
            yield
        finally:
            self._end = math.inf

    def left(self, timeout: float | None) -> float | None:
        """Return the seconds the next step may take. Raises httpcore.ReadTimeout at the end."""
        left = min(self._end - time.monotonic(), math.inf if timeout is None else timeout)
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return None if left == math.inf else left


class Connections(httpcore.NetworkBackend):
    """Opens connections to what `addresses(host, port)` returns, in that order.

    What `addresses` raises passes through: an AddressError ends the attempt before any
    packet is sent. Safe to use from several threads.
    """

    def __init__(
        self,
        addresses: Callable[[str, int], Sequence[str]],
        deadline: Deadline,
        *,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._addresses = addresses
        self._deadline = deadline
        self._network = network or httpcore.SyncBackend()
        # The system's resolver knows no timeout, so it runs where it can be left behind.
        self._resolving = ThreadPoolExecutor(8, thread_name_prefix="webhook-dns")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises httpcore's errors and OSError."""
        failure: Exception = httpcore.ConnectError(f"no address for {host}")
        for address in self._resolve(host, port, timeout):
            try:
                stream = self._network.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _resolve(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        asked = self._resolving.submit(self._addresses, host, port)
        try:
            return asked.result(self._deadline.left(timeout))
        finally:
            asked.cancel()  # else those who gave up would fill the queue

    def close(self) -> None:
        """Let go of the threads that resolve."""
        self._resolving.shutdown(wait=False, cancel_futures=True)


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every step ends with the deadline of the calling thread."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _TimedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
