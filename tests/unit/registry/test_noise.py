import numpy as np
import pytest
from scipy.stats import binomtest

from triage.registry import noise

LEVEL = 0.05


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (9, 0), (9, 3), (3, 9), (1, 0)])
def test_the_sign_test_is_the_exact_one(lost, won):
    n = lost + won
    known = binomtest(lost, n, alternative="greater").pvalue if n else 1.0
    assert noise.worse_by_sign(lost, won) == pytest.approx(known)


def test_the_least_chance_is_the_one_of_losing_every_differing_text():
    assert noise.least(9) == pytest.approx(noise.worse_by_sign(9, 0))


def test_a_loss_of_three_standard_errors_is_unlikely_and_a_gain_is_not():
    draws = np.random.default_rng(0).normal(size=4000)
    assert noise.worse_by_draws(np.append(-3, draws - 3), 9999, 99) == pytest.approx(
        0.00135, rel=0.3
    )
    assert noise.worse_by_draws(np.append(3, draws + 3), 9999, 99) > 0.99


def test_where_every_differing_text_is_lost_the_chance_is_near_the_exact_one():
    random = np.random.default_rng(0)
    for n, lost in ((40, 9), (60, 12), (700, 12)):
        texts = np.zeros(n)
        texts[:lost] = -1
        draws = texts[random.integers(n, size=(4000, n))].mean(axis=1)
        chance = noise.worse_by_draws(np.append(texts.mean(), draws), n, lost)
        assert 2**-lost <= chance <= 2 * 2**-lost


def test_a_figure_that_falls_from_all_to_nothing_in_every_draw_is_worse():
    assert noise.worse_by_draws(np.full(9, -1.0), 40, 40) < 1e-9


def test_few_differing_texts_cannot_prove_much_whatever_the_draws_say():
    draws = np.random.default_rng(0).normal(scale=0.01, size=100)
    assert noise.worse_by_draws(np.append(-1, draws - 1), 9999, 4) == 1 / 16


@pytest.mark.parametrize("changes", [[0.0, 0, 0], [0.0, 1, -1], [np.nan, 1, 2]])
def test_where_there_is_nothing_to_compare_nothing_is_worse(changes):
    assert noise.worse_by_draws(np.array(changes), 9, 3) == 1


def test_one_check_is_believed_at_the_level_and_many_are_not():
    zeros = [0.0] * 10
    assert noise.believed([0.04], [0.0], LEVEL) == {0: LEVEL}
    assert noise.believed([0.04, *[0.5] * 9], zeros, LEVEL) == {}
    assert noise.believed([0.004, *[0.5] * 9], zeros, LEVEL) == {0: LEVEL / 10}


def test_after_each_failed_check_the_next_is_asked_less():
    found = noise.believed([0.5, 0.02, 0.001], [0.0] * 3, LEVEL)
    assert found == {2: LEVEL / 3, 1: LEVEL / 2}


def test_checks_that_could_not_fail_use_no_budget():
    chances, leasts = [0.02, *[1.0] * 50], [2**-10, *[0.5] * 50]
    assert noise.countable(leasts, LEVEL) == [0]
    assert noise.believed(chances, leasts, LEVEL) == {0: LEVEL}
    assert noise.countable([1.0, 1.0], LEVEL) == []
    assert noise.countable([], LEVEL) == []


@pytest.mark.parametrize("size", [1, 12, 60])
def test_among_equal_models_any_check_fails_in_one_run_of_twenty_at_most(size):
    random = np.random.default_rng(size)
    runs, failed = 2000, 0
    for _ in range(runs):
        differing = random.integers(0, 25, size)
        lost = random.binomial(differing, 0.5)
        chances = [
            noise.worse_by_sign(int(k), int(d - k)) for k, d in zip(lost, differing, strict=True)
        ]
        failed += bool(noise.believed(chances, [noise.least(int(d)) for d in differing], LEVEL))
    assert failed / runs <= LEVEL
