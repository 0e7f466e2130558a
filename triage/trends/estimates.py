"""Shares, ratios, means and quantiles of many groups at once, each with its 95 % interval.

Every function takes rows in the order of their groups and `cuts`, where the k groups begin and the
last one ends (k + 1 places), and answers for the k groups and, last, for all rows together. Rows
that are NaN are not known and do not count. NaN is returned where nothing can be told.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrik, ndtri, stdtrit

from triage.trends.facts import Bools, Floats, Ints
from triage.trends.shares import wilson

_LEVEL = 0.95
_TAIL = (1 - _LEVEL) / 2
_EXACT = 1000  # rows up to which ranks are those of the binomial itself


@dataclass(frozen=True, slots=True)
class Estimates:
    """Of k groups and, last, of all rows: how many rows each rests on, value, 95 % interval."""

    n: Ints
    value: Floats
    low: Floats
    high: Floats


def shares(hits: Floats, cuts: Ints) -> Estimates:
    """Return the share of rows that are hits (0 or 1), with Wilson intervals."""
    known, clean = _known(hits)
    n = _sums(known, cuts)
    return Estimates(n.astype(np.int64), *wilson(_sums(clean, cuts), n))


def ratios(hits: Floats, trials: Floats, cuts: Ints) -> Estimates:
    """Return hits / trials where one row holds several trials; n counts rows with any.

    The interval is Wilson's, of as many trials as these are worth: several of one row go well
    or badly together. With one trial a row it is that of `shares`.
    """
    known = ~np.isnan(hits) & (trials > 0)
    hits, trials = np.where(known, hits, 0.0), np.where(known, trials, 0.0)
    n, done, tried = (_sums(rows, cuts) for rows in (known, hits, trials))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = done / tried
        spread = _spread(hits, trials, cuts, value)
        worth = np.where(spread > 0, value * (1 - value) * tried**2 / spread, n)
        worth = np.minimum(worth, tried)
        _, low, high = wilson(value * worth, worth)
    return Estimates(n.astype(np.int64), value, low, high)


def _spread(hits: Floats, trials: Floats, cuts: Ints, ratio: Floats) -> Floats:
    """Return the sum of (hits - ratio x trials)^2 of each group, each with its own ratio."""
    pairs = ((hits, hits), (hits, trials), (trials, trials))
    first, mixed, last = (_sums(one * other, cuts) for one, other in pairs)
    spread: Floats = first - 2 * ratio * mixed + ratio**2 * last
    return np.where(spread > 1e-9 * np.maximum(first, 1), spread, 0.0)


def means(values: Floats, cuts: Ints) -> Estimates:
    """Return means with Student's intervals; none where all rows are alike, or there is one."""
    known, clean = _known(values)
    n = _sums(known, cuts)
    middle = clean.sum() / max(n[-1], 1)  # near the values: squares stay exact
    off = np.where(known, clean - middle, 0.0)
    first, second = _sums(off, cuts), _sums(off * off, cuts)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = first / n
        variance = (second / n - mean**2) * n / (n - 1)
        alike = ~(variance > 1e-12 * max(middle**2, 1.0))
        half = stdtrit(n - 1, 1 - _TAIL) * np.sqrt(np.where(alike, np.nan, variance) / n)
    value = mean + middle
    return Estimates(n.astype(np.int64), value, value - half, value + half)


def _known(values: Floats) -> tuple[Bools, Floats]:
    known = ~np.isnan(values)
    return known, values if known.all() else np.where(known, values, 0.0)


def _sums(values: Floats | Bools, cuts: Ints) -> Floats:
    """Return the sums of the groups, and that of all."""
    sums = np.zeros(len(cuts))
    some = np.flatnonzero(np.diff(cuts) > 0)
    if len(some):
        kind = np.int64 if values.dtype == np.bool_ else np.float64
        sums[some] = np.add.reduceat(values[: cuts[-1]], cuts[some], dtype=kind)
    sums[-1] = sums.sum()
    return sums


@dataclass(frozen=True, slots=True)
class Ordered:
    """Rows by group, in each by value, followed by all rows by value: any quantile is a look-up."""

    values: Floats
    starts: Ints
    n: Ints

    def quantile(self, q: float) -> Estimates:
        """Return a quantile with the interval between two order statistics.

        Which ranks these are only the binomial says, so it holds whatever the values are like.
        Where there are too few rows for it the end is missing.
        """
        low, high = ranks(self.n, q)
        return Estimates(self.n, self._between(q), self._ranked(low), self._ranked(high))

    def _between(self, q: float) -> Floats:
        place = q * np.maximum(self.n - 1, 0)
        below = np.floor(place)
        above = np.minimum(below + 1, np.maximum(self.n - 1, 0))
        lower, upper = self._ranked(below + 1), self._ranked(above + 1)
        result: Floats = lower + (upper - lower) * (place - below)
        return result

    def _ranked(self, rank: Floats) -> Floats:
        """Return the value with this rank (1 is the least) of each group, NaN outside."""
        found = np.full(len(rank), np.nan)
        there = (rank >= 1) & (rank <= self.n)
        found[there] = self.values[self.starts[there] + rank[there].astype(np.int64) - 1]
        return found


def ordered(values: Floats, cuts: Ints) -> Ordered:
    """Sort the values of each group, and all of them."""
    known = ~np.isnan(values)
    groups, whole = values[: cuts[-1]].copy(), np.sort(values[: cuts[-1]])
    for start, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        groups[start:end].sort()  # what is not known goes to the end
    starts = np.append(cuts[:-1], len(groups))
    return Ordered(np.concatenate((groups, whole)), starts, _sums(known, cuts).astype(np.int64))


def ranks(n: Ints, q: float) -> tuple[Floats, Floats]:
    """Return the ranks between which the quantile lies in 95 % of samples; 0 or n + 1: nowhere."""
    rows = np.maximum(n, 1).astype(np.float64)
    few = rows <= _EXACT
    low, high = _binomial(np.where(few, rows, 1), q)
    half = ndtri(1 - _TAIL) * np.sqrt(rows * q * (1 - q))
    low = np.where(few, low, np.floor(rows * q - half))
    high = np.where(few, high, np.ceil(rows * q + half) + 1)
    return low, high


def _binomial(rows: Floats, q: float) -> tuple[Floats, Floats]:
    return _point(_TAIL, rows, q), _point(1 - _TAIL, rows, q) + 1


def _point(p: float, rows: Floats, q: float) -> Floats:
    """Return the least count that the binomial stays at or below with probability p."""
    near = np.ceil(np.nan_to_num(bdtrik(p, rows, q)))
    one_less = np.maximum(near - 1, 0)
    # The inverse is a root found to some digits: one step may be too many.
    fewer = (near > 0) & (bdtr(one_less, rows.astype(np.int64), q) >= p)
    result: Floats = np.where(fewer, one_less, near)
    return result
