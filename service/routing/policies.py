"""SLA policies: within what time, by which calendar, which clock; and where each figure is from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.routing.calendar_file import calendar
from service.routing.calendars import Calendar, CalendarEndError
from service.routing.clock_file import Faults, read_clock_file
from service.routing.located import Path as Place
from service.routing.measures import duration
from service.routing.problems import unknown
from triage.resources import resource

_WARN_AT = 0.75
_LONGEST = timedelta(days=3660)


class ClockName(StrEnum):
    """The clocks that can run on a ticket; member order is the order of display."""

    FIRST_RESPONSE = "first_response"
    NEXT_RESPONSE = "next_response"
    RESOLUTION = "resolution"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Target:
    """What one clock is held to.

    `within` is working time of `calendar`; `warn_at` the part of it after which to warn;
    `pauses` whether time spent waiting for the customer is left out; `source` says where
    the figure comes from.
    """

    within: timedelta
    calendar: Calendar
    source: str
    warn_at: float = _WARN_AT
    pauses: bool = False


Changes = Mapping[ClockName, Mapping[str, Any]]  # of a target, its fields that differ


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """The targets of one kind of work, and how level or channel change them."""

    name: str
    zh: str
    en: str
    targets: Mapping[ClockName, Target]
    channels: Mapping[str, Changes] = field(default_factory=dict)
    levels: Mapping[int, Changes] = field(default_factory=dict)

    def target(
        self, clock: ClockName, *, urgency: int | None = None, channel: str = ""
    ) -> Target | None:
        """Return the target of a clock, None where it has none; urgency goes before channel."""
        found = self.targets.get(clock)
        by_level = None if urgency is None else self.levels.get(urgency)
        for changes in (self.channels.get(channel), by_level):
            if found and changes and clock in changes:
                found = replace(found, **changes[clock])
        return found


@dataclass(frozen=True, slots=True)
class ClockBook:
    """The calendars and policies of a desk.

    `default` names the policy of a ticket without one, `working_days` the calendar by which
    promises in working days (工作日) are counted.
    """

    calendars: Mapping[str, Calendar]
    policies: Mapping[str, SlaPolicy]
    default: str
    working_days: str

    @property
    def valid_until(self) -> date | None:
        """The last day that every calendar knows; None where none has to know days ahead."""
        ends = [one.valid_until for one in self.calendars.values() if one.valid_until]
        return min(ends, default=None)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the desk: that of the calendar by which working days are counted."""
        return self.calendars[self.working_days].zone

    def policy(self, name: str) -> SlaPolicy:
        """Return a policy; the default one for a name that the file no longer has.

        A ticket whose policy was taken out of the file must not lose its clocks.
        """
        return self.policies.get(name) or self.policies[self.default]

    def after_working_days(self, at: datetime, days: int) -> datetime | None:
        """Return the midnight that ends so many working days after `at`, the day of it left out.

        None where the calendar ends before: better than a guess.
        """
        try:
            return self.calendars[self.working_days].after_working_days(at, days)
        except CalendarEndError:
            return None


def load_clocks(path: Path | None = None) -> ClockBook:
    """Read a file of calendars and policies; None reads the one in the box.

    Raises ClockFileError that names every problem with file, line and remedy.
    """
    raw, faults = read_clock_file(path or resource("data", "desk", "clocks.yaml"))
    calendars = {name: calendar(name, one, faults) for name, one in raw["calendars"].items()}
    policies = {
        name: _policy(name, one, calendars, faults) for name, one in raw["policies"].items()
    }
    if raw["default"] not in policies:
        faults.add(("default",), *unknown("policy", raw["default"], policies))
    _check_working_days(raw["working_days"], calendars, faults)
    faults.refuse()
    return ClockBook(calendars, policies, raw["default"], raw["working_days"])


def _check_working_days(name: str, calendars: Mapping[str, Calendar], faults: Faults) -> None:
    if name not in calendars:
        faults.add(("working_days",), *unknown("calendar", name, calendars))
    elif calendars[name].always:
        told = f"The calendar {name} has no working days, nor a time zone."
        faults.add(("working_days",), told, "Name one with a week.")


def _policy(
    name: str, raw: Mapping[str, Any], calendars: Mapping[str, Calendar], faults: Faults
) -> SlaPolicy:
    reader = _Reader(("policies", name), calendars, faults)
    targets = {
        ClockName(clock): Target(**reader.fields(one, ("targets", clock)))
        for clock, one in raw["targets"].items()
    }
    levels = {
        int(level): reader.changes(one, ("urgency", level), targets)
        for level, one in raw.get("urgency", {}).items()
    }
    channels = {
        channel: reader.changes(one, ("channel", channel), targets)
        for channel, one in raw.get("channel", {}).items()
    }
    return SlaPolicy(name, raw["zh"], raw["en"], targets, channels, levels)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the targets of one policy; `place` is where it stands in the file."""

    place: Place
    calendars: Mapping[str, Calendar]
    faults: Faults

    def fields(self, raw: Mapping[str, Any], place: Place) -> dict[str, Any]:
        made = dict(raw)
        if "within" in raw:
            made["within"] = self._within(raw["within"], (*self.place, *place, "within"))
        if "calendar" in raw:
            made["calendar"] = self._calendar(raw["calendar"], (*self.place, *place, "calendar"))
        if "d" in raw.get("within", "") and "calendar" in made:
            self._refuse_days(made["calendar"], place)
        return made

    def changes(
        self, raw: Mapping[str, Any], place: Place, targets: Mapping[ClockName, Target]
    ) -> Changes:
        made = {}
        for name, value in raw.items():
            if name == "source":
                continue
            here = (*place, name)
            target = targets.get(ClockName(name))
            if target is None:
                told = f"The policy has no {name} to change."
                self.faults.add((*self.place, *here), told, "Add it to targets.")
                continue
            table = {"within": value} if isinstance(value, str) else value
            made[ClockName(name)] = self.fields(table, here) | {"source": raw["source"]}
            if "d" in table.get("within", "") and "calendar" not in table:
                self._refuse_days(target.calendar, here)
        return made

    def _within(self, text: str, place: Place) -> timedelta:
        within = duration(text)
        if within > _LONGEST:
            self.faults.add(place, f"{text} is more than ten years.", "Write less.")
        return within

    def _calendar(self, name: str, place: Place) -> Calendar:
        if name not in self.calendars:
            self.faults.add(place, *unknown("calendar", name, self.calendars))
        return self.calendars.get(name) or next(iter(self.calendars.values()))

    def _refuse_days(self, by: Calendar, place: Place) -> None:
        """Refuse days where a day has fewer than 24 hours: 3d would be 72 hours of work."""
        if not by.always:
            told = f"A day of the calendar {by.name} has no 24 hours, so d is ambiguous."
            remedy = "Write the hours of work: three days of 7.5 hours are 22h30m."
            self.faults.add((*self.place, *place), told, remedy)
