"""How much more than chance the weeks of a reference differ from each other.

Texts of a week are not independent: a campaign, a storm, one customer who writes ten times.
With a correlation r within weeks, n texts tell as much as n / (1 + (n - 1) r) independent ones.
"""

from collections.abc import Iterable

import numpy as np

from triage.drift.psi import Floats


def correlation(tables: Iterable[Floats]) -> float:
    """Return the correlation within weeks, 0 to 1, from tables of weeks x cells.

    The moment estimate from Pearson's chi-square of each table; what several tables of the
    same kind say is put together. 0 where there is one week only.
    """
    surplus = weight = 0.0
    for table in tables:
        more, size = _surplus(table)
        surplus, weight = surplus + more, weight + size
    return min(1.0, max(0.0, surplus / weight)) if weight > 0 else 0.0


def _surplus(table: Floats) -> tuple[float, float]:
    """Return chi-square less what chance gives, and how much a correlation of 1 would add."""
    sizes = table.sum(axis=1)
    table, sizes = table[sizes > 0], sizes[sizes > 0]
    cells = table.sum(axis=0)
    table, cells = table[:, cells > 0], cells[cells > 0]
    whole, freedom = cells.sum(), (len(table) - 1) * (len(cells) - 1)
    if freedom <= 0:
        return 0.0, 0.0
    expected = np.outer(sizes, cells) / whole
    chi = float(((table - expected) ** 2 / expected).sum())
    usual = (whole - (sizes**2).sum() / whole) / (len(sizes) - 1)  # texts of a usual week
    return chi - freedom, freedom * max(0.0, float(usual) - 1)


def effective(size: float, within: float) -> float:
    """Return how many independent texts `size` texts of one week are worth."""
    return size / (1 + (size - 1) * within) if size > 0 else 0.0
