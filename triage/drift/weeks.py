"""ISO weeks: named `2026-W05`, kept as their Monday."""

import re
from datetime import date, datetime, timedelta, tzinfo

from triage.errors import InputError

WEEK = timedelta(days=7)
_NAME = re.compile(r"(\d{4})-?W(\d{2})")


def week_of(moment: datetime, zone: tzinfo) -> date:
    """Return the Monday of a time's week; a time without a zone is one of `zone`."""
    day = (moment.astimezone(zone) if moment.tzinfo else moment).date()
    return monday(day)


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def name(week: date) -> str:
    """Return the name of a week: `2026-W05`."""
    year, number, _ = week.isocalendar()
    return f"{year}-W{number:02}"


def parse(text: str) -> date:
    """Return the Monday of a named week. Raises InputError."""
    found = _NAME.fullmatch(text.strip())
    try:
        if found:
            return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        pass
    raise InputError(f"{text!r} is no week.", remedy="Write for example 2026-W05.")


def parse_range(text: str) -> tuple[date, date]:
    """Return the first and the last Monday of `2026-W01..2026-W04`. Raises InputError."""
    first, _, last = text.partition("..")
    begin, end = parse(first), parse(last or first)
    if end < begin:
        raise InputError(f"{text}: the last week is before the first.", remedy="Swap them.")
    return begin, end


def is_range(text: str) -> bool:
    """Whether a text looks like a week or a range of weeks, not like the name of a file."""
    return all(_NAME.fullmatch(part.strip()) for part in text.split("..", maxsplit=1))
