"""What drift is counted from: the first verdict on each ticket, its text, its corrections.

Later verdicts on a ticket read the same words again; as texts of their own they would count
one customer many times.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from service.db.engine import alone
from service.db.firsts import is_first_verdict
from service.db.keys import note
from service.db.outbox import put_of_desk
from service.db.tables import corrections, events, messages, tickets, verdicts
from service.routing.log import Event, Kind
from service.tickets.records import Reason

Rows = Sequence[RowMapping]
_LOCK = 0x66656E7A  # of PostgreSQL: one process at a time tells what changed


def first_verdicts(connection: Connection, after: str, until: str, limit: int) -> Rows:
    """Return first verdicts with after < id <= until in their order, at most `limit`."""
    v, t, m = verdicts.c, tickets.c, messages.c
    columns = (v.id, v.at, v.message_id, v.model_hash, v.body, t.channel)
    query = select(*columns, func.length(m.text).label("length"))
    query = query.join(tickets, t.id == v.ticket_id).join(messages, m.id == v.message_id)
    query = query.where(v.id > after, v.id <= until, is_first_verdict())
    return connection.execute(query.order_by(v.id).limit(limit)).mappings().all()


def corrected_first_verdicts(connection: Connection) -> Rows:
    """Return the first verdicts of corrected tickets, with when they were first corrected.

    To confirm a verdict is no correction.
    """
    c, v, t = corrections.c, verdicts.c, tickets.c
    made = (
        select(c.ticket_id, func.min(c.at).label("corrected_at"))
        .where(c.reason != Reason.CONFIRMED.value)
        .group_by(c.ticket_id)
        .subquery()
    )
    columns = (v.at, v.model_hash, v.sentiment, t.channel, made.c.corrected_at)
    query = select(*columns).join(made, made.c.ticket_id == v.ticket_id)
    query = query.join(tickets, t.id == v.ticket_id).where(is_first_verdict())
    return connection.execute(query).mappings().all()


def texts_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Return the texts of messages, in the order of their ids."""
    m = messages.c
    query = select(m.text).where(m.id.in_(ids)).order_by(m.id)
    return [row[0] for row in connection.execute(query)]


def tell(
    connection: Connection, week: str, alerts: Sequence[Mapping[str, Any]], now: datetime
) -> list[Mapping[str, Any]]:
    """Write an event with the alerts of a week that nobody was told of; return them."""
    alone(connection, _LOCK)
    known = _told(connection, week)
    fresh = [alert for alert in alerts if _what(alert) not in known]
    if fresh:
        data = {"week": week, "alerts": fresh}
        key = note(connection, Kind.DRIFT_ALERT, "system", now, data)
        put_of_desk(connection, key, Event(Kind.DRIFT_ALERT, now, data=data), now)
    return fresh


def _told(connection: Connection, week: str) -> set[tuple[str, str, str]]:
    query = select(events.c.data).where(events.c.kind == Kind.DRIFT_ALERT.value)
    told = [row[0] for row in connection.execute(query)]
    return {_what(alert) for one in told if one["week"] == week for alert in one["alerts"]}


def _what(alert: Mapping[str, Any]) -> tuple[str, str, str]:
    return alert["channel"], alert["measure"], alert["model"]
