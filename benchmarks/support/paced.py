"""Latency at a fixed rate: requests leave on time, whether earlier ones were answered or not.

A client that waits for an answer before it sends again measures a slow server seldom just
when it is slow (coordinated omission). Here each time counts from the moment the request
was due.
"""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_CONNECTIONS = 64
_KEPT = 3.0  # seconds; servers close what is idle for five


_Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class _Pool:
    """Connections that are kept, each with the time of its last use."""

    port: int
    free: list[tuple[_Pair, float]] = field(default_factory=list)

    async def post(self, request: bytes) -> None:
        """Send one request and read its answer. Raises RuntimeError where it is no 2xx."""
        reader, writer = pair = await self._connection()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        if not head.startswith(b"HTTP/1.1 2"):
            raise RuntimeError(head.decode())
        self.free.append((pair, time.monotonic()))

    async def _connection(self) -> _Pair:
        while self.free:
            pair, used = self.free.pop()
            if time.monotonic() - used < _KEPT:
                return pair
            pair[1].close()
        return await asyncio.open_connection("127.0.0.1", self.port)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    raise RuntimeError("an answer without a length")


def requests_of(bodies: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Return the bytes of requests, made before time is measured."""
    made = []
    for body in bodies:
        content = json.dumps(body, ensure_ascii=False).encode()
        head = (
            "POST /v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        made.append(head.encode() + content)
    return made


def latencies(port: int, requests: Sequence[bytes], rate: float) -> list[float]:
    """Send the requests at `rate` a second; return the seconds each took from when it was due."""
    return asyncio.run(_paced(port, requests, rate))


async def _paced(port: int, requests: Sequence[bytes], rate: float) -> list[float]:
    loop, pool, times = asyncio.get_running_loop(), _Pool(port), list[float]()
    limit = asyncio.Semaphore(_CONNECTIONS)
    began = loop.time() + 0.1

    async def one(due: float, request: bytes) -> None:
        async with limit:
            await pool.post(request)
        times.append(loop.time() - due)

    tasks = []
    for number, request in enumerate(requests):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        tasks.append(asyncio.create_task(one(due, request)))
    await asyncio.gather(*tasks)
    for (_, writer), _ in pool.free:
        writer.close()
    return times
