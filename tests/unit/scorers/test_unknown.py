"""Words that a model does not know."""

import math

import numpy as np
import pytest

from triage.features import buckets, read, views
from triage.scorers.adapted import AdaptedScorer, Adapter
from triage.scorers.keyword import KeywordScorer
from triage.scorers.steps import STEPS
from triage.scorers.unknown import Unknown, unknown_of
from triage.text.segment import Segmenter

KNOWN, NEW = "快递", "饕餮"


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter()


@pytest.fixture(scope="module")
def unknown(segmenter):
    """A model that knows two words."""
    (words,) = [view for view in views(read(["快递 送到"], segmenter)) if view.name == "w1"]
    return Unknown(np.sort(buckets(words.hashes)).astype(np.uint32), segmenter)


def test_the_share_of_unknown_words_is_that_of_words_not_of_characters(unknown):
    assert unknown.shares([f"{KNOWN} {NEW}", KNOWN, NEW]).tolist() == [0.5, 0, 1]


def test_digits_and_punctuation_are_no_words(unknown):
    assert unknown.shares([f"{KNOWN}，12345！！ 100%"]).tolist() == [0]


@pytest.mark.parametrize("text", ["", "  ", "。。。", "12345"])
def test_a_text_without_a_word_has_no_share(unknown, text):
    assert math.isnan(unknown.shares([KNOWN, text])[1])


def test_a_text_has_the_same_share_in_any_company(unknown):
    texts = [f"{KNOWN}{NEW} 送到 {k % 7 * NEW}" for k in range(2500)]
    together = unknown.shares(texts)
    assert together[[0, 1023, 1024, 2499]].tolist() == [
        float(unknown.shares([texts[k]])[0]) for k in (0, 1023, 1024, 2499)
    ]


def test_no_text_has_no_shares(unknown):
    assert len(unknown.shares([])) == 0


def test_traditional_writing_of_a_known_word_is_known(unknown):
    assert unknown.shares(["快遞"]).tolist() == [0]


def test_the_words_of_its_training_are_known_to_a_model_and_rare_ones_are_not(tiny_engine):
    shares = unknown_of(tiny_engine.scorer).shares(["快递还没到，客服也不回", "魑魅魍魉饕餮耄耋"])
    assert shares[0] < 0.5 < shares[1]


def test_how_often_a_new_word_is_taken_for_a_known_one_is_known(unknown):
    assert unknown.fullness == pytest.approx(2 / 2**22)


def test_a_scorer_without_words_of_its_own_knows_none(keyword_engine):
    assert unknown_of(KeywordScorer()) is None
    assert unknown_of(keyword_engine.scorer) is None


def test_a_corrected_model_knows_the_words_of_both_its_parts(tiny_engine):
    base, rare = tiny_engine.scorer, "饕餮"
    (words,) = [view for view in views(read([rare], base.segmenter)) if view.name == "w1"]
    kept = np.sort(buckets(words.hashes)).astype(np.uint32)
    outputs = len(base.labels) + STEPS
    table = np.zeros((len(kept), outputs + 1), dtype=np.float32)
    none = np.zeros(outputs)
    adapter = Adapter(base.labels, kept, table, np.zeros(outputs + 1), none, none)
    corrected = unknown_of(AdaptedScorer(base, adapter))
    assert unknown_of(base).shares([rare]).tolist() == [1]
    assert corrected.shares([rare]).tolist() == [0]
