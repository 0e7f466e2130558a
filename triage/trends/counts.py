"""How many texts there are in each hour, day or week, and which share each group has of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from heapq import nsmallest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError
from triage.trends.facts import (
    COLUMNS,
    DIMENSIONS,
    LEVELS,
    MANY,
    NOTHING,
    SENTIMENTS,
    URGENCIES,
    Column,
    Facts,
    Filter,
    Floats,
    Ints,
)
from triage.trends.periods import Period, edges, local_times, place
from triage.trends.shares import wilson

REST = "other_groups"  # stands for all the groups that are not among the largest
_MOST = 20_000_000  # counts of one answer


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The counts of one group, and its shares of all texts with their 95 % intervals.

    Arrays have one entry a period; a share and its bounds are NaN where there is no text at all.
    """

    key: str
    n: int
    share: float
    share_low: float
    share_high: float
    counts: Ints
    shares: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """The texts from `start` to before `end` by period.

    `bounds`: the edges of the periods, seconds since 1970 in UTC; the first and the last period
    may reach beyond the window, and hold only what is inside it. `total`: all texts of each.
    """

    by: str
    period: Period
    zone: tzinfo
    start: datetime
    end: datetime
    bounds: Ints
    n: int
    total: Ints
    groups: tuple[Group, ...]

    @property
    def buckets(self) -> list[datetime]:
        """When each period begins, in local time."""
        return local_times(self.bounds, self.zone)

    def group(self, key: str) -> Group | None:
        """Return the group of a key, None where there is none."""
        return next((group for group in self.groups if group.key == key), None)


@dataclass(frozen=True, slots=True)
class Model:
    """How many texts a model judged, and the moments of the first and the last of them."""

    key: str
    n: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class _Table:
    """Groups, and how many texts each has in each period."""

    keys: Sequence[str]
    counts: Ints


def count(
    facts: Facts,
    *,
    by: str,
    period: Period,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    wanted: Filter | None = None,
    top: int | None = None,
) -> Counts:
    """Count the wanted texts by period, and by group of `by`: a dimension, or `none` for no groups.

    Issues and levels come in their own order; a text counts in each of its issues, and texts
    without one in the group `none`. Of the other dimensions the largest groups come first, at
    most `top` of them, then `other_groups` and `none`. Shares are of all wanted texts of the
    period. Raises InputError for an unknown dimension or level, and for too much at once.
    """
    if by not in (NOTHING, *DIMENSIONS):
        listed = ", ".join((NOTHING, *DIMENSIONS))
        raise InputError(f"There is no dimension {by!r}.", remedy=f"Give {listed}.")
    bounds = edges(period, start, end, zone)
    rows = _rows(facts, wanted, start, end)
    buckets = place(facts.at[rows], bounds)
    total = np.bincount(buckets, minlength=len(bounds) - 1)
    groups = _groups(_table(facts, by, rows, buckets, len(total), top), total)
    return Counts(by, period, zone, start, end, bounds, len(buckets), total, groups)


def models(
    facts: Facts,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    wanted: Filter | None = None,
    zone: tzinfo = UTC,
) -> list[Model]:
    """Return the models that judged the wanted texts, the one of the earliest text first."""
    rows = _rows(facts, wanted, start, end)
    at, column = facts.at[rows], facts.column("model")
    codes, size = column.codes[rows], len(column.values)
    at, codes = at[codes >= 0], codes[codes >= 0]
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, np.iinfo(np.int64).min)
    np.minimum.at(first, codes, at)
    np.maximum.at(last, codes, at)
    found = [
        Model(column.values[code], int(n), _moment(first[code], zone), _moment(last[code], zone))
        for code, n in enumerate(np.bincount(codes, minlength=size))
        if n
    ]
    return sorted(found, key=lambda model: (model.first, model.last, model.key))


def _moment(at: np.int64, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(int(at), zone)


def _rows(
    facts: Facts, wanted: Filter | None, start: datetime | None, end: datetime | None
) -> Ints | slice:
    """Return the places of the texts that are wanted and lie in the window."""
    kept = facts.mask(replace(wanted or Filter(), start=start, end=end))
    if wanted is not None and (wanted.start or wanted.end):
        kept &= facts.mask(Filter(start=wanted.start, end=wanted.end))
    return slice(None) if kept.all() else np.flatnonzero(kept)


def _table(
    facts: Facts, by: str, rows: Ints | slice, buckets: Ints, periods: int, top: int | None
) -> _Table:
    if by == MANY:
        return _issues(facts, rows, buckets, periods)
    if by in LEVELS:
        return _levels(facts, by, rows, buckets, periods)
    if by in COLUMNS:
        column = facts.column(by)
        return _values(replace(column, codes=column.codes[rows]), buckets, periods, top)
    return _Table((), np.zeros((0, periods), dtype=np.int64))


def _issues(facts: Facts, rows: Ints | slice, buckets: Ints, periods: int) -> _Table:
    texts, labels = np.divmod(np.flatnonzero(facts.issues[rows]), max(1, len(facts.labels)))
    counts = _crossed(buckets[texts], labels, len(facts.labels), periods)
    without = np.ones(len(buckets), dtype=np.bool_)
    without[texts] = False
    rest = np.bincount(buckets[without], minlength=periods)
    return _Table((*facts.labels, NOTHING), np.concatenate([counts, rest[None]]))


def _levels(facts: Facts, by: str, rows: Ints | slice, buckets: Ints, periods: int) -> _Table:
    known, levels = (
        (SENTIMENTS, facts.sentiment) if by == "sentiment" else (URGENCIES, facts.urgency)
    )
    codes = levels[rows].astype(np.int64) - known[0]
    codes[codes < 0] = len(known)
    counts = _crossed(buckets, codes, len(known) + 1, periods)
    return _with_nothing([str(level) for level in known], counts)


def _values(column: Column, buckets: Ints, periods: int, top: int | None) -> _Table:
    spots, keys = _ranked(column, top)
    counts = _crossed(buckets, spots[column.codes], len(keys) + 1, periods)
    if REST in keys and not counts[-2].any():
        counts, keys = np.delete(counts, -2, axis=0), keys[:-1]
    return _with_nothing(keys, counts)


def _ranked(column: Column, top: int | None) -> tuple[Ints, list[str]]:
    """Return the group of each value, that of no value last, and the keys of the groups."""
    n = np.bincount(column.codes + 1, minlength=len(column.values) + 1)[1:]
    names = column.values
    named = [int(code) for code in np.flatnonzero(n) if names[code] not in (NOTHING, REST)]
    most = len(named) if top is None else top
    first = nsmallest(most, named, key=lambda code: (-n[code], names[code]))
    rest = len(first) < len(named) or REST in names
    spots = np.full(len(names) + 1, len(first), dtype=np.int64)
    spots[first] = np.arange(len(first))
    nothing = [-1, *(code for code, name in enumerate(names) if name == NOTHING)]
    spots[nothing] = len(first) + rest
    return spots, [*(names[code] for code in first), *([REST] if rest else [])]


def _with_nothing(keys: Sequence[str], counts: Ints) -> _Table:
    """Return the table with a last group for texts without a value, where there are any."""
    if counts[-1].any():
        return _Table((*keys, NOTHING), counts)
    return _Table(keys, counts[:-1])


def _crossed(buckets: Ints, codes: NDArray[Any], size: int, periods: int) -> Ints:
    if size * periods > _MOST:
        raise InputError("These are too many groups and periods.", remedy="Ask for fewer of them.")
    flat = codes.astype(np.int64, copy=False) * periods + buckets
    return np.bincount(flat, minlength=size * periods).reshape(size, periods)


def _groups(table: _Table, total: Ints) -> tuple[Group, ...]:
    by_period, n = wilson(table.counts, total), table.counts.sum(axis=1)
    whole = wilson(n, total.sum())
    rows = zip(table.keys, n, *whole, table.counts, *by_period, strict=True)
    return tuple(
        Group(key, int(n), float(share), float(low), float(high), *arrays)
        for key, n, share, low, high, *arrays in rows
    )
