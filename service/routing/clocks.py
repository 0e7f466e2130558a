"""The clocks of a ticket, pure functions over its event log; docs/clocks.md says how they count."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from service.routing.calendars import as_utc
from service.routing.cycles import Cycle, cycles_of
from service.routing.log import Event, Kind
from service.routing.measuring import is_past, limit, reached, running
from service.routing.phases import Phase, in_order, phases_of
from service.routing.policies import ClockBook, ClockName, Target
from service.routing.terms import Terms, TermsOverTime

_RESPONSES = (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE)
_ALARMS = (Kind.CLOCK_WARNING, Kind.CLOCK_BREACHED)
_NONE = timedelta()


class State(StrEnum):
    """Where a clock stands; whether its time ran out is said beside it by `Clock.breached`."""

    RUNNING = "running"
    PAUSED = "paused"  # while waiting for the customer
    MET = "met"  # stopped by what it waits for
    STOPPED = "stopped"  # by something else: closed without a reply, handed on, merged away


@dataclass(frozen=True, slots=True)
class Clock:
    """One cycle of one clock at one moment. Instants are UTC.

    `elapsed` and `remaining` are working time of `calendar` (`remaining` is negative when
    late); `paused` is real time. `due_at` is None while paused, unless time ran out before,
    and where the calendar ends: `uncertain` then says why, and `elapsed` is what is known at
    least. `queue` and `left_at` belong to a department clock: `started_at` to `left_at` is
    the stay, of which `elapsed` counts until the answer.
    """

    name: ClockName
    cycle: int
    state: State
    breached: bool
    warned: bool
    started_at: datetime
    within: timedelta
    elapsed: timedelta
    remaining: timedelta | None
    paused: timedelta
    policy: str
    calendar: str
    due_at: datetime | None = None
    warn_at: datetime | None = None
    stopped_at: datetime | None = None
    stopped_by: Kind | None = None
    ticket_id: str = ""
    queue: str = ""
    left_at: datetime | None = None
    uncertain: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A warning or a breach to be written as an event of `kind` with `data`.

    `at` is when it came about, which may be before anybody looked.
    """

    kind: Kind
    clock: ClockName
    cycle: int
    at: datetime
    started_at: datetime
    due_at: datetime
    ticket_id: str = ""
    queue: str = ""

    @property
    def data(self) -> dict[str, Any]:
        """Return the data of the event, JSON-ready."""
        told: dict[str, Any] = {
            "clock": self.clock.value,
            "cycle": self.cycle,
            "started_at": self.started_at.isoformat(),
            "due_at": self.due_at.isoformat(),
        }
        return told | ({"queue": self.queue} if self.queue else {})


def clocks(
    events: Iterable[Event],
    book: ClockBook,
    *,
    now: datetime,
    sla: str | None = None,
    urgency: int | None = None,
    channel: str = "",
) -> tuple[Clock, ...]:
    """Return every clock of a ticket as it stands at `now`.

    `events` come in any order; copies count once, and what lies after `now` does not count.
    Of a merged ticket they are those of all its tickets together. `sla` and `channel` hold
    where the log names none. `urgency` is the present level, for clocks that have not stopped:
    those that have keep the level that the log has for the time of their stop.
    Raises InputError for a time without a zone.
    """
    at = as_utc(now)
    log = in_order(events, at)
    phases = phases_of(log)
    terms = TermsOverTime(log, Terms(sla or book.default, urgency, channel))
    made = []
    for cycle in cycles_of(log, phases):
        held = terms.at(cycle.stopped_at) if cycle.stopped_at else terms.now()
        policy = book.policy(held.sla)
        target = policy.target(cycle.name, urgency=held.urgency, channel=held.channel)
        if target:
            made.append(_clock(cycle, target, policy.name, phases, at))
    return tuple(_within_resolution(made, at))


def neglected(made: Iterable[Clock]) -> bool:
    """Whether the customer has the last word, the clock of it ran out, and nothing is closed."""
    # A response clock stops at a reply and at closing: one that has not stopped says both.
    return any(one.breached and not one.stopped_at for one in made if one.name in _RESPONSES)


def _clock(
    cycle: Cycle, target: Target, policy: str, phases: Sequence[Phase], now: datetime
) -> Clock:
    end = cycle.stopped_at or now
    spans, live = running(cycle, phases, end, target)
    measured = [target.calendar.known_between(*span) for span in spans]
    elapsed = sum((worked for worked, _ in measured), _NONE)
    due, uncertain = reached(spans, target.within, target.calendar, live=live)
    warn, _ = reached(spans, target.within * target.warn_at, target.calendar, live=live)
    if not uncertain and not all(complete for _, complete in measured):
        uncertain = limit(target.calendar)
    return Clock(
        name=cycle.name,
        cycle=cycle.number,
        state=_state(cycle, live),
        breached=is_past(due, cycle.stopped_at, now),
        warned=warn is not None and warn <= end,
        started_at=cycle.started_at,
        within=target.within,
        elapsed=elapsed,
        remaining=None if uncertain else target.within - elapsed,
        paused=end - cycle.started_at - sum((b - a for a, b in spans), _NONE),
        policy=policy,
        calendar=target.calendar.name,
        due_at=due,
        warn_at=warn,
        stopped_at=cycle.stopped_at,
        stopped_by=cycle.stopped_by,
        ticket_id=cycle.ticket_id,
        queue=cycle.queue,
        left_at=cycle.left_at,
        uncertain=uncertain,
    )


def _state(cycle: Cycle, live: bool) -> State:
    if cycle.stopped_at is not None:
        return State.MET if cycle.met else State.STOPPED
    return State.RUNNING if live else State.PAUSED


def _within_resolution(made: Sequence[Clock], now: datetime) -> Iterator[Clock]:
    """Yield the clocks; a department is due no later than what the customer was promised."""
    outer = next((one for one in made if one.name is ClockName.RESOLUTION), None)
    for one in made:
        yield _capped(one, outer, now) if outer and one.name is ClockName.DEPARTMENT else one


def _capped(one: Clock, outer: Clock, now: datetime) -> Clock:
    if outer.due_at is None or (one.due_at is not None and one.due_at <= outer.due_at):
        return one
    if one.state is State.PAUSED and outer.due_at > now:
        return one
    warn = min(filter(None, (one.warn_at, outer.warn_at)), default=None)
    left = [clock.remaining for clock in (one, outer) if clock.remaining is not None]
    return replace(
        one,
        due_at=outer.due_at,
        warn_at=warn,
        warned=warn is not None and warn <= (one.stopped_at or now),
        breached=is_past(outer.due_at, one.stopped_at, now),
        remaining=min(left, default=None),
    )


def due_moments(made: Iterable[Clock]) -> datetime | None:
    """Return the next instant at which a clock warns or runs out, None where none will.

    A new event may move it: ask again after each.
    """
    return min((moment for clock in made for moment in _ahead(clock)), default=None)


def _ahead(clock: Clock) -> Iterator[datetime]:
    if clock.state is State.RUNNING and not clock.breached:
        if clock.warn_at and not clock.warned:
            yield clock.warn_at
        if clock.due_at:
            yield clock.due_at


def transitions(made: Iterable[Clock], log: Iterable[Event]) -> list[Alarm]:
    """Return the warnings and breaches that `log` does not hold yet, in order of time.

    A warning is for a clock that still runs and is not late: afterwards it helps nobody. A
    breach is a fact that stays, also where the reply came late before anybody looked.
    """
    # Not by the number of the cycle: a merge puts cycles of another ticket in between.
    written = {
        (event.kind, event.data.get("clock"), event.data.get("started_at"))
        for event in log
        if event.kind in _ALARMS
    }
    found = {
        (alarm.kind, alarm.data["clock"], alarm.data["started_at"]): alarm
        for clock in made
        for alarm in _alarms(clock)
    }
    new = [alarm for mark, alarm in found.items() if mark not in written]
    return sorted(new, key=lambda alarm: (alarm.at, alarm.clock, alarm.started_at))


def _alarms(clock: Clock) -> Iterator[Alarm]:
    if clock.due_at and clock.breached:
        yield _alarm(clock, Kind.CLOCK_BREACHED, clock.due_at, clock.due_at)
    elif clock.due_at and clock.warn_at and clock.warned and clock.state is State.RUNNING:
        yield _alarm(clock, Kind.CLOCK_WARNING, clock.warn_at, clock.due_at)


def _alarm(clock: Clock, kind: Kind, at: datetime, due_at: datetime) -> Alarm:
    made = Alarm(kind, clock.name, clock.cycle, at, clock.started_at, due_at)
    return replace(made, ticket_id=clock.ticket_id, queue=clock.queue)
