"""How the desk stands at this moment: few numbers, found by indexes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, select

from service.db.tables import outbox, tickets
from service.db.trend_tables import emergences
from service.tickets.records import LIVE

LETTERS = ("pending", "dead")


@dataclass(frozen=True, slots=True)
class QueueNow:
    """The live tickets of a queue. `oldest`: since when the longest waiting customer waits."""

    name: str
    live: int
    waiting: int
    breached: int
    review: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DeskNow:
    """Queues, undelivered letters by state, and alerts on topics that nobody has closed."""

    queues: tuple[QueueNow, ...]
    letters: Mapping[str, int]
    emerging: int

    def of(self, known: Iterable[str]) -> "DeskNow":
        """Return the same with the queues that are known and empty."""
        found = {queue.name: queue for queue in self.queues}
        empty = (QueueNow(name, 0, 0, 0, 0, None) for name in known if name not in found)
        return replace(self, queues=(*self.queues, *empty))


def desk_now(connection: Connection) -> DeskNow:
    """Count what is open."""
    open_alerts = select(func.count()).where(emergences.c.closed_at.is_(None))
    emerging = connection.execute(open_alerts.select_from(emergences)).scalar_one()
    return DeskNow(_queues(connection), _letters(connection), emerging)


def _queues(connection: Connection) -> tuple[QueueNow, ...]:
    t = tickets.c
    counts = (func.count(), func.count(t.waiting_since), _sum(t.breached), _sum(t.review))
    query = select(t.queue, *counts, func.min(t.waiting_since)).where(t.status.in_(LIVE))
    rows = connection.execute(query.group_by(t.queue).order_by(t.queue))
    return tuple(QueueNow(*row) for row in rows)


def _letters(connection: Connection) -> dict[str, int]:
    o = outbox.c
    query = select(o.state, func.count()).where(o.state.in_(LETTERS)).group_by(o.state)
    return dict.fromkeys(LETTERS, 0) | {row[0]: row[1] for row in connection.execute(query)}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
