"""A desk with very many tickets, written straight into its tables."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Engine, Table

from service.db.engine import connect
from service.db.migrate import upgrade
from service.db.tables import customers, ticket_issues, tickets, verdicts
from service.db.trend_tables import ticket_facts, ticket_topics, topics
from service.tickets.ids import first_id
from triage.records import to_json

ZONE = ZoneInfo("Asia/Shanghai")
ISSUES = ("product_quality", "staff_attitude", "delivery", "follow_up_neglect", "other")
QUEUES = ("quality", "delivery", "service", "general", "urgent")
CHANNELS = ("app", "web", "phone", "wechat", "email")
PRODUCTS = tuple(f"商品{k:03}" for k in range(300))
REGIONS = tuple(f"地区{k:02}" for k in range(31))
MODEL = "0123456789ab"
TOPICS = 60
_CHUNK = 50_000
_BODY = to_json({"issues": [], "scores": {}, "review": False}).decode()


def filled(url: str, tickets: int) -> Engine:
    """Bring an empty database to its shape, write so many tickets, and return its engine."""
    engine = connect(url, durable=False)
    upgrade(engine)
    fill(engine, tickets)
    return engine


def fill(engine: Engine, n: int, *, days: int = 730, seed: int = 1) -> None:
    """Write n tickets of the last days, each with a verdict, its facts and mostly a topic."""
    now = datetime.now(UTC)
    made = _Made(n, days, now, np.random.default_rng(seed))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        _write(connection, customers, made.customers())
        _write(connection, topics, made.topics())
        for table in (tickets, verdicts, ticket_issues, ticket_facts, ticket_topics):
            _write(connection, table, getattr(made, table.name)())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _write(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    while chunk := list(islice(rows, _CHUNK)):
        names = tuple(chunk[0])
        values = [tuple(row.values()) for row in chunk]
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"
            connection.exec_driver_sql(statement, [_sqlite(row) for row in values])
        else:
            _copy(connection, f"COPY {table.name} ({', '.join(names)}) FROM STDIN", values)


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)


def _sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value
        for value in row
    )


class _Made:
    """The rows of every table, all told by one draw."""

    def __init__(self, n: int, days: int, now: datetime, rng: np.random.Generator) -> None:
        self.n, self.now = n, now
        self.people = max(1, n // 4)
        back = np.sort(rng.uniform(0, days * 86400, n))[::-1]
        self.at = [now - timedelta(seconds=float(s)) for s in back]
        self.draw = rng.integers(0, 1 << 30, size=(n, 8))
        self.labels = rng.random((n, len(ISSUES))) < (0.35, 0.12, 0.25, 0.15, 0.2)
        self.seconds = rng.exponential(3600, size=(n, 2))
        self.ids = [first_id("t", at)[:10] + f"{k:010}" for k, at in enumerate(self.at)]

    def customers(self) -> Iterator[dict[str, Any]]:
        """Yield one customer for every four tickets."""
        for k in range(self.people):
            yield {"id": f"c{k:09}", "tier": ("normal", "vip")[k % 10 == 0], "created_at": self.now}

    def topics(self) -> Iterator[dict[str, Any]]:
        """Yield the topics."""
        for k in range(1, TOPICS + 1):
            phrases = to_json([[f"话题{k}", 1.0]]).decode()
            told = {"hidden": False, "size": self.n // TOPICS, "first_at": self.now}
            yield {"id": k, "phrases": phrases, **told, "created_at": self.now}

    def tickets(self) -> Iterator[dict[str, Any]]:
        """Yield the tickets; one in a hundred is open."""
        for k, (key, at) in enumerate(zip(self.ids, self.at, strict=True)):
            yield {
                "id": key,
                "source": "bench",
                "snippet": "等了三天还没发货",
                "sla": "standard",
                "queue_by": "system",
                "tags": "[]",
                "corrected": "{}",
                "priority": 1,
                "messages": 1,
                "repeats": 0,
                "breached": False,
                "neglected": False,
                "verdict_id": f"v{key[1:]}",
                "created_at": at,
                "updated_at": at,
                **{name: self._fact(k)[name] for name in _SHARED},
            }

    def verdicts(self) -> Iterator[dict[str, Any]]:
        """Yield one verdict a ticket."""
        for key, at in zip(self.ids, self.at, strict=True):
            model = {"model_name": "default", "model_version": "1", "model_hash": MODEL}
            told = {"message_id": f"m{key[1:]}", "at": at, **model, "review": False}
            yield {"id": f"v{key[1:]}", "ticket_id": key, **told, "body": _BODY}

    def ticket_issues(self) -> Iterator[dict[str, Any]]:
        """Yield the issues of the tickets."""
        for key, some in zip(self.ids, self.labels, strict=True):
            for label in np.flatnonzero(some):
                yield {"ticket_id": key, "issue": ISSUES[label]}

    def ticket_facts(self) -> Iterator[dict[str, Any]]:
        """Yield what is counted of the tickets."""
        for k, (key, at) in enumerate(zip(self.ids, self.at, strict=True)):
            here = at.astimezone(ZONE)
            told = {"ticket_id": key, "changed": f"x{key[1:]}", "form": f"1 {ZONE.key}"}
            yield {**told, "at": at, "day": str(here.date()), "hour": here.hour, **self._fact(k)}

    def ticket_topics(self) -> Iterator[dict[str, Any]]:
        """Yield the topics of four tickets in five."""
        for k, (key, at) in enumerate(zip(self.ids, self.at, strict=True)):
            if self.draw[k, 7] % 5:
                yield {"ticket_id": key, "topic_id": int(self.draw[k, 7] % TOPICS) + 1, "at": at}

    def _fact(self, k: int) -> dict[str, Any]:
        a = [int(value) for value in self.draw[k]]
        issues = sorted(ISSUES[label] for label in np.flatnonzero(self.labels[k]))
        closed, first = k % 100 != 0, float(self.seconds[k, 0])
        return {
            "status": "closed" if closed else "open",
            "queue": QUEUES[a[0] % len(QUEUES)],
            "channel": CHANNELS[a[1] % len(CHANNELS)],
            "product": PRODUCTS[a[2] % len(PRODUCTS)] if a[2] % 7 else None,
            "customer_id": f"c{a[3] % self.people:09}",
            "region": REGIONS[a[4] % len(REGIONS)],
            "tier": ("normal", "vip")[a[3] % self.people % 10 == 0],
            "model_hash": MODEL,
            "model": "default 1",
            "issues": f",{','.join(issues)}," if issues else "",
            "sentiment": a[5] % 5 + 1,
            "urgency": a[5] % 11 % 4,
            "review": a[5] % 6 == 0,
            "first_reply_s": first,
            "first_reply_worked_s": first / 3,
            "resolved_s": first + float(self.seconds[k, 1]) if closed else None,
            "questions": a[6] % 3 + 1,
            "replies": a[6] % 2 + 1,
            "first_contact": a[6] % 3 == 0 if closed else None,
            "asked_before_closing": a[6] % 9 != 0 if closed else None,
            "reopened": int(a[6] % 20 == 0),
            "handoffs": a[0] % 4 % 3,
            "clocks_met": 2,
            "clocks_missed": int(a[0] % 8 == 0),
            "promises_kept": a[1] % 2,
            "promises_broken": int(a[1] % 30 == 0),
            "satisfaction": 60.0 + a[4] % 50 if a[4] % 5 == 0 else None,
            "stays": to_json([[QUEUES[a[0] % len(QUEUES)], first]]).decode(),
        }


_SHARED = (
    "status",
    "queue",
    "channel",
    "product",
    "customer_id",
    "sentiment",
    "urgency",
    "review",
    "reopened",
)
