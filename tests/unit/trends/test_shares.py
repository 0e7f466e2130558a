"""Shares of whole arrays with their intervals."""

import numpy as np
import pytest
from scipy.stats import binomtest

from triage.trends.shares import wilson


def test_the_intervals_are_those_of_scipy():
    hits, n = np.array([0, 5, 1, 7, 300]), np.array([5, 5, 3, 47, 1000])
    found = wilson(hits, n)
    for k in range(5):
        bounds = binomtest(int(hits[k]), int(n[k])).proportion_ci(method="wilson")
        assert (found.low[k], found.high[k]) == pytest.approx((bounds.low, bounds.high), abs=1e-6)
        assert found.share[k] == pytest.approx(hits[k] / n[k])


def test_nothing_counted_has_no_share():
    found = wilson([0, 1], [0, 2])
    assert [bool(np.isnan(part[0])) for part in found] == [True] * 3
    assert not np.isnan(found.low[1])


def test_rows_of_groups_share_the_totals_of_their_columns():
    share, _, _ = wilson([[1, 2], [3, 4]], [4, 8])
    assert share.tolist() == [[0.25, 0.25], [0.75, 0.5]]
