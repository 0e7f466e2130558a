"""How likely a loss is chance alone, and how many losses may be believed when many are looked at.

Each check asks one thing of two models on the same texts: is the second worse? Looked at alone,
one check in twenty says so of equal models; so the whole family of checks gets one budget of
false alarms (Holm). A check on which the models hardly differ cannot reach so small a
probability and does not use the budget up (Tarone): with d texts judged differently, no paired
test falls below 2^-d.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom, norm

from triage.training.bootstrap import Floats


def least(differing: int) -> float:
    """Return the smallest probability that any paired test can give on so many differing texts."""
    return float(0.5**differing)


def worse_by_draws(changes: Floats, n: int, differing: int) -> float:
    """Return the one-sided probability of such a loss between equal models.

    `changes` is the change over n texts (row 0) and that of each paired bootstrap draw. The
    change is taken for normal, with the spread it has among equal models: the draws spread
    about the change itself, which in small groups is too little by its square over n. 1 where
    there is nothing to compare.
    """
    if np.isnan(changes[0]) or not changes[0]:
        return 1.0
    among_equals = np.hypot(spread_of(changes), changes[0] / np.sqrt(n))
    return max(float(norm.cdf(changes[0] / among_equals)), least(differing))


def spread_of(changes: Floats) -> float:
    """Return the standard error of a change from its draws, 0 where none has a value."""
    drawn = changes[1:][~np.isnan(changes[1:])]
    return float(drawn.std()) if len(drawn) else 0.0


def worse_by_sign(lost: int, won: int) -> float:
    """Return the probability that so many or more of the differing cases are lost by chance."""
    return float(binom.cdf(won, lost + won, 0.5))


def believed(chances: Sequence[float], leasts: Sequence[float], level: float) -> dict[int, float]:
    """Return which checks fail, each with the bound it stayed under.

    `chances` are probabilities, `leasts` the smallest they could have been. Among equal models
    any check fails with a probability of at most `level`, however many there are.
    """
    order = sorted(countable(leasts, level), key=lambda k: chances[k])
    failed: dict[int, float] = {}
    for place, k in enumerate(order):
        bound = level / (len(order) - place)
        if chances[k] > bound:
            break
        failed[k] = bound
    return failed


def countable(leasts: Sequence[float], level: float) -> list[int]:
    """Return the checks that could fail at all, the fewest that keep the budget (Tarone)."""
    for size in range(1, len(leasts) + 1):
        able = [k for k, value in enumerate(leasts) if value <= level / size]
        if len(able) <= size:
            return able
    return []
