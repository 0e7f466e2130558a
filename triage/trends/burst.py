"""Bursts: more in the last days than before, within a budget of false alarms.

Windows of one to seven days end on each day, since a small burst adds up. Each is compared with
what the days before it led one to expect. All that is tested shares one budget.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from triage.trends.facts import Bools, Floats
from triage.trends.level import Level, Plan, together
from triage.trends.negbin import tail

WINDOWS = (1, 2, 3, 7)
MONTH = 30.0  # days
_TOGETHER = 2.0  # tests that fire for one alarm
_LEAST_STEPS = 14  # before a window, until something is said
MOST_P = 1e-3  # however few are tested


@dataclass(frozen=True, slots=True)
class Scan:
    """S series in W windows that end on one day: arrays S x W, NaN where too little is known.

    `n` texts, `mean` expected, `spread` the dispersion, `p` the chance of as many or more.
    """

    windows: tuple[int, ...]
    n: Floats
    mean: Floats
    spread: Floats
    p: Floats

    def recounted(self, n: Floats) -> "Scan":
        """Return the same windows with other counts."""
        return Scan(self.windows, n, self.mean, self.spread, tail(n, self.mean, self.spread))

    def fires(self, level: float, *, least: float, ratio: float) -> Bools:
        """Tell which windows are beyond the level, the least count and the least ratio."""
        with np.errstate(invalid="ignore"):
            found: Bools = (self.p <= level) & (self.n >= least) & (self.n >= ratio * self.mean)
        return found


def scan(
    plan: Plan,
    counts: Floats,
    exposure: Floats,
    ends: Sequence[int],
    *,
    windows: tuple[int, ...] = WINDOWS,
) -> Iterator[Scan]:
    """Yield a scan for each step of `ends` (in order), told by the steps before its windows.

    `counts`: S x T; `exposure`: T or S x T, the texts of each day. `plan`: see
    triage.trends.plan. A step without texts is one that was not seen.
    """
    exposure = np.broadcast_to(exposure, counts.shape)
    wanted, series = set(ends), len(counts)
    before: deque[Level] = deque([Level.start(plan, series)], maxlen=max(windows))
    for step in range(counts.shape[1]):
        if step in wanted:
            yield _scanned(before, counts, exposure, step, windows)
        before.append(before[-1].after(step, counts[:, step], exposure[:, step]))


def threshold(
    found: Scan, budget: float, *, least: float, ratio: float, most: float = MOST_P
) -> float:
    """Return the p-value below which a window fires, so that a day has `budget` false alarms.

    A window whose count can hardly reach the least count and ratio by chance adds no more to
    the false alarms than that chance: so rare terms leave their part of the budget to others.
    The sum of what all may add is the budget. `most`: the greatest that is returned.
    """
    with np.errstate(invalid="ignore"):
        floor = np.maximum(least, np.ceil(ratio * found.mean))
    reach = tail(floor, found.mean, found.spread)
    reach = np.sort(reach[~np.isnan(reach)])
    sums = np.concatenate([[0.0], np.cumsum(reach)])[:-1]
    left = len(reach) - np.arange(len(reach))
    # The k least are used up whole; the others share the rest.
    levels = (budget - sums) / left if len(reach) else np.array([most])
    fits = np.flatnonzero(levels <= reach) if len(reach) else np.array([0])
    level = float(levels[fits[0]]) if len(fits) else most
    return min(max(level, 0.0), most)


def a_day(per_month: float) -> float:
    """Return a budget for the tests of each day.

    Windows overlap, and an alarm that goes on for days is one: on simulated desks so many
    tests fire for each alarm, and more (docs/emerging.md).
    """
    return per_month / MONTH * _TOGETHER


def _scanned(
    before: Sequence[Level],
    counts: Floats,
    exposure: Floats,
    step: int,
    windows: tuple[int, ...],
) -> Scan:
    shape = (len(counts), len(windows))
    n, mean, spread = (np.full(shape, np.nan) for _ in range(3))
    for column, window in enumerate(windows):
        first = step - window + 1
        if first < _LEAST_STEPS:
            continue
        state = before[-window]
        days = range(first, step + 1)
        told = together([state.forecast(k, exposure[:, k]) for k in days])
        n[:, column] = counts[:, first : step + 1].sum(axis=1)
        mean[:, column], spread[:, column] = told.mean, told.spread
    return Scan(windows, n, mean, spread, tail(n, mean, spread))
