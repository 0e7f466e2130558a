"""Tickets a second of the inbox beside a bare insert of the same row, in one run.

    python benchmarks/inbox.py --collections ../shared/corpus [--database both]
        [--rounds 5] [--seconds 10] [--customers 0] [--skip-latency]

The inbox and `bare.py` (FastAPI, SQLAlchemy, one insert and commit, no triage) take turns,
asked by the same client over 8 kept connections; then the latency of the inbox at half of
what it sustained, from an open loop. Client, servers and PostgreSQL share the machine.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from support.paced import latencies, requests_of
from support.postgres import Postgres
from support.process import Process, inbox
from support.texts import texts_of, ticket
from support.wrk import rate, written

_CONNECTIONS = 8
_BARE = (sys.executable, str(Path(__file__).with_name("bare.py")), "--port")


@dataclass(frozen=True)
class Plan:
    """How long to measure, and what to send."""

    texts: Sequence[str]
    rounds: int
    seconds: float
    customers: int
    latency: bool


@dataclass(frozen=True)
class Figures:
    """What came out for one database: tickets a second of each round; seconds at half load."""

    ours: list[float]
    bare: list[float]
    times: list[float]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: both halves of a round met the same machine."""
        return statistics.median(a / b for a, b in zip(self.ours, self.bare, strict=True))

    def percentile(self, share: float) -> float:
        """Return milliseconds within which this share was answered."""
        ordered = sorted(self.times)
        return ordered[int(len(ordered) * share) - 1] * 1e3 if ordered else float("nan")


def bare(database: str, folder: Path) -> Process:
    """Return the peer on a database."""
    environment = {"BARE_DATABASE_URL": database}
    return Process([*_BARE], environment, ready="/ready", log=folder / "bare.log")


def measure(databases: Sequence[str], folder: Path, plan: Plan) -> Figures:
    """Let both take turns, then pace the inbox at half its rate."""
    bodies = written(folder, plan.texts, plan.customers)
    with inbox(databases[0], folder) as ours, bare(databases[1], folder) as peer:
        rates: dict[int, list[float]] = {ours.port: [], peer.port: []}
        for turn in range(plan.rounds + 1):
            for port in rates:
                seconds = plan.seconds if turn else 2.0  # the first one only warms up
                once = rate(port, bodies, f"r{turn}", connections=_CONNECTIONS, seconds=seconds)
                rates[port] += [once] if turn else []
        print("rounds", *rates.values(), file=sys.stderr, flush=True)
        half = statistics.median(rates[ours.port]) / 2
        times = paced(ours.port, plan, half) if plan.latency else []
    return Figures(rates[ours.port], rates[peer.port], times)


def paced(port: int, plan: Plan, half: float) -> list[float]:
    """Return the latencies of the inbox at `half` its rate, for as long as all rounds took."""
    count = int(half * plan.seconds * plan.rounds)
    texts = [plan.texts[n % len(plan.texts)] for n in range(count)]
    items = [ticket(n, text, customers=plan.customers) for n, text in enumerate(texts)]
    requests = requests_of([{**item, "external_id": f"paced-{n}"} for n, item in enumerate(items)])
    return latencies(port, requests, half)


@contextmanager
def databases(wanted: str, folder: Path) -> Iterator[dict[str, tuple[str, str]]]:
    """Yield two empty databases of each kind: ours and the peer's."""
    chosen = ("sqlite", "postgres") if wanted == "both" else (wanted,)
    with Postgres() if "postgres" in chosen else nullcontext() as server:
        known = {"sqlite": (f"sqlite:///{folder / 'a.db'}", f"sqlite:///{folder / 'b.db'}")}
        if server:
            known["postgres"] = (server.create(), server.create())
        yield {name: known[name] for name in chosen}


def show(results: dict[str, Figures]) -> None:
    """Print the table."""
    print("| database | inbox/s | bare/s | ratio | ratio by round | p50 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|")
    for name, found in results.items():
        ours, peer = statistics.median(found.ours), statistics.median(found.bare)
        rounds = " ".join(f"{a / b:.2f}" for a, b in zip(found.ours, found.bare, strict=True))
        p50, p99 = found.percentile(0.5), found.percentile(0.99)
        print(
            f"| {name} | {ours:.0f} | {peer:.0f} | {found.ratio:.2f} | {rounds} "
            f"| {p50:.1f} | {p99:.1f} |"
        )


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--collections", type=Path)
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--customers", type=int, default=0, help="share the tickets among so many")
    parser.add_argument("--skip-latency", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    given = options()
    texts = texts_of(given.collections, given.texts)
    latency = not given.skip_latency
    plan = Plan(texts, given.rounds, given.seconds, given.customers, latency)
    results = {}
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as known:
        for kind, pair in known.items():
            results[kind] = measure(pair, Path(name), plan)
    show(results)


if __name__ == "__main__":
    main()
