"""The outbox: what other systems must hear, written in the transaction that made it true."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from service.db.rows import insert_all
from service.db.tables import endpoints, outbox
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from triage.text.pii import mask, mask_all

KINDS = (
    Kind.TICKET_CREATED,
    Kind.VERDICT_CHANGED,
    Kind.LABEL_CORRECTED,
    Kind.CLOCK_WARNING,
    Kind.CLOCK_BREACHED,
    Kind.PROMISE_BROKEN,
    Kind.TOPIC_EMERGING,
    Kind.DRIFT_ALERT,
)
# A sender that died gives its work back after this; a round of slow receivers takes 80 seconds.
_LEASE = timedelta(seconds=120)
_SHOWN = ("status", "queue", "priority", "sentiment", "urgency", "review", "channel", "owner")


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery that is due."""

    id: str
    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    payload: Any
    attempts: int
    created_at: datetime


def put(connection: Connection, cases: Iterable[Case], now: datetime) -> None:
    """Write what the endpoints subscribed to, and what rules asked for."""
    known = connection.execute(select(endpoints).where(endpoints.c.active)).mappings().all()
    if known:
        rows = [row for case in cases for row in _letters(case, known, now)]
        insert_all(connection, outbox, rows)


def _letters(case: Case, known: Sequence[RowMapping], now: datetime) -> Iterable[dict[str, Any]]:
    asked = {(notice.endpoint, notice.event.seq) for notice in case.fresh.notices}
    for key, event in case.fresh.events:
        for endpoint in known:
            if _is_wanted(endpoint, event) or (endpoint["name"], event.seq) in asked:
                yield _letter(key, endpoint["id"], event, case, now)


def put_of_desk(connection: Connection, key: str, event: Event, now: datetime) -> None:
    """Write what the endpoints subscribed to of an event that belongs to no ticket."""
    known = connection.execute(select(endpoints).where(endpoints.c.active)).mappings().all()
    told = {"event": {"id": key, "actor": event.actor, **mask_all(dict(event.data))}}
    body = {"type": event.kind.value, "timestamp": event.at.isoformat(), "data": told}
    rows = [_row(key, one["id"], event, body, now) for one in known if _is_wanted(one, event)]
    insert_all(connection, outbox, rows)


def _is_wanted(endpoint: RowMapping, event: Event) -> bool:
    if event.kind not in KINDS or event.data.get("first"):
        return False  # the first verdict is told with the new ticket
    return not endpoint["kinds"] or event.kind.value in endpoint["kinds"]


def _letter(key: str, endpoint: str, event: Event, case: Case, now: datetime) -> dict[str, Any]:
    row = _row(key, endpoint, event, payload(key, event, case), now)
    return row | {"ticket_id": case.ticket.id}


def _row(key: str, endpoint: str, event: Event, body: Any, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id("o"),
        "endpoint_id": endpoint,
        "event_id": key,
        "ticket_id": None,
        "kind": event.kind.value,
        "payload": body,
        "state": "pending",
        "attempts": 0,
        "next_at": now,
        "created_at": now,
    }


def payload(key: str, event: Event, case: Case) -> dict[str, Any]:
    """Return the body of a webhook: what happened and the ticket, without personal data."""
    ticket = case.ticket
    shown = {name: getattr(ticket, name) for name in _SHOWN}
    told: dict[str, Any] = {
        "ticket": {
            "id": ticket.id,
            "external_id": ticket.external_id,
            **shown,
            "issues": list(case.issues),
            "tags": list(ticket.tags),
            "snippet": mask(ticket.snippet),
            "created_at": ticket.created_at.isoformat(),
            "due_at": ticket.due_at.isoformat() if ticket.due_at else None,
        },
        "event": {"id": key, "actor": event.actor, **mask_all(dict(event.data))},
    }
    return {"type": event.kind.value, "timestamp": event.at.isoformat(), "data": told}


def take(connection: Connection, now: datetime, limit: int) -> list[Letter]:
    """Return letters that are due, and keep other senders from them for a while."""
    query = select(outbox, endpoints.c.url, endpoints.c.secrets)
    query = query.join(endpoints, endpoints.c.id == outbox.c.endpoint_id)
    query = query.where(outbox.c.state == "pending", outbox.c.next_at <= now, endpoints.c.active)
    query = query.order_by(outbox.c.next_at, outbox.c.id).limit(limit)
    query = query.with_for_update(skip_locked=True, of=outbox)
    rows = connection.execute(query).mappings().all()
    ids = [row["id"] for row in rows]
    if ids:
        lease = update(outbox).where(outbox.c.id.in_(ids)).values(next_at=now + _LEASE)
        connection.execute(lease)
    return [_read(row) for row in rows]


def _read(row: RowMapping) -> Letter:
    return Letter(
        row["id"],
        row["endpoint_id"],
        row["url"],
        tuple(row["secrets"]),
        row["payload"],
        row["attempts"],
        row["created_at"],
    )


def disable(connection: Connection, ids: Collection[str]) -> None:
    """Send no more to endpoints whose receiver said that it is gone."""
    if ids:
        connection.execute(update(endpoints).where(endpoints.c.id.in_(ids)).values(active=False))


def settle(connection: Connection, changes: Sequence[dict[str, Any]]) -> None:
    """Write what became of letters: mappings with `id` and the columns that change."""
    for change in changes:
        values = {name: value for name, value in change.items() if name != "id"}
        connection.execute(update(outbox).where(outbox.c.id == change["id"]).values(values))
