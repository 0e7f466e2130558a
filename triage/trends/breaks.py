"""What a change of the model does to counts, measured on texts that both models judged.

A trend that jumps where the model changed may tell of the model, not of the customers. The
ratio of two paired counts says how much of the jump is the model's.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, hypot, inf, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from triage.errors import InputError
from triage.trends.facts import Floats

_Z = 1.959964  # of 95 %
_HALF = 0.5  # stands for a count of 0 in a quotient of counts
_ROUNDING = 1e-12
ISSUE = "issue:"
LEVELS = ("sentiment<=2", "urgency>=2", "urgency=3", "review")
Said = Mapping[str, Any]
Counts = dict[str, list[int]]
Interval = tuple[float, float, float]  # a value, and the two ends of its interval


@dataclass(frozen=True, slots=True)
class Ratio:
    """How often the model after finds something for each time the model before finds it.

    Of `n` texts that both judged, the one found it in `before`, the other in `after`, both in
    `both`. `value` is after / before with its 95 % interval from `low` to `high`; None stands
    for what cannot be told: before found none. `agreement` is the share of texts of which both
    say the same.
    """

    n: int
    before: int
    after: int
    both: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    agreement: float | None = None

    @property
    def beyond_noise(self) -> bool:
        """Whether the interval leaves 1 out: the models differ in this."""
        above = self.low is not None and self.low > 1
        return above or (self.high is not None and self.high < 1)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Counts as another model would have made them, with the 95 % interval of the ratio.

    NaN where there is no ratio; `high` is infinite where the ratio has no upper end.
    """

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class LevelShift:
    """How far a series jumps at a break, and what is left of it without the change of the model.

    `jump` is the rate after over the rate before; `left` is the jump over the ratio of the
    models: (value, low, high) with 95 % intervals, `high` infinite where nothing came before;
    None where it cannot be told. `expected`: the earlier counts as the model after would have
    made them.
    """

    jump: Interval | None
    left: Interval | None
    expected: Scaled

    @property
    def jumps(self) -> bool:
        """Whether the series jumps beyond noise."""
        return self.jump is not None and not self.jump[1] <= 1 <= self.jump[2]

    @property
    def explained(self) -> bool | None:
        """Whether nothing beyond noise is left to explain; None where it cannot be told."""
        return None if self.left is None else self.left[1] <= 1 <= self.left[2]


def count_pairs(pairs: Iterable[tuple[Said, Said]]) -> Counts:
    """Count what two models said of the same texts: {measure: [n, before, after, both]}.

    Each of a pair holds `issues`, `sentiment`, `urgency`, `review`; what is missing was not
    found. Measures are `issue:LABEL` of each label that either found, and LEVELS.
    """
    found = [(_found(one), _found(two)) for one, two in pairs]
    before = Counter(name for one, _ in found for name in one)
    after = Counter(name for _, two in found for name in two)
    both = Counter(name for one, two in found for name in one & two)
    n = len(found)
    measures = [*sorted({*before, *after} - {*LEVELS}), *LEVELS] if n else []
    return {name: [n, before[name], after[name], both[name]] for name in measures}


def _found(said: Said) -> set[str]:
    sentiment, urgency = said.get("sentiment"), said.get("urgency")
    levels = (
        sentiment is not None and sentiment <= 2,
        urgency is not None and urgency >= 2,
        urgency == 3,
        bool(said.get("review")),
    )
    found = {name for name, there in zip(LEVELS, levels, strict=True) if there}
    return found | {ISSUE + label for label in said.get("issues") or ()}


def ratio(n: int, before: int, after: int, both: int) -> Ratio:
    """Return the ratio of paired counts. Raises InputError for counts that cannot be.

    The interval is the hybrid Wilson score interval of Bonett and Price (2006): it knows from
    the texts on which the two disagree how far the counts go together, and holds for counts
    of 0, where the delta method has none.
    """
    if not 0 <= both <= min(before, after) or before + after - both > n:
        raise InputError(
            f"{both} of {before} and {after}, of {n}: these are no paired counts.",
            remedy="Give n, before, after, both with both <= before, after <= n.",
        )
    apart = before + after - 2 * both
    agreement = 1 - apart / n if n else None
    if before + after == 0:
        return Ratio(n, before, after, both, agreement=agreement)
    low, high = _interval(before, after, both)
    value = after / before if before else None
    return Ratio(n, before, after, both, value, low, high, agreement)


def ratios(counts: Mapping[str, Sequence[int]]) -> dict[str, Ratio]:
    """Return the ratio of each measure. Raises InputError for counts that cannot be."""
    return {name: ratio(*map(int, four)) for name, four in counts.items()}


def _interval(before: int, after: int, both: int) -> tuple[float, float | None]:
    found = before + after - both
    spread = sqrt((before + after - 2 * both + 2) / ((after + 1) * (before + 1)))
    alone = (sqrt((1 - (x + 1) / (found + 2)) / (x + 1)) for x in (after, before))
    z = _Z * spread / sum(alone)
    (low_after, high_after), (low_before, high_before) = (
        _wilson(x, found, z) for x in (after, before)
    )
    return low_after / high_before, high_after / low_before if before else None


def _wilson(x: float, n: float, z: float) -> tuple[float, float]:
    middle, reach = 2 * x + z * z, z * sqrt(z * z + 4 * x * (1 - x / n))
    whole = 2 * (n + z * z)
    return max(0.0, middle - reach) / whole, (middle + reach) / whole


def scale(counts: ArrayLike, by: Ratio) -> Scaled:
    """Return counts of the model before as the model after would have made them.

    The interval is that of the ratio alone. Give only what the model before counted.
    """
    given = np.asarray(counts, dtype=np.float64)
    if by.value is None:
        unknown = np.full(given.shape, np.nan)
        return Scaled(unknown, unknown, unknown)
    high = inf if by.high is None else by.high
    with np.errstate(invalid="ignore"):  # no count times no upper end
        highest = np.where(given == 0, 0.0, given * high)
    return Scaled(given * by.value, given * (by.low or 0.0), highest)


def level_shift(
    before: ArrayLike,
    after: ArrayLike,
    by: Ratio,
    *,
    sizes: tuple[ArrayLike, ArrayLike] | None = None,
) -> LevelShift:
    """Compare the counts of the periods before a break with those after it.

    `sizes`: of how many texts each count is, where shares are to be compared; otherwise the
    periods are taken as equally long. Periods may vary more than chance does: how much is
    taken from the two sides. Raises InputError for a side without periods.
    """
    sides = [np.asarray(side, dtype=np.float64) for side in (before, after)]
    given = sizes or (np.ones_like(sides[0]), np.ones_like(sides[1]))
    whole = [np.asarray(size, dtype=np.float64) for size in given]
    for side, size in zip(sides, whole, strict=True):
        if side.shape != size.shape or not size.sum() > 0:
            raise InputError(
                "A side of the break has no periods, or sizes of another length.",
                remedy="Give at least one period before and one after, and a size of each.",
            )
    expected = scale(sides[0], by)
    if sides[0].sum() == 0 and sides[1].sum() == 0:
        return LevelShift(None, None, expected)
    jump = _jump(sides, whole)
    return LevelShift(jump, _left(jump, by), expected)


def _jump(sides: Sequence[Floats], sizes: Sequence[Floats]) -> Interval:
    """Return the rate after over the rate before, from the share of the counts that came after.

    Counts that vary more than chance does are worth as many fewer.
    """
    from scipy.special import stdtrit

    free = sum(map(len, sides)) - len(sides)
    quantile = float(stdtrit(free, 0.975)) if free else _Z
    before, after = (float(side.sum()) for side in sides)
    worth = _worth(sides, sizes, free)
    low, high = _wilson(after * worth, (before + after) * worth, quantile)
    longer = float(sizes[0].sum() / sizes[1].sum())
    value = max(_HALF, after) / max(_HALF, before) * longer
    return value, _odds(low) * longer, _odds(high) * longer


def _worth(sides: Sequence[Floats], sizes: Sequence[Floats], free: int) -> float:
    uneven = 0.0
    for side, size in zip(sides, sizes, strict=True):
        used = (size > 0) & (side.sum() > 0)
        mean = size[used] * side.sum() / size.sum()
        uneven += float(((side[used] - mean) ** 2 / mean).sum())
    return 1 / max(1.0, uneven / free) if free else 1.0


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 - _ROUNDING else inf


def _left(jump: Interval, by: Ratio) -> Interval | None:
    """Take the ratio out of the jump: each end has the far end of the ratio's interval."""
    if not by.value:
        return None
    middle, low, high = map(_log, jump)
    centre = log(by.value)
    above = _log(by.high) - centre if by.high is not None else inf
    below = centre - _log(by.low or 0.0)
    left = middle - centre
    ends = left - hypot(middle - low, above), left + hypot(high - middle, below)
    return exp(left), exp(ends[0]), exp(ends[1])


def _log(value: float) -> float:
    return log(value) if value > 0 else -inf
