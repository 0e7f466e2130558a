"""What other dashboards ask, where very many tickets are stored: /metrics, the views, Parquet.

    python -m benchmarks.dashboards [--tickets 1000000] [--database postgresql]

Fills a database of its own. `/metrics` is asked each time anew of the database, through HTTP in
this process; each view for the last 30 days and for all time; the export runs as a process of
its own, whose largest memory is told.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, text
from starlette.testclient import TestClient

from benchmarks.support.many import filled
from benchmarks.support.postgres import Postgres
from service.app import create_app
from service.db.views import NAMES
from service.metrics.scrape import Scrape
from service.settings import Settings

_WITHOUT_DAY = ("v_topic_names", "v_queue_now", "v_models")
_CODE = """
import atexit, re
from pathlib import Path
from triage.cli import main
told = lambda: re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
atexit.register(lambda: print(f"largest memory {int(told()) / 1024:.0f} MB", flush=True))
main()
"""


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = f"sqlite:///{folder}/many.db"
        if asked.database == "postgresql":
            url = stack.enter_context(Postgres()).create()
        engine = filled(url, asked.tickets)
        print(f"{asked.tickets:,} tickets, {asked.database}; median and slowest in ms", flush=True)
        settings = Settings(database_url=url, secret_file=folder / "key", jobs=False)
        _metrics(settings, 5 * asked.times)
        _views(engine, asked.times)
        engine.dispose()
        _export(url, folder, folder / "facts")


def _metrics(settings: Settings, times: int) -> None:
    app = create_app(None, settings)
    with TestClient(app) as client:
        state = app.state.fenzhen

        def anew() -> None:
            state.scrape = Scrape(state.counts)
            client.get("/metrics").raise_for_status()

        _tell("/metrics, the database asked", anew, times)
        _tell("/metrics, within ten seconds", lambda: client.get("/metrics"), times)


def _views(engine: Engine, times: int) -> None:
    month = f"WHERE day >= '{date.today() - timedelta(days=30)}'"
    for view in NAMES:
        for span in ("",) if view in _WITHOUT_DAY else (month, ""):
            query = text(f"SELECT * FROM {view} {span}")
            _tell(f"{view} {'30 days' if span else 'all'}", lambda q=query: _read(engine, q), times)


def _read(engine: Engine, query: Any) -> None:
    # Row by row only where there are a million: PostgreSQL plans a cursor for its first rows.
    streams = {"stream_results": True, "yield_per": 5000} if "v_ticket" in str(query) else {}
    with engine.connect().execution_options(**streams) as connection:
        for rows in connection.execute(query).partitions(5000):
            len(rows)


def _tell(name: str, ask: Callable[[], Any], times: int) -> None:
    took = []
    for _ in range(times):
        begun = perf_counter()
        ask()
        took.append(1000 * (perf_counter() - begun))
    print(f"{name:40} {median(took):9.1f} {max(took):9.1f}", flush=True)


def _export(url: str, folder: Path, out: Path) -> None:
    own = {"FENZHEN_DATABASE_URL": url, "FENZHEN_SECRET_FILE": str(folder / "key")}
    for what in ("export", "the same again"):
        begun = perf_counter()
        subprocess.run(
            [sys.executable, "-c", _CODE, "export-facts", str(out)],
            env=os.environ | own,
            check=True,
        )
        print(f"{what}: {perf_counter() - begun:.1f} s", flush=True)
    size = sum(path.stat().st_size for path in out.glob("*/*.parquet")) / 1e6
    print(f"{size:.0f} MB of files", flush=True)


if __name__ == "__main__":
    main()
