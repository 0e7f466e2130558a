"""What survives SIGKILL: every acknowledged ticket once, every webhook at least once.

    python benchmarks/crash.py --database both --collections ../shared/corpus
        [--tickets 20000] [--clients 8] [--kills 10] [--seed 1] [--hurry]

Posts tickets from several clients, kills the service in between at moments drawn by chance
and starts it again, then compares the database with what clients and a webhook receiver
were told. Without --collections the texts are those of data/seed. Ends with 1 where
anything is missing.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine, insert, update
from support.audit import Findings, audit, pending
from support.clients import Clients
from support.postgres import Postgres
from support.process import Process, inbox
from support.receiver import Receiver
from support.texts import texts_of, ticket

from service.db.engine import connect
from service.db.migrate import upgrade
from service.db.tables import endpoints, outbox
from service.tickets.ids import new_id
from service.webhooks.signing import new_secret

_CUSTOMERS = 5000
_DRAIN_WITHIN = 1800.0  # seconds until the outbox must be empty


@dataclass(frozen=True)
class Plan:
    """What to do to one database."""

    texts: list[str]
    clients: int
    kills: int
    seed: int
    hurry: bool


class Killer:
    """Kills and restarts the service when shares of the tickets, drawn by chance, are through."""

    def __init__(self, service: Process, clients: Clients, plan: Plan) -> None:
        self._service, self._clients = service, clients
        self._random = random.Random(plan.seed)
        least, most = len(plan.texts) // 20, len(plan.texts) * 19 // 20
        self._moments = sorted(self._random.sample(range(least, most), plan.kills))
        self._over = Event()
        self._thread = Thread(target=self._work, daemon=True)
        self.done = 0

    def start(self) -> None:
        """Begin to wait for the moments."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present restart."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            for moment in self._moments:
                self._wait(moment)
                self._service.kill()
                self._service.start()
                self.done += 1
        except RuntimeError:
            self._clients.give_up()  # it did not come back: what is missing will be found

    def _wait(self, moment: int) -> None:
        while len(self._clients.tally.ids) < moment and not self._over.is_set():
            time.sleep(0.002)
        time.sleep(self._random.uniform(0, 0.05))  # anywhere within a transaction


def subscribe(database: Engine, url: str, secret: str) -> None:
    """Write an endpoint that wants every kind of event."""
    with database.execution_options(writes=True).begin() as connection:
        row = {
            "id": new_id("w"),
            "name": "receiver",
            "url": url,
            "secrets": [secret],
            "kinds": [],
            "active": True,
            "created_at": datetime.now(UTC),
        }
        connection.execute(insert(endpoints), [row])


def drain(database: Engine, *, hurry: bool) -> float:
    """Wait until no webhook waits; return the seconds it took."""
    began = time.monotonic()
    while (left := pending(database)) and time.monotonic() - began < _DRAIN_WITHIN:
        if hurry and left < 64:
            _release(database)
        time.sleep(0.5)
    return time.monotonic() - began


def _release(database: Engine) -> None:
    """Let the minute pass for which letters of a dead sender are kept from others."""
    late = update(outbox).where(outbox.c.state == "pending").values(next_at=datetime.now(UTC))
    with database.execution_options(writes=True).begin() as connection:
        connection.execute(late)


def attack(address: str, folder: Path, plan: Plan) -> tuple[Findings, dict[str, str]]:
    """Run one database through it; return what was found, and figures of the run."""
    database, secret = connect(address), new_secret()
    upgrade(database)
    settings = {"FENZHEN_ALLOW_PRIVATE_WEBHOOKS": "true"}
    with Receiver(secret) as receiver, inbox(address, folder, **settings) as service:
        subscribe(database, receiver.url, secret)
        bodies = (ticket(n, text, customers=_CUSTOMERS) for n, text in enumerate(plan.texts))
        clients = Clients(service.port, bodies, plan.clients)
        killer = Killer(service, clients, plan)
        began = time.monotonic()
        clients.start()
        killer.start()
        clients.join()
        seconds = time.monotonic() - began
        killer.stop()
        waited = drain(database, hurry=plan.hurry)
        service.stop()
        findings = audit(database, clients.tally.ids, receiver.letters)
    database.dispose()
    tally = clients.tally
    lost = [str(n) for n in range(len(plan.texts)) if f"bench-{n}" not in tally.ids]
    findings.expect("never acknowledged", lost)
    findings.expect("refused", tally.refused)
    findings.expect("wrongly signed", ["one"] * receiver.forged)
    findings.expect("kills left out", ["one"] * (plan.kills - killer.done))
    told = {
        "kills": str(killer.done),
        "requests sent again": str(tally.retries),
        "acknowledged as new / as known": f"{tally.new} / {tally.known}",
        "seconds of posting, restarts included": f"{seconds:.0f}",
        "seconds until the outbox was empty": f"{waited:.0f}",
    }
    return findings, told


@contextmanager
def databases(wanted: str, folder: Path) -> Iterator[dict[str, str]]:
    """Yield the addresses of empty databases by their names."""
    chosen = ("sqlite", "postgres") if wanted == "both" else (wanted,)
    with Postgres() if "postgres" in chosen else nullcontext() as server:
        known = {"sqlite": f"sqlite:///{folder / 'inbox.db'}"}
        if server:
            known["postgres"] = server.create()
        yield {name: known[name] for name in chosen}


def show(results: dict[str, tuple[Findings, dict[str, str]]]) -> None:
    """Print the table."""
    print("| | " + " | ".join(results) + " |\n|---|" + "---|" * len(results))
    columns = [{**told, **found.counts} for found, told in results.values()]
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(str(column[name]) for column in columns) + " |")
    for name, (found, _) in results.items():
        for fault in found.faults:
            print(f"{name}: {fault}", file=sys.stderr)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--collections", type=Path)
    parser.add_argument("--tickets", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hurry", action="store_true", help="do not wait out the senders' minute")
    return parser.parse_args()


def main() -> int:
    """Attack each database in turn and print what was found."""
    given = options()
    texts = texts_of(given.collections, given.tickets)
    plan = Plan(texts, given.clients, given.kills, given.seed, given.hurry)
    results = {}
    with tempfile.TemporaryDirectory() as name, databases(given.database, Path(name)) as known:
        for kind, address in known.items():
            results[kind] = attack(address, Path(name), plan)
    show(results)
    return 1 if any(found.faults for found, _ in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
