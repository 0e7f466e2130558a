import numpy as np
import pytest

from triage.trends.ridge import Block, fit, packed, products, separation


@pytest.fixture
def rows():
    """Return blocks of 3,000 rows by 400 customers, the plain matrix, and an outcome."""
    rng = np.random.default_rng(0)
    n = 3000
    first = Block(rng.integers(0, 4, n), np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1.0]]),
                  ("", "a", "b"))  # fmt: skip
    levels = [rng.integers(0, k, n) for k in (3, 5, 40)]
    # The first level of each is left out, so that the plain matrix has full rank.
    blocks = [first, *(Block(c, np.eye(c.max() + 1)[:, 1:], ("",) * c.max()) for c in levels)]
    matrix = np.hstack([block.table[block.codes] for block in blocks])
    customer = rng.integers(0, 400, n)
    y = matrix @ rng.normal(size=matrix.shape[1]) + rng.normal(size=400)[customer]
    y += rng.normal(size=n) * (1 + matrix[:, 1])
    return blocks, matrix, y, customer


def fitted(blocks, y, customer, penalty):
    names = [name for block in blocks for name in block.names]
    wanted = np.flatnonzero([bool(name) for name in names])
    penalties = np.full(len(names), penalty)
    penalties[[0, *wanted]] = 0
    known = products(blocks, y)
    return fit(blocks, y, known, penalty=penalties, wanted=wanted, cluster=customer)


def test_cross_products_are_those_of_the_plain_matrix(rows):
    blocks, _, y, _ = rows
    for given in (blocks, packed(blocks)):
        plain = np.hstack([block.table[block.codes] for block in given])
        found = products(given, y)
        assert np.allclose(found.gram, plain.T @ plain)
        assert np.allclose(found.moment, plain.T @ y)
        assert (found.n, found.total) == (len(y), pytest.approx(y.sum()))


def test_packing_keeps_every_column_and_makes_fewer_blocks(rows):
    blocks, matrix, _, _ = rows
    found = packed(blocks)
    plain = np.hstack([block.table[block.codes] for block in found])
    assert len(found) < len(blocks)
    assert found[0].names[:3] == ("", "a", "b")
    assert sorted(map(tuple, plain.T)) == sorted(map(tuple, matrix.T))


def test_without_a_penalty_it_is_least_squares_with_errors_by_customer(rows):
    statsmodels = pytest.importorskip("statsmodels.api")
    blocks, matrix, y, customer = rows
    model = statsmodels.OLS(y, matrix)
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": customer})
    ours = fitted(packed(blocks), y, customer, 0.0)
    assert np.allclose(ours.values, theirs.params[1:3])
    assert np.allclose(np.sqrt(np.diag(ours.covariance)), theirs.bse[1:3])
    assert ours.clusters == 400


def test_customers_of_one_ticket_each_have_the_errors_of_white(rows):
    statsmodels = pytest.importorskip("statsmodels.api")
    blocks, matrix, y, _ = rows
    theirs = statsmodels.OLS(y, matrix).fit(cov_type="HC1")
    ours = fitted(blocks, y, np.arange(len(y)), 0.0)
    assert np.allclose(np.sqrt(np.diag(ours.covariance)), theirs.bse[1:3])


def test_a_small_penalty_changes_little(rows):
    blocks, _, y, customer = rows
    free, held = (fitted(blocks, y, customer, penalty) for penalty in (0.0, 1.0))
    error = np.sqrt(np.diag(free.covariance))
    assert np.all(np.abs(free.values - held.values) < 0.2 * error)


def test_columns_that_always_go_together_cannot_be_told_apart():
    rng = np.random.default_rng(1)
    code = rng.integers(0, 4, 500)
    #             ones a  b  c: b is what a is; c is free
    table = np.array([[1, 0, 0, 0], [1, 1, 1, 0], [1, 0, 0, 1], [1, 1, 1, 1.0]])
    block = Block(code, table, ("", "a", "b", "c"))
    gram = products([block], np.zeros(500)).gram
    found = separation(gram, np.zeros(4), np.array([1, 2, 3]), 500)
    assert found.apart.tolist() == [False, False, True]
    assert found.inflation[2] == pytest.approx(1, abs=0.05)


def test_a_cause_that_a_queue_is_made_of_cannot_be_told_from_it():
    rng = np.random.default_rng(2)
    code = rng.integers(0, 3, 600)
    issue = Block(code, np.array([[1, 0], [1, 0], [1, 1.0]]), ("", "a"))
    queue = Block(code, np.eye(3), ("", "", ""))
    gram = products([issue, queue], np.zeros(600)).gram
    found = separation(gram, np.array([0, 0, 1, 1, 1.0]), np.array([1]), 600)
    assert found.apart.tolist() == [False]


def test_inflation_is_that_of_least_squares():
    rng = np.random.default_rng(3)
    a = rng.random(4000) < 0.5
    b = np.where(rng.random(4000) < 0.9, a, ~a)
    table = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1.0]])
    block = Block(a + 2 * b, table, ("", "a", "b"))
    gram = products([block], np.zeros(4000)).gram
    found = separation(gram, np.zeros(3), np.array([1, 2]), 4000)
    assert np.allclose(found.inflation, 1 / (1 - np.corrcoef(a, b)[0, 1] ** 2))
