import json
from dataclasses import replace

import pytest

from tests.pace import taken
from tests.unit.training.verdicts import pair
from triage import ISSUES, DataError, InputError, ModelName
from triage.training.compare import compare

OLD, NEW = ModelName("m", "1", "a" * 12), ModelName("m", "2", "b" * 12)
TURNS = ("negation", "contrast", "idiom", "plain")


def turn(k):
    """One text of fifteen is sarcastic, the rest are of four other turns."""
    return TURNS[k % 4] if k % 15 else "sarcasm"


def judged(model, texts, wrong, n=600):
    """Texts with one issue each; `wrong` says which rows get another issue."""
    return [
        pair(
            f"a{k}",
            texts[k],
            (ISSUES[k // 5 % 5],),
            (ISSUES[(k // 5 + wrong(k)) % 5],),
            sentiment=(k % 5 + 1, (k + k // 7 % 2) % 5 + 1),
            urgency=(k % 4, k // 9 % 4),
            turn=turn(k),
            model=model,
        )
        for k in range(n)
    ]


def now_and_then(at):
    """Wrong once in seven texts; models that differ in `at` err on other texts."""
    return lambda k: k % 7 == at


def planted(k):
    """As `now_and_then(3)`, and wrong in a third of the sarcastic texts besides."""
    return now_and_then(3)(k) or k % 45 == 0


def places(differences):
    return {(part.dimension, part.value) for part in differences}


@pytest.fixture(scope="module")
def texts(seed_texts):
    """Authored texts of one band of length: no slice by length but all of them."""
    return [text for text in seed_texts if 31 <= len(text) <= 100]


@pytest.fixture(scope="module")
def same(texts):
    rows = judged(OLD, texts, now_and_then(1))
    return compare(rows, rows, ISSUES)


@pytest.fixture(scope="module")
def regression(texts):
    old, new = (judged(OLD, texts, now_and_then(1)), judged(NEW, texts, planted))
    return compare(old, new, ISSUES)


def test_identical_models_differ_in_nothing(same):
    changes = [part.change for part in (*same.overall, *same.slices)]
    known = [change for change in changes if change.value is not None]
    assert len(known) > 20
    assert all((change.value, change.low, change.high) == (0, 0, 0) for change in known)
    assert same.better == same.worse == ()


def test_models_that_err_as_often_on_other_texts_are_not_told_apart(texts):
    old, new = (judged(OLD, texts, now_and_then(at)) for at in (1, 3))
    result = compare(old, new, ISSUES)
    exact = next(part for part in result.overall if part.figure == "exact_match")
    assert exact.change.value == 0
    assert exact.change.low < 0 < exact.change.high
    looked_at = {value for name, value in places(result.slices) if name == "turn"}
    assert looked_at == {*TURNS, "sarcasm"}
    assert places((*result.better, *result.worse)) == set()


def test_a_planted_regression_in_one_slice_is_found_and_no_other(regression):
    assert places(regression.worse) == {("turn", "sarcasm")}
    assert regression.better == ()
    exact = next(part for part in regression.worse if part.figure == "exact_match")
    assert exact.n == 40
    assert exact.change.value == pytest.approx(exact.second - exact.first, abs=1e-4)


def test_what_was_not_touched_is_not_reported(regression):
    untouched = [part for part in regression.slices if part.figure.endswith("kappa")]
    assert untouched
    assert all(part.trend == "same" for part in untouched)


def test_the_other_way_round_every_change_is_turned_round(texts, regression):
    old, new = (judged(OLD, texts, now_and_then(1)), judged(NEW, texts, planted))
    back = compare(new, old, ISSUES)
    assert places(back.better) == places(regression.worse)
    for there, here in zip(regression.overall, back.overall, strict=True):
        assert here.change.value == pytest.approx(-there.change.value)
        assert here.change.low == pytest.approx(-there.change.high, abs=2e-4)


def test_every_headline_and_every_label_is_compared(regression):
    assert [part.figure for part in regression.overall] == [
        *("macro_f1", "micro_f1", "exact_match", "sentiment_kappa", "urgency_kappa"),
        "critical_recall",
        *(f"{label}.f1" for label in ISSUES),
    ]


def test_slices_under_30_texts_are_not_looked_at(texts):
    rows = [pair(f"a{k}", texts[k], turn="idiom" if k < 30 else "plain") for k in range(59)]
    looked_at = places(compare(rows, rows, ISSUES, times=9).slices)
    assert ("turn", "idiom") in looked_at
    assert ("turn", "plain") not in looked_at


def test_it_is_said_how_many_changes_chance_alone_would_show(regression):
    assert regression.by_chance == pytest.approx(0.05 * len(regression.slices), abs=0.06)


def test_a_comparison_names_both_models_and_can_be_written_as_json(regression):
    whole = json.loads(json.dumps(regression.to_dict()))
    assert (whole["first"]["version"], whole["second"]["version"], whole["n"]) == ("1", "2", 600)
    assert whole["slices"]["worse"][0]["value"] == "sarcasm"
    assert whole["slices"]["looked_at"] == len(whole["slices"]["all"])
    assert whole["overall"][2]["trend"] in ("better", "worse", "same")


def test_the_markdown_names_the_models_and_the_slices_that_changed(regression):
    text = regression.to_markdown()
    assert f"m 1 ({'a' * 12}) → m 2 ({'b' * 12})" in text
    assert "| turn: sarcasm | 问题全对 exact | 40 |" in text
    assert "更差 worse" in text
    assert "turn: plain" not in text


def test_a_figure_that_no_model_has_is_shown_as_none(texts):
    rows = [pair(f"a{k}", texts[k]) for k in range(3)]
    result = compare(rows, rows, ISSUES, times=9)
    recall = next(part for part in result.overall if part.figure == "critical_recall")
    assert (recall.first, recall.second, recall.change.value) == (None, None, None)
    assert recall.trend == "same"
    assert "| – | – | – |" in result.to_markdown()


def test_other_texts_or_another_order_are_refused(texts):
    rows = judged(OLD, texts, now_and_then(1), n=40)
    for other in (rows[:-1], rows[::-1]):
        with pytest.raises(DataError, match="same texts"):
            compare(rows, other, ISSUES)


def test_a_label_that_a_model_does_not_judge_is_refused(texts):
    rows = judged(OLD, texts, now_and_then(1), n=40)
    with pytest.raises(InputError, match="price") as caught:
        compare(rows, rows, (*ISSUES, "price"))
    assert caught.value.code == "other_labels"


def test_models_of_other_labels_are_compared_on_those_they_share(texts):
    old, new = (judged(model, texts, now_and_then(1), n=60) for model in (OLD, NEW))
    new = [(e, replace(v, scores={**v.scores, "price": 0.1})) for e, v in new]
    result = compare(old, new, ISSUES[:4])
    assert result.labels == ISSUES[:4]
    assert (result.only_first, result.only_second) == ((), ("price",))
    assert result.to_dict()["labels"]["only_second"] == ["price"]
    assert {part.figure for part in result.overall if part.figure.endswith(".f1")} == {
        f"{label}.f1" for label in ISSUES[:4]
    }


def test_no_texts_are_no_comparison():
    with pytest.raises(DataError):
        compare([], [], ISSUES)


def test_two_thousand_texts_are_compared_in_seconds(texts):
    old, new = (judged(OLD, texts, wrong, n=2000) for wrong in (now_and_then(1), planted))
    assert taken(lambda: compare(old, new, ISSUES), rounds=1) < 10
