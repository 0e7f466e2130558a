"""Load cases, locked for change, and save what became of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, Update, bindparam, delete, or_, select, update
from sqlalchemy.engine import RowMapping

from service.db.rows import insert_all, insert_records, record, row_of
from service.db.tables import (
    corrections,
    customers,
    events,
    follow_ups,
    identifiers,
    messages,
    promises,
    satisfaction,
    ticket_issues,
    tickets,
    verdicts,
)
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.records import Customer, FollowUp, PromiseNote, StoredVerdict, Ticket
from service.tickets.thread import Message


def load_cases(connection: Connection, ids: Collection[str], *, lock: bool) -> dict[str, Case]:
    """Return the cases of the ids that exist; one merged into another holds its own past.

    With `lock` nobody else changes them until the transaction ends.
    """
    if not ids:
        return {}
    cases: dict[str, Case] = {}
    wanted = set(ids)
    while wanted:  # a ticket that took one in may have been merged itself
        found = _tickets(connection, wanted, lock=lock)
        new = found.keys() - cases.keys()
        cases |= {key: Case(found[key]) for key in new}
        wanted = new - wanted
    _fill(connection, cases)
    _gather(cases)
    return {key: case for key, case in cases.items() if key in ids}


def _tickets(connection: Connection, ids: Collection[str], *, lock: bool) -> dict[str, Ticket]:
    """Return the tickets of the ids and those merged into them."""
    query = select(tickets).where(or_(tickets.c.id.in_(ids), tickets.c.merged_into.in_(ids)))
    query = query.order_by(tickets.c.id)  # always the same order: no two writers wait in a ring
    rows = connection.execute(query.with_for_update() if lock else query).mappings()
    return {row["id"]: record(Ticket, row) for row in rows}


def _gather(cases: Mapping[str, Case]) -> None:
    """Let each case absorb those merged into it, the innermost first."""
    inside = defaultdict(list)
    for case in cases.values():
        inside[case.ticket.merged_into].append(case)

    def absorb_all(case: Case) -> None:
        for source in inside[case.ticket.id]:
            absorb_all(source)
            case.absorb(source)

    for case in cases.values():
        if case.ticket.merged_into not in cases:
            absorb_all(case)


def _fill(connection: Connection, cases: dict[str, Case]) -> None:
    for row in _of(connection, messages, cases, "at"):
        cases[row["ticket_id"]].messages.append(record(Message, row))
    for row in _of(connection, events, cases, "seq"):
        cases[row["ticket_id"]].events.append(_event(row))
    for row in _of(connection, promises, cases, "id"):
        cases[row["ticket_id"]].promises.append(record(PromiseNote, row))
    for row in _of(connection, follow_ups, cases, "id"):
        cases[row["ticket_id"]].follow_ups.append(record(FollowUp, row))
    for row in _of(connection, identifiers, cases, "hash"):
        cases[row["ticket_id"]].hashes.add(row["hash"])
    _fill_verdicts(connection, cases)
    _fill_issues(connection, cases)
    _fill_customers(connection, cases)


def _of(
    connection: Connection, table: Table, cases: dict[str, Case], order: str
) -> Sequence[RowMapping]:
    query = (
        select(table)
        .where(table.c.ticket_id.in_(cases))
        .order_by(table.c[order], *table.primary_key)
    )
    return connection.execute(query).mappings().all()


def _event(row: RowMapping) -> Event:
    kind = Kind(row["kind"])
    return Event(kind, row["at"], row["seq"], row["ticket_id"], row["actor"], row["data"])


def _fill_verdicts(connection: Connection, cases: dict[str, Case]) -> None:
    wanted = [case.ticket.verdict_id for case in cases.values() if case.ticket.verdict_id]
    rows = connection.execute(select(verdicts).where(verdicts.c.id.in_(wanted))).mappings()
    for row in rows:
        cases[row["ticket_id"]].verdict = record(StoredVerdict, row)


def _fill_issues(connection: Connection, cases: dict[str, Case]) -> None:
    query = select(ticket_issues).where(ticket_issues.c.ticket_id.in_(cases))
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["ticket_id"]].append(row["issue"])
    for key, issues in found.items():
        cases[key].issues = tuple(sorted(issues))


def _fill_customers(connection: Connection, cases: dict[str, Case]) -> None:
    wanted = {case.ticket.customer_id for case in cases.values()} - {None}
    rows = connection.execute(select(customers).where(customers.c.id.in_(wanted))).mappings()
    found = {row["id"]: record(Customer, row) for row in rows}
    for case in cases.values():
        case.customer = found.get(case.ticket.customer_id or "")


def save_cases(connection: Connection, cases: Sequence[Case], now: datetime) -> None:
    """Write what is new in the cases, and the tickets as they now stand."""
    fresh = [case.fresh for case in cases]
    _save_customers(connection, cases)
    insert_records(connection, tickets, (case.ticket for case in cases if case.fresh.ticket))
    _update(connection, tickets, [case.ticket for case in cases if not case.fresh.ticket])
    _save_issues(connection, [case for case in cases if case.fresh.issues])
    insert_all(
        connection, messages, [_message(case, m) for case in cases for m in case.fresh.messages]
    )
    insert_records(connection, verdicts, (item for part in fresh for item in part.verdicts))
    insert_all(
        connection, events, [_row(key, event, now) for part in fresh for key, event in part.events]
    )
    insert_records(connection, identifiers, (item for part in fresh for item in part.identifiers))
    insert_records(connection, corrections, (item for part in fresh for item in part.corrections))
    insert_records(connection, satisfaction, (item for part in fresh for item in part.satisfaction))
    _save_changing(connection, promises, cases, "promises")
    _save_changing(connection, follow_ups, cases, "follow_ups")


def _save_customers(connection: Connection, cases: Sequence[Case]) -> None:
    told = [(case.fresh.customer, case.customer) for case in cases if case.customer]
    new = {customer.id: customer for how, customer in told if how == "new"}
    changed = {c.id: c for how, c in told if how == "changed" and c.id not in new}
    insert_records(connection, customers, new.values())
    # When a customer left is told apart from tickets, maybe since this one was read.
    _update(connection, customers, list(changed.values()), besides={"left_at"})


def _message(case: Case, message: Message) -> dict[str, Any]:
    return {"ticket_id": case.ticket.id, **row_of(message)}


def _row(key: str, event: Event, now: datetime) -> dict[str, Any]:
    return {
        "id": key,
        "ticket_id": event.ticket_id or None,
        "seq": event.seq,
        "kind": event.kind.value,
        "at": event.at,
        "recorded_at": now,
        "actor": event.actor,
        "data": dict(event.data),
    }


def _update(
    connection: Connection, table: Table, values: Sequence[Any], besides: Collection[str] = ()
) -> None:
    if values:
        rows = [{**row_of(value), "_id": value.id} for value in values]
        for row in rows:
            for name in ("id", *besides):
                row.pop(name)
        connection.execute(_by_id(table, tuple(rows[0])), rows)


@cache
def _by_id(table: Table, names: tuple[str, ...]) -> Update:
    """Return the statement that sets these columns of the row `_id`."""
    values: dict[str, Any] = {name: bindparam(name) for name in names if name != "_id"}
    return update(table).where(table.c.id == bindparam("_id")).values(values)


def _save_issues(connection: Connection, cases: Iterable[Case]) -> None:
    changed = list(cases)
    old = [case.ticket.id for case in changed if not case.fresh.ticket]
    if old:
        connection.execute(delete(ticket_issues).where(ticket_issues.c.ticket_id.in_(old)))
    rows = [{"ticket_id": c.ticket.id, "issue": issue} for c in changed for issue in c.issues]
    insert_all(connection, ticket_issues, rows)


def _save_changing(connection: Connection, table: Table, cases: Sequence[Case], name: str) -> None:
    """Insert the new ones, and update the others: there are few of them on a ticket."""
    new = {item.id for case in cases for item in getattr(case.fresh, name)}
    every = [item for case in cases for item in getattr(case, name)]
    insert_records(connection, table, (item for item in every if item.id in new))
    _update(connection, table, [item for item in every if item.id not in new])
