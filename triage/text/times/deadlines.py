"""Deadlines that the customer sets: 限两小时内答复, 请18号前发货, 明天就要用."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cache

from triage.text.alternation import alternatives
from triage.text.times.dates import DAY, WEEK, WORD, Lean, resolve
from triage.text.times.lengths import CLAUSE, LENGTH, Moment, later, length

_SOON = "今[日天]|当[天日]|本周|这周|本月|这个月|月"
_DEMAND = (
    "请|要求|希望|麻烦|务必|必须|尽快|否则|不然|最迟|最晚|(?<![有无期权])限|给我|给个|给出"
    "|答复我|帮我|安排|催|赶紧|马上|立即"
    "|逾期|盼|望|再不|还不|要么|算清|退回|退还|处理|解决"
)
_REPORTED = (
    f"(?:说|承诺|答应|保证|称|告知|约定|显示|写|规定|通知|宣传|标|讲|约好|许诺){CLAUSE}{{0,9}}\\Z"
)
_HAPPENED = f"{CLAUSE}{{0,4}}?(?:就|才|已|果然|买|下单|付|订|拍|入手|无理由|那次|到了)"
_NEEDED = "要用|就要|必须|务必|急用|等着用|出发|出国|要交|要走|起飞|要穿|要送|要带"
_NO_WITHIN = "容部在衣裤外存心胆置地蒙"  # 3天内容
_LONGEST = 62.0  # within six years: a rule, no deadline
_REACH = 14  # so far before 内 or 前 its time may begin
_AROUND = 15


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "within": re.compile(f"(?:{LENGTH}|(?P<soon>{_SOON}))(?:之内|以内|内(?![{_NO_WITHIN}]))"),
        "before": re.compile(
            f"(?:{DAY}|(?P<final>本?月底|年底|下班))"
            "(?:之前|以前|前(?![台面厅门排后往天男女一几半]))"
        ),
        "needed": re.compile(f"(?:{WEEK}|{WORD}){CLAUSE}{{0,4}}?(?:{_NEEDED})"),
        "need": re.compile(alternatives(_NEEDED.split("|"))),
        "demand": re.compile(_DEMAND),
        "reported": re.compile(_REPORTED),
        "happened": re.compile(_HAPPENED),
    }


def find_deadlines(text: str, received_at: datetime | None = None) -> Iterator[Moment]:
    """Yield deadlines the customer sets; `at` where the receiving time is known."""
    found: list[Moment] = []
    if "内" in text:
        found += _within(text, received_at)
    if "前" in text:
        found += _before(text, received_at)
    if _patterns()["need"].search(text):
        found += _needed(text, received_at)
    end = -1
    for moment in sorted(found, key=lambda moment: moment.start):
        if moment.start >= end:  # 周一前要: one deadline, found twice
            end = moment.end
            yield moment


def _within(text: str, received_at: datetime | None) -> Iterator[Moment]:
    for match in _around(text, "内", "within"):
        if not _is_demanded(text, match) or _is_not_set(text, match):
            continue
        if match["soon"]:
            yield Moment(match.start(), match.end(), None, _end_of(match["soon"], received_at))
            continue
        days = length(match["number"], match["unit"])
        if days and days > _LONGEST:
            continue
        # Working days need a calendar; no time is better than a wrong one.
        known = received_at if days and "工作日" not in match["unit"] else None
        at = later(known, days) if known and days else None
        yield Moment(match.start(), match.end(), days, at)


def _before(text: str, received_at: datetime | None) -> Iterator[Moment]:
    for match in _around(text, "前", "before"):
        if _is_not_set(text, match):
            continue
        if _is_days_ago(match) and not _is_demanded(text, match):
            continue
        yield Moment(match.start(), match.end(), None, _point(match, received_at))


def _around(text: str, mark: str, name: str) -> Iterator[re.Match[str]]:
    """Yield what the pattern finds around each mark: the whole text need not be tried."""
    end = 0
    while (place := text.find(mark, end)) >= 0:
        start = max(end, place - _REACH)
        end = place + 1
        if match := _patterns()[name].search(text, start, place + 2):
            end = max(end, match.end())
            yield match


def _needed(text: str, received_at: datetime | None) -> Iterator[Moment]:
    for match in _patterns()["needed"].finditer(text):
        if not _is_reported(text, match):
            yield Moment(match.start(), match.end(), None, _point(match, received_at))


def _is_demanded(text: str, match: re.Match[str]) -> bool:
    start = max(0, match.start() - _AROUND)
    return bool(_patterns()["demand"].search(text, start, match.end() + _AROUND))


def _is_reported(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _AROUND) : match.start()]
    return bool(_patterns()["reported"].search(before))


def _is_not_set(text: str, match: re.Match[str]) -> bool:
    """Whether somebody else's promise or something that has happened is told."""
    return _is_reported(text, match) or bool(_patterns()["happened"].match(text, match.end()))


def _is_days_ago(match: re.Match[str]) -> bool:
    """Whether 3日前 may as well mean three days ago."""
    return bool(match["only"]) and not match["of_month"] and "日" in match.group()


def _point(match: re.Match[str], received_at: datetime | None) -> datetime | None:
    if received_at is None:
        return None
    groups = match.groupdict()
    if final := groups.get("final"):
        return _end_of(final, received_at)
    day = resolve(match, received_at.date(), Lean.FUTURE)
    return _due(day, received_at)


def _due(day: date | None, received_at: datetime) -> datetime | None:
    """Return the start of that day, or the end of it where it has begun."""
    if day is None:
        return None
    start = datetime.combine(day, time(), received_at.tzinfo)
    return later(start, 1) if day == received_at.date() else start


def _end_of(word: str, received_at: datetime | None) -> datetime | None:
    """Return the end of today, this week, this month or this year."""
    if received_at is None or word == "下班":  # nobody here knows the office hours
        return None
    today = received_at.date()
    days = 1
    if "周" in word:
        days = 7 - today.weekday()
    elif "月" in word:
        days = monthrange(today.year, today.month)[1] - today.day + 1
    elif "年" in word:
        days = (date(today.year, 12, 31) - today).days + 1
    return later(datetime.combine(today, time(), received_at.tzinfo), days)
