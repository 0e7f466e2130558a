"""Figures that follow from an order of texts: risk at a coverage, recall at a precision.

Texts of equal rank are never parted: no order among them is better than another. All
functions take weights, one row per draw and one column per text (see `bootstrap`).
"""

import numpy as np
from numpy.typing import NDArray

from triage.training.bootstrap import Floats, divide

_TINY = 1e-9


def confidence(scores: Floats) -> Floats:
    """Return how sure the least sure label of each text is, 0.5 to 1."""
    least: Floats = np.maximum(scores, 1 - scores).min(axis=1)
    return least


def risk(weights: Floats, rank: Floats, errors: Floats, coverage: float) -> Floats:
    """Return the mean error of the highest-ranked `coverage` of the texts.

    Of a group of equal rank that fits only in part, that part errs as the group does.
    """
    order, starts = _groups(rank)
    mass = np.add.reduceat(weights[:, order], starts, axis=1)
    harm = np.add.reduceat((weights * errors)[:, order], starts, axis=1)
    target = coverage * weights.sum(axis=1)
    before = np.cumsum(mass, axis=1) - mass
    taken = np.clip(target[:, None] - before, 0, mass)
    shares = np.divide(taken, mass, out=np.zeros_like(mass), where=mass > 0)
    return divide((harm * shares).sum(axis=1), target)


def recall_at(weights: Floats, rank: Floats, wanted: NDArray[np.bool_], precision: float) -> Floats:
    """Return the best recall of any threshold whose precision is at least `precision`."""
    order, starts = _groups(rank)
    found = np.cumsum(np.add.reduceat(weights[:, order], starts, axis=1), axis=1)
    hits = np.cumsum(np.add.reduceat((weights * wanted)[:, order], starts, axis=1), axis=1)
    good = hits >= precision * found - _TINY
    return divide(np.where(good, hits, 0).max(axis=1), hits[:, -1])


def _groups(rank: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the order from the highest rank down, and where each group of equals starts."""
    order = np.argsort(-rank, kind="stable")
    return order, np.flatnonzero(np.diff(rank[order], prepend=np.inf))
