"""Hours, days and weeks of a time zone: where they begin, and which one a moment lies in."""

from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

import numpy as np

from triage.errors import InputError
from triage.files.columns import moment
from triage.trends.facts import UNKNOWN, Ints, stamp

_HOUR = 3600
_MOST = 100_000  # periods: eleven years of hours
_HOURS = {"hour": 1, "day": 24, "week": 168}
_YEARS = range(1900, 2201)
_CELLS = 1 << 22  # of a table of places: 32 MB


class Period(StrEnum):
    """How long a bucket is. Weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


def period_of(name: str) -> Period:
    """Return a period by its name. Raises InputError."""
    try:
        return Period(name)
    except ValueError as error:
        raise InputError(
            f"There is no period {name!r}.", remedy=f"Give {', '.join(Period)}."
        ) from error


def zone_of(name: str | tzinfo) -> tzinfo:
    """Return a time zone by its name. Raises InputError."""
    if isinstance(name, tzinfo):
        return name
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"Unknown time zone {name!r}.", remedy="Give one such as Asia/Shanghai."
        ) from error


def moment_of(value: str | date, zone: tzinfo) -> datetime:
    """Return a time as people write it; without a zone it is one of `zone`, a date its midnight.

    Raises InputError for what is no time.
    """
    found = moment(value)
    if found is None:
        raise InputError(f"{value!r} is no time.", remedy="Write for example 2026-01-31.")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def edges(period: Period, start: datetime, end: datetime, zone: tzinfo) -> Ints:
    """Return where the periods from that of `start` to that before `end` begin, then their end.

    Seconds since 1970 in UTC, rising; k + 1 edges of k periods. `start` and `end` are aware
    times. Raises InputError where there are none, too many, or the years are none of ours.
    """
    first, last = stamp(start), ceil(stamp(end))
    if last <= first:
        raise InputError(f"The end {end} is not after the start {start}.", remedy="Swap them.")
    if start.year not in _YEARS or end.year not in _YEARS:
        raise InputError(
            "These times are too far away.", remedy=f"Stay in {_YEARS[0]} to {_YEARS[-1]}."
        )
    if (last - first) / _HOUR > _MOST * _HOURS[period]:
        raise InputError("These are too many periods.", remedy="Ask for fewer, or for longer ones.")
    begins = _days(period, start.astimezone(zone).date(), last, zone)
    if period is Period.HOUR:
        begins = _hours(begins)
    inside = (begins[1:] > first) & (begins[:-1] < last)
    return np.append(begins[:-1][inside], begins[1:][inside][-1])


def place(at: Ints, bounds: Ints) -> Ints:
    """Return in which period each moment lies, -1 outside of all."""
    lengths = np.diff(bounds)
    step = int(np.gcd.reduce(lengths))
    cells = int(bounds[-1] - bounds[0]) // step
    if cells > _CELLS:
        return _searched(at, bounds)
    # A table of the smallest step of all periods: ten times as fast as a search in a million.
    table = np.full(cells + 2, UNKNOWN, dtype=np.int64)
    table[1:-1] = np.repeat(np.arange(len(lengths)), lengths // step)
    spots = (at - bounds[0]) // step
    np.clip(spots, -1, cells, out=spots)
    found: Ints = table[spots + 1]
    return found


def local_days(bounds: Ints, zone: tzinfo) -> list[date]:
    """Return the local date on which each period begins; the last edge is left out."""
    return [begin.date() for begin in local_times(bounds, zone)]


def local_times(bounds: Ints, zone: tzinfo) -> list[datetime]:
    """Return when each period begins, as a time of the zone; the last edge is left out."""
    return [datetime.fromtimestamp(int(at), zone) for at in bounds[:-1]]


def _searched(at: Ints, bounds: Ints) -> Ints:
    found: Ints = np.searchsorted(bounds, at, side="right") - 1
    return np.where(found < len(bounds) - 1, found, UNKNOWN)


def _hours(midnights: Ints) -> Ints:
    # Counted from each midnight: zones can be half an hour apart from UTC, and a clock that is
    # put back by half an hour leaves one hour of that day shorter.
    parts = [np.arange(begin, end, _HOUR, dtype=np.int64) for begin, end in pairwise(midnights)]
    return np.append(np.concatenate(parts), midnights[-1])


def _days(period: Period, first: date, last: int, zone: tzinfo) -> Ints:
    step = timedelta(days=7 if period is Period.WEEK else 1)
    day = first - timedelta(days=first.weekday()) if period is Period.WEEK else first
    found = [_midnight(day, zone)]
    while found[-1] < last:
        day += step
        found.append(_midnight(day, zone))
    # A zone that crosses the date line has a day without an hour.
    return np.unique(np.array(found, dtype=np.int64))


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp())
