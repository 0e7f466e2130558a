"""When a time that an agent names is over: an hour, a part of the day, a day, a week, a month.

Without a day the next time that the clock shows it is meant; without 上午 or 下午 the likelier.
"""

import re
from datetime import date, datetime, time, timedelta

from triage.text.times.dates import Lean, resolve
from triage.text.times.lengths import later
from triage.text.times.numerals import number

_NOON, _OFFICE_END, _DAY_END = 12, 18, 24
# The hour by which a part of the day is over, and the one that is meant by 前 after it.
_HOURS = (
    ("凌晨", 6, 6),
    ("下班", _OFFICE_END, _OFFICE_END),
    ("中午", 14, _NOON),
    ("下午", _OFFICE_END, _OFFICE_END),
    ("午后", _OFFICE_END, _OFFICE_END),
    ("傍晚", 20, _OFFICE_END),
    ("晚", _DAY_END, _OFFICE_END),
    ("夜", _DAY_END, _OFFICE_END),
    ("", _NOON, _NOON),  # the morning
)


def point(
    match: re.Match[str], tail: re.Match[str] | None, before: bool, said_at: datetime
) -> datetime | None:
    """Return when a named time is over: `match` names day or stretch, `tail` the hour if any.

    `before` says that 前 follows. None past the end of the calendar.
    """
    if match["stretch"] and not match["near"]:
        return _end_of_stretch(match, said_at.date(), before, said_at)
    day = _day(match, said_at.date())
    period = (tail["period"] or "") if tail else ""
    if match["date"] and not period:
        period = (match["word"] and match.group()[-1].strip("天日儿")) or ""
    period = "晚" if match["near"] == "当晚" else period
    if day is None:
        return None
    if tail and tail["hour"]:
        return _at_hour(day, period, tail, said_at, fixed=not match["bare"])
    if period:
        return _end_of_period(day, period, before, said_at, fixed=not match["bare"])
    return _midnight(day, said_at, days=0 if before and day > said_at.date() else 1)


def _day(match: re.Match[str], today: date) -> date | None:
    if match["bare"]:
        return today
    if near := match["near"]:
        return _shift(today, 0 if near.startswith("当") else 1)
    return resolve(match, today, Lean.FUTURE)


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _midnight(day: date, said_at: datetime, *, days: int = 0) -> datetime | None:
    return later(datetime.combine(day, time(), said_at.tzinfo), days)


def _end_of_period(
    day: date, period: str, before: bool, said_at: datetime, *, fixed: bool
) -> datetime | None:
    hour = next(first if before else end for name, end, first in _HOURS if name in period)
    start = datetime.combine(day, time(), said_at.tzinfo)
    due = _plus(start, hour)
    return _plus(due, _DAY_END) if due and due <= said_at and not fixed else due


def _plus(at: datetime, hours: int, minutes: int = 0) -> datetime | None:
    return later(at, (hours * 60 + minutes) / 1440)


def _at_hour(
    day: date, period: str, tail: re.Match[str], said_at: datetime, *, fixed: bool
) -> datetime | None:
    """Return that hour of the day; without a day, the next time that it strikes."""
    start = datetime.combine(day, time(), said_at.tzinfo)
    hour, minutes = int(number(tail["hour"]) or 0), _minutes(tail)
    if period or fixed:
        hour = _of_day(hour, period, written=bool(tail["minute"]))
        due = _plus(start, hour, minutes)
        return _plus(due, _DAY_END) if due and due <= said_at and not fixed else due
    turns = [hour, hour + 12, hour + 24] if hour <= _NOON else [hour, hour + 24]
    points = [_plus(start, turn, minutes) for turn in turns]
    return next((due for due in points if due and due > said_at), None)


def _of_day(hour: int, period: str, *, written: bool) -> int:
    """Return the hour of 24: 下午三点 is 15, 晚上十二点 is 24, 明天三点 is 15."""
    if not period:
        return hour + 12 if hour < 7 and not written else hour
    if period in {"下午", "午后", "傍晚"} or (period == "中午" and hour < 4):
        return hour + 12 if hour < _NOON else hour
    if "晚" in period or "夜" in period:
        return _of_night(hour)
    return 0 if period == "凌晨" and hour == _NOON else hour


def _of_night(hour: int) -> int:
    if hour in {0, _NOON}:
        return _DAY_END
    return hour + (_DAY_END if hour < 5 else 12 if hour < _NOON else 0)


def _minutes(tail: re.Match[str]) -> int:
    if tail["minute"]:
        return int(tail["minute"])
    rest = (tail["rest"] or "0").rstrip("分")
    quarters = {"半": 30, "一刻": 15, "三刻": 45}
    return quarters[rest] if rest in quarters else int(number(rest.lstrip("零")) or 0)


def _end_of_stretch(
    match: re.Match[str], today: date, before: bool, said_at: datetime
) -> datetime | None:
    """Return the end of a week, month or year; its beginning for 下周前."""
    what, ahead = match["what"] or match["alone"] or "月底", (match["which"] or "").startswith("下")
    if "月" in what or match["month_end"]:
        return _end_of_month(match, today, ahead=ahead, begin=before and ahead, said_at=said_at)
    if what.startswith("年"):
        return _midnight(date(today.year, 12, 31), said_at, days=1)
    monday = 7 * ahead - today.weekday()
    days = (5 if "末" in what else 0) if before else 7
    due = _midnight(today, said_at, days=monday + days)
    return due if due is None or due > said_at else _midnight(today, said_at, days=monday + 7)


def _end_of_month(
    match: re.Match[str], today: date, *, ahead: bool, begin: bool, said_at: datetime
) -> datetime | None:
    """Return the first midnight after the month; 下月前 and no 下月底前 is that of this month."""
    months = today.year * 12 + today.month - 1
    if match["month_end"]:
        months += (int(match["month_end"]) - today.month) % 12
    elif ahead and not (begin and "底" not in match["what"]):
        months += 1
    year, month = divmod(months + 1, 12)
    try:
        return _midnight(date(year, month + 1, 1), said_at)
    except ValueError:
        return None
