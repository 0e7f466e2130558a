"""Shares of small counts, with how sure they are."""

from triage.training.bootstrap import Figure
from triage.trends import shares


def wilson(hits: int, n: int) -> Figure:
    """Return `hits` of `n` as a share with its 95 % interval (Wilson); no value where n is 0."""
    if n == 0:
        return Figure(None)
    return Figure(*(round(float(figure), 4) for figure in shares.wilson(hits, n)))
