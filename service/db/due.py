"""Which tickets the timer must look at."""

from datetime import datetime

from sqlalchemy import Connection, select

from service.db.tables import tickets


def due_tickets(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Return the tickets whose time to look at has come, the longest overdue first."""
    query = select(tickets.c.id).where(tickets.c.look_at <= now)
    rows = connection.execute(query.order_by(tickets.c.look_at, tickets.c.id).limit(limit))
    return [row[0] for row in rows]
