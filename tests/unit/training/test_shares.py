"""Shares of small counts and their intervals."""

import pytest
from scipy.stats import binomtest

from triage.training.shares import wilson


@pytest.mark.parametrize(("hits", "n"), [(0, 5), (5, 5), (1, 3), (7, 47), (300, 1000)])
def test_the_interval_is_that_of_scipy(hits, n):
    bounds = binomtest(hits, n).proportion_ci(method="wilson")
    share = wilson(hits, n)
    assert share.value == pytest.approx(hits / n, abs=1e-4)
    assert (share.low, share.high) == pytest.approx((bounds.low, bounds.high), abs=1e-4)


def test_nothing_counted_has_no_share():
    assert wilson(0, 0).value is None
    assert wilson(0, 0).low is None
