"""How far two distributions over the same cells are apart."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_HALF = 0.5  # added to every cell, so that an empty one gives no infinite distance


def shares(counts: NDArray[np.generic]) -> Floats:
    """Return the share of each cell (last axis), half a text added to each."""
    more = np.asarray(counts, dtype=np.float64) + _HALF
    result: Floats = more / more.sum(axis=-1, keepdims=True)
    return result


def psi(first: NDArray[np.generic], second: NDArray[np.generic]) -> Floats:
    """Return the population stability index: the sum of (p - q) ln(p / q) over the cells.

    The last axis holds counts; other axes are carried through.
    """
    p, q = shares(first), shares(second)
    result: Floats = ((p - q) * np.log(p / q)).sum(axis=-1)
    return result


def jensen_shannon(first: NDArray[np.generic], second: NDArray[np.generic]) -> Floats:
    """Return the Jensen-Shannon divergence in bits: 0 for the same, at most 1."""
    p, q = shares(first), shares(second)
    middle = (p + q) / 2
    both = p * np.log2(p / middle) + q * np.log2(q / middle)
    result: Floats = both.sum(axis=-1) / 2
    return result
