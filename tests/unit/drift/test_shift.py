"""How far, how far by chance, how likely by chance."""

import numpy as np
import pytest

from triage.drift.psi import jensen_shannon, psi
from triage.drift.shift import _gamma_tail, compare
from triage.drift.spread import correlation, effective

LEVEL = 1e-3


def shift(week, reference, sizes=None, level=LEVEL, floor=0.02):
    sizes = sizes or (sum(week), sum(reference))
    return compare(tuple(week), tuple(reference), sizes, level=level, floor=floor)


def test_the_psi_of_shares_is_the_sum_that_the_books_give():
    # (0.2 - 0.1) ln(0.2 / 0.1) + (0.8 - 0.9) ln(0.8 / 0.9)
    assert psi(np.array([200_000, 800_000]), np.array([100_000, 900_000])) == pytest.approx(
        0.1 * np.log(2) - 0.1 * np.log(8 / 9), abs=1e-4
    )


def test_the_same_shares_are_no_distance_apart():
    assert psi(np.array([10, 30]), np.array([10, 30])) == 0
    assert jensen_shannon(np.array([10, 30]), np.array([10, 30])) == 0


def test_an_empty_cell_gives_no_infinite_distance():
    assert np.isfinite(psi(np.array([0, 50]), np.array([25, 25])))
    assert 0 < jensen_shannon(np.array([0, 50]), np.array([50, 0])) < 1


def test_distances_of_many_tables_are_those_of_each():
    many, one = np.array([[10, 30], [20, 20]]), np.array([5, 35])
    assert psi(many, one).tolist() == [psi(many[0], one), psi(many[1], one)]


def test_chance_alone_moves_few_texts_further_than_many():
    few, many = shift([3, 27], [40, 360]), shift([100, 900], [400, 3600])
    assert few.chance > 10 * many.chance > 0


def test_the_excess_of_a_calm_week_is_about_nothing_where_the_psi_is_not():
    rng = np.random.default_rng(3)
    shares = np.full(10, 0.1)
    found = [
        shift(rng.multinomial(50, shares).tolist(), rng.multinomial(400, shares).tolist())
        for _ in range(60)
    ]
    assert np.mean([one.psi for one in found]) > 0.15
    assert abs(np.mean([one.excess for one in found])) < 0.03


def test_p_values_of_calm_weeks_are_even():
    rng = np.random.default_rng(5)
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    found = [
        shift(rng.multinomial(120, shares).tolist(), rng.multinomial(480, shares).tolist()).p
        for _ in range(400)
    ]
    assert np.mean(np.array(found) < 0.1) == pytest.approx(0.1, abs=0.045)
    assert np.mean(np.array(found) < 0.5) == pytest.approx(0.5, abs=0.08)


def test_a_doubled_share_is_unlikely_by_chance_and_its_interval_leaves_nothing_out():
    found = shift([800, 200], [3600, 400])
    assert found.p < 1e-6
    assert 0.02 < found.low < found.excess < found.high < 0.2


def test_a_new_rare_script_is_found_where_the_expected_counts_are_tiny():
    assert shift([40, 10], [990, 10], floor=0.1).p < 1e-4


def test_two_stray_texts_of_a_kind_never_seen_are_no_finding():
    assert shift([48, 2], [400, 0]).p > LEVEL


def test_a_close_call_is_drawn_and_not_approximated():
    counts = [170, 30], [720, 80]
    calm, close = (shift(*counts, level=level, floor=0.01) for level in (1e-9, 0.02))
    assert calm.p != close.p
    assert close.p == pytest.approx(calm.p, abs=0.02)
    assert close.p * (1 + 20 / 0.02) == pytest.approx(round(close.p * 1001), abs=1e-6)


def test_the_same_counts_always_give_the_same_answer():
    first = shift([170, 30], [720, 80], level=0.02)
    compare.cache_clear()
    assert shift([170, 30], [720, 80], level=0.02) == first


def test_where_all_texts_lie_in_one_cell_there_is_nothing_to_compare():
    found = shift([0, 50], [0, 400])
    assert (found.excess, found.p) == (0.0, 1.0)


def test_one_text_of_a_kind_among_millions_is_no_finding():
    assert shift([30, 0], [9_999_999, 1], sizes=(30, 200)).p == 1


def test_what_no_sample_showed_is_no_surer_than_the_number_of_samples():
    null = np.full(300, 0.1)
    assert _gamma_tail(null, 0.1) == 1
    assert _gamma_tail(null, 0.2) == pytest.approx(1 / 301)


def test_texts_worth_less_make_the_same_difference_less_sure():
    whole, less = shift([170, 30], [720, 80]), shift([170, 30], [720, 80], sizes=(50, 200))
    assert less.chance > whole.chance
    assert less.p > whole.p
    assert less.psi == whole.psi


# How uneven weeks are


def test_weeks_that_differ_by_chance_have_no_correlation():
    rng = np.random.default_rng(1)
    tables = [rng.multinomial(200, [0.6, 0.3, 0.1], size=8).astype(float) for _ in range(20)]
    assert correlation(tables) < 0.001


def test_the_correlation_within_weeks_is_found_again():
    rng, within = np.random.default_rng(1), 0.02
    shares = np.array([0.6, 0.3, 0.1]) * (1 / within - 1)
    tables = [
        np.array([rng.multinomial(200, rng.dirichlet(shares)) for _ in range(8)], dtype=float)
        for _ in range(60)
    ]
    assert correlation(tables) == pytest.approx(within, rel=0.2)


@pytest.mark.parametrize("table", [[[5, 5]], [[5, 0], [7, 0]], [[0, 0], [3, 4]]])
def test_one_week_or_one_cell_tells_nothing_of_correlation(table):
    assert correlation([np.array(table, dtype=float)]) == 0


def test_correlated_texts_are_worth_fewer():
    assert effective(100, 0) == 100
    assert effective(100, 1) == 1
    assert effective(1001, 0.01) == pytest.approx(91)
    assert effective(0, 0.5) == 0
