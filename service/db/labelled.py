"""What persons corrected, with the text that the model had before it at the verdict corrected."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.engine import RowMapping

from service.db.rows import record
from service.db.tables import corrections, events, messages, tickets, verdicts
from service.routing.log import Kind
from service.tickets.records import Correction
from service.tickets.thread import Message, thread_of

_LABELS = ("issues", "sentiment", "urgency")
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction of a label: the text judged, and what the verdict said of it."""

    correction: Correction
    text: str
    verdict: Mapping[str, Any]
    channel: str
    customer: str


@dataclass(frozen=True, slots=True)
class _Merge:
    """A ticket joined to another, or taken out of it again."""

    stamp: str
    target: str
    source: str
    joined: bool


def newest_correction(connection: Connection) -> str | None:
    """Return the id of the newest correction; None where there is none."""
    query = select(corrections.c.id).order_by(corrections.c.id.desc()).limit(1)
    return connection.execute(query).scalar()


def corrected_tickets(connection: Connection, since: str = "") -> list[str]:
    """Return the tickets with a correction of a label after the one with this id."""
    query = _of_labels(select(corrections.c.ticket_id).distinct())
    found = connection.execute(query.where(corrections.c.id > since)).scalars()
    return sorted(found)


def corrections_of(
    connection: Connection, ids: Sequence[str], *, limit: int
) -> Iterator[list[Corrected]]:
    """Yield, for each ticket that has any, its corrections of labels in their order.

    `limit` is how many characters of a conversation the model reads.
    """
    merges = _merges(connection)
    for start in range(0, len(ids), _PAGE):
        yield from _page(connection, ids[start : start + _PAGE], merges, limit)


def _page(
    connection: Connection, ids: Sequence[str], merges: Sequence[_Merge], limit: int
) -> Iterator[list[Corrected]]:
    query = select(corrections, verdicts.c.body, tickets.c.channel, tickets.c.customer_id)
    query = query.join(verdicts, verdicts.c.id == corrections.c.verdict_id)
    query = query.join(tickets, tickets.c.id == corrections.c.ticket_id)
    query = _of_labels(query).where(corrections.c.ticket_id.in_(ids)).order_by(corrections.c.id)
    rows = connection.execute(query).mappings().all()
    parts = {row["verdict_id"]: _members(row, merges) for row in rows}
    said = _said(connection, {ticket for members in parts.values() for ticket in members})
    found: dict[str, list[Corrected]] = defaultdict(list)
    for row in rows:
        text = _text(row["verdict_id"], parts[row["verdict_id"]], said, limit)
        found[row["ticket_id"]].append(_corrected(row, text))
    yield from found.values()


def _of_labels(query: Select[Any]) -> Select[Any]:
    return query.where(corrections.c.field.in_(_LABELS))


def _corrected(row: RowMapping, text: str) -> Corrected:
    correction = record(Correction, row)
    return Corrected(correction, text, row["body"], row["channel"] or "", row["customer_id"] or "")


def _merges(connection: Connection) -> list[_Merge]:
    kinds = (Kind.TICKET_MERGED, Kind.TICKET_SPLIT)
    query = select(events.c.id, events.c.kind, events.c.ticket_id, events.c.data)
    query = query.where(events.c.kind.in_(kinds)).order_by(events.c.id)
    return [
        _Merge(_stamp(key), ticket, data["source"], kind == Kind.TICKET_MERGED)
        for key, kind, ticket, data in connection.execute(query)
        if data["source"] != ticket  # of a split both tickets have a note
    ]


def _members(row: RowMapping, merges: Iterable[_Merge]) -> set[str]:
    """Return the tickets that were one with the ticket when the verdict was given."""
    inside: dict[str, set[str]] = defaultdict(set)
    for merge in merges:
        if merge.stamp < _stamp(row["verdict_id"]):
            change = inside[merge.target].add if merge.joined else inside[merge.target].discard
            change(merge.source)
    found: set[str] = set()
    left = [row["ticket_id"]]
    while left:
        ticket = left.pop()
        found.add(ticket)
        left += inside[ticket] - found
    return found


def _said(connection: Connection, ids: Collection[str]) -> dict[str, list[Message]]:
    query = select(messages).where(messages.c.ticket_id.in_(ids), messages.c.author == "customer")
    found: dict[str, list[Message]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["ticket_id"]].append(record(Message, row))
    return found


def _text(verdict: str, parts: Iterable[str], said: Mapping[str, list[Message]], limit: int) -> str:
    # Identifiers sort by the time they were made: what has a later one was not read.
    read = [m for ticket in parts for m in said.get(ticket, ()) if _stamp(m.id) < _stamp(verdict)]
    return thread_of(read, limit).text


def _stamp(key: str) -> str:
    return key.partition("_")[2]
