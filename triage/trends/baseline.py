"""What is normal for counts by hour, day or week: expected, interval, and how unusual each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError
from triage.trends.calendar import Mark
from triage.trends.facts import Bools, Floats
from triage.trends.level import Forecast, Level, Plan
from triage.trends.negbin import quantile, tail
from triage.trends.periods import Period
from triage.trends.plan import plan_of

LEVEL = 0.95
_LEAST = {Period.HOUR: 14 * 24, Period.DAY: 14, Period.WEEK: 6}  # steps before anything is said


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was to be expected at each step, told by the steps before it alone.

    Arrays of the shape of the counts, NaN where too little was known. `p`: chance of as many or
    more. `dispersion`: the variance of a count is expected + dispersion x expected^2.
    """

    expected: Floats
    low: Floats
    high: Floats
    p: Floats
    dispersion: Floats
    level: float

    def unusual(self, counts: NDArray[np.number[Any]]) -> Bools:
        """Tell which counts lie outside of the interval."""
        with np.errstate(invalid="ignore"):
            found: Bools = (counts < self.low) | (counts > self.high)
        return found


def expected(
    days: Sequence[date],
    counts: NDArray[np.number[Any]],
    *,
    marks: Sequence[Mark] = (),
    exposure: NDArray[np.number[Any]] | None = None,
    hours: Sequence[int] | None = None,
    period: Period = Period.DAY,
    level: float = LEVEL,
    part: float = 1.0,
) -> Baseline:
    """Return what is normal for series of counts over steps that follow each other.

    `days`: the local date on which each of T steps begins; `hours`: the hour of each, with
    period=HOUR. `counts`: T, or series x T; NaN where nothing was counted. `exposure`, of the
    same shape or T: shares of it are followed instead of counts, so that what doubles all
    doubles nothing. `part`: how much of the last step is over (see `so_far`). `level`: of the
    interval. Raises InputError where lengths differ.
    """
    found = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    over = _exposure(exposure, found, part)
    _check(days, hours, found, period, level)
    shared = exposure is not None
    plan = plan_of(days, marks=marks, hours=hours, period=period, shared=shared)
    told = _run(plan, found, over, _LEAST[period])
    spread = told.spread
    shape = np.shape(counts)
    return Baseline(
        expected=told.mean.reshape(shape),
        low=quantile((1 - level) / 2, told.mean, spread).reshape(shape),
        high=quantile((1 + level) / 2, told.mean, spread).reshape(shape),
        p=tail(found, told.mean, spread).reshape(shape),
        dispersion=spread.reshape(shape),
        level=level,
    )


def so_far(hourly: NDArray[np.number[Any]], hour: float) -> float:
    """Return the share of a day's volume that is usually in by an hour of the day.

    `hourly`: days x 24, of like days (the same weekdays, say). Days without any count are left
    out; without days the clock itself is the share. `hour`: 0 to 24, 9.5 is half past nine.
    """
    whole = np.asarray(hourly, dtype=np.float64).reshape(-1, 24).sum(axis=0)
    if not whole.sum():
        return min(max(hour / 24, 0.0), 1.0)
    sums = np.concatenate([[0.0], np.cumsum(whole)]) / whole.sum()
    return float(np.interp(hour, np.arange(25), sums))


def _run(plan: Plan, counts: Floats, over: Floats, least: int) -> Forecast:
    series, steps = counts.shape
    state = Level.start(plan, series)
    told = np.full((3, series, steps), np.nan)
    for step in range(steps):
        one = state.forecast(step, over[:, step])
        told[:, :, step] = one.mean, one.unsure, one.dispersion
        state = state.after(step, counts[:, step], over[:, step])
    before = np.cumsum(~np.isnan(counts), axis=1) - ~np.isnan(counts)
    told[:, before < least] = np.nan
    return Forecast(told[0], told[1], told[2])


def _exposure(exposure: NDArray[np.number[Any]] | None, counts: Floats, part: float) -> Floats:
    if not 0 < part <= 1:
        raise InputError(f"part={part} is no share of a day.", remedy="Give 0 < part <= 1.")
    given = np.ones(counts.shape[1]) if exposure is None else np.asarray(exposure, np.float64)
    try:
        over: Floats = np.broadcast_to(given, counts.shape).copy()
    except ValueError as error:
        told = f"The exposure has the shape {given.shape}, the counts {counts.shape}."
        raise InputError(told, remedy="Give one value for each step.") from error
    if exposure is None:
        over[:, -1:] *= part
    result: Floats = np.nan_to_num(over)
    return result


def _check(
    days: Sequence[date],
    hours: Sequence[int] | None,
    counts: Floats,
    period: Period,
    level: float,
) -> None:
    if counts.ndim != 2 or counts.shape[1] != len(days) or len(hours or days) != len(days):
        told = f"{len(days)} days, {len(hours or days)} hours, counts of {counts.shape}."
        raise InputError(told, remedy="Give a day (and an hour) for each count.")
    if (hours is None) == (period is Period.HOUR):
        raise InputError("Hours go with period=HOUR and only with it.", remedy="Give both.")
    if not 0 < level < 1:
        raise InputError(f"level={level} is no share.", remedy="Give for example 0.95.")
