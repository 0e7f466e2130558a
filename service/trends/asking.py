"""What is asked of the trends: a window, a period, the tickets that count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from service.errors import BadValueError
from triage.trends.facts import DIMENSIONS, LEVELS, Filter, level_of
from triage.trends.periods import Period

DAYS = 30
_LENGTH = {Period.HOUR: 1 / 24, Period.DAY: 1.0, Period.WEEK: 7.0}  # days
_MOST = 2000  # periods in one answer
_YEARS = range(2000, 2101)


@dataclass(frozen=True, slots=True)
class Asked:
    """Tickets opened from `start` to before `end`, by period, that fit the filter."""

    period: Period
    start: datetime
    end: datetime
    zone: tzinfo
    wanted: Filter


def read_asked(
    now: datetime,
    zone: tzinfo,
    *,
    period: Period = Period.DAY,
    start: str | None = None,
    end: str | None = None,
    values: Mapping[str, Sequence[str]] | None = None,
) -> Asked:
    """Return what is asked; the last 30 days to now where no window is named.

    `start` and `end`: dates, which begin at midnight of the zone, or ISO times.
    Raises BadValueError for no time, no window or too many periods; InputError for no level.
    """
    here = now.astimezone(zone)
    until = min(_moment("to", end, zone), here) if end else here  # what is to come cannot be told
    since = _moment("from", start, zone) if start else _midnight(until.date(), zone, DAYS)
    if since >= until:
        raise BadValueError(
            f"from: {since.isoformat()} is not before {until.isoformat()}.",
            remedy="Give an earlier `from`, or a later `to`.",
        )
    if (until - since) / timedelta(days=1) > _MOST * _LENGTH[period]:
        raise BadValueError(
            f"period: these are more than {_MOST} times {period.value}.",
            remedy="Ask for a shorter window, or for longer periods.",
        )
    return Asked(period, since, until, zone, Filter(values=_values(values or {})))


def _values(values: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    for name in LEVELS:
        for value in values.get(name, ()):
            level_of(name, value)
    return {name: tuple(values[name]) for name in DIMENSIONS if values.get(name)}


def _moment(name: str, text: str, zone: tzinfo) -> datetime:
    try:
        day = date.fromisoformat(text) if len(text) <= 10 else None
        at = _midnight(day, zone) if day else datetime.fromisoformat(text)
    except ValueError as error:
        raise _no_time(name, text) from error
    if at.year not in _YEARS:
        raise _no_time(name, text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(zone)


def _no_time(name: str, text: str) -> BadValueError:
    return BadValueError(
        f"{name}: {text!r} is no day and no time between 2000 and 2100.",
        remedy="Write for example 2026-11-01 or 2026-11-01T08:00:00+08:00.",
    )


def _midnight(day: date, zone: tzinfo, back: int = 0) -> datetime:
    return datetime.combine(day - timedelta(days=back), time(), zone)
