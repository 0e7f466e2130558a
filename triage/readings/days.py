"""Days named in a text: 2024年3月5日, 3/5, 上周三, 大前天."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from triage.readings.spans import IN_CLAUSE, Entity
from triage.text.times import dates
from triage.text.times.dates import Lean, resolve

_DID = "买|下单|订|付|寄|发|收|到|投诉|报修|提|申请|反映|住|入住|装|签|拍|取|退|换|问|打|说|答"
_WILL = "之?前|以前|要|出发|到期|截止|起飞|出国|开学|考试|用"
# 3号线 is no day: one without its month needs a word that makes it a day.
_OF_DAY = (
    "之前|以前|前(?![台面厅门排])|买|下单|订|寄|发|到货|入住|出发|早上|晚上|上午|下午|中午"
    "|凌晨|当天|那天"
    "|收|付|提|申请|报修"
)
# How far around the sign of a day it may reach.
_BACK, _AHEAD = 10, 12


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    # 下个月15号 names its month; a bare 15号 needs what follows.
    only = f"(?:{dates.ONLY})(?:(?<=号)(?={_OF_DAY})|(?(of_month)|(?!)))"
    return {
        "anchor": re.compile(dates.SIGN),
        "number": re.compile("|".join((dates.FULL, dates.MONTH, dates.SLASH, only))),
        "week": re.compile(dates.WEEK),
        "word": re.compile(dates.WORD),
        "did": re.compile(f"{IN_CLAUSE}{{0,4}}?(?:{_DID})"),
        "will": re.compile(f"{IN_CLAUSE}?(?:{_WILL})"),
    }


def find_days(text: str, received_at: datetime | None) -> Iterator[Entity]:
    """Yield days; the value is an ISO date where the year is written or can be known."""
    patterns = _patterns()
    today = received_at.date() if received_at else None
    end = 0
    for anchor in patterns["anchor"].finditer(text):
        if anchor.start() < end:
            continue
        first = anchor.group()[0]
        name = "number" if first in "月号日/2" else "week" if first in "周星礼" else "word"
        start = max(end, anchor.start() - (_BACK if name == "number" else 3))
        match = patterns[name].search(text, start, anchor.start() + _AHEAD)
        if match:
            end = match.end()
            yield Entity("date", match.start(), end, _value(text, match, today))


def _value(text: str, match: re.Match[str], today: date | None) -> str | None:
    if today is None and not (match.re is _patterns()["number"] and match["year"]):
        return None
    if text[max(0, match.start() - 2) : match.start()] in {"每年", "每月"}:
        return None
    day = resolve(match, today, _lean(text, match.end()))
    return day.isoformat() if day else None


def _lean(text: str, end: int) -> Lean:
    if _patterns()["will"].match(text, end):
        return Lean.FUTURE
    return Lean.PAST if _patterns()["did"].match(text, end) else Lean.EITHER
