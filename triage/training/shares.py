"""Shares of small counts, with how sure they are."""

from math import sqrt

from triage.training.bootstrap import Figure

_Z = 1.959964  # of 95 %


def wilson(hits: int, n: int) -> Figure:
    """Return `hits` of `n` as a share with its 95 % interval (Wilson); no value where n is 0."""
    if n == 0:
        return Figure(None)
    share, square = hits / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = _Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return Figure(round(share, 4), round(low, 4), round(high, 4))
