"""Tell of a case what trends count: one row, made from the ticket and its log."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from service.desk.context import Context
from service.routing.clocks import Clock, State
from service.routing.log import Event, Kind
from service.routing.policies import ClockName
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import LIVE, Status

FORM: Final = 1  # a higher number has every row told anew
_ANSWERED = frozenset({"satisfied", "unsatisfied"})


def form_of(context: Context) -> str:
    """Return how rows are told now: days begin where the zone of the desk says."""
    return f"{FORM} {context.clocks.zone.key}"


def fact(case: Case, context: Context) -> dict[str, Any]:
    """Return the row of a case whose clocks have been brought up to its log."""
    ticket, here = case.ticket, case.ticket.created_at.astimezone(context.clocks.zone)
    return {
        "ticket_id": ticket.id,
        "changed": new_id("x"),
        "form": form_of(context),
        "at": ticket.created_at,
        "day": here.date(),
        "hour": here.hour,
        **_labels(case),
        **_replies(case),
        **_ending(case, context.now),
        **_kept(case),
        **_stays(case),
    }


def _labels(case: Case) -> dict[str, Any]:
    ticket, customer, verdict = case.ticket, case.customer, case.verdict
    names = ("status", "queue", "channel", "product", "sentiment", "urgency", "review")
    issues = ",".join(sorted(case.issues))
    return {
        **{name: getattr(ticket, name) for name in names},
        "customer_id": ticket.customer_id,
        "region": customer.region if customer else None,
        "tier": customer.tier if customer else None,
        "model_hash": verdict.model_hash if verdict else None,
        "model": f"{verdict.model_name} {verdict.model_version}" if verdict else None,
        "issues": f",{issues}," if issues else "",
    }


def _replies(case: Case) -> dict[str, Any]:
    sent = [event.at for event in case.log if event.kind is Kind.MESSAGE_SENT]
    asked = sum(event.kind is Kind.MESSAGE_RECEIVED for event in case.log)
    first = _first_reply(case.clocks)
    begun = first.started_at if first else case.ticket.created_at
    return {
        "first_reply_s": _between(begun, min(sent, default=None)),
        "first_reply_worked_s": first.elapsed.total_seconds() if first else None,
        "questions": asked,
        "replies": len(sent),
    }


def _first_reply(clocks: tuple[Clock, ...]) -> Clock | None:
    """Return the clock of the first reply where it has been given."""
    return next(
        (c for c in clocks if c.name is ClockName.FIRST_RESPONSE and c.state is State.MET), None
    )


def _ending(case: Case, now: datetime) -> dict[str, Any]:
    ticket = case.ticket
    over = ticket.status in {Status.RESOLVED, Status.CLOSED}
    replies = sum(event.kind is Kind.MESSAGE_SENT for event in case.log)
    return {
        "resolved_s": _between(ticket.created_at, ticket.closed_at),
        "first_contact": replies <= 1 and not ticket.reopened if over else None,
        "reopened": ticket.reopened,
        "asked_before_closing": _asked(case, now),
        "satisfaction": _satisfaction(case),
    }


def _asked(case: Case, now: datetime) -> bool | None:
    """Tell whether the customer of a complaint that we called solved was asked (回访).

    Whoever did not pick up was not asked. None while the call is not due yet.
    """
    if case.ticket.status not in {Status.RESOLVED, Status.CLOSED} or not case.issues:
        return None
    if _satisfaction(case) is not None or any(t.outcome in _ANSWERED for t in case.follow_ups):
        return True
    late = any(task.outcome is None and task.due_at < now for task in case.follow_ups)
    return False if late or case.ticket.status == Status.CLOSED else None


def _satisfaction(case: Case) -> float | None:
    """Return the customer's latest answer, in per cent."""
    answers = [e for e in case.log if e.kind is Kind.SATISFACTION_ANSWERED]
    latest = max(answers, key=lambda event: (event.at, event.seq), default=None)
    return latest.data["percent"] if latest else None


def _kept(case: Case) -> dict[str, Any]:
    met = sum(c.state is State.MET and not c.breached for c in case.clocks)
    states = [promise.state for promise in case.promises]
    return {
        "clocks_met": met,
        "clocks_missed": sum(c.breached for c in case.clocks),
        "promises_kept": states.count("kept"),
        "promises_broken": states.count("broken"),
    }


def _stays(case: Case) -> dict[str, Any]:
    stays = list(_stays_of(case))
    moved = [e for e in case.events if e.kind is Kind.QUEUE_CHANGED and e.data.get("previous")]
    return {"handoffs": len(moved), "stays": stays}


def _stays_of(case: Case) -> Iterator[tuple[str, float]]:
    """Yield the queue and the seconds of every stay that is over."""
    moves = [event for event in case.events if event.kind is Kind.QUEUE_CHANGED]
    moves.sort(key=lambda event: (event.at, event.seq))
    ends: list[datetime | None] = [event.at for event in moves[1:]]
    ends.append(None if case.ticket.status in LIVE else case.ticket.closed_at)
    for move, end in zip(moves, ends, strict=True):
        if end is not None:
            yield _queue(move), max(0.0, (end - move.at).total_seconds())


def _queue(move: Event) -> str:
    return str(move.data["queue"])


def _between(start: datetime, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if end else None
