"""What is known already of a newcomer: the same ticket, the same customer, earlier tickets."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, or_, select
from sqlalchemy.engine import RowMapping

from service.db.rows import record
from service.db.tables import customers, idempotency, identifiers, messages, tickets
from service.tickets.records import Customer

LINKED = ("order", "parcel", "phone")


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
    found: dict[tuple[str, str], Known] = {}
    for source, ids in _by_first(names).items():
        query = select(tickets.c.external_id, tickets.c.id).where(tickets.c.source == source)
        rows = connection.execute(query.where(tickets.c.external_id.in_(ids)))
        found |= {(source, row[0]): Known(row[1]) for row in rows}
    return found


def _by_first(names: Collection[tuple[str, str]]) -> dict[str, list[str]]:
    """Group pairs by their first part: SQLite reads the whole table for a list of pairs."""
    found: dict[str, list[str]] = defaultdict(list)
    for first, second in names:
        found[first].append(second)
    return found


def known_messages(
    connection: Connection, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Known]:
    """Return the messages of these (ticket, external id)."""
    if not names:
        return {}
    m = messages.c
    # By ticket and name apart, which finds a few too many: a list of pairs uses no index on SQLite.
    query = select(m.ticket_id, m.external_id, m.id).where(m.ticket_id.in_({n[0] for n in names}))
    rows = connection.execute(query.where(m.external_id.in_({n[1] for n in names})))
    return {(row[0], row[1]): Known(row[0], row[2]) for row in rows if (row[0], row[1]) in names}


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
        # The kinds are told so that the index on (kind, hash) is used.
        joined = joined.where(identifiers.c.kind.in_(LINKED), identifiers.c.hash.in_(hashes))
        rows = connection.execute(joined).mappings()
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
