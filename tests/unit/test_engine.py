import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import (
    ISSUES,
    Feedback,
    ModelError,
    ModelName,
    Policy,
    PolicyError,
    RecordError,
    Rejection,
    Script,
    Triage,
    TriageError,
    Verdict,
)
from triage.engine import as_feedback
from triage.scorers.keyword import KeywordScorer

PIECES = (
    "等了三天还没发货，",
    "客服态度差！",
    "<br>质量太差",
    "&nbsp;",
    "\r\n\r\n",
    "東西壞了，",
    "\x00",
    "\ud83d",
    "😡",
    "    ",
    "\n> 已为您登记",
    "\n发自我的 iPhone",
    "。。。。。",
    "12315",
    "ｆｕｌｌ",
    "e\u0301",
)
ANY = st.one_of(st.text(st.characters(exclude_categories=()), max_size=8), st.sampled_from(PIECES))
ANY_TEXT = st.lists(ANY, max_size=8).map("".join)


def judged(engine, *texts, **options):
    records = [Feedback(str(k), text) for k, text in enumerate(texts)]
    return list(engine.pipe(records, **options))


def alike(one, two):
    """Whether two results are one but for the last digit that sums in another order leave."""
    if isinstance(one, Rejection) or isinstance(two, Rejection):
        return one == two
    assert one.scores == pytest.approx(two.scores, abs=2e-4)
    assert one.urgency_scores == pytest.approx(two.urgency_scores, abs=2e-4)
    assert one.sentiment_score == pytest.approx(two.sentiment_score, abs=5e-4)
    assert [item.text for item in one.evidence] == [item.text for item in two.evidence]
    names = ("id", "issues", "suggested", "sentiment", "urgency", "script", "model")
    return all(getattr(one, name) == getattr(two, name) for name in names)


def with_policy(engine, **changes):
    return Triage(engine.scorer, Policy(**changes), engine.name)


@pytest.fixture(params=["keyword_engine", "tiny_engine", "default_engine"])
def engine(request):
    return request.getfixturevalue(request.param)


# One text


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("等了三天还没发货，物流一直不更新", "delivery"),
        ("杯子用了两次就漏水，质量太差了", "product_quality"),
        ("店员翻白眼，态度恶劣，还骂人", "staff_attitude"),
        ("打了五次电话都说会回复，到现在没人理我", "follow_up_neglect"),
        ("東西用兩天就壞了，品質很差", "product_quality"),
    ],
)
def test_the_engine_in_the_box_names_a_plain_complaint(default_engine, text, issue):
    verdict = default_engine(Feedback("a", text))
    assert issue in verdict.issues
    assert verdict.sentiment <= 3
    assert verdict.urgency >= 1


def test_the_engine_in_the_box_finds_nothing_to_do_in_praise(default_engine):
    verdict = default_engine(Feedback("a", "非常满意，味道很好，送得也快，下次还来！"))
    assert verdict.issues == ()
    assert verdict.sentiment >= 4
    assert verdict.urgency == 0


def test_a_verdict_names_the_record_the_model_and_the_script(keyword_engine):
    verdict = keyword_engine(Feedback("訂單-7", "東西壞了，客服沒人理"))
    assert verdict.id == "訂單-7"
    assert verdict.model == ModelName("keyword", "0", "0" * 12)
    assert verdict.script == Script.HANT


def test_a_verdict_holds_a_score_for_every_label_in_their_order(engine):
    verdict = engine(Feedback("a", "质量太差"))
    assert tuple(verdict.scores) == engine.scorer.labels == ISSUES
    assert all(0 <= score <= 1 for score in verdict.scores.values())
    assert sum(verdict.urgency_scores) == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        (" \n\t\u3000", "empty_text"),
        ("。！？……", "no_content"),
        ("<p></p><br>", "no_content"),
        ("\ud800\udc00\ud83d", "no_content"),
        ("\u200b\u200d\ufeff", "no_content"),
        ("\x00", "no_content"),
        ("— — —", "no_content"),
        ("好" * 20_001, "text_too_long"),
        (None, "not_a_string"),
        (5, "not_a_string"),
        (b"bytes", "not_a_string"),
    ],
)
def test_a_text_that_cannot_be_judged_raises_with_the_reason(keyword_engine, text, code):
    with pytest.raises(RecordError) as caught:
        keyword_engine(Feedback("a", text))
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.parametrize("text", ["差", "5", "😡", "OK", "赞👍", "٣"])
def test_a_single_letter_digit_or_picture_is_content(keyword_engine, text):
    assert isinstance(keyword_engine(Feedback("a", text)), Verdict)


@pytest.mark.parametrize("text", ["差", "5", "😡", "<b>差</b>"])
def test_the_engine_in_the_box_judges_a_single_character(default_engine, text):
    assert isinstance(default_engine(Feedback("a", text)), Verdict)


def test_a_text_at_the_limit_is_judged_and_one_above_is_not(keyword_engine):
    small = with_policy(keyword_engine, max_chars=5)
    assert isinstance(small(Feedback("a", "质量太差了")), Verdict)
    with pytest.raises(RecordError, match="6 characters; the limit is 5"):
        small(Feedback("a", "质量太差了啊"))


# Many texts


def test_pipe_keeps_the_order_and_passes_rejections_in_their_place(engine):
    broken = Rejection("line 3", "bad_json", "Not JSON.")
    records = [Feedback("a", "质量差"), Feedback("b", ""), broken, Feedback("c", "快递太慢")]
    results = list(engine.pipe(records))
    assert [result.id for result in results] == ["a", "b", "line 3", "c"]
    assert [isinstance(result, Verdict) for result in results] == [True, False, False, True]
    assert results[1].code == "empty_text"
    assert results[2] is broken


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_the_size_of_a_batch_changes_no_verdict(tiny_engine, seed_texts, size):
    texts = [*seed_texts[:20], "", None, *seed_texts[20:40]]
    small, large = judged(tiny_engine, *texts, batch=size), judged(tiny_engine, *texts)
    for one, two in zip(small, large, strict=True):
        assert alike(one, two)


def test_a_text_in_a_batch_gets_the_verdict_that_it_gets_alone(default_engine, seed_texts):
    texts = seed_texts[::45]
    for together, text in zip(judged(default_engine, *texts), texts, strict=True):
        (alone,) = judged(default_engine, text)
        assert alike(replace(alone, id=together.id), together)


@pytest.mark.parametrize("text", ["客服一直不回覆", "箱子被打坏了"])
def test_a_traditional_neighbour_changes_no_verdict(default_engine, text):
    (alone,) = judged(default_engine, text)
    assert judged(default_engine, text, "東西壞了")[0].scores == pytest.approx(alone.scores)


def test_the_order_of_the_texts_changes_no_verdict(tiny_engine, seed_texts):
    texts = seed_texts[:60]
    forward = judged(tiny_engine, *texts)
    backward = judged(tiny_engine, *reversed(texts))[::-1]
    for one, two in zip(forward, backward, strict=True):
        assert alike(replace(one, id=two.id), two)


def test_no_records_are_no_verdicts(engine):
    assert list(engine.pipe([])) == []


def test_records_that_cannot_be_judged_alone_reach_no_scorer(engine):
    assert [result.code for result in judged(engine, "", None)] == ["empty_text", "not_a_string"]


def test_pipe_reads_no_further_than_it_must(keyword_engine):
    endless = (Feedback(str(k), "质量差") for k in count())
    results = list(islice(keyword_engine.pipe(endless, batch=4), 6))
    assert [result.id for result in results] == ["0", "1", "2", "3", "4", "5"]
    assert next(endless).id == "8"


def test_a_batch_of_nothing_is_refused_instead_of_losing_the_records(keyword_engine):
    with pytest.raises((ValueError, TriageError)):
        judged(keyword_engine, "质量差", batch=0)


@given(st.lists(ANY_TEXT, min_size=1, max_size=5))
@settings(max_examples=60)
def test_no_text_whatever_makes_pipe_raise(default_engine, texts):
    results = judged(default_engine, *texts)
    assert [result.id for result in results] == [str(k) for k in range(len(texts))]
    assert all(isinstance(result, Verdict | Rejection) for result in results)


@given(ANY_TEXT)
def test_no_text_whatever_makes_the_stand_in_raise(keyword_engine, text):
    (result,) = judged(keyword_engine, text)
    json.dumps(result.to_dict(), ensure_ascii=False)


def test_threads_that_share_an_engine_get_the_verdicts_of_one(default_engine, seed_texts):
    parts = [seed_texts[k : k + 25] for k in range(0, 200, 25)]
    wanted = [judged(default_engine, *part) for part in parts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda part: judged(default_engine, *part), parts)) == wanted


# Evidence


FOUND = ("signals", "remedy", "entities", "aspects", "promises")


def check_evidence(text, verdict):
    found = [item for name in FOUND for item in getattr(verdict.reading, name)]
    for item in (*verdict.evidence, *found):
        assert item.text == text[item.start : item.end]
        assert item.text.strip()


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
@settings(max_examples=60)
def test_evidence_is_a_quotation_of_the_original_whatever_was_written(default_engine, texts):
    for text, result in zip(texts, judged(default_engine, *texts), strict=True):
        if isinstance(result, Verdict):
            check_evidence(text, result)


def test_evidence_is_a_quotation_of_every_authored_text(default_engine, seed_texts):
    texts = seed_texts[::5]
    pairs = list(zip(texts, judged(default_engine, *texts), strict=True))
    assert sum(isinstance(result, Verdict) for _, result in pairs) > 0.99 * len(pairs)
    for text, result in pairs:
        if isinstance(result, Verdict):
            check_evidence(text, result)


def test_evidence_is_found_through_mark_up_entities_and_traditional_writing(keyword_engine):
    text = "<p>您好&nbsp;</p>\r\n<p>質\u200b量很差</p>\n> 已登记"
    verdict = keyword_engine(Feedback("a", text))
    quoted = [item for item in verdict.evidence if item.for_ == "product_quality"]
    assert [item.text for item in quoted] == ["質\u200b量"]
    check_evidence(text, verdict)


def test_every_label_given_or_suggested_is_backed_by_a_quotation(default_engine, seed_texts):
    results = judged(default_engine, *seed_texts[:300])
    verdicts = [result for result in results if isinstance(result, Verdict)]
    for verdict in verdicts:
        backed = {item.for_ for item in verdict.evidence}
        assert {*verdict.issues, *verdict.suggested} <= backed
        assert verdict.urgency < 2 or "urgency" in backed


def test_the_policy_limits_how_much_is_quoted(default_engine, seed_texts):
    brief = with_policy(default_engine, evidence_per_label=1)
    for result in judged(brief, *seed_texts[:50]):
        model = [item.for_ for item in result.evidence if item.source == "model"]
        assert len(set(model)) == len(model)


def test_the_quotation_is_the_clause_that_complains(default_engine):
    text = "菜的味道不错，环境也好，就是服务员态度特别恶劣，一直翻白眼。"
    verdict = default_engine(Feedback("a", text))
    quoted = [item.text for item in verdict.evidence if item.for_ == "staff_attitude"]
    assert quoted[0] in {"就是服务员态度特别恶劣", "一直翻白眼"}


# Seams


class Fixed:
    """A scorer that says what it was told of the issues, and is calm otherwise."""

    labels = ("late", "rude")

    def __init__(self, *scores):
        self.scores = scores
        self.seen = []

    def score(self, texts, *more):
        self.seen += [item.text for item in texts]
        return replace(
            KeywordScorer().score(texts),
            issues=np.array([self.scores] * len(texts)),
            clues=lambda row, target, limit: [],
        )


def test_any_scorer_with_any_labels_will_do():
    engine = Triage(Fixed(0.9, 0.3), Policy(), ModelName("fixed", "1", "0"))
    verdict = engine(Feedback("a", "太晚了"))
    assert verdict.issues == ("late",)
    assert verdict.suggested == ("rude",)
    assert verdict.scores == {"late": 0.9, "rude": 0.3}
    assert verdict.review


def test_a_scorer_sees_clean_texts_and_never_an_empty_one():
    scorer = Fixed(0.1, 0.1)
    engine = Triage(scorer, Policy(), ModelName("fixed", "1", "0"))
    judged(engine, "<b>太晚了</b>", "", "  ", "<br>", "ｏｋ")
    assert scorer.seen == ["太晚了", "ok"]


def test_scores_are_rounded_before_they_are_judged_so_that_what_is_shown_explains_the_label():
    engine = Triage(Fixed(0.49996, 0.0), Policy(), ModelName("fixed", "1", "0"))
    verdict = engine(Feedback("a", "太晚了"))
    assert verdict.scores["late"] == 0.5
    assert verdict.issues == ("late",)


# Loading


def test_a_path_may_be_a_string(tiny_model, tmp_path):
    policy = tmp_path / "p.toml"
    policy.write_text("[limits]\nmax_chars = 3\n")
    engine = Triage.load(str(tiny_model), policy=str(policy))
    assert engine.name.name == "tiny"
    assert engine.policy.max_chars == 3


def test_a_missing_model_and_a_missing_policy_are_refused(tiny_model, tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        Triage.load(tmp_path / "nowhere")
    with pytest.raises(PolicyError, match="nowhere"):
        Triage.load(tiny_model, policy=tmp_path / "nowhere.toml")


# Feedback from plain values


def test_feedback_is_made_of_a_string_or_of_a_mapping():
    assert as_feedback("慢", id_="7") == Feedback("7", "慢")
    assert as_feedback({"text": "慢"}, id_="7") == Feedback("7", "慢")
    made = as_feedback({"id": 5, "text": "慢", "channel": "app"}, id_="7")
    assert made == Feedback("5", "慢", "app")
