"""One attempt to deliver one message: signed, to a checked address, within its time.

It stands on httpcore, the engine of httpx, because of what that leaves out: no redirects, no
cookies, no proxies or passwords from the environment, no decompression.
"""

import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from types import TracebackType
from typing import Self

import httpcore
import httpx

from service.webhooks.addresses import (
    AddressError,
    Resolver,
    addresses_of,
    parse,
    port_of,
    system_resolver,
)
from service.webhooks.backoff import LONGEST_WAIT
from service.webhooks.connections import Connections, Deadline
from service.webhooks.signing import sign
from triage import __version__

CONNECT_TIMEOUT = 5.0
TOTAL_TIMEOUT = 10.0
BODY_LIMIT = 4096  # bytes of an answer that are read, to keep the connection, and dropped
_NETWORK = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. `status` is None where no answer came; `error` is for people.

    `retry_after` is what a 429 or 503 asked for, at most 24 hours.
    """

    status: int | None
    error: str = ""
    delivered: bool = False
    retry: bool = False
    retry_after: timedelta | None = None

    @property
    def gone(self) -> bool:
        """The receiver wants no more (410): its endpoint is to be disabled."""
        return self.status == 410


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """Sends messages over connections that are kept. Safe to use from several threads.

    `resolve`, `network`, `tls` and `clock` are seams; in service only `allow_private` is set.
    Close it, or use it as a context.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolver = system_resolver,
        network: httpcore.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = _utc_now,
        connections: int = 20,
    ) -> None:
        self._allow_private = allow_private
        self._clock = clock
        self._deadline = Deadline()
        addresses = partial(addresses_of, allow_private=allow_private, resolve=resolve)
        self._connections = Connections(addresses, self._deadline, network=network)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=self._connections,
        )

    def send(
        self,
        url: str,
        secrets: str | Sequence[str],
        message_id: str,
        body: bytes,
        *,
        timeout: float = TOTAL_TIMEOUT,
    ) -> Outcome:
        """Sign and post `body` (JSON) once, and return what came of it within `timeout` seconds.

        Whatever the network, the receiver or the address does is an Outcome. Raises SecretError
        only, for a secret or message id of ours with which nothing can be signed.
        """
        now = self._clock()
        headers = sign(secrets, message_id, now, body)
        try:
            target = parse(url, allow_private=self._allow_private)
            with self._deadline.within(timeout):
                return self._post(target, headers, body, timeout, now)
        except AddressError as error:
            return Outcome(None, str(error), retry=True)
        except _NETWORK as error:
            return Outcome(None, _say(error, timeout), retry=True)

    def _post(
        self, url: httpx.URL, headers: dict[str, str], body: bytes, timeout: float, now: datetime
    ) -> Outcome:
        # Each step is also cut at the deadline; connecting alone has a shorter time.
        times = dict.fromkeys(("pool", "read", "write"), timeout)
        times["connect"] = min(timeout, CONNECT_TIMEOUT)
        with self._pool.stream(
            "POST",
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=port_of(url), target=url.raw_path
            ),
            headers=_all_headers(url, headers),
            content=body,
            extensions={"timeout": times},
        ) as response:
            _drop_body(response)
            return _outcome(response, now)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _all_headers(url: httpx.URL, signed: dict[str, str]) -> list[tuple[bytes, bytes]]:
    own = {"content-type": "application/json", "user-agent": f"Fenzhen/{__version__}", **signed}
    named = [(name.encode(), value.encode()) for name, value in own.items()]
    return [(b"host", url.netloc), *named]


def _drop_body(response: httpcore.Response) -> None:
    """Read a little of the answer, so that the connection can be used again.

    The status has been given by then: a body that breaks off changes nothing.
    """
    size = 0
    with suppress(*_NETWORK):
        for piece in response.iter_stream():
            size += len(piece)
            if size >= BODY_LIMIT:
                return


def _outcome(response: httpcore.Response, now: datetime) -> Outcome:
    status = response.status
    if 200 <= status < 300:
        return Outcome(status, delivered=True)
    if status == 410:
        return Outcome(status, "HTTP 410: the receiver wants no more messages")
    if 300 <= status < 400:
        return Outcome(status, f"HTTP {status}: redirects are not followed", retry=True)
    wait = _retry_after(response, now) if status in (429, 503) else None
    return Outcome(status, f"HTTP {status}", retry=True, retry_after=wait)


def _retry_after(response: httpcore.Response, now: datetime) -> timedelta | None:
    """Return the wait a Retry-After asks for, in either of its forms; None where unreadable."""
    values = [value for name, value in response.headers if name.lower() == b"retry-after"]
    text = values[0].decode("ascii", "replace").strip() if values else ""
    if text.isascii() and text.isdigit():
        # Nine digits are thirty years; int() itself refuses thousands of them.
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _say(error: Exception, timeout: float) -> str:
    if isinstance(error, httpcore.PoolTimeout):
        return "no connection was free in time"
    if isinstance(error, httpcore.TimeoutException | TimeoutError):
        return f"no answer within {timeout:g} s"
    return f"{type(error).__name__}: {error}"[:200]
