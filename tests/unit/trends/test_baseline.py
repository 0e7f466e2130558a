"""What is normal: levels, weekdays, hours, promotions, shares; told by the past alone."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.pace import taken
from triage.errors import InputError
from triage.trends import calendar
from triage.trends.baseline import expected, so_far
from triage.trends.negbin import quantile, tail
from triage.trends.periods import Period

MONDAY = date(2026, 3, 2)
PROFILE = np.array([1.4, 1.1, 1.0, 1.0, 1.0, 0.8, 0.7])


def days(count, first=MONDAY):
    return [first + timedelta(days=k) for k in range(count)]


def drawn(steps, mean=50.0, *, series=None, dispersion=0.0, seed=0):
    rng = np.random.default_rng(seed)
    usual = mean * PROFILE[[day.weekday() for day in steps]]
    shape = (series, len(steps)) if series else len(steps)
    more = rng.gamma(1 / dispersion, dispersion, shape) if dispersion else 1.0
    return rng.poisson(usual * more * np.ones(shape)).astype(float)


def test_each_day_is_told_by_the_days_before_it_alone():
    steps = days(60)
    counts = drawn(steps)
    whole = expected(steps, counts)
    changed = counts.copy()
    changed[40:] += 500
    other = expected(steps, changed)
    assert np.allclose(whole.expected[14:41], other.expected[14:41])
    assert np.allclose(whole.p[14:40], other.p[14:40])
    assert not np.allclose(whole.p[40], other.p[40])


def test_nothing_is_said_before_two_weeks_are_known():
    told = expected(days(20), drawn(days(20)))
    for one in (told.expected, told.low, told.high, told.p, told.dispersion):
        assert np.isnan(one[:14]).all()
        assert not np.isnan(one[14:]).any()


def test_mondays_are_compared_with_mondays():
    steps = days(182)
    told = expected(steps, drawn(steps, 100))
    ratio = told.expected[-7] / told.expected[-1]  # Monday over Sunday: 1.4 / 0.7
    assert 1.8 < ratio < 2.2
    mondays = expected(steps, drawn(steps, 100, series=40)).p[:, 63::7]
    assert (mondays < 0.01).mean() < 0.02


@pytest.mark.parametrize("dispersion", [0.0, 0.03, 0.1])
@pytest.mark.parametrize("mean", [3, 30, 300])
def test_alarms_on_quiet_series_are_as_rare_as_promised(mean, dispersion):
    steps = days(200)
    counts = drawn(steps, mean, series=60, dispersion=dispersion)
    told = expected(steps, counts)
    late = told.p[:, 60:]
    assert (late < 0.01).mean() < 0.02
    assert (late < 0.001).mean() < 0.0035
    inside = 1 - told.unusual(counts)[:, 60:].mean()
    assert 0.92 < inside < 0.998


def test_a_burst_is_unusual_and_teaches_the_level_little():
    steps = days(90)
    counts = drawn(steps, 20)
    calm = expected(steps, counts).expected[-1]
    counts[70:73] += 200
    told = expected(steps, counts)
    assert told.unusual(counts)[70:72].all()
    assert told.p[70] < 1e-6
    assert told.expected[-1] < 1.5 * calm


def test_a_level_that_stays_higher_becomes_normal():
    steps = days(160)
    counts = drawn(steps, 20)
    counts[80:] *= 3
    told = expected(steps, counts)
    assert told.p[80] < 1e-3
    assert told.expected[-7:].mean() > 2.2 * told.expected[70:77].mean()


def test_missing_days_are_not_days_without_texts():
    steps = days(90)
    counts = drawn(steps, 50)
    usual = expected(steps, counts).expected[-1]
    holes, zeros = counts.copy(), counts.copy()
    holes[40:75], zeros[40:75] = np.nan, 0
    assert abs(expected(steps, holes).expected[-1] / usual - 1) < 0.15
    assert expected(steps, zeros).expected[-1] < 0.8 * usual
    assert np.isnan(expected(steps, holes).p[50])


def test_counts_that_vary_more_have_a_wider_interval():
    steps = days(120)
    calm, wild = (expected(steps, drawn(steps, 100, dispersion=d)) for d in (0.0, 0.2))
    assert calm.dispersion[-1] < 0.02 < 0.08 < wild.dispersion[-1]
    assert wild.high[-1] - wild.low[-1] > 2 * (calm.high[-1] - calm.low[-1])


def test_a_promotion_is_no_surprise_the_second_time_and_a_lesser_one_the_first():
    steps = days(640, date(2025, 3, 3))
    counts = drawn(steps, 50)
    sale = np.array([(day.month, day.day) in {(11, 11), (11, 12)} for day in steps])
    counts[sale] *= 4
    marks = calendar.days(steps[0], steps[-1])
    with_marks, without = expected(steps, counts, marks=marks), expected(steps, counts)
    first, second = steps.index(date(2025, 11, 11)), steps.index(date(2026, 11, 11))
    assert with_marks.expected[second] > 2 * without.expected[second]
    assert with_marks.p[second] > 0.01 > 1e-4 > without.p[second]
    assert with_marks.p[first] > 30 * without.p[first]


def test_a_promotion_that_doubles_all_volume_doubles_no_share():
    steps = days(90)
    volume = drawn(steps, 400)
    volume[80:] *= 2
    rng = np.random.default_rng(1)
    counts = rng.poisson(volume * 0.05).astype(float)
    assert expected(steps, counts).p[80] < 1e-3
    shared = expected(steps, counts, exposure=volume)
    assert shared.p[80:].min() > 0.01
    assert abs(shared.expected[80] / shared.expected[73] - 2) < 0.8


def test_a_make_up_saturday_is_a_working_day():
    steps = days(120, date(2026, 6, 1))
    counts = drawn(steps, 100)
    marks = calendar.days(steps[0], steps[-1])
    saturday = steps.index(date(2026, 9, 20))  # a Sunday on which people work
    told = expected(steps, counts, marks=marks).expected
    assert told[saturday] > 1.2 * expected(steps, counts).expected[saturday]


def test_hours_have_a_profile_of_their_own_on_working_days_and_weekends():
    steps = [day for day in days(42) for _ in range(24)]
    hours = list(range(24)) * 42
    weekend = np.array([day.weekday() > 4 for day in steps])
    mean = np.where(np.array(hours) == np.where(weekend, 20, 10), 40.0, 4.0)
    counts = np.random.default_rng(2).poisson(mean)
    told = expected(steps, counts, hours=hours, period=Period.HOUR)
    week = told.expected[-7 * 24 :].reshape(7, 24)
    assert week[0, 10] > 4 * week[0, 20]
    assert week[6, 20] > 4 * week[6, 10]
    assert np.isnan(told.expected[: 14 * 24]).all()


def test_weeks_are_followed_without_a_weekday():
    steps = days(40 * 7)[::7]
    counts = np.random.default_rng(3).poisson(200, 40)
    told = expected(steps, counts, period=Period.WEEK)
    assert np.isnan(told.expected[:6]).all()
    assert 150 < told.expected[-1] < 250
    marks = calendar.days(steps[0], steps[-1] + timedelta(days=6))
    assert not np.allclose(
        expected(steps, counts, period=Period.WEEK, marks=marks).high[6:], told.high[6:]
    )


def test_half_a_day_is_compared_with_half_a_day():
    steps = days(60)
    counts = drawn(steps, 100)
    whole = expected(steps, counts)
    counts[-1] = round(whole.expected[-1] / 2)
    half = expected(steps, counts, part=0.5)
    assert half.expected[-1] == pytest.approx(whole.expected[-1] / 2)
    assert half.unusual(counts)[-1] == np.False_
    assert expected(steps, counts).unusual(counts)[-1]
    assert np.allclose(half.expected[:-1], whole.expected[:-1], equal_nan=True)


def test_how_much_of_a_day_is_usually_in_is_told_by_its_hours():
    hourly = np.zeros((3, 24))
    hourly[:, 9], hourly[:, 15] = 30, 10
    assert so_far(hourly, 9.0) == 0
    assert so_far(hourly, 9.5) == pytest.approx(0.375)
    assert so_far(hourly, 12.0) == pytest.approx(0.75)
    assert so_far(hourly, 24.0) == 1
    assert so_far(np.zeros((0, 24)), 6.0) == 0.25


def test_a_wider_level_gives_a_wider_interval():
    steps = days(60)
    counts = drawn(steps)
    narrow, wide = (expected(steps, counts, level=level) for level in (0.5, 0.99))
    assert narrow.high[-1] - narrow.low[-1] < wide.high[-1] - wide.low[-1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "level=1.0"),
        ({"part": 0.0}, "part=0.0"),
        ({"exposure": np.ones(3)}, "exposure has the shape"),
        ({"hours": [0] * 20}, "Hours go with"),
        ({"period": Period.HOUR}, "Hours go with"),
        ({"hours": [0], "period": Period.HOUR}, "1 hours"),
    ],
)
def test_what_does_not_fit_together_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        expected(days(20), np.ones(20), **options)


def test_counts_and_days_of_different_lengths_are_refused():
    with pytest.raises(InputError, match="20 days"):
        expected(days(20), np.ones(21))


def test_twelve_series_of_400_days_take_a_fifth_of_a_second():
    steps = days(400)
    counts = drawn(steps, series=12)
    marks = calendar.days(steps[0], steps[-1])
    assert taken(lambda: expected(steps, counts, marks=marks), rounds=3) < 0.2


def test_the_tail_of_counts_is_that_of_the_negative_binomial():
    from scipy.stats import nbinom, poisson

    for n, mean, dispersion in [(5, 1.0, 0.1), (30, 12.0, 0.5), (3, 0.02, 0.1)]:
        size = 1 / dispersion
        exact = nbinom.sf(n - 1, size, size / (size + mean))
        found = tail(np.array([n]), np.array([mean]), np.array([dispersion]))
        assert found[0] == pytest.approx(exact, rel=1e-6)
    none = tail(np.array([9]), np.array([4.0]), np.array([0.0]))
    assert none[0] == pytest.approx(poisson.sf(8, 4.0), rel=1e-3)
    assert tail(np.array([0]), np.array([4.0]), np.array([0.1]))[0] == 1
    assert np.isnan(quantile(0.9, np.array([np.nan]), np.array([0.1]))[0])
