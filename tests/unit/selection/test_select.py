"""From records to a batch: what is left out, what each item says."""

import pytest

from triage import DataError, Feedback, InputError, ModelName, Policy, Rejection, Triage
from triage.scorers.keyword import KeywordScorer
from triage.selection.batch import Mix, Pick
from triage.selection.reasons import reasons_of
from triage.selection.select import Labelled, select
from triage.taxonomy import BUILT_IN


def feedback(texts):
    return [Feedback(f"p{k}", text, "web") for k, text in enumerate(texts)]


def test_each_item_has_its_reasons_its_verdict_and_its_model(open_engine, pool_texts):
    chosen = select(open_engine, feedback(pool_texts), 20, mix=Mix(0.5, 0.3, 0.2))
    assert len(chosen.items) == 20
    assert chosen.pool <= 400
    for item in chosen.items:
        assert item.verdict.model.hash == open_engine.name.hash
        assert item.verdict.id == item.feedback.id
        assert item.reasons
        assert all(reason.zh and reason.en for reason in item.reasons)
        assert (item.chance is not None) == (item.strategy == "audit")


def test_what_is_labelled_is_left_out_by_id_by_text_and_by_likeness(open_engine, seed_texts):
    texts = ["快递三天了还没有送到我家里", *seed_texts[:30]]
    labelled = Labelled(["快递三天了 还没有送到我家里", seed_texts[0] + "！！"], frozenset({"p5"}))
    chosen = select(open_engine, feedback(texts), 31, labelled=labelled)
    ids = {item.feedback.id for item in chosen.items}
    assert chosen.left_out["labelled"] == 2
    assert not ids & {"p0", "p1", "p5"}


def test_copies_count_once_and_are_told(open_engine, seed_texts):
    texts = ["快递没到快递没到"] * 3 + seed_texts[:10]
    chosen = select(open_engine, feedback(texts), 11)
    (item,) = [item for item in chosen.items if item.feedback.id == "p0"]
    assert item.copies == 3
    assert chosen.left_out["copy"] == 2


def test_what_cannot_be_read_is_left_out(open_engine, seed_texts):
    records = [
        Rejection("r", "broken_json", "…"),
        Feedback("blank", "  。"),
        Feedback("number", 7),
        Feedback("long", "长" * 20_001),
        Feedback("tags", "<p></p><div class='x'></div>"),
        *feedback(seed_texts[:5]),
    ]
    chosen = select(open_engine, records, 6, mix=Mix(0, 0, 1))
    assert chosen.left_out["unreadable"] == 4
    assert {item.feedback.id for item in chosen.items} == {f"p{k}" for k in range(5)}


def test_a_batch_of_nothing_and_a_pool_of_nothing_are_refused(open_engine):
    with pytest.raises(InputError):
        select(open_engine, feedback(["快递没到"]), 0)
    with pytest.raises(DataError) as caught:
        select(open_engine, feedback(["快递没到"]), 1, labelled=Labelled(["快递没到"]))
    assert "1 labelled" in caught.value.message
    with pytest.raises(DataError, match="none given"):
        select(open_engine, [], 1)


def test_what_the_model_takes_for_no_feedback_comes_last_but_comes(pool_texts):
    engine = Triage(OnlySomeInside(), Policy(), ModelName("k", "0", "0" * 12))
    for n, inside in ((8, 8), (20, 10)):
        chosen = select(engine, feedback(pool_texts[:60]), n, mix=Mix(1, 0, 0)).items
        assert len(chosen) == n
        assert sum(int(item.feedback.id[1:]) < 10 for item in chosen) == inside


class OnlySomeInside(KeywordScorer):
    """Takes the first ten texts of a batch for feedback."""

    def score(self, texts, signals=None):
        batch = super().score(texts, signals)
        batch.scope[10:] = 0.1
        return batch


def test_a_doubt_is_told_with_its_numbers_and_its_side(judge, doubt):
    scores = [[0.41, 0.01], [0.46, 0.01]]
    below, above = (
        reasons_of(Pick(row, "uncertain"), doubt(scores), judge(scores), BUILT_IN)[0]
        for row in (0, 1)
    )
    assert below.zh == "物流配送 0.41，差 0.02 到门槛 0.43"
    assert below.en == "delivery 0.41, 0.02 below its threshold 0.43"
    assert above.zh == "物流配送 0.46，只比门槛 0.43 高 0.03"
    assert above.en == "delivery 0.46, only 0.03 above its threshold 0.43"


def test_doubts_of_urgency_and_of_mood_are_told(judge, doubt):
    scores, mood = [[0.01, 0.01]], [[0.0, 0.45, 0.4, 0.15, 0.0]]
    options = {"critical": [0.33], "sentiment": mood}
    found, judged = doubt(scores, **options), judge(scores, **options)
    told = {reason.en for reason in reasons_of(Pick(0, "uncertain"), found, judged, BUILT_IN)}
    assert told == {
        "urgency 3 0.33, 0.02 below its threshold 0.35",
        "sentiment 2 (0.45) or 3 (0.40)",
    }


def test_an_audit_and_a_far_text_are_told(judge, doubt):
    found, judged = doubt([[0.4, 0.4]]), judge([[0.4, 0.4]])
    (audit,) = reasons_of(Pick(0, "audit", chance=0.0125), found, judged, BUILT_IN)
    (far,) = reasons_of(Pick(0, "diverse", 0.834), found, judged, BUILT_IN)
    (first,) = reasons_of(Pick(0, "diverse", 2.0), found, judged, BUILT_IN)
    assert (audit.zh, "0.0125" in audit.en) == ("随机抽查，每条被抽中的机会都是 0.0125", True)
    assert "0.83" in far.zh
    assert "first" in first.en
