"""Bring a ticket's clocks, waiting and neglect up to its event log."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from service.desk.context import Context
from service.routing.clocks import Clock, clocks, due_moments
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.records import LIVE, Status

_TALK = (Kind.MESSAGE_RECEIVED, Kind.MESSAGE_SENT)


def clocks_of(case: Case, context: Context) -> tuple[Clock, ...]:
    """Return the clocks of the case as they stand now."""
    ticket = case.ticket
    return clocks(
        case.log,
        context.clocks,
        now=context.now,
        sla=ticket.sla or None,
        urgency=ticket.urgency,
        channel=ticket.channel or "",
    )


def refresh(case: Case, context: Context) -> None:
    """Recompute what lists show and timers need from the log."""
    ticket = case.ticket
    ticket.updated_at = max(event.at for event in case.events)
    refresh_waiting(case)
    running = case.clocks = clocks_of(case, context)
    live = [c for c in running if not c.stopped_at] if ticket.status in LIVE else []
    due = min(((clock.due_at, clock.name.value) for clock in live if clock.due_at), default=None)
    ticket.due_at, ticket.due_clock = due or (None, None)
    ticket.breached = any(clock.breached for clock in live)  # what was late once is in the log
    ticket.look_at = _look_at(case, running)


def refresh_waiting(case: Case) -> None:
    """Recompute who spoke last and since when the customer waits."""
    ticket = case.ticket
    said = sorted((e for e in case.log if e.kind in _TALK), key=_order)
    if said:
        ticket.last_by = "customer" if said[-1].kind == Kind.MESSAGE_RECEIVED else "agent"
    ticket.waiting_since = _unanswered(said) if ticket.status in LIVE else None
    if ticket.waiting_since is None:
        ticket.neglected = False


def _order(event: Event) -> tuple[datetime, int]:
    return event.at, event.seq


def _unanswered(said: Sequence[Event]) -> datetime | None:
    """Return when the customer wrote the first message that has no reply."""
    since = None
    for event in said:
        if event.kind == Kind.MESSAGE_SENT:
            since = None
        elif since is None and not event.data.get("no_reply"):
            since = event.at
    return since


def _look_at(case: Case, running: Iterable[Clock]) -> datetime | None:
    if case.ticket.status == Status.MERGED:
        return None
    moments: list[datetime | None] = [
        p.due_at for p in case.promises if p.state == "open" and p.due_at
    ]
    if case.ticket.status in LIVE:
        moments.append(due_moments(running))
    known = [moment for moment in moments if moment]
    return min(known, default=None)
