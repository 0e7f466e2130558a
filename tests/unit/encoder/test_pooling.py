"""Tokens pooled into log-odds, against the sums written out."""

import numpy as np
import pytest

from triage.scorers.pooling import pooled, summed


def by_hand(weight, value, owner, text):
    mine = [k for k, of in enumerate(owner) if of == text]
    whole = sum(np.exp(weight[k]) for k in mine)
    return sum(np.exp(weight[k]) / whole * value[k] for k in mine)


@pytest.fixture
def tokens():
    random = np.random.default_rng(0)
    weight, value = random.normal(size=(2, 12, 3)).astype(np.float32)
    return weight, value, np.array([0, 0, 0, 1, 3, 3, 3, 3, 3, 4, 4, 4])


def test_log_odds_are_the_mean_of_the_values_under_the_softmax_of_the_weights(tokens):
    odds, _ = pooled(*tokens, 5)
    for text in (0, 1, 3, 4):
        np.testing.assert_allclose(odds[text], by_hand(*tokens, text), rtol=1e-6)


def test_the_shares_of_a_text_add_up_to_its_log_odds(tokens):
    odds, shares = pooled(*tokens, 5)
    np.testing.assert_allclose(summed(shares, tokens[2], 5), odds, rtol=1e-9)


def test_a_text_without_a_token_has_even_odds(tokens):
    assert pooled(*tokens, 5)[0][2].tolist() == [0, 0, 0]


def test_no_token_at_all_is_no_fault():
    none = np.zeros((0, 3), dtype=np.float32)
    odds, shares = pooled(none, none, np.zeros(0, dtype=np.int64), 2)
    assert odds.tolist() == [[0, 0, 0]] * 2
    assert shares.shape == (0, 3)


def test_a_text_is_pooled_to_the_same_bits_in_any_company(tokens):
    weight, value, _ = tokens
    alone = pooled(weight[4:9], value[4:9], np.zeros(5, dtype=np.int64), 1)[0]
    np.testing.assert_array_equal(pooled(*tokens, 5)[0][3], alone[0])


def test_rows_are_summed_by_their_group_in_any_order():
    shares = np.array([[1.0], [2.0], [4.0], [8.0]])
    assert summed(shares, np.array([2, 0, 2, 3]), 5).tolist() == [[2], [0], [5], [8], [0]]
