import numpy as np
import pytest

from triage.trends.estimates import means, ordered, ranks, ratios, shares
from triage.trends.shares import wilson

CUTS = np.array([0, 3, 3, 7])  # three groups: the second is empty
NAN = np.nan


def covered(estimates, truth):
    low, high = np.nan_to_num(estimates.low, nan=-np.inf), np.nan_to_num(estimates.high, nan=np.inf)
    return float(np.mean((low <= truth) & (truth <= high)))


def test_shares_are_those_of_each_group_and_of_all():
    found = shares(np.array([1, 0, NAN, 1, 1, 1, 0.0]), CUTS)
    assert found.n.tolist() == [2, 0, 4, 6]
    assert found.value.tolist()[::2] == [0.5, 0.75]
    assert np.isnan(found.value[1])
    assert np.allclose(found.low[3], wilson(4, 6).low)


def test_rows_after_the_last_group_do_not_count():
    found = shares(np.array([1.0, 0.0, 1.0, 1.0]), np.array([0, 2]))
    assert found.n.tolist() == [2, 2]


def test_a_ratio_with_one_trial_a_row_is_a_share():
    hits = np.array([1, 0, 1, 1, 1, 1, 0.0])
    one, other = ratios(hits, np.ones(7), CUTS), shares(hits, CUTS)
    for name in ("n", "value", "low", "high"):
        assert np.allclose(getattr(one, name), getattr(other, name), equal_nan=True)


def test_a_row_without_trials_says_nothing_of_a_ratio():
    found = ratios(np.array([0, 2, NAN]), np.array([0, 3, NAN]), np.array([0, 3]))
    assert found.n.tolist() == [1, 1]
    assert found.value[0] == pytest.approx(2 / 3)


def test_a_ratio_covers_the_truth_though_the_trials_of_a_row_go_together():
    rng = np.random.default_rng(1)
    rows, k = 60, 1000
    hits = 3.0 * (rng.random(rows * k) < 0.8)  # three promises of a ticket: all kept or none
    trials = np.full(rows * k, 3.0)
    cuts = np.arange(k + 1) * rows
    found = ratios(hits, trials, cuts)
    assert 0.92 < covered(found, 0.8) < 0.98
    alone = wilson(found.value[:-1] * 180, 180)
    assert np.mean((alone.low <= 0.8) & (alone.high >= 0.8)) < 0.85  # as if they were 180 tickets


def test_a_ratio_is_never_surer_than_its_trials_are_many():
    even = np.array([1.0, 1.0, 1.0, 1.0, 2.0])  # more alike than chance would have them
    found = ratios(even, np.full(5, 2.0), np.array([0, 5]))
    assert found.low[0] == pytest.approx(float(wilson(6, 10).low))


def test_a_ratio_whose_rows_are_all_alike_is_as_sure_as_its_rows_are_many():
    found = ratios(np.full(10, 5.0), np.full(10, 5.0), np.array([0, 10]))
    assert found.low[0] == pytest.approx(float(wilson(10, 10).low))


def test_means_have_the_intervals_of_student():
    values = np.array([1.0, 2.0, NAN, 10.0, 12.0, 14.0, 20.0])
    found = means(values, CUTS)
    assert found.value[[0, 2]].tolist() == [1.5, 14.0]
    assert found.high[2] - 14 == pytest.approx(3.182446 * values[3:].std(ddof=1) / 2, rel=1e-5)
    assert np.isnan(found.value[1])


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0, 5.0]])
def test_a_mean_of_one_or_of_alike_rows_claims_no_interval(values):
    found = means(np.array(values), np.array([0, len(values)]))
    assert found.value[0] == 5.0
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


def test_quantiles_are_those_of_numpy():
    rng = np.random.default_rng(0)
    values, cuts = rng.lognormal(8, 1, 1000), np.array([0, 400, 401, 1000])
    values[::7] = NAN
    for q in (0.5, 0.9):
        found = ordered(values, cuts).quantile(q)
        parts = [values[:400], values[400:401], values[401:], values]
        assert np.allclose(found.value, [np.nanquantile(part, q) for part in parts])


def test_sorting_leaves_the_given_rows_as_they_were():
    values = np.array([3.0, 1.0, 2.0])
    ordered(values, np.array([0, 3]))
    assert values.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("q", [0.5, 0.9])
@pytest.mark.parametrize("rows", [5, 6, 20, 51, 999, 1000, 1001, 4000])
def test_ranks_hold_the_quantile_in_95_of_100_samples_and_not_many_more(rows, q):
    from scipy.stats import binom

    (low,), (high,) = ranks(np.array([rows]), q)
    below = binom.cdf(low - 1, rows, q) if low >= 1 else 0.0
    above = binom.sf(high - 1, rows, q) if high <= rows else 0.0
    assert below <= 0.0255
    assert above <= 0.0255
    if rows >= 1000:
        assert below + above > 0.038
    assert binom.cdf(low, rows, q) > 0.024  # the next rank would leave out too much


def test_few_rows_have_a_median_without_an_interval():
    found = ordered(np.arange(5.0), np.array([0, 5])).quantile(0.5)
    assert found.value[0] == 2.0
    assert np.isnan([found.low[0], found.high[0]]).all()


def test_the_interval_of_a_median_covers_it():
    rng = np.random.default_rng(2)
    values, cuts = rng.lognormal(0, 1.5, 40 * 1000), np.arange(1001) * 40
    assert 0.94 < covered(ordered(values, cuts).quantile(0.5), 1.0) < 0.98


def test_nothing_at_all_has_no_figures():
    nothing, cuts = np.array([]), np.array([0, 0])
    for found in (
        shares(nothing, cuts),
        ratios(nothing, nothing, cuts),
        means(nothing, cuts),
        ordered(nothing, cuts).quantile(0.5),
    ):
        assert found.n.tolist() == [0, 0]
        assert np.isnan(found.value).all()
        assert np.isnan(found.low).all()
