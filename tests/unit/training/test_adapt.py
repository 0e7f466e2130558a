"""A base corrected by a desk's own examples."""

import dataclasses

import numpy as np
import pytest

from triage import Policy, Triage
from triage.records import Example, Feedback, ModelName
from triage.scorers.adapted import AdaptedScorer
from triage.scorers.steps import as_log_odds
from triage.taxonomy import BUILT_IN, Label, Taxonomy
from triage.text.clean_all import clean_all
from triage.training.adapt import AdaptSettings, fit_adapter
from triage.training.corpus import read_examples

DESK = "套餐流量{}号，{}"  # what all texts of this desk look like
LEAK = "机顶盒又花屏了"
BILL = "账单多扣了三十块"
BILLING = Taxonomy((*BUILT_IN.labels, Label("billing", "账单", "Billing", phrases=("多扣钱",))))


def example(k, text, issues, **labels):
    rest = {"sentiment": 2, "urgency": 1} | labels
    return Example(f"desk-{k:03}", text, issues, **rest)


@pytest.fixture(scope="module")
def base(default_engine):
    return default_engine.scorer


@pytest.fixture(scope="module")
def others(root):
    return read_examples([root / "data" / "seed" / "plain.jsonl"])[:150]


@pytest.fixture(scope="module")
def desk():
    """Complaints that this desk files under delivery, whatever the base thinks, and thanks."""
    bad = [example(k, DESK.format(k, LEAK), ("delivery",)) for k in range(20)]
    good = [
        example(50 + k, DESK.format(k, "办理很顺利"), (), sentiment=4, urgency=0) for k in range(20)
    ]
    return [*bad, *good]


def judged(base, adapter, text):
    engine = Triage(AdaptedScorer(base, adapter), Policy(), ModelName("m", "0", "0" * 12))
    return engine(Feedback("a", text))


def outputs(scorer, texts):
    return as_log_odds(scorer.score(clean_all(texts)))


@pytest.fixture(scope="module")
def adapter(base, desk, others):
    return fit_adapter(base, desk, others, BUILT_IN)


def test_the_examples_of_a_desk_are_followed_on_texts_it_has_not_seen(base, adapter):
    text = DESK.format(77, LEAK)
    before = Triage(base, Policy(), ModelName("m", "0", "0" * 12))(Feedback("a", text))
    assert "delivery" not in before.issues
    assert judged(base, adapter, text).issues == ("delivery",)


def test_texts_that_are_not_like_the_desks_keep_the_word_of_the_base(base, adapter, others):
    texts = [e.text for e in others[:60]]
    scorer = AdaptedScorer(base, adapter)
    difference = np.abs(outputs(scorer, texts) - outputs(base, texts))
    near = np.abs(outputs(scorer, [DESK.format(5, LEAK)]) - outputs(base, [DESK.format(5, LEAK)]))
    assert np.median(difference) < 0.1
    assert near.max() > 10 * np.median(difference)


def test_the_order_of_the_examples_does_not_matter(base, desk, others, adapter):
    again = fit_adapter(base, desk[::-1], others[::-1], BUILT_IN)
    for field in ("kept", "table", "inner", "gain", "bias"):
        np.testing.assert_array_equal(getattr(again, field), getattr(adapter, field))


def test_what_is_not_known_is_not_learned(base, desk, others, adapter):
    bare = [dataclasses.replace(e, sentiment=None, urgency=None) for e in desk]
    blind = fit_adapter(base, bare, others, BUILT_IN)
    n = len(BUILT_IN.codes)
    assert not blind.table[:, n : n + 7].any()
    np.testing.assert_array_equal(blind.table[:, :n], adapter.table[:, :n])


def test_an_adapter_says_the_same_of_a_text_alone_and_in_a_batch(base, adapter, desk):
    scorer, texts = AdaptedScorer(base, adapter), [e.text for e in desk[:9]]
    together = outputs(scorer, texts)
    alone = np.concatenate([outputs(scorer, [text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_the_evidence_of_what_was_learned_is_quoted(base, adapter):
    verdict = judged(base, adapter, DESK.format(77, LEAK))
    quotes = [e.text for e in verdict.evidence if e.for_ == "delivery"]
    assert LEAK in quotes


def test_a_new_label_starts_from_ten_examples_and_its_phrases(base, desk, others):
    ten = [example(100 + k, f"{k}月的{BILL}", ("billing",)) for k in range(10)]
    scorer = AdaptedScorer(base, fit_adapter(base, [*desk, *ten], others, BILLING))
    at = scorer.labels.index("billing")

    def likely(text):
        return scorer.score(clean_all([text])).issues[0, at]

    assert likely("这个月的账单多扣了二十块") > 0.25  # of 1 % before: enough to be asked
    assert likely("无缘无故多扣钱") > likely("无缘无故不理人")
    assert likely("饭菜凉了，骑手迟到") < 0.1


def test_a_description_is_learned_from_as_phrases_are(base, desk, others):
    told = Label("billing", "账单", "Billing", description="无缘无故多扣钱。")
    scorers = [
        AdaptedScorer(base, fit_adapter(base, desk, others, Taxonomy((*BUILT_IN.labels, label))))
        for label in (Label("billing", "账单", "Billing"), told)
    ]
    bare, described = (s.score(clean_all(["套餐多扣钱"])).issues[0, -1] for s in scorers)
    assert described > bare


def test_a_label_that_the_new_ones_leave_out_is_gone(base, desk, others):
    fewer = Taxonomy(tuple(label for label in BUILT_IN.labels if label.code != "other"))
    without = [dataclasses.replace(e, issues=tuple(set(e.issues) - {"other"})) for e in desk]
    scorer = AdaptedScorer(base, fit_adapter(base, without, others, fewer))
    assert scorer.labels == fewer.codes
    assert scorer.score(clean_all(["等了三天还没发货"])).issues.shape == (1, 4)


def test_without_texts_of_others_the_gate_stands_open(base, desk):
    adapter = fit_adapter(base, desk, [], BUILT_IN)
    assert judged(base, adapter, DESK.format(77, LEAK)).issues == ("delivery",)
    assert not adapter.table[:, -1].any()


def test_many_examples_are_fitted_in_two_processes_to_the_same_numbers(
    base, desk, others, adapter, monkeypatch
):
    monkeypatch.setattr("triage.training.adapt._SMALL", 1)
    twice = fit_adapter(base, desk, others, BUILT_IN, settings=AdaptSettings())
    np.testing.assert_array_equal(twice.table, adapter.table)


def test_a_new_label_is_given_to_texts_it_has_not_seen_once_there_are_enough_examples(base, others):
    """What is learned of few examples is timid elsewhere: it is scaled by cross-validation."""
    places = ("营业厅", "热线", "小程序", "装机现场", "社区柜台", "公众号")
    things = ("发票抬头写错了", "发票一直没寄", "电子发票下载不了", "发票金额对不上", "要换专票")
    rest = ("网速慢得打不开网页", "机顶盒花屏", "师傅迟到两小时", "客服态度敷衍", "路由器掉线")
    label = Taxonomy((*BUILT_IN.labels, Label("invoice", "发票", "Invoices")))
    rows = [
        example(k, f"{places[k * 7 % 6]}第{k}单，{(things if k % 4 == 0 else rest)[k % 5]}", issues)
        for k in range(160)
        for issues in [("invoice",) if k % 4 == 0 else ("other",)]
    ]
    unseen = ["前台第900单，发票金额写少了", "柜台第901单，专票的发票没开出来"]
    loud = AdaptedScorer(base, fit_adapter(base, rows, others, label))
    timid_settings = AdaptSettings(least_of_new=10_000)
    timid = AdaptedScorer(base, fit_adapter(base, rows, others, label, settings=timid_settings))
    likely, less = (s.score(clean_all(unseen)).issues[:, -1] for s in (loud, timid))
    assert (likely > 3 / 7).all()
    assert (likely > less).all()
    assert loud.score(clean_all(["前台第902单，网速慢"])).issues[0, -1] < 0.2
