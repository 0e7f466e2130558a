"""How well the desk works, by hour, day or week: response, resolution, promises, clocks, hops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from triage.errors import InputError
from triage.trends.estimates import Estimates, means, ordered, ratios, shares
from triage.trends.facts import NOTHING, Bools, Column, Facts, Filter, Floats, Ints
from triage.trends.measure_words import MEASURES, Measure, Unit
from triage.trends.periods import Period, edges

__all__ = [
    "MEASURES",
    "Estimates",
    "Measure",
    "Measured",
    "QueueTime",
    "Series",
    "Stays",
    "Unit",
    "measure_over",
    "time_by_queue",
]


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays of tickets in queues that are over: row of the ticket in its facts, queue, seconds."""

    row: Ints
    queue: Column
    seconds: Floats


@dataclass(frozen=True, slots=True)
class Series:
    """A measure of each period and, last, of the whole time."""

    measure: Measure
    estimates: Estimates


@dataclass(frozen=True, slots=True)
class Measured:
    """k periods that begin at `bounds` (k + 1, seconds since 1970) with their measures."""

    bounds: Ints
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class QueueTime:
    """How long tickets stay in a queue: stays, median with its interval, 90 % quantile."""

    queue: str
    n: int
    median_s: float
    low_s: float
    high_s: float
    p90_s: float


class _Rows:
    """The rows that are counted, in the order of the periods, which begin at `cuts`."""

    def __init__(self, facts: Facts, kept: Ints | slice, cuts: Ints) -> None:
        self._facts, self._kept, self.cuts = facts, kept, cuts

    def number(self, name: str) -> Floats:
        """Return a number of the rows that are counted."""
        return self._facts.number(name)[self._kept]


def measure_over(
    facts: Facts,
    *,
    period: Period,
    start: datetime,
    end: datetime,
    zone: tzinfo,
    wanted: Filter | None = None,
    keys: Sequence[str] | None = None,
) -> Measured:
    """Return the service measures of tickets opened from `start` to before `end`.

    A ticket counts in the period in which it was opened. Only the `keys` asked for, all of
    MEASURES where none is. Raises InputError for no measure, an unknown dimension or no time.
    """
    chosen = _chosen(keys)
    bounds = edges(period, start, end, zone)
    rows = _rows(facts, bounds, Filter(start=start, end=end), wanted)
    cache: dict[str, Estimates] = {}
    return Measured(bounds, tuple(Series(item, _of(item.key, rows, cache)) for item in chosen))


def _chosen(keys: Sequence[str] | None) -> list[Measure]:
    known = {item.key: item for item in MEASURES}
    if unknown := [key for key in keys or () if key not in known]:
        raise InputError(f"There is no measure {unknown[0]!r}.", remedy=f"Give {', '.join(known)}.")
    return [known[key] for key in (known if keys is None else keys)]


def _rows(facts: Facts, bounds: Ints, time: Filter, wanted: Filter | None) -> _Rows:
    mask = facts.mask(time)
    if wanted is not None:
        mask &= facts.mask(wanted)
    kept = places(mask)
    at = facts.at[kept]
    if np.any(at[1:] < at[:-1]):
        order = np.argsort(at)
        kept = order + kept.start if isinstance(kept, slice) else kept[order]
        at = at[order]
    return _Rows(facts, kept, np.searchsorted(at, bounds))


def places(mask: Bools) -> Ints | slice:
    """Return where a mask holds; rows that lie side by side need not be copied."""
    kept = np.flatnonzero(mask)
    if len(kept) and kept[-1] - kept[0] + 1 == len(kept):
        return slice(int(kept[0]), int(kept[-1]) + 1)
    return kept


def _of(key: str, rows: _Rows, cache: dict[str, Estimates]) -> Estimates:
    if key not in cache:
        cache |= _QUANTILES[key](rows) if key in _QUANTILES else {key: _PLAIN[key](rows)}
    return cache[key]


_Plain = Callable[[_Rows], Estimates]
_Several = Callable[[_Rows], dict[str, Estimates]]


def _share(hits: Callable[[_Rows], Floats]) -> _Plain:
    return lambda rows: shares(hits(rows), rows.cuts)


def _ratio(good: str, bad: str) -> _Plain:
    def of(rows: _Rows) -> Estimates:
        hits = rows.number(good)
        return ratios(hits, hits + rows.number(bad), rows.cuts)

    return of


def _mean(name: str) -> _Plain:
    return lambda rows: means(rows.number(name), rows.cuts)


def _quantiles(stem: str, name: str) -> dict[str, _Several]:
    """Return the functions of a median and a 90 % quantile: one sort serves both."""

    def of(rows: _Rows) -> dict[str, Estimates]:
        found = ordered(rows.number(name), rows.cuts)
        return {f"{stem}_median": found.quantile(0.5), f"{stem}_p90": found.quantile(0.9)}

    return {f"{stem}_median": of, f"{stem}_p90": of}


def _number(name: str) -> Callable[[_Rows], Floats]:
    return lambda rows: rows.number(name)


def _any(name: str) -> Callable[[_Rows], Floats]:
    """Return whether there was any, NaN where that is not known."""
    return lambda rows: np.minimum(rows.number(name), 1.0)


def _answered(rows: _Rows) -> Floats:
    return (~np.isnan(rows.number("first_reply_s"))).astype(np.float64)


def reopened_once(number: Callable[[str], Floats]) -> Floats:
    """Return of each ticket whether it was opened again: 1 or 0, NaN where it was never closed."""
    again = number("reopened")
    ended = ~np.isnan(number("resolved_s")) | (again > 0)
    return np.where(ended, np.minimum(again, 1.0), np.nan)


_PLAIN: dict[str, _Plain] = {
    "answered": _share(_answered),
    "first_contact_resolution": _share(_number("first_contact")),
    "reopen_rate": _share(lambda rows: reopened_once(rows.number)),
    "promise_keeping": _ratio("promises_kept", "promises_broken"),
    "sla_attainment": _ratio("clocks_met", "clocks_missed"),
    "asked_before_closing": _share(_number("asked_before_closing")),
    "handoffs": _mean("handoffs"),
    "handed_off": _share(_any("handoffs")),
    "replies": _mean("replies"),
    "questions": _mean("questions"),
    "repeat_contact": _share(_number("repeated")),
    "satisfaction": _mean("satisfaction"),
    "retention": _share(_number("retained")),
}
_QUANTILES: dict[str, _Several] = (
    _quantiles("first_reply", "first_reply_s")
    | _quantiles("first_reply_worked", "first_reply_worked_s")
    | _quantiles("resolution", "resolved_s")
)


def time_by_queue(
    facts: Facts, stays: Stays, *, wanted: Filter | None = None
) -> tuple[QueueTime, ...]:
    """Return the time per hop of the tickets that are wanted, the busiest queue first.

    Raises InputError for an unknown dimension.
    """
    kept = facts.mask(wanted or Filter())[stays.row]
    queue = stays.queue.codes[kept]
    order = np.argsort(queue)
    names = (NOTHING, *stays.queue.values)
    cuts = np.searchsorted(queue[order], np.arange(-1, len(names)))
    found = ordered(stays.seconds[kept][order], cuts)
    half, most = found.quantile(0.5), found.quantile(0.9)
    told = (_queue_time(name, half, most, at) for at, name in enumerate(names) if half.n[at])
    return tuple(sorted(told, key=lambda item: (-item.n, item.queue)))


def _queue_time(name: str, half: Estimates, most: Estimates, at: int) -> QueueTime:
    figures = (float(column[at]) for column in (half.value, half.low, half.high, most.value))
    return QueueTime(name, int(half.n[at]), *figures)
