"""What is shown of a ticket, and to whom: personal data are masked below the agent's role."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from fastapi import Response

from service.desk.batch import Done
from service.people.access import Principal
from service.people.roles import Permission
from service.routing.clocks import Clock
from service.tickets.case import Case
from service.tickets.records import StoredVerdict, Ticket
from triage.records import to_json
from triage.text.pii import mask_all

_HIDDEN = {"queue_by", "sla", "corrected", "verdict_id", "script", "messages", "last_by", "look_at"}
_SHOWN = tuple(item.name for item in fields(Ticket) if item.name not in _HIDDEN)


def answer(content: Any, status: int = 200) -> Response:
    """Return JSON; what we store is valid by construction and is not checked twice."""
    return Response(to_json(content), status, media_type="application/json")


def shown(content: Any, principal: Principal) -> Any:
    """Return the content as this person may see it."""
    return content if principal.may(Permission.READ_PII) else _masked(content)


def _masked(content: Any) -> Any:
    masked = mask_all(content)
    if isinstance(masked, dict):
        theirs = (item for item in masked.get("messages", ()) if item["author"] == "customer")
        for person in (masked.get("customer"), *theirs):
            # A name alone in its field has no title by which it could be found.
            if person and person["name"]:
                person["name"] = person["name"][0] + "*" * (len(person["name"]) - 1)
    return masked


def ticket_view(ticket: Ticket | Mapping[Any, Any], issues: Sequence[str]) -> dict[str, Any]:
    """Return a ticket as lists show it."""
    get = ticket.get if isinstance(ticket, Mapping) else lambda name: getattr(ticket, name)
    return {**{name: get(name) for name in _SHOWN}, "issues": list(issues)}


def verdict_view(verdict: StoredVerdict | None) -> dict[str, Any] | None:
    """Return a verdict with the model that gave it."""
    if verdict is None:
        return None
    return {
        "id": verdict.id,
        "at": verdict.at,
        "message_id": verdict.message_id,
        **verdict.body,
        "model": {
            "name": verdict.model_name,
            "version": verdict.model_version,
            "hash": verdict.model_hash,
        },
    }


def done_view(done: Done) -> dict[str, Any]:
    """Return what became of a command that changed a ticket."""
    assert done.case is not None
    return {
        "ticket": ticket_view(done.case.ticket, done.case.issues),
        "repeated": done.repeated,
        "verdict": verdict_view(done.case.verdict),
        "message_id": done.answer.get("message_id") or _last_message(done.case),
    }


def _last_message(case: Case) -> str | None:
    return case.fresh.messages[-1].id if case.fresh.messages else None


def clock_view(clock: Clock) -> dict[str, Any]:
    """Return a clock; times in seconds."""
    return {name: _plain(value) for name, value in asdict(clock).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else value


def rows_view(rows: Iterable[Mapping[Any, Any]], *hidden: str) -> list[dict[str, Any]]:
    """Return rows without the columns that nobody is to see."""
    return [{str(key): value for key, value in row.items() if key not in hidden} for row in rows]
