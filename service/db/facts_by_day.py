"""Tickets day by day, as the view `v_tickets` shows them: for files that others read."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Date, column, func, select, table

from service.db.tables import tickets
from service.db.trend_tables import ticket_facts
from service.db.types import UtcTime

# `day` is left out: the name of the folder says it.
COLUMNS: Final = (
    "ticket_id", "opened_at", "hour", "status", "queue", "channel", "product", "region", "tier",
    "issues", "sentiment", "urgency", "review", "topic_id", "topic", "model", "model_hash",
    "first_reply_s", "first_reply_worked_s", "resolved_s", "questions", "replies",
    "first_contact", "asked_before_closing", "reopened", "handoffs", "clocks_met",
    "clocks_missed", "promises_kept", "promises_broken", "satisfaction",
)  # fmt: skip
_TYPES: Final[dict[str, Any]] = {"opened_at": UtcTime, "day": Date}
_VIEW = table("v_tickets", *(column(name, _TYPES.get(name)) for name in (*COLUMNS, "day")))
_CHUNK = 10_000


def days(connection: Connection, since: date, until: date) -> list[date]:
    """Return the days from `since` to before `until` on which tickets were opened."""
    f = ticket_facts.c
    query = select(f.day).where(f.day >= since, f.day < until, f.status != "merged")
    return [row[0] for row in connection.execute(query.distinct().order_by(f.day))]


def tickets_of(connection: Connection, day: date) -> Iterator[Sequence[Any]]:
    """Yield the tickets of a day in chunks: COLUMNS, then the id of the customer."""
    v, f = _VIEW.c, ticket_facts.c
    query = select(*(v[name] for name in COLUMNS), f.customer_id)
    query = query.join(ticket_facts, f.ticket_id == v.ticket_id).where(v.day == day)
    # The driver of PostgreSQL would else hold all rows at once.
    options = connection.execution_options(stream_results=True, yield_per=_CHUNK)
    yield from options.execute(query.order_by(v.ticket_id)).partitions(_CHUNK)


def untold_count(connection: Connection) -> int:
    """Return how many tickets have not been counted yet: those of an older version."""
    # No NOT IN: with a million rows PostgreSQL would compare each with each.
    told = tickets.outerjoin(ticket_facts, ticket_facts.c.ticket_id == tickets.c.id)
    query = select(func.count()).select_from(told).where(ticket_facts.c.ticket_id.is_(None))
    return connection.execute(query).scalar_one()
