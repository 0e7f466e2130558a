"""Counts that vary more than chance: the negative binomial, by its mean and its dispersion."""

import numpy as np
from numpy.typing import NDArray

from triage.trends.facts import Floats

_LEAST = 1e-6  # dispersion below which nothing is gained: the Poisson


def tail(counts: NDArray[np.generic], mean: Floats, dispersion: Floats) -> Floats:
    """Return the chance of as many or more. The variance is mean + dispersion x mean^2.

    Arrays are broadcast; NaN where one of them is. A mean of 0 allows nothing but 0.
    """
    from scipy.special import betainc

    size = 1 / np.maximum(dispersion, _LEAST)
    found = np.asarray(counts, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        above = betainc(np.maximum(found, 1e-12), size, mean / (mean + size))
    known = ~(np.isnan(found) | np.isnan(mean))
    result: Floats = np.where(known, np.where(found <= 0, 1.0, above), np.nan)
    return result


def quantile(share: float, mean: Floats, dispersion: Floats) -> Floats:
    """Return the least count up to which so great a share lies; NaN where the mean is."""
    from scipy.stats import nbinom

    size = 1 / np.maximum(dispersion, _LEAST)
    with np.errstate(invalid="ignore"):
        found: Floats = nbinom.ppf(share, size, size / (size + np.maximum(mean, 1e-12)))
    return np.where(np.isnan(mean), np.nan, found)
