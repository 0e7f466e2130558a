"""What pages and the API show beside the list: one ticket whole, customers, tasks, the log."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.engine import RowMapping

from service.db.tables import (
    corrections,
    customers,
    events,
    follow_ups,
    outbox,
    promises,
    ticket_issues,
    tickets,
    verdicts,
)

Rows = Sequence[RowMapping]


def rows_of_ticket(connection: Connection, table: Table, ticket_id: str) -> Rows:
    """Return the rows of a table that belong to a ticket, the oldest first."""
    query = select(table).where(table.c.ticket_id == ticket_id).order_by(table.c.id)
    return connection.execute(query).mappings().all()


def customer(connection: Connection, id_: str) -> RowMapping | None:
    """Return a customer by our id or by the caller's own."""
    known = (customers.c.id == id_) | (customers.c.external_id == id_)
    return connection.execute(select(customers).where(known)).mappings().first()


def rows_of_customer(connection: Connection, table: Table, customer_id: str) -> Rows:
    """Return the rows of a table that belong to the customer's tickets, the newest first."""
    own = select(tickets.c.id).where(tickets.c.customer_id == customer_id)
    query = select(table).where(table.c.ticket_id.in_(own)).order_by(table.c.id.desc())
    return connection.execute(query).mappings().all()


def issue_counts(connection: Connection, customer_id: str) -> dict[str, int]:
    """Return how often each issue was the customer's."""
    t, i = tickets.c, ticket_issues.c
    query = select(i.issue, func.count()).join(tickets, t.id == i.ticket_id)
    rows = connection.execute(query.where(t.customer_id == customer_id).group_by(i.issue))
    return {row[0]: row[1] for row in rows}


def open_follow_ups(connection: Connection, limit: int, offset: int) -> Rows:
    """Return the follow-up calls to be made, the earliest due first, with their ticket."""
    columns = (*follow_ups.c, tickets.c.snippet, tickets.c.queue, tickets.c.customer_id)
    query = select(*columns).join(tickets, tickets.c.id == follow_ups.c.ticket_id)
    query = query.where(follow_ups.c.outcome.is_(None))
    query = query.order_by(follow_ups.c.due_at, follow_ups.c.id).limit(limit).offset(offset)
    return connection.execute(query).mappings().all()


def list_promises(connection: Connection, state: str, limit: int, offset: int) -> Rows:
    """Return the promises in a state, the earliest due first."""
    query = select(promises, tickets.c.snippet, tickets.c.queue)
    query = query.join(tickets, tickets.c.id == promises.c.ticket_id)
    query = query.where(promises.c.state == state)
    order = (promises.c.due_at.is_(None), promises.c.due_at, promises.c.id)
    return connection.execute(query.order_by(*order).limit(limit).offset(offset)).mappings().all()


def promise_counts(connection: Connection) -> dict[str, int]:
    """Return how many promises are open, kept and broken."""
    query = select(promises.c.state, func.count()).group_by(promises.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def list_corrections(connection: Connection, after: str, limit: int) -> Rows:
    """Return corrections made after the one with this id, in their order, with what was judged."""
    query = select(corrections, verdicts.c.message_id, verdicts.c.model_name)
    query = query.join(verdicts, verdicts.c.id == corrections.c.verdict_id)
    query = query.where(corrections.c.id > after).order_by(corrections.c.id).limit(limit)
    return connection.execute(query).mappings().all()


def known_correction(connection: Connection, id_: str) -> bool:
    """Tell whether there is a correction with this id."""
    query = select(corrections.c.id).where(corrections.c.id == id_)
    return connection.execute(query).first() is not None


def audit(
    connection: Connection, *, actor: str | None, kind: str | None, limit: int, before: str | None
) -> Rows:
    """Return the log, the newest first: who did what, to which ticket, when."""
    query = select(events)
    if actor:
        query = query.where(events.c.actor == actor)
    if kind:
        query = query.where(events.c.kind == kind)
    if before:
        query = query.where(events.c.id < before)
    return connection.execute(query.order_by(events.c.id.desc()).limit(limit)).mappings().all()


def list_outbox(connection: Connection, state: str, limit: int) -> Rows:
    """Return letters of the outbox in a state, the newest first."""
    query = select(outbox).where(outbox.c.state == state).order_by(outbox.c.id.desc())
    return connection.execute(query.limit(limit)).mappings().all()
