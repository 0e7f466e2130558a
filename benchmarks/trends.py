"""How fast every route of trends answers where very many tickets are stored.

    python -m benchmarks.trends [--tickets 1000000] [--database postgresql]

Fills a database of its own, opens a service on it, asks each route several times over HTTP, by
the default window and by all the time there is, and tells the median and the slowest.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

from starlette.testclient import TestClient

from benchmarks.support.many import filled
from benchmarks.support.postgres import Postgres
from service.app import create_app
from service.settings import Settings

_ALL = "from=2023-01-01"
ROUTES = (
    "counts",
    "counts?by=product",
    "counts?by=none&period=hour&from={month}",
    "counts?by=topic&{all}",
    "counts?by=product&period=week&{all}",
    "counts?by=issue&{all}&channel=app&tier=vip&issue=delivery&issue=none",
    "expected?by=issue&key=delivery",
    "expected?by=none&{all}",
    "overview",
    "service",
    "service?{all}&period=week",
    "drivers?outcome=satisfaction",
    "drivers?outcome=reopened&{all}",
    "silent?assume=range&{all}",
    "quality?{all}",
    "topics",
    "topics?{all}&period=week",
    "topics/1",
    "emerging",
    "export?what=counts&by=product&{all}&period=week",
)
PAGES = ("/overview", "/trends", "/topics", "/drivers", "/quality")


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/many.db"
        if asked.database == "postgresql":
            url = stack.enter_context(Postgres()).create()
        _filled(url, asked.tickets)
        settings = Settings(database_url=url, secret_file=folder / "key", jobs=False)
        served = TestClient(create_app(None, settings), raise_server_exceptions=False)
        client = stack.enter_context(served)
        _first(client)
        for route in (*(f"/v1/trends/{route}" for route in ROUTES), *PAGES):
            _ask(client, route.format(all=_ALL, month="2026-11-01"), asked.times)


def _filled(url: str, tickets: int) -> None:
    begun = perf_counter()
    filled(url, tickets).dispose()
    print(f"{tickets:,} tickets written in {perf_counter() - begun:.0f} s")


def _first(client: TestClient) -> None:
    begun = perf_counter()
    client.get("/v1/trends/counts").raise_for_status()
    print(f"first answer, with all read into memory: {perf_counter() - begun:.1f} s")
    print(f"{'route':70} {'median ms':>9} {'slowest':>8} {'bytes':>9}")


def _ask(client: TestClient, address: str, times: int) -> None:
    took = []
    for _ in range(times):
        begun = perf_counter()
        reply = client.get(address)
        took.append(1000 * (perf_counter() - begun))
        if reply.status_code != 200:
            print(f"{address:70} {reply.status_code} {reply.text[:80]}")
            return
    print(f"{address:70} {median(took):9.0f} {max(took):8.0f} {len(reply.content):9}")


if __name__ == "__main__":
    main()
