"""How long a clock has run, and when its time is up: spans of running against a calendar."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.routing.calendars import Calendar, CalendarEndError
from service.routing.cycles import Cycle
from service.routing.phases import Phase, Status
from service.routing.policies import ClockName, Target

Span = tuple[datetime, datetime]


def is_past(due: datetime | None, stopped_at: datetime | None, now: datetime) -> bool:
    """Whether time ran out; what stops at the very moment it is due is in time."""
    if due is None:
        return False
    return due < stopped_at if stopped_at else due <= now


def running(
    cycle: Cycle, phases: Sequence[Phase], end: datetime, target: Target
) -> tuple[list[Span], bool]:
    """Return the spans in which the clock ran up to `end`, and whether it ran at `end`."""
    idle = {Status.WAITING} if target.pauses else set()
    if cycle.name is ClockName.RESOLUTION:
        idle.add(Status.CLOSED)
    spans, live = [], False
    for phase in phases:
        start, stop = max(phase.start, cycle.started_at), min(phase.end or end, end)
        runs = phase.status not in idle
        if start < stop and runs:
            spans.append((start, stop))
        if start < stop or (start == end and cycle.stopped_at is None):
            live = runs
    if live and (not spans or spans[-1][1] < end):
        spans.append((end, end))
    return spans, live


def reached(
    spans: Sequence[Span], amount: timedelta, calendar: Calendar, *, live: bool
) -> tuple[datetime | None, str]:
    """Return when the clock has run for `amount`, and if that is not known, why.

    The last span goes on for ever if the clock is live. At the end of any other span that is
    just used up, time has not run out: it does when the clock runs again.
    """
    try:
        return _reached(spans, amount, calendar, live), ""
    except CalendarEndError:
        return None, limit(calendar)


def _reached(
    spans: Sequence[Span], left: timedelta, calendar: Calendar, live: bool
) -> datetime | None:
    for start, end in spans[:-1] if live else spans:
        # A span may end beyond the calendar and the time run out before that.
        if calendar.known_between(start, end)[0] >= left:
            moment = calendar.add(start, left)
            if moment < end:
                return moment
        left -= calendar.working_between(start, end)
    return calendar.add(spans[-1][0], left) if live else None


def limit(calendar: Calendar) -> str:
    """Return why a time by this calendar is not known, in both languages."""
    first, last = calendar.known_years
    days = f"{first}-01-01 – {last}-12-31"
    return f"日历 {calendar.name} 只知道 The calendar is known only for {days}"
