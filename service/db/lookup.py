"""What is known already of a newcomer: the same ticket, the same customer, earlier tickets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select, tuple_
from sqlalchemy.engine import RowMapping

from service.db.rows import record
from service.db.tables import customers, idempotency, identifiers, messages, tickets
from service.desk.records import Customer


@dataclass(frozen=True, slots=True)
class Known:
    """A ticket or message that was acknowledged under this key."""

    ticket_id: str
    message_id: str | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier ticket that shares the customer or a number with a newcomer."""

    id: str
    customer_id: str | None
    hash: str | None
    status: str
    snippet: str
    created_at: datetime


def known_keys(connection: Connection, keys: Collection[str]) -> dict[str, Known]:
    """Return what was acknowledged under these Idempotency-Keys."""
    if not keys:
        return {}
    rows = connection.execute(select(idempotency).where(idempotency.c.key.in_(keys))).mappings()
    return {r["key"]: Known(r["ticket_id"], r["message_id"], r["fingerprint"]) for r in rows}


def known_tickets(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """Return the tickets of these (source, external id)."""
    if not names:
        return {}
    pair = tuple_(tickets.c.source, tickets.c.external_id)
    query = select(tickets.c.source, tickets.c.external_id, tickets.c.id).where(pair.in_(names))
    return {(row[0], row[1]): Known(row[2]) for row in connection.execute(query)}


def known_messages(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """Return the messages of these (ticket, external id)."""
    if not names:
        return {}
    pair = tuple_(messages.c.ticket_id, messages.c.external_id)
    columns = (messages.c.ticket_id, messages.c.external_id, messages.c.id)
    rows = connection.execute(select(*columns).where(pair.in_(names)))
    return {(row[0], row[1]): Known(row[0], row[2]) for row in rows}


def known_customers(
    connection: Connection, external: Collection[str], phones: Collection[str]
) -> list[Customer]:
    """Return the customers with these external ids or phone hashes."""
    if not external and not phones:
        return []
    either = or_(customers.c.external_id.in_(external), customers.c.phone_hash.in_(phones))
    rows = connection.execute(select(customers).where(either)).mappings()
    return [record(Customer, row) for row in rows]


def earlier_tickets(
    connection: Connection,
    people: Collection[str],
    hashes: Collection[str],
    since: datetime,
) -> list[Earlier]:
    """Return the tickets since then of these customers, and those that share a number."""
    found: list[Earlier] = []
    if people:
        query = _tickets(since).where(tickets.c.customer_id.in_(people))
        found += [_earlier(row, None) for row in connection.execute(query).mappings()]
    if hashes:
        joined = _tickets(since).add_columns(identifiers.c.hash)
        joined = joined.join(identifiers, identifiers.c.ticket_id == tickets.c.id)
        rows = connection.execute(joined.where(identifiers.c.hash.in_(hashes))).mappings()
        found += [_earlier(row, row["hash"]) for row in rows]
    return found


def _earlier(row: RowMapping, hash_: str | None) -> Earlier:
    return record(Earlier, {**row, "hash": hash_})


def _tickets(since: datetime) -> Select[tuple[str, str | None, str, str, datetime]]:
    t = tickets.c
    query = select(t.id, t.customer_id, t.status, t.snippet, t.created_at)
    return query.where(t.created_at >= since)


def identifiers_of(connection: Connection, ticket_id: str) -> list[str]:
    """Return the hashes of the numbers that a ticket names."""
    query = select(identifiers.c.hash).where(identifiers.c.ticket_id == ticket_id)
    return [row[0] for row in connection.execute(query)]
