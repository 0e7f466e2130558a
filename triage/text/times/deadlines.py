"""Deadlines that the customer sets: 限两小时内答复, 请18号前发货, 明天就要用."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache

from triage.text.times.dates import DAY, WEEK, WORD, Lean, resolve
from triage.text.times.lengths import CLAUSE, LENGTH, Moment, length

_SOON = "今[日天]|当[天日]|本周|这周|本月|这个月|月"
_DEMAND = (
    "请|要求|希望|麻烦|务必|必须|尽快|否则|不然|最迟|最晚|(?<![有无期权])限|给我|给个|给出|答复我|帮我|安排|催|赶紧|马上|立即"
    "|逾期|盼|望|再不|还不|要么|算清|退回|退还|处理|解决"
)
_REPORTED = (
    f"(?:说|承诺|答应|保证|称|告知|约定|显示|写|规定|通知|宣传|标|讲|约好|许诺){CLAUSE}{{0,9}}\\Z"
)
_HAPPENED = f"{CLAUSE}{{0,4}}?(?:就|才|已|果然|买|下单|付|订|拍|入手|无理由|那次|到了)"
_NEEDED = "要用|就要|必须|务必|急用|等着用|出发|出国|要交|要走|起飞|要穿|要送|要带"
_NO_WITHIN = "容部在衣裤外存心胆置地蒙"  # 3天内容
_LONGEST = 62.0  # within six years: a rule, no deadline
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
        "demand": re.compile(_DEMAND),
        "reported": re.compile(_REPORTED),
        "happened": re.compile(_HAPPENED),
    }


def find_deadlines(text: str, received_at: datetime | None = None) -> Iterator[Moment]:
    """Yield deadlines the customer sets; `at` where the receiving time is known."""
    if "内" in text:
        yield from _within(text, received_at)
    if "前" in text:
        yield from _before(text, received_at)
    if any(mark in text for mark in ("要", "必", "急用", "着用", "出发", "出国", "起飞")):
        yield from _needed(text, received_at)


def _within(text: str, received_at: datetime | None) -> Iterator[Moment]:
    for match in _patterns()["within"].finditer(text):
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
        at = known + timedelta(days=days) if known and days else None
        yield Moment(match.start(), match.end(), days, at)


def _before(text: str, received_at: datetime | None) -> Iterator[Moment]:
    for match in _patterns()["before"].finditer(text):
        if _is_not_set(text, match):
            continue
        if _is_days_ago(match) and not _is_demanded(text, match):
            continue
        yield Moment(match.start(), match.end(), None, _point(match, received_at))


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
    today = received_at.date()
    return _midnight(day + timedelta(days=1) if day == today else day, received_at)


def _end_of(word: str, received_at: datetime | None) -> datetime | None:
    """Return the end of today, this week, this month or this year."""
    if received_at is None or word == "下班":  # nobody here knows the office hours
        return None
    today = received_at.date()
    if "周" in word:
        return _midnight(today + timedelta(days=7 - today.weekday()), received_at)
    if "月" in word:
        return _midnight((today.replace(day=1) + timedelta(days=32)).replace(day=1), received_at)
    next_day = date(today.year + 1, 1, 1) if "年" in word else today + timedelta(days=1)
    return _midnight(next_day, received_at)


def _midnight(day: date, received_at: datetime) -> datetime:
    return datetime.combine(day, time(), received_at.tzinfo)
