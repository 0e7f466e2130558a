"""Counts and shares by a dimension, with the models that judged and the days that matter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from service.desk.trends import Snapshot
from service.trends.asking import Asked
from service.trends.naming import Naming
from service.trends.plain import plain, plain_all, times, whole_all
from triage.trends import calendar
from triage.trends.counts import Counts, Group, count, models
from triage.trends.facts import NOTHING, Facts
from triage.trends.shares import wilson

TOP = 12
ALL = "all"  # the series of all tickets
_DAY = timedelta(days=1)


def counted(facts: Facts, asked: Asked, *, by: str, top: int | None = TOP) -> Counts:
    """Return the counts that are asked for."""
    found = count(
        facts,
        by=by,
        period=asked.period,
        start=asked.start,
        end=asked.end,
        zone=asked.zone,
        wanted=asked.wanted,
        top=top,
    )
    return replace(found, groups=(_whole(found),)) if by == NOTHING else found


def _whole(found: Counts) -> Group:
    """Return all tickets as the one group that there is where nothing groups them."""
    share, low, high = wilson(found.total, found.total)
    one, least, most = (float(part[0]) for part in wilson(np.array([found.n]), np.array([found.n])))
    return Group(ALL, found.n, one, least, most, found.total, share, low, high)


def counts_view(
    snapshot: Snapshot,
    asked: Asked,
    naming: Naming,
    *,
    by: str,
    top: int | None = TOP,
    breaks: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return counts and shares with all that a chart of them shows."""
    facts = snapshot.facts
    found = counted(facts, asked, by=by, top=top)
    judged = models(facts, start=asked.start, end=asked.end, wanted=asked.wanted, zone=asked.zone)
    return {
        "period": asked.period.value,
        "zone": str(asked.zone),
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "by": by,
        "buckets": times(found.buckets),
        "total": whole_all(found.total),
        "n": found.n,
        "groups": [group_view(group, by, naming) for group in found.groups],
        "models": [
            {
                "hash": one.key,
                "name": snapshot.models.get(one.key, one.key),
                "n": one.n,
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
            }
            for one in judged
        ],
        "breaks": list(breaks),
        "days": days_view(asked),
        **_reach(facts, asked.zone),
        "data": {"unit": "ticket"},
    }


def group_view(group: Group, by: str, naming: Naming) -> dict[str, Any]:
    """Return one group."""
    said = naming.said(by, group.key)
    return {
        "key": group.key,
        "zh": said.zh,
        "en": said.en,
        "n": group.n,
        "share": plain(group.share),
        "share_low": plain(group.share_low),
        "share_high": plain(group.share_high),
        "counts": whole_all(group.counts),
        "shares": plain_all(group.shares),
        "low": plain_all(group.low),
        "high": plain_all(group.high),
    }


def days_view(asked: Asked) -> list[dict[str, str]]:
    """Return the holidays, make-up workdays and promotions of the window."""
    first, last = asked.start.date(), (asked.end - timedelta(microseconds=1)).date()
    marks = calendar.shown(calendar.days(first, last))
    names = ("zh", "en", "window")
    return [
        {
            "day": mark.day.isoformat(),
            "kind": mark.kind.value,
            **{name: getattr(mark, name) for name in names},
        }
        for mark in marks
    ]


def _reach(facts: Facts, zone: tzinfo) -> dict[str, str | None]:
    if not len(facts):
        return {"first": None, "last": None}
    ends = {"first": int(facts.at.min()), "last": int(facts.at.max())}
    return {
        name: datetime.fromtimestamp(at, UTC).astimezone(zone).isoformat()
        for name, at in ends.items()
    }


def count_rows(found: Counts, by: str, naming: Naming) -> list[dict[str, Any]]:
    """Return counts as rows of a table: one for each period and group."""
    buckets, total = times(found.buckets), whole_all(found.total)
    columns = [
        (
            naming.said(by, group.key).zh,
            whole_all(group.counts),
            *(plain_all(values) for values in (group.shares, group.low, group.high)),
        )
        for group in found.groups
    ]
    keys = [group.key for group in found.groups]
    return [
        {
            "at": bucket,
            by: key,
            "zh": zh,
            "n": n[k],
            "total": total[k],
            "share": shares[k],
            "low": low[k],
            "high": high[k],
        }
        for k, bucket in enumerate(buckets)
        for key, (zh, n, shares, low, high) in zip(keys, columns, strict=True)
    ]
