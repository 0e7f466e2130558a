"""The rows that trends are counted from: written with each ticket, read as columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    cast,
    func,
    or_,
    select,
    type_coerce,
)

from service.db.rows import upsert
from service.db.tables import customers, tickets
from service.db.trend_tables import ticket_facts, ticket_topics, topic_states

CATEGORIES = ("channel", "product", "region", "tier", "queue", "customer_id", "model_hash")
NUMBERS = (
    "first_reply_s",
    "first_reply_worked_s",
    "resolved_s",
    "questions",
    "replies",
    "first_contact",
    "asked_before_closing",
    "reopened",
    "handoffs",
    "clocks_met",
    "clocks_missed",
    "promises_kept",
    "promises_broken",
    "satisfaction",
    "review",
)
READ = ("ticket_id", "changed", "status", "at", "issues", "sentiment", "urgency", "model", "stays")
_CHUNK = 20_000


def put_facts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what is counted of tickets; a later row of a ticket takes the place of an earlier."""
    upsert(connection, ticket_facts, rows, "ticket_id")


def read_facts(connection: Connection, after: str) -> Iterator[Mapping[str, Sequence[Any]]]:
    """Yield what was written after a `changed`, in any order: columns by name.

    `at` comes in seconds since 1970, `stays` as JSON text.
    """
    names = (*READ, *CATEGORIES, *NUMBERS)
    query = select(*(_plain(connection, name) for name in names))
    if after:
        query = query.where(ticket_facts.c.changed > after)
    yield from _chunks(connection, query, names)


def read_topics(connection: Connection, after: datetime | None) -> Iterator[Mapping[str, Any]]:
    """Yield which topics tickets were given after a time: `ticket_id`, `topic_id`."""
    c = ticket_topics.c
    query = select(c.ticket_id, c.topic_id)
    if after:
        query = query.where(c.at > after)
    yield from _chunks(connection, query, ("ticket_id", "topic_id"))


def _chunks(
    connection: Connection, query: Select[Any], names: Sequence[str]
) -> Iterator[Mapping[str, Sequence[Any]]]:
    # The driver of PostgreSQL would else hold all rows at once.
    result = connection.execution_options(stream_results=True, yield_per=_CHUNK).execute(query)
    for rows in result.partitions(_CHUNK):
        yield dict(zip(names, zip(*rows, strict=True), strict=True))


def _plain(connection: Connection, name: str) -> ColumnElement[Any]:
    """Return a column as the driver gives it: no object is made for each of a million times."""
    column = ticket_facts.c[name]
    if name == "at":
        return _seconds(connection, column)
    if name == "stays":
        return cast(column, Text) if _is_postgresql(connection) else type_coerce(column, Text)
    flag = isinstance(column.type, Boolean) and not _is_postgresql(connection)
    return type_coerce(column, Integer) if flag else column


def _seconds(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[int]:
    if _is_postgresql(connection):
        return cast(func.floor(func.extract("epoch", column)), BigInteger)
    return cast(func.strftime("%s", column), Integer)


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def untold(connection: Connection, form: str, after: str, limit: int) -> list[str]:
    """Return the next tickets after an id whose row is missing or was told in another form."""
    f, t = ticket_facts.c, tickets.c
    query = select(t.id).outerjoin(ticket_facts, f.ticket_id == t.id).where(t.id > after)
    query = query.where(or_(f.ticket_id.is_(None), f.form != form)).order_by(t.id).limit(limit)
    return [row[0] for row in connection.execute(query)]


def left_customers(connection: Connection) -> dict[str, datetime]:
    """Return when customers left, of those that did."""
    c = customers.c
    query = select(c.id, c.left_at).where(c.left_at.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query)}


def topic_marks(connection: Connection) -> tuple[datetime | None, int]:
    """Return when the topics were last worked on, and how many tickets have one."""
    worked = select(func.max(topic_states.c.at))
    count = select(func.count()).select_from(ticket_topics)
    return connection.execute(worked).scalar(), connection.execute(count).scalar_one()
