import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from triage.training.offset import Problem, fit_offset


def problem(matrix, wanted, *, offset=0.0, weight=1.0):
    n = len(wanted)
    return Problem(
        csr_matrix(np.array(matrix, dtype=np.float64)),
        np.broadcast_to(np.float64(offset), (n,)).copy(),
        np.array(wanted, dtype=np.bool_),
        np.full(n, weight),
    )


def some(seed, n=120, columns=6):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, columns))
    return x, x @ random.normal(size=columns) + random.normal(size=n) > 0


@given(st.integers(0, 50))
def test_without_an_offset_it_is_the_logistic_regression_that_everybody_knows(seed):
    x, wanted = some(seed)
    theirs = LogisticRegression(C=2.0, fit_intercept=False, tol=1e-8).fit(x, wanted).coef_[0]
    np.testing.assert_allclose(fit_offset(problem(x, wanted), 2.0), theirs, atol=0.02)


def test_where_the_offset_is_right_and_sure_nothing_is_learned():
    x, wanted = some(1)
    learned = fit_offset(problem(x, wanted, offset=0.0), 10.0)
    sure = Problem(csr_matrix(x), np.where(wanted, 20.0, -20.0), wanted, np.ones(len(wanted)))
    assert np.abs(fit_offset(sure, 10.0)).max() < 1e-4 < np.abs(learned).max()


def test_less_strength_learns_less():
    x, wanted = some(2)
    sizes = [np.abs(fit_offset(problem(x, wanted), c)).sum() for c in (0.01, 0.1, 1.0, 10.0)]
    assert sizes == sorted(sizes)


def test_a_text_of_weight_two_counts_as_two_texts():
    x, wanted = some(3, n=30)
    twice = problem(np.concatenate([x, x]), np.concatenate([wanted, wanted]))
    heavy = problem(x, wanted, weight=2.0)
    np.testing.assert_allclose(fit_offset(heavy, 1.0), fit_offset(twice, 1.0), atol=0.01)


def test_no_text_teaches_nothing():
    empty = problem(np.zeros((0, 4)), [])
    assert fit_offset(empty, 1.0).tolist() == [0.0] * 4
