"""One week against its reference: how far apart, how far by chance, how likely by chance."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from triage.drift.psi import Floats, jensen_shannon, psi

_DRAWS = 300  # of the null and of the bootstrap
_MOST = 100_000  # draws where it is close
_NEAR = (0.01, 30.0)  # times the level: between the two a p-value is drawn, not approximated
_INTERVAL = (2.5, 97.5)  # per cent
_EVEN, _SAME = 1e-12, 1e-24  # distances, and their variances, that are rounding errors


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a week lies from its reference.

    `chance` is the mean PSI of two samples of these sizes from one distribution, `excess` the
    PSI less that; `low` and `high` are its 95 % bootstrap interval. `js` is the Jensen-Shannon
    divergence in bits. `p` is how often chance alone gives a PSI as large.
    """

    psi: float
    chance: float
    excess: float
    low: float
    high: float
    js: float
    p: float


@lru_cache(maxsize=65_536)
def compare(
    week: tuple[int, ...],
    reference: tuple[int, ...],
    sizes: tuple[int, int],
    *,
    level: float,
    floor: float,
) -> Shift:
    """Return how far the counts of a week are from those of its reference.

    `sizes` are how many independent texts each side is worth. A p-value that decides (the
    excess reaches `floor`, and it is not far from `level`) is drawn with 20 / level samples;
    others are read from a gamma distribution with the mean and variance of the null. The same
    counts give the same answer: draws are seeded by them.
    """
    a, b = _used(np.array(week), np.array(reference))
    seen = float(psi(a, b))
    if len(a) == 1:
        return Shift(seen, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    rng = np.random.default_rng([*week, *reference, *sizes])
    pooled = _pooled(a, b, sizes)
    scale = (float(a.sum()) / sizes[0], float(b.sum()) / sizes[1])
    null = _draw(rng, (pooled, pooled), sizes, scale, _DRAWS)
    chance = float(null.mean())
    excess = seen - chance
    p = _gamma_tail(null, seen)
    if excess >= floor and _NEAR[0] * level < p < _NEAR[1] * level:
        draws = min(_MOST, int(np.ceil(20 / level)))
        p = _drawn_tail(_draw(rng, (pooled, pooled), sizes, scale, draws), seen)
    drawn = _draw(rng, (a / a.sum(), b / b.sum()), sizes, scale, _DRAWS)
    low, high = _interval(drawn, chance)
    js = float(jensen_shannon(a, b))
    return Shift(seen, chance, excess, min(low, excess), max(high, excess), js, p)


def _used(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return both without the cells that neither uses."""
    used = (a + b) > 0
    return a[used], b[used]


def _pooled(a: Floats, b: Floats, sizes: tuple[int, int]) -> Floats:
    both = a / a.sum() * sizes[0] + b / b.sum() * sizes[1]
    result: Floats = both / both.sum()
    return result


def _draw(
    rng: np.random.Generator,
    of: tuple[Floats, Floats],
    sizes: tuple[int, int],
    scale: tuple[float, float],
    draws: int,
) -> Floats:
    """Return the PSI of pairs of samples of these sizes, counted as the texts they stand for."""
    first = rng.multinomial(sizes[0], of[0], size=draws) * scale[0]
    return psi(first, rng.multinomial(sizes[1], of[1], size=draws) * scale[1])


def _gamma_tail(null: Floats, seen: float) -> float:
    from scipy.special import gammaincc

    mean, variance = float(null.mean()), float(null.var())
    if variance < _SAME:
        return (
            1.0 if seen <= mean + _EVEN else 1 / (1 + len(null))
        )  # never seen: that is all we know
    return float(gammaincc(mean**2 / variance, max(0.0, seen) * mean / variance))


def _drawn_tail(null: Floats, seen: float) -> float:
    return float((1 + (null >= seen - _EVEN).sum()) / (1 + len(null)))


def _interval(drawn: Floats, chance: float) -> tuple[float, float]:
    """Return the percentile interval; each draw has the bias of chance twice."""
    low, high = np.percentile(drawn - 2 * chance, _INTERVAL)
    return max(0.0, float(low)), max(0.0, float(high))
