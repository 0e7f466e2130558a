"""Windows, and the budget of false alarms that all tests share."""

from datetime import date, timedelta

import numpy as np
import pytest

from triage.trends.burst import WINDOWS, a_day, scan, threshold
from triage.trends.plan import plan_of

DAYS = [date(2026, 3, 2) + timedelta(days=k) for k in range(60)]
PLAN = plan_of(DAYS, shared=True)


def drawn(mean, series, seed=0):
    return np.random.default_rng(seed).poisson(mean, (series, len(DAYS))).astype(float)


def last(counts, volume=None):
    exposure = np.full(len(DAYS), 400.0) if volume is None else volume
    return next(scan(PLAN, counts, exposure, [len(DAYS) - 1]))


def test_windows_sum_the_last_days_and_are_told_by_the_days_before_them():
    counts = drawn(4, 1)
    found = last(counts)
    assert found.n[0].tolist() == [counts[0, -w:].sum() for w in WINDOWS]
    assert np.allclose(found.mean[0] / WINDOWS, 4, atol=1.2)
    counts[0, -3:] += 30
    assert np.allclose(last(counts).mean[0, 2:], found.mean[0, 2:])


def test_a_small_burst_adds_up_over_the_days():
    counts = drawn(5, 200)
    counts[:, -7:] += np.random.default_rng(1).poisson(4, (200, 7))
    p = np.median(last(counts).p, axis=0)
    assert p[3] < p[2] < p[0]
    assert p[3] < 3e-3 < 0.05 < p[0]


def test_the_same_share_of_twice_as_much_is_no_burst():
    volume = np.full(len(DAYS), 400.0)
    volume[-2:] *= 3
    counts = np.random.default_rng(2).poisson(volume * 0.05, (50, len(DAYS))).astype(float)
    assert np.nanmin(last(counts, volume).p) > 1e-4
    assert np.median(last(counts).p[:, 1]) < 1e-6


def test_nothing_is_said_of_a_short_past():
    found = next(scan(PLAN, drawn(4, 2), np.full(60, 400.0), [13]))
    assert np.isnan(found.p).all()
    assert not found.fires(1.0, least=0, ratio=0).any()
    assert threshold(found, 0.1, least=5, ratio=1.5) == pytest.approx(1e-3)


def test_every_step_asked_for_is_scanned_in_its_turn():
    counts = drawn(4, 3)
    found = list(scan(PLAN, counts, np.full(60, 400.0), [40, 59]))
    assert [one.n[0, 0] for one in found] == [counts[0, 40], counts[0, 59]]


@pytest.mark.parametrize("mean", [0.3, 2, 20])
def test_what_fires_by_chance_keeps_within_the_budget(mean):
    fired, budget = 0, 0.5
    for seed in range(20):
        found = last(drawn(mean, 100, seed))
        level = threshold(found, budget, least=5, ratio=1.0)
        fired += found.fires(level, least=5, ratio=1.0).sum()
    assert fired <= 20 * budget * 1.4


def test_rare_terms_leave_their_part_of_the_budget_to_others():
    counts = np.concatenate([drawn(10, 10), drawn(0.01, 2000)])
    found = last(counts)
    level = threshold(found, 0.01, least=5, ratio=1.5)
    assert level > 2 * 0.01 / found.p.size
    assert threshold(found, 0.001, least=5, ratio=1.5) < level


def test_a_budget_is_shared_by_all_that_is_tested():
    few, many = last(drawn(20, 10)), last(drawn(20, 1000))
    options = {"least": 5, "ratio": 1.0}
    # 4 windows each, all of them able to fire by chance.
    assert threshold(many, 0.01, **options) == pytest.approx(0.01 / 4000)
    assert threshold(few, 0.01, **options) == pytest.approx(0.01 / 40)
    assert threshold(few, 100.0, **options, most=1.0) == 1.0


def test_the_least_count_and_the_ratio_hold_however_unlikely_a_burst_is():
    counts = drawn(100, 1)
    counts[:, -1] = 150
    found = last(counts)
    assert found.fires(1.0, least=5, ratio=1.3)[0, 0]
    assert not found.fires(1.0, least=5, ratio=2.0)[0, 0]
    assert not found.fires(1.0, least=151, ratio=1.0)[0, 0]


def test_the_tests_of_a_month_share_what_overlapping_windows_leave():
    assert 30 * a_day(1.0) == pytest.approx(2.0)
    assert a_day(0.5) == a_day(1.0) / 2
