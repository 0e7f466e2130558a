"""What people said of verdicts: which tickets they looked at, and what they changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from service.db.tables import corrections, ticket_issues, tickets


def looked_at(connection: Connection, start: datetime, end: datetime) -> Sequence[RowMapping]:
    """Return the corrections, and the confirmations, of tickets opened in a window, in order."""
    c = corrections.c
    columns = (c.ticket_id, c.model_hash, c.field, c.before, c.after, tickets.c.created_at)
    query = select(*columns).join(tickets, tickets.c.id == c.ticket_id)
    query = query.where(tickets.c.created_at >= start, tickets.c.created_at < end)
    return connection.execute(query.order_by(c.id)).mappings().all()


def issues_looked_at(
    connection: Connection, start: datetime, end: datetime
) -> Sequence[RowMapping]:
    """Return the present issues of the same tickets."""
    i = ticket_issues.c
    some = select(corrections.c.ticket_id).distinct()
    query = select(i.ticket_id, i.issue).join(tickets, tickets.c.id == i.ticket_id)
    query = query.where(i.ticket_id.in_(some), tickets.c.created_at >= start)
    return connection.execute(query.where(tickets.c.created_at < end)).mappings().all()
