"""Today against what is normal, the last seven days against the seven before."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from service.trends.asking import Asked, read_asked
from service.trends.counting import ALL
from service.trends.naming import Naming
from service.trends.normal import Breaks, Normal, normal
from service.trends.plain import plain
from service.trends.serving import compared
from triage.trends.facts import MANY, Facts, Filter
from triage.trends.periods import Period

_WEEK = 7
Values = Mapping[str, tuple[str, ...]]


def overview_view(
    facts: Facts,
    *,
    now: datetime,
    zone: tzinfo,
    naming: Naming,
    values: Values | None = None,
    breaks: Breaks = (),
) -> dict[str, Any]:
    """Return the numbers of today so far with what was to be expected, and how the desk works."""
    today = _window(now, zone, values or {}, days=0)
    week = _window(now, zone, values or {}, days=_WEEK)
    found = normal(facts, today, by=MANY, now=now, breaks=breaks)
    return {
        "now": now.astimezone(zone).isoformat(),
        "today": _day(found, ALL),
        "issues": [
            {"key": key, **naming.said(MANY, key)._asdict(), **_day(found, key)}
            for key in found.keys
            if key != ALL
        ],
        "service": compared(facts, week, timedelta(days=_WEEK)),
        "service_from": week.start.isoformat(),
    }


def _window(now: datetime, zone: tzinfo, values: Values, *, days: int) -> Asked:
    local = now.astimezone(zone)
    if not days:
        until = local + timedelta(microseconds=1)  # a day that has just begun is a day
        return Asked(Period.DAY, _midnight(local), until, zone, Filter(values=values))
    first = (_midnight(local) - timedelta(days=days - 1)).date().isoformat()
    return read_asked(now, zone, start=first, values=values)


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _day(found: Normal, key: str) -> dict[str, Any]:
    """Return the last period of a series."""
    at, told = found.keys.index(key), found.baseline
    figures = {
        name: plain(float(getattr(told, name)[at, -1])) for name in ("expected", "low", "high")
    }
    return {
        "n": int(found.n[at, -1]),
        **figures,
        "unusual": bool(found.unusual[at, -1]),
        "part": plain(found.part),
    }
