"""Every ticket of the desk as columns in memory, brought up to the database when asked.

Trends are asked by any dimension, with any filter, over any time: no table of sums holds all
of these, and columns answer them in milliseconds. See docs/decisions/0017.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from service.db.facts import NUMBERS, left_customers, read_facts, read_topics, topic_marks
from service.db.topics import resolved
from service.desk.columns import Names, Stock, as_ids, empty, joined, stock_of, stock_of_one
from service.desk.desk import Desk, utc_now
from service.tickets.ids import first_id
from triage.trends.facts import UNKNOWN, Column, Facts, Ints
from triage.trends.measures import Stays
from triage.trends.outcomes import repeated, retained

_FRESH = 1.0  # seconds that an answer may be old
# A row is written when its transaction nears its end and seen when it has ended, in any order.
_LATE = timedelta(minutes=2)
_PLAIN = ("channel", "product", "region", "tier", "queue")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tickets as they stood at one moment; it never changes. `models`: names by hash."""

    number: int
    facts: Facts
    stays: Stays
    models: Mapping[str, str]
    stock: Stock

    def rows(self, ids: Sequence[str]) -> Ints:
        """Return where tickets stand among the facts, -1 for those that do not count."""
        return self.stock.rows(as_ids(ids))


@dataclass(frozen=True, slots=True)
class _Topics:
    """Which tickets have which topic, as first given; the rest tells when to read anew."""

    given: Stock = field(default_factory=lambda: stock_of_one("topic", (), ()))
    merged: Mapping[int, int] = field(default_factory=dict)
    worked: datetime | None = None
    count: int = 0


class Trends:
    """Holds the columns. Safe to share by threads; one at a time reads what is new."""

    def __init__(self, desk: Desk, clock: Callable[[], float] = monotonic) -> None:
        self._desk, self._clock, self._lock = desk, clock, Lock()
        self._names = Names()
        self._stock: Stock = empty(self._names)
        self._late: dict[str, str] = {}  # rows of the last minutes, which are read again
        self._read: datetime | None = None
        self._topics = _Topics()
        self._looked = float("-inf")
        self._snapshot: Snapshot | None = None
        self._outcomes: tuple[int, Facts] | None = None

    def facts(self) -> Facts:
        """Return the tickets, at most about a second old."""
        return self.snapshot().facts

    def stays(self) -> Stays:
        """Return the stays in queues that are over."""
        return self.snapshot().stays

    def outcomes(self) -> Facts:
        """Return the tickets with what became of their customers: `repeated`, `retained`."""
        now = self.snapshot()
        if self._outcomes is None or self._outcomes[0] != now.number:
            self._outcomes = now.number, self._with_outcomes(now.facts)
        return self._outcomes[1]

    def expire(self) -> None:
        """Have the next answer be of its very moment: somebody waits to see what was done."""
        self._looked = float("-inf")

    def snapshot(self) -> Snapshot:
        """Return the tickets with what belongs to them, at most about a second old."""
        with self._lock:
            if self._snapshot is None or self._clock() - self._looked >= _FRESH:
                with self._desk.database.connect() as connection:
                    changed = [self._read_tickets(connection), self._read_topics(connection)]
                if self._snapshot is None or any(changed):
                    self._snapshot = self._taken()
                self._looked = self._clock()
            return self._snapshot

    def _read_tickets(self, connection: Connection) -> bool:
        """Take what was written since the last look; return whether there was anything."""
        begun = utc_now()
        after = first_id("x", self._read - _LATE) if self._read else ""
        recent, late, new = first_id("x", begun - _LATE), dict[str, str](), list[Stock]()
        for columns in read_facts(connection, after):
            told = dict(zip(columns["ticket_id"], columns["changed"], strict=True))
            late |= {key: mark for key, mark in told.items() if mark >= recent}
            if told.items() - self._late.items():
                self._stock = self._stock.without(as_ids(told))
                new.append(stock_of(columns, self._names))
        self._late, self._read = late, begun
        self._stock = joined([self._stock, *new])
        return bool(new)

    def _read_topics(self, connection: Connection) -> bool:
        """Take the topics of tickets anew where somebody worked on them."""
        (worked, count), merged = topic_marks(connection), resolved(connection)
        known = self._topics
        if (worked, count, merged) == (known.worked, known.count, known.merged):
            return False
        # A topic is only ever given, but for a clustering anew, which may take some away.
        since = known.worked - _LATE if known.worked and count >= known.count else None
        given = known.given if since else stock_of_one("topic", (), ())
        for rows in read_topics(connection, since):
            given = joined(
                [
                    given.without(as_ids(rows["ticket_id"])),
                    stock_of_one("topic", rows["ticket_id"], rows["topic_id"]),
                ]
            )
        complete = len(given.ids) == count
        self._topics = _Topics(given, merged, worked if complete else None, count)
        return True

    def _taken(self) -> Snapshot:
        number = self._snapshot.number + 1 if self._snapshot else 1
        order = (*self._desk.engine.taxonomy.codes,)
        facts = facts_of(self._stock, self._names, order)
        facts = replace(facts, columns={**facts.columns, "topic": self._topic_column()})
        return Snapshot(number, facts, self._stays(), dict(self._names.models), self._stock)

    def _topic_column(self) -> Column:
        given, merged = self._topics.given, self._topics.merged
        rows = given.rows(self._stock.ids)
        raw = np.append(given.parts["topic"], UNKNOWN)[rows]  # the last one is for -1
        kinds, places = np.unique(raw, return_inverse=True)
        ends = [merged.get(int(kind), int(kind)) for kind in kinds]
        shown = sorted({end for end in ends if end >= 0})
        codes = [shown.index(end) if end >= 0 else UNKNOWN for end in ends]
        return Column(np.array(codes, dtype=np.int32)[places], tuple(map(str, shown)))

    def _stays(self) -> Stays:
        stock = self._stock
        queue = Column(stock.stay_queues, self._names.values("queue"))
        return Stays(stock.rows(stock.stay_owners), queue, stock.stay_seconds.astype(np.float64))

    def _with_outcomes(self, facts: Facts) -> Facts:
        with self._desk.database.connect() as connection:
            gone = left_customers(connection)
        customer, now = facts.column("customer"), self._desk.now().timestamp()
        left = [gone[v].timestamp() if v in gone else np.nan for v in customer.values]
        codes: Ints = customer.codes.astype(np.int64)
        found = {
            "repeated": repeated(facts.at, codes, now=now),
            "retained": retained(facts.at, codes, np.array(left, dtype=float), now=now),
        }
        return replace(facts, numbers={**facts.numbers, **found})


def facts_of(stock: Stock, names: Names, order: tuple[str, ...]) -> Facts:
    """Return tickets as facts; labels in `order`, then those that it does not name."""
    parts: Mapping[str, NDArray[Any]] = stock.parts
    sets = [text.strip(",").split(",") if text else [] for text in names.values("issues")]
    found = {label for some in sets for label in some}
    labels = (*order, *sorted(found - set(order)))
    table = np.array([[label in some for label in labels] for some in sets], dtype=np.bool_)
    columns = {name: Column(parts[name], names.values(name)) for name in _PLAIN}
    columns["customer"] = Column(parts["customer_id"], names.values("customer_id"))
    columns["model"] = Column(parts["model_hash"], names.values("model_hash"))
    return Facts(
        at=parts["at"],
        labels=labels,
        issues=table.reshape(-1, len(labels))[parts["issues"]],
        sentiment=parts["sentiment"],
        urgency=parts["urgency"],
        columns=columns,
        numbers={name: parts[name] for name in NUMBERS},
    )
