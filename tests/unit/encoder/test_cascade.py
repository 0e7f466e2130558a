"""The cascade: which texts the encoder reads, and what comes of both."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from tests.unit.encoder.graphs import encoder, outputs_of
from triage import Feedback, ModelName, Policy, Triage
from triage.scorers.adapted import AdaptedScorer, Adapter
from triage.scorers.cascade import (
    CascadeScorer,
    CascadeWeights,
    check_cascade,
    doubts,
    encoder_outputs,
    mixed,
    word_outputs,
)
from triage.scorers.linear import levels
from triage.scorers.stage2 import log_odds, sigmoid
from triage.scorers.steps import STEPS
from triage.scorers.unknown import unknown_of
from triage.text.clean_all import clean_all

INF = float("inf")
TEXTS = [
    "等了三天还没发货，客服也不理人",
    "好",
    "质量很差，刚用就坏了",
    "The parcel is late",
    "快遞太慢",
]


@pytest.fixture(scope="module")
def word(tiny_engine):
    return tiny_engine.scorer


@pytest.fixture(scope="module")
def read(word):
    """An encoder of the word model's labels."""
    random = np.random.default_rng(0)
    letters = sorted(set("".join(TEXTS)) - set("遞 "))
    names = outputs_of(word.labels)
    values = {
        letter: dict(zip(names, random.normal(size=len(names)), strict=True)) for letter in letters
    }
    return encoder({k: v for k, v in values.items() if not k.isascii()}, labels=word.labels)


@pytest.fixture(scope="module")
def cascade(word, read):
    """Make a cascade with this limit and these three numbers for every output."""

    def made(limit, word_part=0.0, encoder_part=1.0, shift=0.0):
        wide = len(word.labels) + STEPS + 1
        mix = np.repeat([[word_part], [encoder_part], [shift]], wide, axis=1)
        return CascadeScorer(word, CascadeWeights(word.weights, read, mix, limit))

    return made


def outcome(scores):
    """Every number of a score batch, side by side."""
    scope = scores.scope[:, None]
    return np.concatenate([scores.issues, scores.sentiment, scores.urgency, scope], axis=1)


def test_the_doubt_of_a_text_is_how_many_of_its_outputs_are_expected_to_be_wrong():
    scores = SimpleNamespace(
        issues=np.array([[0.9, 0.2], [0.0, 1.0]]),
        sentiment=np.array([[0.0, 0.4, 0.6, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]),
        urgency=np.array([[0.7, 0.3, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]),
    )
    np.testing.assert_allclose(doubts(scores), [0.1 + 0.2 + 0.4 + 0.3, 0], atol=1e-12)


def test_both_models_are_mixed_output_by_output():
    word, read = np.array([[1.0, -2.0]]), np.array([[3.0, 0.5]])
    mix = np.array([[1.0, 0.5], [2.0, 0.0], [-1.0, 0.25]])
    np.testing.assert_allclose(mixed(word, read, mix), sigmoid(np.array([[6.0, -0.75]])))


def test_what_an_encoder_brings_is_calibrated_and_without_polarity(read):
    names = outputs_of(read.labels)
    slope, shift = np.full(len(names), 2.0), np.arange(float(len(names)))
    brought = encoder_outputs(np.ones((1, len(names))), replace(read, slope=slope, shift=shift))
    kept = [k for k, name in enumerate(names) if name != "polarity"]
    assert brought[0].tolist() == [2.0 + k for k in kept]


def test_with_no_limit_to_its_sureness_the_word_model_answers_alone(word, cascade):
    texts = clean_all(TEXTS)
    found, expected = cascade(INF).score(texts), word.score(texts)
    np.testing.assert_array_equal(outcome(found), outcome(expected))
    for row in range(len(TEXTS)):
        assert found.clues(row, "delivery", 2) == expected.clues(row, "delivery", 2)
        assert found.polarity(row)(0, 2) == expected.polarity(row)(0, 2)


def test_with_a_limit_below_every_doubt_the_encoder_reads_every_text(word, cascade):
    texts, n = clean_all(TEXTS), len(word.labels)
    scorer = cascade(-1)
    found, alone = scorer.score(texts), scorer.encoder.score(texts)
    np.testing.assert_allclose(outcome(found), outcome(alone), rtol=1e-9)
    assert found.scripts == alone.scripts
    for row in range(len(TEXTS)):
        assert found.clues(row, "delivery", 2) == alone.clues(row, "delivery", 2)
        assert found.polarity(row)(0, 2) == alone.polarity(row)(0, 2)
    assert found.issues.shape == (len(TEXTS), n)


def test_a_mix_of_the_word_model_alone_gives_its_own_scores(word, cascade):
    texts = clean_all(TEXTS)
    found = cascade(-1, word_part=1.0, encoder_part=0.0).score(texts)
    np.testing.assert_allclose(outcome(found), outcome(word.score(texts)), atol=2e-6)


def test_the_mix_is_of_the_log_odds_of_both(word, cascade):
    texts, n = clean_all(TEXTS), len(word.labels)
    scorer = cascade(-1, word_part=0.5, encoder_part=2.0, shift=-0.25)
    word_odds, read_odds = word_outputs(word.score(texts)), scorer.encoder.log_odds(texts)
    expected = sigmoid(0.5 * word_odds[:, :n] + 2.0 * read_odds[:, :n] - 0.25)
    np.testing.assert_allclose(scorer.score(texts).issues, expected)
    steps = sigmoid(0.5 * word_odds[:, n : n + 4] + 2.0 * read_odds[:, n : n + 4] - 0.25)
    np.testing.assert_allclose(scorer.score(texts).sentiment, levels(steps))
    np.testing.assert_allclose(word_odds[:, -1], log_odds(word.score(texts).scope))


@pytest.mark.parametrize("row", range(len(TEXTS)))
def test_only_texts_with_more_doubt_than_the_limit_are_read(word, cascade, row):
    texts = clean_all(TEXTS)
    doubt = doubts(word.score(texts))
    scorer = cascade(float(doubt[row]))
    seen = []
    inner = scorer.encoder._network.read
    scorer.encoder._network.read = lambda given: seen.extend(given) or inner(given)
    found = scorer.score(texts)
    expected = [k for k in range(len(TEXTS)) if doubt[k] > doubt[row]]
    assert len(seen) == len(expected)
    parts = [
        (outcome(scorer.encoder.score(texts)) if k in expected else outcome(word.score(texts)))[k]
        for k in range(len(TEXTS))
    ]
    np.testing.assert_allclose(outcome(found), parts, rtol=1e-9)


def test_each_text_is_quoted_by_the_model_that_decided_it(word, cascade):
    texts = clean_all(TEXTS)
    doubt = doubts(word.score(texts))
    limit = float(np.sort(doubt)[2])
    scorer = cascade(limit)
    found, alone, plain = (s.score(texts) for s in (scorer, scorer.encoder, word))
    for row in range(len(TEXTS)):
        source = alone if doubt[row] > limit else plain
        for target in (*word.labels, "urgency"):
            assert found.clues(row, target, 2) == source.clues(row, target, 2)
        assert found.polarity(row)(0, 2) == source.polarity(row)(0, 2)
    assert any(
        alone.clues(r, "delivery", 1) != plain.clues(r, "delivery", 1) for r in range(len(TEXTS))
    )


def test_a_foreign_text_is_no_feedback_whatever_the_mix_says(cascade):
    scope = cascade(-1, shift=20.0).score(clean_all(TEXTS)).scope
    assert scope.round(3).tolist() == [1, 1, 1, 0, 1]


def test_a_text_scores_alike_alone_and_in_company(cascade):
    scorer = cascade(1.0, word_part=0.5)
    together = outcome(scorer.score(clean_all(TEXTS * 20)))
    alone = np.concatenate([outcome(scorer.score(clean_all([text]))) for text in TEXTS])
    np.testing.assert_allclose(together[-len(TEXTS) :], alone, atol=1e-6)


def test_no_text_has_no_scores(cascade, word):
    assert cascade(-1).score([]).issues.shape == (0, len(word.labels))


def test_a_cascade_knows_the_words_of_its_word_model(cascade, word):
    texts = ["快递还没到，客服也不回", "魑魅魍魉饕餮耄耋"]
    found, expected = unknown_of(cascade(0.5)), unknown_of(word)
    assert found.shares(texts).tolist() == expected.shares(texts).tolist()


def test_a_cascade_judges_in_the_engine(cascade):
    engine = Triage(cascade(-1, shift=4.0), Policy(), ModelName("c", "1", "0" * 12))
    verdicts = list(engine.pipe([Feedback(str(k), text) for k, text in enumerate(TEXTS)]))
    assert [v.id for v in verdicts] == list("01234")
    quoted = [(TEXTS[int(v.id)], e) for v in verdicts for e in v.evidence]
    assert quoted
    assert all(text[e.start : e.end] == e.text for text, e in quoted)


# Corrected by a desk's own examples


def nothing(labels):
    """An adapter that changes nothing."""
    outputs = len(labels) + STEPS
    table = np.zeros((1, outputs + 1), dtype=np.float32)
    inner, none = np.zeros(outputs + 1), np.zeros(outputs)
    return Adapter(tuple(labels), np.array([7], dtype=np.uint32), table, inner, none + 1, none)


@pytest.mark.parametrize("limit", [-1, 1.0, INF])
def test_a_cascade_can_be_corrected(cascade, word, limit):
    base, texts = cascade(limit), clean_all(TEXTS)
    found = AdaptedScorer(base, nothing(word.labels)).score(texts)
    np.testing.assert_allclose(outcome(found), outcome(base.score(texts)), atol=2e-6)
    assert found.clues(0, "delivery", 2) == base.score(texts).clues(0, "delivery", 2)


def test_an_encoder_can_be_corrected_and_then_knows_the_words_of_the_examples_alone(cascade, word):
    base, texts = cascade(-1).encoder, clean_all(TEXTS)
    scorer = AdaptedScorer(base, nothing(word.labels))
    np.testing.assert_allclose(outcome(scorer.score(texts)), outcome(base.score(texts)), atol=2e-6)
    assert unknown_of(scorer) is None


# What does not fit together


def test_a_cascade_of_models_with_different_labels_is_refused(cascade, word):
    weights = cascade(1.0).weights
    check_cascade(weights)
    other = replace(weights.encoder, labels=word.labels[::-1])
    with pytest.raises(ValueError, match="different labels"):
        check_cascade(replace(weights, encoder=other))


@pytest.mark.parametrize("shape", [(2, 13), (3, 12), (3, 14)])
def test_a_mix_of_another_size_is_refused(cascade, shape):
    with pytest.raises(ValueError, match="mix"):
        check_cascade(replace(cascade(1.0).weights, mix=np.zeros(shape)))


def test_a_limit_that_is_no_number_is_refused(cascade):
    with pytest.raises(ValueError, match="limit"):
        check_cascade(replace(cascade(1.0).weights, limit=float("nan")))
