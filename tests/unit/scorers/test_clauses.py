import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.features import BITS, buckets, read, views
from triage.scorers.clauses import counts, first_clauses, pool, slot_table
from triage.text.segment import Segmenter

TEXTS = ("质量差，客服不回复！", "好评", "等了三天，还没到，退钱。")
EVERY = np.arange(1 << BITS, dtype=np.int32)


@pytest.fixture(scope="module")
def batch():
    return read(TEXTS, Segmenter())


def test_a_kept_bucket_has_its_row_and_any_other_has_none():
    table = slot_table(np.array([3, 70, 4_000_000], dtype=np.uint32))
    assert table[[3, 70, 4_000_000]].tolist() == [0, 1, 2]
    assert len(table) == 1 << BITS
    assert (table == -1).sum() == len(table) - 3


def test_every_occurrence_is_counted_once_in_its_clause(batch):
    whole = sum(counts(views(batch), EVERY, batch.clauses, 1 << BITS))
    assert whole.shape == (len(batch.clauses), 1 << BITS)
    assert whole.sum() == sum(len(view.positions) for view in views(batch))


def test_a_clause_counts_what_it_counts_alone():
    both, one = (read([text], Segmenter()) for text in ("质量差，物流慢，", "物流慢，"))
    together = sum(counts(views(both), EVERY, both.clauses, 1 << BITS))
    alone = sum(counts(views(one), EVERY, one.clauses, 1 << BITS))
    # What starts in the last clause lies in it wholly.
    assert (together[1] != alone[0]).nnz == 0


def test_buckets_that_are_not_kept_are_not_counted(batch):
    kept = np.unique(np.concatenate([buckets(view.hashes) for view in views(batch)]))[::2]
    found = sum(counts(views(batch), slot_table(kept.astype(np.uint32)), batch.clauses, len(kept)))
    whole = sum(counts(views(batch), EVERY, batch.clauses, 1 << BITS))
    np.testing.assert_array_equal(found.toarray(), whole[:, kept].toarray())


def test_nothing_kept_is_nothing_counted(batch):
    nothing = slot_table(np.zeros(0, dtype=np.uint32))
    assert all(matrix.nnz == 0 for matrix in counts(views(batch), nothing, batch.clauses, 0))


def test_the_first_clause_of_each_text_is_known(batch):
    assert first_clauses(batch).tolist() == [0, 2, 3]


SUMS = np.array([[1.0, -2.0], [3.0, 0.5], [-1.0, 4.0]])
FIRST = np.array([0, 2])
SQUARES = np.array([4.0, 1.0])
BIAS = np.array([0.1, -0.1])


def test_the_shares_of_the_clauses_and_the_bias_are_the_decision():
    share, features = pool(SUMS, FIRST, SQUARES, BIAS)
    np.testing.assert_allclose(features[:, :2], [share[0] + share[1] + BIAS, share[2] + BIAS])
    np.testing.assert_allclose(share, [[0.5, -1.0], [1.5, 0.25], [-1.0, 4.0]])


def test_the_features_are_decision_extremes_ends_and_length():
    _, features = pool(SUMS, FIRST, SQUARES, BIAS)
    largest, smallest, first, last = ([1.5, 0.25], [0.5, -1.0], [0.5, -1.0], [1.5, 0.25])
    expected = [2.1, -0.85, *largest, *smallest, *first, *last, np.log(5), np.log(2)]
    np.testing.assert_allclose(features[0], expected)


def test_a_text_of_one_clause_is_its_own_extreme():
    _, features = pool(SUMS, FIRST, SQUARES, BIAS)
    np.testing.assert_allclose(features[1, 2:10], [-1.0, 4.0] * 4)


def test_a_text_without_any_known_feature_has_finite_features():
    _, features = pool(np.zeros((1, 2)), np.array([0]), np.zeros(1), BIAS)
    assert np.isfinite(features).all()
    np.testing.assert_allclose(features[0, :2], BIAS)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 1000))
def test_pooling_texts_together_is_pooling_them_one_by_one(sizes, seed):
    random = np.random.default_rng(seed)
    sums, squares = random.normal(size=(sum(sizes), 2)), random.uniform(0, 9, len(sizes))
    first = np.cumsum([0, *sizes[:-1]])
    share, features = pool(sums, first, squares, BIAS)
    for row, (start, size) in enumerate(zip(first.tolist(), sizes, strict=True)):
        own = sums[start : start + size]
        one_share, one = pool(own, np.array([0]), squares[row : row + 1], BIAS)
        np.testing.assert_allclose(one[0], features[row])
        np.testing.assert_allclose(one_share, share[start : start + size])
