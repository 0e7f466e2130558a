"""The changes of the model in a window, as trends tell of them."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection

from service.db.overlaps import Break, breaks
from service.db.switches import Switch
from triage.trends.breaks import ISSUE, LEVELS, Ratio, ratios

_DIGITS = 4


def breaks_between(
    connection: Connection, start: datetime, end: datetime, *, zone: tzinfo = UTC
) -> list[dict[str, Any]]:
    """Return the changes of the model with start <= at < end, the oldest first.

    `ratios` tells by label, and `levels` by level and review, how often the model after finds
    something for each time the model before does, with 95 % intervals; both are empty where
    nothing was judged by both yet. Times are of `zone`.
    """
    found = (one for one in breaks(connection) if start <= one.switch.switched_at < end)
    return [_told(one, zone) for one in found]


def _told(one: Break, zone: tzinfo) -> dict[str, Any]:
    switch = one.switch
    known = ratios(switch.counts or {})
    labels = {name.removeprefix(ISSUE): of for name, of in known.items() if name not in LEVELS}
    return {
        "at": switch.switched_at.astimezone(zone).isoformat(),
        "before": switch.before,
        "after": switch.after,
        "name_before": one.name_before,
        "name_after": one.name_after,
        "overlap": _overlap(switch, zone),
        "ratios": _figures(labels),
        "levels": _figures({name: known[name] for name in LEVELS if name in known}),
    }


def _overlap(switch: Switch, zone: tzinfo) -> dict[str, Any] | None:
    if switch.wanted == 0:
        return None
    return {
        "since": switch.since.astimezone(zone).isoformat(),
        "n": switch.wanted,
        "done": switch.done,
        "finished": switch.finished_at is not None,
    }


def _figures(known: Mapping[str, Ratio]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "ratio": _rounded(of.value),
            "low": _rounded(of.low),
            "high": _rounded(of.high),
            "n": of.n,
            "before": of.before,
            "after": of.after,
            "differs": of.beyond_noise,
        }
        for name, of in known.items()
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
