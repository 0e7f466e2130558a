"""Lengths of time: 三天, 两个半小时, 半个月, 十几天, 3个工作日."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.text.alternation import alternatives
from triage.text.times.numerals import number

_DAYS = {
    "分钟": 1 / 1440,
    "小时": 1 / 24,
    "钟头": 1 / 24,
    "天": 1.0,
    "日": 1.0,
    "周": 7.0,
    "星期": 7.0,
    "礼拜": 7.0,
    "月": 30.0,
    "年": 365.0,
}
SEVERAL = 3.0  # 几天, 好几次: three at the least
_NUMERALS = "0-9一二两俩仨三四五六七八九十百几半"
_NUMBER = f"[好{_NUMERALS}](?<![0-9.][0-9])[.{_NUMERALS}]{{0,5}}"  # what number() reads is one
# A bare 月 or three digits before 年 name a date and no length.
_UNIT = (
    "(?:个?[多来]?半?(?:分钟|小时|钟头|工作日|自然日|星期|礼拜|天|周|日(?=之?内|以内))半?"
    "|个[多来]?半?月半?|(?<![0-9]{3})[多来]?年半?)多?"
)
LENGTH = f"(?P<number>{_NUMBER})(?P<unit>{_UNIT})"
_BEFORE_UNIT = f"[多来个{_NUMERALS}]"
# What no length of time is without, cheaply found.
SIGN = alternatives(
    f"{unit}(?<={_BEFORE_UNIT}{unit})"
    for unit in (
        "分钟",
        "小时",
        "钟头",
        ("工作日"),
        "自然日",
        "星期",
        "礼拜",
        "天",
        "周",
        "日",
        "月",
        "年",
    )
)
CLAUSE = "[^,。!?;，！？；\n]"  # a character that does not end a clause


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of text that tells a time: a length in days, or a point."""

    start: int
    end: int
    days: float | None = None
    at: datetime | None = None


def length(count: str, unit: str) -> float | None:
    """Return how many days a number with its unit lasts: 两 + 个半小时."""
    several = count in {"几", "好几"}
    value = SEVERAL if several else number(count.rstrip("几"))
    if value is None:
        return None
    name = next(name for name in _DAYS if name in unit)
    return (value + (0.5 if "半" in unit else 0)) * _DAYS[name]


def later(at: datetime, days: float) -> datetime | None:
    """Return the time so many days later; None past the end of the calendar."""
    try:
        return at + timedelta(days=days)
    except OverflowError:
        return None
