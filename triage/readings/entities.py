"""Names, numbers, sums and days in a text; each finder runs only where its marks occur."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from triage.readings.amounts import find_amounts
from triage.readings.codes import find_codes, find_spoken
from triage.readings.days import find_days
from triage.readings.goods import find_goods
from triage.readings.people import find_people
from triage.readings.spans import Entity, untangle

# Of two readings of the same characters the first of these is right.
_RANKS = (
    "parcel_number",
    "staff_number",
    "order_number",
    "phone",
    "amount",
    "date",
    "product",
    "person",
)
_DIGITS = "0123456789"
_MONEY = "元块圆¥￥$币蚊百千万B"
_WRITTEN = 6  # so many digits has 2024-3-5
_DAYS = "月周星礼昨今号/"


@cache
def _marks() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(_DIGITS + _MONEY + _DAYS)}]")


def find_entities(text: str, received_at: datetime | None = None) -> list[Entity]:
    """Return what the text names, in order; of overlapping readings the longest stays."""
    hits = _marks().findall(text)
    found = _numbers(text, hits, received_at) if hits else []
    if not hits and ("明" in text or "前天" in text or "后天" in text):
        found += find_days(text, received_at)
    if "工号" in text or "坐席" in text:
        found += find_spoken(text)
    if "买" in text or "购" in text or "单" in text or "订" in text:
        found += find_goods(text)
    found += find_people(text)
    return untangle(found, _RANKS) if len(found) > 1 else found


def _numbers(text: str, hits: Sequence[str], received_at: datetime | None) -> list[Entity]:
    """Return codes, sums and days of a text that holds the marks `hits` of any of them."""
    marks = set(hits)
    found: list[Entity] = []
    digits = sum(map(str.isdecimal, hits))
    if digits:
        found += find_codes(text, digits)
    if digits > 1 or not marks.isdisjoint(_MONEY):
        found += find_amounts(text, marks)
    dated = digits >= _WRITTEN or not marks.isdisjoint(_DAYS)
    if dated or "明" in text or "前天" in text or "后天" in text:
        found += find_days(text, received_at)
    return found
