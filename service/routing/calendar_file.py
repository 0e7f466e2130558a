"""From the `calendars` of the clock file to calendars."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from service.routing.calendars import Calendar, Spans
from service.routing.clock_file import Faults, day
from service.routing.located import Path as Place
from service.routing.public_holidays import Days, public_holidays

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = 24 * 60


def calendar(name: str, raw: Mapping[str, Any], faults: Faults) -> Calendar:
    """Return one calendar; what is wrong with it is noted in `faults`."""
    place: Place = ("calendars", name)
    if raw["week"] == "24x7":
        return Calendar(name, ZoneInfo("UTC"), always=True)
    closed, opened = _dates(raw, "closed", place, faults), _opened(raw, place, faults)
    for both in sorted(closed & opened.keys()):
        faults.add((*place, "open", str(both)), f"{both} is both closed and open.", "Keep one.")
    own = _years(raw.get("years", {}), place, faults)
    holidays = public_holidays(raw.get("holidays", ""), own)
    if holidays and own and max(own) > holidays.last:
        gap = holidays.last + 1
        faults.add((*place, "years"), f"{gap} is missing before {max(own)}.", "List its days too.")
    return Calendar(
        name,
        _zone(raw["zone"], place, faults),
        _week(raw["week"], place, faults),
        holidays,
        _WEEK.index(raw.get("make_up_day", "mon")),
        closed,
        opened,
    )


def _zone(name: str, place: Place, faults: Faults) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, outside the folder of zones, a folder
        faults.add((*place, "zone"), f"Unknown time zone {name!r}.", "Write it as Asia/Shanghai.")
        return ZoneInfo("UTC")


def _week(raw: Mapping[str, Any], place: Place, faults: Faults) -> tuple[Spans, ...]:
    week: dict[int, Spans] = {}
    for key, texts in raw.items():
        here = (*place, "week", key)
        first, last = (_WEEK.index(part) for part in (key.split("-") * 2)[:2])
        if last < first:
            faults.add(here, f"{key} runs backwards.", "Begin a range of days with the earlier.")
        spans = _spans(texts, here, faults)
        for weekday in range(first, last + 1):
            if weekday in week:
                faults.add(here, f"{_WEEK[weekday]} stands here twice.", "Name each day once.")
            week[weekday] = spans
    if not any(week.values()):
        faults.add((*place, "week"), "It is never open.", "Give at least one day a span.")
    return tuple(week.get(weekday, ()) for weekday in range(7))


def _spans(texts: list[str], place: Place, faults: Faults) -> Spans:
    spans = []
    for index, text in enumerate(texts):
        start, end = map(_minutes, text.split("-"))
        if start == end:
            told = f"{text} is empty."
            faults.add((*place, index), told, "Around the clock is 00:00-24:00.")
        spans.append((start, end if end > start else end + _DAY))
    spans.sort()
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            faults.add(place, "Two spans of one day overlap.", "Join them.")
    return tuple(spans)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _dates(raw: Mapping[str, Any], key: str, place: Place, faults: Faults) -> frozenset[date]:
    texts = raw.get(key, [])
    return frozenset(day(text, (*place, key, k), faults) for k, text in enumerate(texts))


def _opened(raw: Mapping[str, Any], place: Place, faults: Faults) -> dict[date, Spans]:
    made = {}
    for text, spans in raw.get("open", {}).items():
        here = (*place, "open", text)
        made[day(text, here, faults)] = _spans(spans, here, faults)
    return made


def _years(raw: Mapping[str, Any], place: Place, faults: Faults) -> dict[int, Days]:
    made = {}
    for year, days in raw.items():
        here = (*place, "years", year)
        off, work = (_dates(days, key, here, faults) for key in ("closed", "work"))
        made[int(year)] = off, work
        if strange := sorted(one for one in off | work if one.year not in (int(year), 1)):
            faults.add(here, f"{strange[0]} is not in {year}.", "Move it to its year.")
        if both := sorted(off & work):
            faults.add(here, f"{both[0]} is both closed and a workday.", "Keep one.")
    return made
