"""What emerging topics are read from, and the alerts themselves.

A ticket is one text: what its customer wrote first. Tickets that were merged away are left out.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from service.db.engine import alone
from service.db.firsts import is_first_verdict
from service.db.keys import note
from service.db.outbox import put_of_desk
from service.db.tables import messages, tickets, verdicts
from service.db.topics import resolved
from service.db.trend_tables import emergences, ticket_topics
from service.routing.log import Event, Kind
from service.tickets.ids import new_id
from triage.trends.emerging import CALM, Emergence, Known, continues
from triage.trends.grouping import stitched

_LOCK = 0x656D6572  # of PostgreSQL: one process at a time raises alerts
_KEPT = 200  # tickets that an alert keeps by name
_TOLD = 10  # of them in the event
_MOSTLY = 0.5  # of the tickets that lie in one topic, from which it is that of the alert


@dataclass(frozen=True, slots=True)
class Stored:
    """An alert as it is kept."""

    id: str
    day: date
    at: datetime
    terms: tuple[str, ...]
    body: Mapping[str, Any]
    closed_at: datetime | None
    closed_by: str | None
    verdict: str | None

    @property
    def last(self) -> date:
        """The day on which it was last seen to go on."""
        return date.fromisoformat(self.body["last_day"])

    def state(self, today: date) -> str:
        """Return `closed` by a person, `open`, or `calm`: not seen for a week."""
        if self.closed_at is not None:
            return "closed"
        return "open" if today - self.last <= timedelta(days=CALM) else "calm"


def first_texts(connection: Connection, after: str, until: str, limit: int) -> Sequence[RowMapping]:
    """Return first texts of tickets by the ids of their first verdicts, after < id <= until."""
    v, t, m = verdicts.c, tickets.c, messages.c
    query = select(v.id, v.ticket_id, t.created_at, t.customer_id, t.product, t.channel, m.text)
    query = query.join(tickets, t.id == v.ticket_id).join(messages, m.id == v.message_id)
    query = query.where(v.id > after, v.id <= until, is_first_verdict(), t.merged_into.is_(None))
    return connection.execute(query.order_by(v.id).limit(limit)).mappings().all()


def alerts(connection: Connection) -> list[Stored]:
    """Return all alerts, the newest day first, of a day the surest first: a few a month."""
    query = select(emergences).order_by(emergences.c.at.desc(), emergences.c.id.desc())
    found = [_stored(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda one: (-one.day.toordinal(), one.body["p"]))


def going(connection: Connection, today: date) -> list[Known]:
    """Return the alerts that have not calmed yet, closed by a person or not."""
    found = alerts(connection)
    # What a person closed as known goes on all the same, and is not raised anew for that.
    return [
        Known(one.id, tuple(one.body["all_terms"]), one.last)
        for one in found
        if timedelta(0) <= today - one.last <= timedelta(days=CALM)
    ]


def keep(
    connection: Connection, found: Sequence[Emergence], now: datetime
) -> list[Mapping[str, Any]]:
    """Keep what came up: known alerts go on, new ones are told in an event; return the new."""
    alone(connection, _LOCK)
    fresh = []
    for alert in found:
        known = going(connection, alert.day)  # another process may have been first
        if key := continues(alert.terms, alert.day, known):
            _go_on(connection, key, alert)
            continue
        fresh.append(_raise(connection, alert, now))
    return fresh


def close(connection: Connection, key: str, verdict: str, actor: str, at: datetime) -> bool:
    """Keep what a person thought of an alert; False where there is none."""
    values = {"closed_at": at, "closed_by": actor, "verdict": verdict}
    done = connection.execute(update(emergences).where(emergences.c.id == key).values(**values))
    return bool(done.rowcount)


def one(connection: Connection, key: str) -> Stored | None:
    """Return an alert."""
    row = connection.execute(select(emergences).where(emergences.c.id == key)).mappings().first()
    return _stored(row) if row else None


def texts_of(connection: Connection, ids: Sequence[str]) -> dict[str, RowMapping]:
    """Return the first text of each ticket, with when it was opened; those deleted are missing."""
    v, t, m = verdicts.c, tickets.c, messages.c
    query = select(t.id, t.created_at, m.text).join(verdicts, v.ticket_id == t.id)
    query = query.join(messages, m.id == v.message_id).where(t.id.in_(ids), is_first_verdict())
    return {row["id"]: row for row in connection.execute(query).mappings()}


def topic_of(connection: Connection, ids: Sequence[str]) -> int | None:
    """Return the topic that most of some tickets lie in, after merges; None: no such."""
    lying = select(ticket_topics.c.topic_id).where(ticket_topics.c.ticket_id.in_(ids))
    given = [row[0] for row in connection.execute(lying)]
    if not given:
        return None
    merged = resolved(connection)
    topic, count = Counter(merged.get(key, key) for key in given).most_common(1)[0]
    return topic if count >= _MOSTLY * len(ids) else None


def _raise(connection: Connection, alert: Emergence, now: datetime) -> Mapping[str, Any]:
    key, body = new_id("b"), _body(alert)
    terms = list(stitched(alert.terms))
    row = {"id": key, "day": alert.day, "at": now, "terms": terms, "body": body}
    connection.execute(insert(emergences).values(**row))
    data = {"id": key, "day": str(alert.day), "terms": terms}
    data |= {name: body[name] for name in _IN_EVENT} | {"tickets": body["tickets"][:_TOLD]}
    event = note(connection, Kind.TOPIC_EMERGING, "system", now, data)
    put_of_desk(connection, event, Event(Kind.TOPIC_EMERGING, now, data=data), now)
    return data


_IN_EVENT = ("n", "window", "expected", "ratio", "p", "first_seen", "products", "channels")


def _go_on(connection: Connection, key: str, alert: Emergence) -> None:
    """Keep the newest figures; terms and tickets of before stay known."""
    row = connection.execute(select(emergences.c.body).where(emergences.c.id == key)).one()
    had, body = row[0], _body(alert)
    body["all_terms"] = list(dict.fromkeys([*had["all_terms"], *alert.terms]))
    body["tickets"] = list(dict.fromkeys([*body["tickets"], *had["tickets"]]))[:_KEPT]
    body["first_seen"] = min(had["first_seen"], body["first_seen"])
    body["last_day"] = max(had["last_day"], body["last_day"])
    connection.execute(update(emergences).where(emergences.c.id == key).values(body=body))


def _body(alert: Emergence) -> dict[str, Any]:
    return {
        "n": alert.n,
        "window": alert.window,
        "expected": round(alert.expected, 3),
        "ratio": round(alert.ratio, 1) if alert.ratio else None,
        "p": alert.p,
        "first_seen": str(alert.first_seen),
        "last_day": str(alert.day),
        "all_terms": list(alert.terms),
        "products": [{"key": key, "n": n} for key, n in alert.products],
        "channels": [{"key": key, "n": n} for key, n in alert.channels],
        "tickets": list(alert.docs[:_KEPT]),
    }


def _stored(row: RowMapping) -> Stored:
    return Stored(
        row["id"],
        row["day"],
        row["at"],
        tuple(row["terms"]),
        row["body"],
        row["closed_at"],
        row["closed_by"],
        row["verdict"],
    )
