"""What was to be expected of a count: by weekday, season, holidays, and the model that judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from service.trends.asking import Asked
from service.trends.counting import ALL, counted
from service.trends.plain import plain_all, times, whole_all
from triage.errors import InputError
from triage.trends import calendar
from triage.trends.baseline import Baseline, expected, so_far
from triage.trends.counts import Counts
from triage.trends.facts import NOTHING, Bools, Facts, Floats, Ints
from triage.trends.periods import Period, edges, place

_BACK = timedelta(days=400)  # so that the same season of the year before is known
_LIKE = 8  # weeks whose days tell how much of a day is usually in by an hour
_HOUR = 3600
_SERIES = ("expected", "low", "high", "p", "dispersion")
Breaks = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Normal:
    """Series x periods: counts, what was expected of each, and which are unusual.

    Expectations end with the last period; `part` says how much of it is over.
    """

    buckets: tuple[datetime, ...]
    keys: tuple[str, ...]
    n: Ints
    baseline: Baseline
    unusual: Bools
    part: float

    def rows(self, key: str) -> dict[str, Any]:
        """Return one series as JSON. Raises InputError for a group that there is not."""
        if key not in self.keys:
            raise InputError(f"There is no group {key!r}.", remedy=f"Give {', '.join(self.keys)}.")
        at = self.keys.index(key)
        told = self.baseline
        return {
            "n": whole_all(self.n[at]),
            "expected": plain_all(told.expected[at]),
            "low": plain_all(told.low[at]),
            "high": plain_all(told.high[at]),
            "p": plain_all(told.p[at]),
            "unusual": [bool(flag) for flag in self.unusual[at]],
            "level": told.level,
        }


def normal(
    facts: Facts, asked: Asked, *, by: str, now: datetime, breaks: Breaks = (), top: int = 12
) -> Normal:
    """Return what was normal of all, and of every group of `by`, told by what came before.

    Counts of labels from before a change of the model are scaled to what the later model would
    have said, where both judged the same tickets.
    """
    longer = replace(asked, start=_begin(facts, asked))
    found = counted(facts, longer, by=by, top=top)
    groups = found.groups if by != NOTHING else ()
    keys = (ALL, *(group.key for group in groups))
    counts = np.array([found.total, *(group.counts for group in groups)])
    part = _part(facts, longer, found, now)
    scaled = _scaled(counts, keys, found, breaks) if by == "issue" else counts.astype(np.float64)
    scaled[:, _unborn(facts, found)] = np.nan  # days before the desk would teach a level of 0
    told = _expected(scaled, found, longer, part)
    shown = _shown(found, asked)
    told, n = _cut(told, shown), counts[:, shown]
    if (
        found.bounds[shown.start] < asked.start.timestamp()
    ):  # a period that is only partly asked for
        n = _first_part(n, keys, counted(facts, asked, by=by, top=None))
        told = _untold(told)
    return Normal(tuple(found.buckets[shown.start :]), keys, n, told, told.unusual(n), part)


def _begin(facts: Facts, asked: Asked) -> datetime:
    """Return from when counts are needed: a year and more back, but not before the first."""
    if not len(facts):
        return asked.start
    first = datetime.fromtimestamp(int(facts.at.min()), asked.zone)
    back = min(asked.start, max(first, asked.start - _BACK))
    bounds = edges(asked.period, back, asked.end, asked.zone)
    return datetime.fromtimestamp(int(bounds[0]), asked.zone)


def _first_part(n: Ints, keys: Sequence[str], asked: Counts) -> Ints:
    """Return the counts with those of the first period that lie in the window alone."""
    known = {group.key: int(group.counts[0]) for group in asked.groups} | {ALL: int(asked.total[0])}
    first = [known.get(key, int(old)) for key, old in zip(keys, n[:, 0], strict=True)]
    return np.column_stack([np.array(first, dtype=np.int64), n[:, 1:]])


def _untold(told: Baseline) -> Baseline:
    cut = {name: getattr(told, name).copy() for name in _SERIES}
    for values in cut.values():
        values[:, 0] = np.nan
    return replace(told, **cut)


def _unborn(facts: Facts, found: Counts) -> Bools:
    first = int(facts.at.min()) if len(facts) else int(found.bounds[-1])
    result: Bools = found.bounds[1:] <= first
    return result


def _expected(counts: Floats, found: Counts, asked: Asked, part: float) -> Baseline:
    days = [bucket.date() for bucket in found.buckets]
    last = days[-1] + timedelta(days=6 if asked.period is Period.WEEK else 0)
    hours = [b.hour for b in found.buckets] if asked.period is Period.HOUR else None
    marks = calendar.days(days[0], last)
    return expected(days, counts, marks=marks, hours=hours, period=asked.period, part=part)


def _part(facts: Facts, asked: Asked, found: Counts, now: datetime) -> float:
    """Return how much of the last period's volume is usually in by now, or by the asked end."""
    start, end = int(found.bounds[-2]), int(found.bounds[-1])
    at = min(now.timestamp(), asked.end.timestamp())
    if at >= end:
        return 1.0
    if asked.period is not Period.DAY:
        return max(1e-3, (at - start) / (end - start))
    hour = (at - start) / _HOUR
    return min(1.0, max(1e-3, so_far(_like_days(facts, asked, start), hour)))


def _like_days(facts: Facts, asked: Asked, start: int) -> Floats:
    """Return the counts by hour of the same weekday in the weeks before a day."""
    mask = facts.mask(asked.wanted) if asked.wanted.values else np.ones(len(facts), dtype=np.bool_)
    day = datetime.fromtimestamp(start, asked.zone)
    table = np.zeros((_LIKE, 24))
    for week in range(1, _LIKE + 1):
        first = day - timedelta(days=7 * week)
        bounds = edges(Period.HOUR, first, first + timedelta(days=1), asked.zone)
        near = mask & (facts.at >= bounds[0]) & (facts.at < bounds[-1])
        hours = np.bincount(place(facts.at[near], bounds), minlength=24)
        table[week - 1] = hours[:24]  # 23 or 25 of them where clocks are changed
    return table


def _scaled(counts: Ints, keys: Sequence[str], found: Counts, breaks: Breaks) -> Floats:
    scaled = counts.astype(np.float64)
    for change in breaks:
        before = found.bounds[1:] <= datetime.fromisoformat(change["at"]).timestamp()
        for row, key in enumerate(keys):
            ratio = (change["ratios"].get(key) or {}).get("ratio")
            if ratio:
                scaled[row, before] *= ratio
    return scaled


def _shown(found: Counts, asked: Asked) -> slice:
    first = edges(asked.period, asked.start, asked.end, asked.zone)[0]
    return slice(int(np.searchsorted(found.bounds, first)), len(found.total))


def _cut(told: Baseline, shown: slice) -> Baseline:
    return replace(told, **{name: getattr(told, name)[:, shown] for name in _SERIES})


def expected_view(found: Normal, asked: Asked, *, by: str, key: str) -> dict[str, Any]:
    """Return what was expected of one group."""
    window = {"period": asked.period.value, "from": asked.start.isoformat()}
    series = ALL if by == NOTHING else key
    return {
        **window,
        "to": asked.end.isoformat(),
        "by": by,
        "key": key,
        "part": found.part,
        "buckets": times(found.buckets),
        **found.rows(series),
    }
