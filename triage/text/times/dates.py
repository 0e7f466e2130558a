"""Days named in a text, resolved to the calendar where the receiving day is known.

2024年3月5日, 三月五号, 3/5, 18号, 上周三, 大前天. A caller joins the patterns that it wants
into one expression, each at most once, and hands the match to `resolve`.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import IntEnum

from triage.text.alternation import alternatives
from triage.text.times.numerals import number

_M = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_D = "(?:(?:3[01]|[12][0-9]|0?[1-9])(?![0-9])|[一二三四五六七八九十]{1,3})"
_WEEKDAYS = "一二三四五六日"
_WEEKS = {"上上": -14, "上": -7, "这": 0, "本": 0, "下": 7, "下下": 14}
_WORDS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
# 上周一直, 一周三次, 周五天: the character after 周 need not be a weekday.
_NO_WEEKDAY = "直些样共起个次回遍趟台件位名家间种千百十到两天"

WORD = (
    "(?P<word>大前|大后|前|昨|今|明|后)(?<![之以目提然最往此先随][前后])"
    "(?:天(?!气)|[日儿晚早]|(?<!前)夜)"
)
WEEK = (
    "(?<![每逢一两二三四半几0-9])(?P<week>上上|下下|[上下这本])?(?P<of>个)?(?:周|星期|礼拜)"
    f"(?P<weekday>[一二三四五六日天])(?![{_NO_WEEKDAY}])"
)
FULL = (
    f"(?<![0-9])(?P<year>20[0-9]{{2}}|1[01][0-9](?=年))[年./-](?P<year_month>{_M})[月./-]"
    f"(?P<year_day>{_D})[日号]?"
)
MONTH = f"(?<![0-9])(?P<month>{_M})月(?P<day>{_D})[日号]?"
# A fraction (1/3的人, 8/10分) is no day; neither is 24/7.
SLASH = (
    "(?<![0-9/.])(?P<slash_month>1[0-2]|0?[1-9])/(?P<slash_day>3[01]|[12][0-9]|0?[1-9])"
    "(?![0-9/%分折的])"
)
ONLY = (
    "(?<![0-9/第月一二三四五六七八九十])(?P<of_month>本月|这个?月|上个?月|下个?月)?"
    f"(?P<only>{_D})[号日]"
)
DAY = "|".join((FULL, MONTH, SLASH, WEEK, WORD, ONLY))  # the fullest first

# What no day is without, cheaply found.
_N = "0-9一二三四五六七八九十"
SIGN = alternatives(
    (
        f"月(?=[{_N}])",
        f"号(?<=[{_N}]号)",
        f"日(?<=[{_N}]日)",
        "/(?<=[0-9]/)(?=[0-9])",
        "20(?=[0-9]{2}[-./])",
        "周(?=[一二三四五六日天])",
        "星期(?=[一二三四五六日天])",
        "礼拜(?=[一二三四五六日天])",
        "昨",
        "今[天日晚早儿夜]",
        "明[天日晚早儿]",
        "前[天日晚]",
        "后[天日晚]",
    )
)


class Lean(IntEnum):
    """On which side of the receiving day a day without a year is looked for."""

    PAST = -1
    EITHER = 0
    FUTURE = 1


def resolve(match: re.Match[str], today: date | None, lean: Lean = Lean.EITHER) -> date | None:
    """Return the day that `match` names; None where it cannot be known."""
    named = match.groupdict()
    if year := named.get("year"):  # 民国113年
        full = int(year) if len(year) == 4 else int(year) + 1911
        return _day(full, named["year_month"], named["year_day"])
    if today is None:
        return None
    if word := named.get("word"):
        return _shift(today, _WORDS[word])
    if named.get("weekday"):
        return _weekday(named["week"], named["weekday"], today, lean)
    if named.get("only"):
        return _of_month(named["of_month"] or "", named["only"], today, lean)
    return _of_year(named, today, lean)


def _of_year(named: Mapping[str, str | None], today: date, lean: Lean) -> date | None:
    month = named.get("month") or named.get("slash_month")
    day = named.get("day") or named.get("slash_day")
    if month is None or day is None:
        return None
    days = [_day(today.year + k, month, day) for k in (-1, 0, 1)]
    if lean is not Lean.FUTURE:
        return _best(days, today, lean)
    # A day of last month is a deadline that has passed rather than one in eleven months.
    cost = [(ahead if ahead >= 0 else 35 - ahead, day) for day, ahead in _ahead(days, today)]
    return min(cost)[1] if cost else None


def _day(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(number(month) or 0), int(number(day) or 0))
    except ValueError:
        return None


def _shift(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def _weekday(week: str | None, weekday: str, today: date, lean: Lean) -> date | None:
    ahead = _WEEKDAYS.index("日" if weekday == "天" else weekday) - today.weekday()
    if week:
        return _shift(today, ahead + _WEEKS[week])
    if lean is Lean.EITHER:
        return None  # a bare 周三 may be the last one or the next
    return _shift(today, ahead % 7 if lean is Lean.FUTURE else -(-ahead % 7))


def _of_month(month: str, day: str, today: date, lean: Lean) -> date | None:
    offset = {"上": -1, "下": 1}.get(month[:1], 0)
    if month:
        return _in_month(today, offset, day)
    return _best([_in_month(today, k, day) for k in (-1, 0, 1)], today, lean)


def _in_month(today: date, offset: int, day: str) -> date | None:
    months = today.year * 12 + today.month - 1 + offset
    return _day(months // 12, str(months % 12 + 1), day)


def _best(days: list[date | None], today: date, lean: Lean) -> date | None:
    """Choose the nearest on the wanted side; without one, the past is likelier by far."""
    known = _ahead(days, today)
    if lean is Lean.FUTURE:
        known = [(day, ahead) for day, ahead in known if ahead >= 0]
    elif lean is Lean.PAST:
        known = [(day, ahead) for day, ahead in known if ahead <= 0]
    cost = [(-ahead if ahead < 0 else ahead * (1 if lean else 3), day) for day, ahead in known]
    return min(cost)[1] if cost else None


def _ahead(days: list[date | None], today: date) -> list[tuple[date, int]]:
    return [(day, (day - today).days) for day in days if day is not None]
