"""Business calendars: the working time between two instants, and when so much has passed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from service.routing.public_holidays import PublicHolidays
from triage import InputError, TriageError

Spans = tuple[tuple[int, int], ...]  # minutes from midnight; above 1440 is the next day

_DAY, _LEAST, _NONE = timedelta(days=1), timedelta.resolution, timedelta()
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


class CalendarEndError(TriageError):
    """A time lies outside the years for which the days of a calendar are known."""

    code = "calendar_end"


def as_utc(at: datetime) -> datetime:
    """Return the instant in UTC, where differences are real time. Raises InputError if naive."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        raise InputError(
            f"The time {at.isoformat()} has no time zone.",
            remedy="Give it one, such as 2026-03-02T09:00:00+08:00.",
        )
    return at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Year:
    """The open intervals of one local year in UTC, with the working time before each."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]
    total: timedelta

    def worked(self, at: datetime) -> timedelta:
        """Return the working time from the beginning of the year to `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return _NONE
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def instant(self, worked: timedelta) -> datetime:
        """Return the first instant at which so much, above nothing, has been worked."""
        index = bisect_left(self.before, worked) - 1
        return self.starts[index] + (worked - self.before[index])

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in an interval; the end no longer does."""
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a desk works: spans of a week in a time zone, days off, days on.

    `week` holds the spans of Monday to Sunday. On a make-up workday (调休) those of
    `make_up_day` (0 is Monday) hold. `always` means around the clock: nothing else counts.
    `closed` and `opened` are the desk's own days and go before public holidays.
    """

    name: str
    zone: ZoneInfo
    week: tuple[Spans, ...] = ()
    holidays: PublicHolidays | None = None
    make_up_day: int = 0
    closed: frozenset[date] = frozenset()
    opened: Mapping[date, Spans] = field(default_factory=dict)
    always: bool = False
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def valid_until(self) -> date | None:
        """The last day that is known; None where nothing has to be known ahead."""
        return date(self.holidays.last, 12, 31) if self.holidays else None

    @property
    def known_years(self) -> tuple[int, int]:
        """The first and the last year that can be counted in."""
        known = self.holidays
        return (known.first, known.last) if known else (_FIRST_YEAR, _LAST_YEAR)

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from `start` to `end`. Raises CalendarEndError, InputError."""
        start, end = as_utc(start), as_utc(end)
        if end < start:
            raise InputError(f"The end {end} lies before the start {start}.")
        if self.always or start == end:
            return end - start
        first, last = self._year_of(start), self._year_of(end - _LEAST)
        whole = sum((self._year(year).total for year in range(first, last)), _NONE)
        return whole + self._year(last).worked(end) - self._year(first).worked(start)

    def add(self, start: datetime, working: timedelta) -> datetime:
        """Return the first instant, in UTC, at which `working` has passed since `start`.

        `working_between(start, add(start, working)) == working` always holds; so an amount
        used up at closing time ends at closing time, not at the next opening.
        Raises CalendarEndError, and InputError for a negative amount.
        """
        start = as_utc(start)
        if working < _NONE:
            raise InputError(f"Working time cannot be negative: {working}.")
        if self.always or not working:
            return start + working
        number = self._year_of(start)
        year = self._year(number)
        wanted = working + year.worked(start)
        while wanted > year.total:
            wanted -= year.total
            number += 1
            year = self._year(number)
        return year.instant(wanted)

    def is_open(self, at: datetime) -> bool:
        """Whether the desk works at this instant. Raises CalendarEndError, InputError."""
        at = as_utc(at)
        return self.always or self._year(self._year_of(at)).is_open(at)

    def known_between(self, start: datetime, end: datetime) -> tuple[timedelta, bool]:
        """Return the working time that is known for sure, and whether that is all of it."""
        start, end = as_utc(start), as_utc(end)
        if self.always:
            return end - start, True
        first, last = self.known_years
        low = max(start, self._midnight(date(first, 1, 1)))
        high = min(end, self._midnight(date(last + 1, 1, 1)))
        known = self.working_between(low, high) if low < high else _NONE
        return known, (low, high) == (start, end)

    def after_working_days(self, at: datetime, days: int) -> datetime:
        """Return the midnight that ends the last of so many working days after that of `at`.

        The day of `at` does not count. Raises CalendarEndError, InputError.
        """
        day = as_utc(at).astimezone(self.zone).date()
        while days > 0:
            day += _DAY
            self._refuse_unknown(day.year)
            days -= bool(self.always or self._spans_on(day))
        return self._midnight(day + _DAY)

    def _year_of(self, at: datetime) -> int:
        return at.astimezone(self.zone).year

    def _year(self, number: int) -> _Year:
        made = self._years.get(number)
        if made is None:
            self._refuse_unknown(number)
            made = self._years[number] = _indexed(self._intervals(number))
        return made

    def _refuse_unknown(self, year: int) -> None:
        first, last = self.known_years
        if not first <= year <= last:
            source = self.holidays.source if self.holidays else ""
            update = f"Update the package {source}, or list" if source else "List"
            raise CalendarEndError(
                f"The calendar {self.name} is known from {first}-01-01 to {last}-12-31, "
                f"not in {year}.",
                remedy=f"{update} the days of {year} under calendars.{self.name}.years.",
            )

    def _intervals(self, year: int) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open intervals of a year, in order, cut at its two midnights."""
        begin, end = self._midnight(date(year, 1, 1)), self._midnight(date(year + 1, 1, 1))
        day = date(year, 1, 1) - _DAY  # its last span may reach into the year
        while day.year <= year:
            for opens, closes in self._spans_on(day):
                start = max(begin, self._instant(day, opens))
                stop = min(end, self._instant(day, closes, last=True))
                if start < stop:
                    yield start, stop
            day += _DAY

    def _spans_on(self, day: date) -> Spans:
        if day in self.closed:
            return ()
        if day in self.opened:
            return self.opened[day]
        off, work = self.holidays.of(day.year) if self.holidays else (frozenset(), frozenset())
        if day in work:
            return self.week[self.make_up_day]
        return () if day in off else self.week[day.weekday()]

    def _midnight(self, day: date) -> datetime:
        return self._instant(day, 0)

    def _instant(self, day: date, minutes: int, *, last: bool = False) -> datetime:
        """Return the instant of a wall-clock time; of two, the first, or with `last` the second.

        A time that the change to summer time skips is read with the offset before the change.
        """
        wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)
        first = wall.replace(tzinfo=self.zone).astimezone(UTC)
        if not last:
            return first
        return max(first, wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC))


def _indexed(intervals: Iterator[tuple[datetime, datetime]]) -> _Year:
    """Join intervals that touch or overlap, and sum up what lies before each."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    for start, end in sorted(intervals):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    before, total = [], _NONE
    for start, end in zip(starts, ends, strict=True):
        before.append(total)
        total += end - start
    return _Year(tuple(starts), tuple(ends), tuple(before), total)
