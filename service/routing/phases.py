"""The event log put in order, and what it says a ticket was at every moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from service.routing.calendars import as_utc
from service.routing.log import Event, Kind


class Status(StrEnum):
    """What a ticket is at one moment."""

    OPEN = "open"
    WAITING = "waiting"  # for the customer
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of one status. `index` and `cause` are those of the event that began it."""

    status: Status
    start: datetime
    end: datetime | None
    index: int
    cause: Kind


def in_order(events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
    """Return what happened from the oldest creation to `now`, in order, once each, in UTC.

    Copies with the same ticket, number, kind and time are one event. A merge that was undone
    is left out. Without a creation there is nothing. Raises InputError for a naive time.
    """
    kept: dict[tuple[Any, ...], Event] = {}
    for event in map(_in_utc, events):
        key = (event.at, event.seq, event.ticket_id, event.kind)
        other = kept.setdefault(key, event)
        if other is not event:
            kept[key] = min(other, event, key=_data)
    past = [kept[key] for key in sorted(kept) if key[0] <= now]
    start = min((e.at for e in past if e.kind is Kind.TICKET_CREATED), default=None)
    if start is None:
        return ()
    splits = {event.ticket_id: event for event in past if event.kind is Kind.TICKET_SPLIT}
    return tuple(event for event in past if event.at >= start and not _is_undone(event, splits))


def _in_utc(event: Event) -> Event:
    return event if event.at.tzinfo is UTC else replace(event, at=as_utc(event.at))


def _data(event: Event) -> str:
    # The data decide only between copies that differ, so that their order does not.
    return repr(sorted(event.data.items()))


def _is_undone(event: Event, splits: dict[str, Event]) -> bool:
    split = splits.get(event.ticket_id)
    merged = event.kind in (Kind.TICKET_MERGED, Kind.TICKET_MERGED_AWAY)
    return merged and split is not None and (event.at, event.seq) <= (split.at, split.seq)


def phases_of(log: Sequence[Event]) -> tuple[Phase, ...]:
    """Return the phases of the ticket, or of the tickets merged into one, without a gap.

    Of several tickets in one, time is open while any is open, and waits while any waits and
    none is open. A ticket that was merged away no longer counts.
    """
    tickets: dict[str, Status] = {}
    phases: list[Phase] = []
    for index, event in enumerate(log):
        _apply(event, tickets)
        status = _together(tickets)
        if phases and phases[-1].status is status:
            continue
        if phases:
            phases[-1] = replace(phases[-1], end=event.at)
        phases.append(Phase(status, event.at, None, index, event.kind))
    return tuple(phases)


_STEPS = {
    Kind.TICKET_WAITING: {Status.OPEN: Status.WAITING},
    Kind.TICKET_RESUMED: {Status.WAITING: Status.OPEN},
    Kind.MESSAGE_RECEIVED: {Status.WAITING: Status.OPEN},
    Kind.TICKET_CLOSED: {Status.OPEN: Status.CLOSED, Status.WAITING: Status.CLOSED},
    Kind.TICKET_REOPENED: {Status.CLOSED: Status.OPEN},
}


def _apply(event: Event, tickets: dict[str, Status]) -> None:
    ticket = event.ticket_id
    if event.kind is Kind.TICKET_CREATED:
        tickets.setdefault(ticket, Status.OPEN)
    elif event.kind is Kind.TICKET_MERGED_AWAY:
        tickets.pop(ticket, None)
    elif ticket in tickets:
        tickets[ticket] = _STEPS.get(event.kind, {}).get(tickets[ticket], tickets[ticket])


def _together(tickets: dict[str, Status]) -> Status:
    present = set(tickets.values())
    for status in (Status.OPEN, Status.WAITING):
        if status in present:
            return status
    return Status.CLOSED
