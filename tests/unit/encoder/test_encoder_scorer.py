"""The encoder as a scorer, with numbers that can be computed by hand."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from tests.unit.encoder.graphs import LABELS, SIGNALS, encoder, graph_of, outputs_of, tokenizer_of
from triage import Feedback, InputError, ModelError, ModelName, Policy, Triage
from triage.labels import Script
from triage.scorers.encoder import EncoderScorer, as_read, check_encoder
from triage.scorers.unknown import unknown_of
from triage.signals import KINDS, Signal, find
from triage.text.clean_all import clean_all

SLOW = {"慢": {"delivery": 3.0}}
NAMES = outputs_of(LABELS)


def odds(weights, *texts, signals=None):
    return EncoderScorer(weights).log_odds(clean_all(texts), signals)


def delivery(weights, text):
    return float(odds(weights, text)[0, 0])


def scored(weights, *texts):
    return EncoderScorer(weights).score(clean_all(texts))


def words(n):
    """n letters that say nothing; of a run of the same one cleaning would leave three."""
    return ("好的" * n)[:n]


# Numbers


def test_log_odds_are_the_values_of_the_tokens_by_how_much_each_counts():
    weights = encoder(SLOW, attention={"慢": 2}, letters="吗")
    # [CLS] 慢 吗 [SEP]: one token of five counts, and its value is 3.
    assert delivery(weights, "慢吗") == pytest.approx(2 * 3 / 5)


def test_a_denied_fault_is_not_read_as_a_fault():
    assert as_read(["快遞送得一點都不慢。", "送得慢"]) == ["快递送得〇〇〇〇〇。", "送得慢"]
    assert delivery(encoder(SLOW), "一点都不慢") == 0 < delivery(encoder(SLOW), "慢")


def test_slope_and_shift_are_of_each_output():
    slope, shift = np.arange(11.0), np.linspace(-1, 1, 11)
    weights = encoder({"慢": dict.fromkeys(NAMES, 3.0)}, slope=slope, shift=shift)
    found = scored(weights, "慢")
    expected = 1 / (1 + np.exp(-(slope * 1.0 + shift)))
    np.testing.assert_allclose(found.issues[0], expected[:2])
    assert found.scope[0] == pytest.approx(expected[-1])


def test_steps_become_distributions_over_the_levels():
    steps = {"sentiment>1": 30.0, "sentiment>2": 0.0, "sentiment>3": -30.0, "sentiment>4": -30.0}
    speed = {"urgency>0": 30.0, "urgency>1": 30.0, "urgency>2": 0.0}
    found = scored(encoder({"慢": steps | speed}), "慢")
    np.testing.assert_allclose(found.sentiment[0], [0, 0.5, 0.5, 0, 0], atol=1e-4)
    np.testing.assert_allclose(found.urgency[0], [0, 0, 0.5, 0.5], atol=1e-4)


def test_facts_found_by_rule_are_added_to_the_urgency_steps_alone():
    signals = np.zeros((SIGNALS, 3))
    signals[KINDS.index("regulator")] = [1, 2, 4]
    weights = encoder(SLOW, signals=signals)
    fact = Signal("regulator", 0, 1, 3)
    without, with_ = odds(weights, "慢慢", "慢慢", signals=[[], [fact]])
    added = dict(zip(NAMES, with_ - without, strict=True))
    assert added == {**dict.fromkeys(NAMES, 0.0), "urgency>0": 1, "urgency>1": 2, "urgency>2": 4}


def test_facts_are_found_where_they_are_not_given():
    weights = encoder(SLOW, signals=np.random.default_rng(0).normal(size=(SIGNALS, 3)))
    text = "再不退款我就打12315"
    given = odds(weights, text, signals=[find(text)])
    np.testing.assert_array_equal(odds(weights, text), given)
    assert not np.array_equal(odds(weights, text, signals=[[]]), given)


def test_traditional_text_is_read_as_simplified():
    weights = encoder({"递": {"delivery": 3.0}}, letters="快")
    assert delivery(weights, "快遞") == delivery(weights, "快递") == pytest.approx(3 / 4)


def test_a_foreign_text_is_no_feedback_and_each_script_is_named():
    weights = encoder(SLOW, shift=np.full(11, 9.0))
    found = scored(weights, "the parcel was slow", "慢递", "慢遞")
    assert found.scope.round(2).tolist() == [0, 1, 1]
    assert found.scripts == [Script.OTHER, Script.HANS, Script.HANT]


def test_an_unknown_letter_is_read_as_such_and_a_blank_one_as_nothing():
    weights = encoder(SLOW)
    assert delivery(weights, "慢 饕") == delivery(weights, "慢饕") == pytest.approx(3 / 4)


def test_a_text_of_which_the_tokenizer_keeps_nothing_has_even_odds():
    weights = encoder(SLOW, shift=np.ones(11))
    bare = Tokenizer(models.BPE({"慢": 3}, []))  # neither marks nor unknown letters
    weights = replace(weights, tokenizer=bare.to_str().encode())
    found = odds(weights, "饕", "慢", "餮")
    assert found[:, 0].tolist() == [0, 3, 0]
    assert scored(weights, "饕").issues[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))


# Windows


def test_a_long_text_is_read_in_windows_that_overlap_and_pooled_as_one():
    weights = encoder(SLOW, letters="好的", window=16, stride=4)
    text = words(12) + "慢" + words(21)
    # 34 letters, 14 a window, 10 further each time: three windows, the letter is in two.
    assert delivery(weights, text) == pytest.approx(2 * 3 / (3 * 16))


def test_the_end_of_a_long_text_is_not_cut_off():
    weights = encoder(SLOW, letters="好的", window=16, stride=4)
    assert delivery(weights, words(500) + "慢") > 0 == delivery(weights, words(501))


def test_the_window_of_the_weights_rules_and_not_that_of_the_tokenizer_file():
    weights = encoder(SLOW, letters="好的")
    padded = encoder(SLOW, letters="好的", padded=True)
    text = words(5) + "慢"
    assert delivery(padded, text) == delivery(weights, text) == pytest.approx(3 / 8)


# Company


def test_a_text_scores_to_the_same_bits_alone_in_a_batch_and_in_any_order():
    weights = encoder(SLOW, letters="好的", window=16, stride=4, of_batch=True)
    texts = [words(k % 37) + "慢" + words(k % 5) for k in range(200)]
    scorer = EncoderScorer(weights)
    together = scorer.log_odds(clean_all(texts))
    backwards = scorer.log_odds(clean_all(texts[::-1]))[::-1]
    alone = np.concatenate([scorer.log_odds(clean_all([text])) for text in texts])
    np.testing.assert_array_equal(together, backwards)
    np.testing.assert_array_equal(together, alone)


def test_a_scorer_is_shared_by_threads():
    weights = encoder(SLOW, letters="好的", window=16, stride=4)
    scorer = EncoderScorer(weights)
    parts = [clean_all([words(k + j) + "慢" for j in range(30)]) for k in range(16)]
    expected = [scorer.score(part).issues for part in parts]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda part: scorer.score(part).issues, parts))
    np.testing.assert_array_equal(found, expected)


def test_no_text_has_no_scores():
    found = scored(encoder(SLOW))
    assert found.issues.shape == (0, 2)
    assert found.sentiment.shape == (0, 5)
    assert found.urgency.shape == (0, 4)
    assert len(found.scope) == len(found.scripts) == 0


# Evidence


def quotes(weights, text, target="delivery", limit=2):
    cleaned = clean_all([text])
    found = EncoderScorer(weights).score(cleaned).clues(0, target, limit)
    return [(cleaned[0].text[clue.start : clue.end], clue.weight) for clue in found]


def test_the_clauses_are_quoted_whose_tokens_weigh_most():
    values = {"慢": {"delivery": 5.0}, "破": {"delivery": 4.0}, "好": {"delivery": -5.0}}
    weights = encoder(values, letters="客服，快递盒子太")
    text = "客服好，快递太慢，盒子太破"
    assert quotes(weights, text) == [("快递太慢", 0.333), ("盒子太破", 0.267)]
    assert quotes(weights, text, limit=1) == [("快递太慢", 0.333)]


def test_the_weight_of_a_quote_is_in_calibrated_log_odds():
    weights = encoder(SLOW, slope=np.full(11, 2.0), letters="吗")
    assert quotes(weights, "慢吗") == [("慢吗", 1.5)]


def test_a_target_that_nothing_speaks_for_is_quoted_by_its_best_clause():
    weights = encoder({"好": {"delivery": -4.0}, "慢": {"delivery": -1.0}}, letters="，")
    assert quotes(weights, "好好，慢慢") == [("慢慢", -0.286)]


def test_a_quote_from_a_later_window_stands_where_it_is_in_the_text():
    weights = encoder(SLOW, letters="好的，", window=16, stride=4)
    text = "好的好的，" * 20 + "慢慢，" + "好的好的，" * 20
    (clue,) = EncoderScorer(weights).score(clean_all([text])).clues(0, "delivery", 1)
    assert (clue.start, clue.end) == (100, 102)


def test_a_quote_of_urgency_is_of_the_step_that_makes_a_text_urgent():
    weights = encoder({"急": {"urgency>1": 3.0}, "早": {"urgency>0": 9.0}}, letters="，")
    assert quotes(weights, "早，急", "urgency", 1) == [("急", 0.6)]


def test_evidence_is_the_customers_own_characters_whatever_cleaning_changed():
    values = {"慢": {"delivery": 40.0}, "递": {"delivery": 40.0}}
    weights = encoder(values, letters="客服很好，快太没到", shift=np.full(11, 5.0))
    engine = Triage(EncoderScorer(weights), Policy(), ModelName("e", "1", "0" * 12))
    text = "<p>客服很好，</p>\u200b快遞ＡＢ太慢了！！！！！！ 謝謝"
    verdict = engine(Feedback("a", text))
    assert "delivery" in verdict.issues
    best = verdict.evidence[0]
    assert best.text == text[best.start : best.end]
    assert best.text.startswith("快遞ＡＢ太慢了")


def test_the_leaning_of_a_stretch_is_that_of_its_clauses():
    weights = encoder({"好": {"polarity": 2.0}, "坏": {"polarity": -1.0}}, letters="，")
    leaning = scored(weights, "好，坏").polarity(0)
    assert leaning(0, 1) == pytest.approx(2 / 5)
    assert leaning(2, 3) == pytest.approx(-1 / 5)
    assert leaning(0, 3) == pytest.approx((2 / 5 - 1 / 5) / 2)


def test_an_encoder_has_no_words_of_its_own():
    assert unknown_of(EncoderScorer(encoder(SLOW))) is None


# What cannot be used


def refused(weights):
    with pytest.raises(ModelError) as caught:
        EncoderScorer(weights)
    assert caught.value.remedy
    return caught.value.message


@pytest.mark.parametrize("cut", [0, 30, -1])
def test_a_graph_that_is_not_whole_is_refused(cut):
    weights = encoder(SLOW)
    assert "encoder" in refused(replace(weights, graph=weights.graph[:cut]))


def test_a_graph_with_another_number_of_outputs_is_refused_with_both():
    tables = np.zeros((5, 10))
    message = refused(replace(encoder(SLOW), graph=graph_of(tables, tables)))
    assert "10" in message
    assert "11" in message


def test_a_tokenizer_with_more_tokens_than_the_graph_knows_is_refused():
    assert "cannot read" in refused(replace(encoder(SLOW), tokenizer=tokenizer_of("慢快好")))


def test_a_graph_without_the_named_outputs_is_refused():
    weights = encoder(SLOW)
    renamed = weights.graph.replace(b"value", b"vaxue")
    assert "cannot" in refused(replace(weights, graph=renamed))


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_tokenizer_that_cannot_be_read_is_refused(content):
    assert "tokenizer" in refused(replace(encoder(SLOW), tokenizer=content))


@pytest.mark.parametrize(("window", "stride"), [(16, 14), (16, -1), (2, 0), (1, 0)])
def test_windows_that_get_nowhere_are_refused(window, stride):
    assert f"{window} tokens" in refused(encoder(SLOW, window=window, stride=stride))


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_without_what_runs_it_an_encoder_says_what_to_install(monkeypatch, package):
    weights = encoder(SLOW)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError) as caught:
        EncoderScorer(weights)
    assert caught.value.code == "missing_extra"
    assert package in caught.value.message
    assert "fenzhen[encoder]" in caught.value.remedy


@pytest.mark.parametrize("part", ["signals", "slope", "shift"])
def test_numbers_that_do_not_fit_the_labels_are_refused(part):
    weights = encoder(SLOW)
    check_encoder(weights)
    with pytest.raises(ValueError, match="2 labels"):
        check_encoder(replace(weights, **{part: getattr(weights, part)[:-1]}))


@pytest.mark.parametrize("window", [0, -1, 10**9])
def test_a_window_of_no_sensible_size_is_refused_before_it_is_tried(window):
    with pytest.raises(ValueError, match=f"{window} tokens"):
        check_encoder(replace(encoder(SLOW), window=window))
