import numpy as np
import pytest

from triage import ISSUES, Script
from triage.scorers.base import URGENCY
from triage.scorers.linear import levels
from triage.text.clean import clean

TEXT = "菜还不错，就是服务员态度恶劣，等了一个小时，没人理我！"


@pytest.fixture(params=["tiny_engine", "default_engine"])
def scorer(request):
    return request.getfixturevalue(request.param).scorer


def scored(scorer, *texts):
    return scorer.score([clean(text) for text in texts])


def test_the_labels_are_the_columns(scorer):
    batch = scored(scorer, TEXT, "很好")
    assert scorer.labels == ISSUES
    assert batch.issues.shape == (2, len(ISSUES))
    assert batch.sentiment.shape == (2, 5)
    assert batch.urgency.shape == (2, 4)


def test_every_score_is_a_probability_and_levels_sum_to_one(scorer, seed_texts):
    batch = scored(scorer, *[text for text in seed_texts[:300] if clean(text).text])
    for scores in (batch.issues, batch.sentiment, batch.urgency):
        assert (scores >= 0).all()
        assert (scores <= 1).all()
    np.testing.assert_allclose(batch.sentiment.sum(axis=1), 1)
    np.testing.assert_allclose(batch.urgency.sum(axis=1), 1)


def test_scoring_in_a_batch_is_scoring_alone(scorer, seed_rows):
    rows = [row for row in seed_rows if row.get("turn") != "traditional"][:100]
    texts = [row["text"] for row in rows if len(clean(row["text"]).text) > 1]
    batch = scored(scorer, *texts)
    for row, text in enumerate(texts):
        alone = scored(scorer, text)
        np.testing.assert_allclose(alone.issues[0], batch.issues[row], atol=1e-4)
        np.testing.assert_allclose(alone.sentiment[0], batch.sentiment[row], atol=1e-4)
        np.testing.assert_allclose(alone.urgency[0], batch.urgency[row], atol=1e-4)


def test_scoring_twice_gives_the_very_same_numbers(scorer):
    one, two = scored(scorer, TEXT, "很好"), scored(scorer, TEXT, "很好")
    assert (one.issues == two.issues).all()


def test_a_text_of_unknown_characters_only_has_finite_scores(scorer):
    batch = scored(scorer, "ꙮꙮꙮ ፠፠፠")
    assert np.isfinite(batch.issues).all()
    assert np.isfinite(batch.urgency).all()


@pytest.mark.parametrize("target", [*ISSUES, URGENCY])
def test_clues_are_clauses_of_the_text_heaviest_first(scorer, target):
    batch = scored(scorer, "很好，谢谢", TEXT, "快")
    clues = batch.clues(1, target, 10)
    cleaned = clean(TEXT).text
    clauses = ["菜还不错", "就是服务员态度恶劣", "等了一个小时", "没人理我"]
    assert clues
    assert all(clue.target == target for clue in clues)
    assert all(cleaned[clue.start : clue.end] in clauses for clue in clues)
    weights = [clue.weight for clue in clues]
    assert weights == sorted(weights, reverse=True)


def test_a_clue_far_lighter_than_the_first_is_not_quoted(default_engine, seed_texts):
    texts = [text for text in seed_texts[:200] if len(clean(text).text) > 1]
    batch = scored(default_engine.scorer, *texts)
    found = [batch.clues(row, target, 10) for row in range(len(texts)) for target in ISSUES]
    assert sum(len(clues) > 1 for clues in found) > 50
    for clues in found:
        assert all(clue.weight >= clues[0].weight / 2 - 0.001 for clue in clues[1:])


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_clues_come_than_are_asked_for(scorer, limit):
    batch = scored(scorer, "慢，慢，慢，慢，慢")
    assert 1 <= len(batch.clues(0, "delivery", limit)) <= limit


def test_punctuation_alone_is_never_quoted(scorer):
    batch = scored(scorer, "……，。！差！？、；")
    for target in ISSUES:
        for clue in batch.clues(0, target, 5):
            assert clean("……，。！差！？、；").text[clue.start : clue.end] == "差"


def test_the_script_of_each_text_comes_with_the_scores(scorer):
    batch = scored(scorer, "东西坏了，没人管", "東西壞了，沒人管", "bad stuff")
    assert list(batch.scripts) == [Script.HANS, Script.HANT, Script.OTHER]


def test_steps_become_levels_and_a_step_above_a_lower_one_counts_as_that():
    np.testing.assert_allclose(
        levels(np.array([[0.9, 0.8, 0.5, 0.1]])), [[0.1, 0.1, 0.3, 0.4, 0.1]]
    )
    np.testing.assert_allclose(levels(np.array([[0.6, 0.2, 0.4]])), [[0.4, 0.4, 0.0, 0.2]])
