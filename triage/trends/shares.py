"""Shares of counts with their 95 % intervals, for whole arrays at once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from triage.trends.facts import Floats

_Z = 1.959964  # of 95 %


class Shares(NamedTuple):
    """Shares and their bounds, in arrays of one shape; NaN where nothing was counted."""

    share: Floats
    low: Floats
    high: Floats


def wilson(hits: ArrayLike, n: ArrayLike) -> Shares:
    """Return `hits` of `n` as shares with their 95 % intervals (Wilson).

    The arrays are broadcast against each other; where `n` is 0 all three are NaN.
    """
    found, whole = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    whole = np.where(whole > 0, whole, np.nan)
    share, square = found / whole, _Z * _Z
    width = 1 + square / whole
    middle = (share + square / (2 * whole)) / width
    reach = _Z * np.sqrt(share * (1 - share) / whole + square / (4 * whole * whole)) / width
    return Shares(share, np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0))
