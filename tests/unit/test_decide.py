from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import ISSUES, Policy
from triage.decide import decide
from triage.policy import Band
from triage.records import Scores

POLICY = Policy(
    band=Band(0.5, 0.25),
    urgency=(0.5, 0.5, 0.4),
    suggest_critical=0.15,
    signals=(0.35, 0.15),
    outside=0.3,
    scope_sure=0.6,
)
CALM = Scores((0.0,) * 5, (0.0, 0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0))


def distribution(size):
    parts = st.lists(st.floats(0.001, 1), min_size=size, max_size=size)
    return parts.map(lambda values: tuple(value / sum(values) for value in values))


SCORES = st.builds(Scores, st.tuples(*[st.floats(0, 1)] * 5), distribution(5), distribution(4))


def decided(policy=POLICY, *, signal_level=0, settled=False, **changes):
    scores = replace(CALM, **changes)
    return decide(scores, ISSUES, policy, signal_level=signal_level, settled=settled)


def delivery(score, policy=POLICY):
    return decided(policy, issues=(0.0, 0.0, score, 0.0, 0.0))


def test_nothing_scored_is_nothing_decided():
    decision = decided()
    assert decision.issues == decision.suggested == decision.review_reasons == ()
    assert decision.urgency == 0
    assert decision.sentiment == 3
    assert decision.sentiment_score == 0


@pytest.mark.parametrize(
    ("score", "given", "asked"),
    [
        (0.5, ("delivery",), ()),
        (0.4999, (), ("delivery",)),
        (0.25, (), ("delivery",)),
        (0.2499, (), ()),
        (1.0, ("delivery",), ()),
    ],
)
def test_the_thresholds_belong_to_what_they_open(score, given, asked):
    decision = delivery(score)
    assert decision.issues == given
    assert decision.suggested == asked


def test_a_label_has_its_own_thresholds_where_the_policy_gives_them():
    policy = replace(POLICY, labels={"delivery": Band(0.9, 0.6)})
    assert delivery(0.85, policy).issues == ()
    assert delivery(0.85, policy).suggested == ("delivery",)
    assert decided(policy, issues=(0.85, 0, 0.5, 0, 0)).issues == ("product_quality",)


def test_a_suggestion_asks_a_person_and_says_why():
    (reason,) = delivery(0.4).review_reasons
    assert "delivery" in reason
    assert "0.40" in reason


def test_an_assigned_label_asks_nobody():
    assert delivery(0.99).review_reasons == ()


def test_a_label_given_below_sure_asks_a_person_too():
    policy = replace(POLICY, band=Band(0.5, 0.25, 0.75))
    (reason,) = delivery(0.7, policy).review_reasons
    assert "delivery" in reason
    assert delivery(0.7, policy).issues == ("delivery",)
    assert delivery(0.75, policy).review_reasons == ()


def test_labels_come_in_the_order_of_the_columns():
    decision = decided(issues=(0.9, 0.3, 0.8, 0.3, 0.7))
    assert decision.issues == ("product_quality", "delivery", "other")
    assert decision.suggested == ("staff_attitude", "follow_up_neglect")


def test_scores_for_other_labels_than_these_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        decide(replace(CALM, issues=(0.1,)), ISSUES, POLICY)


@pytest.mark.parametrize(
    ("levels", "urgency"),
    [
        ((1.0, 0.0, 0.0, 0.0), 0),
        ((0.5, 0.5, 0.0, 0.0), 1),
        ((0.51, 0.49, 0.0, 0.0), 0),
        ((0.4, 0.1, 0.25, 0.25), 2),
        ((0.3, 0.2, 0.1, 0.4), 3),
        ((0.3, 0.2, 0.11, 0.39), 2),
        ((0.0, 0.0, 0.0, 1.0), 3),
    ],
)
def test_urgency_is_the_highest_level_that_is_probable_enough_to_be_reached(levels, urgency):
    assert decided(urgency=levels).urgency == urgency


def test_a_complaint_deserves_an_answer():
    assert delivery(0.9).urgency == 1


def test_a_mere_suggestion_raises_no_urgency():
    assert delivery(0.4).urgency == 0


def test_a_small_chance_of_danger_asks_a_person():
    (reason,) = decided(urgency=(0.85, 0.0, 0.0, 0.15)).review_reasons
    assert "urgency 3" in reason
    assert decided(urgency=(0.86, 0.0, 0.0, 0.14)).review_reasons == ()


ALMOST_HIGH = (0.3, 0.32, 0.38, 0.0)
ALMOST_CRITICAL = (0.4, 0.3, 0.1, 0.2)


def test_a_fact_found_by_rule_asks_less_of_the_model():
    assert decided(urgency=ALMOST_HIGH).urgency == 1
    assert decided(urgency=ALMOST_HIGH, signal_level=2).urgency == 2
    assert decided(urgency=ALMOST_CRITICAL, signal_level=2).urgency == 1
    assert decided(urgency=ALMOST_CRITICAL, signal_level=3).urgency == 3


def test_a_fact_alone_is_not_enough():
    assert decided(signal_level=3).urgency == 0


def test_what_the_customer_calls_settled_needs_nobody():
    complaint = {"issues": (0, 0, 0.9, 0, 0), "urgency": (0.1, 0.2, 0.7, 0.0)}
    assert decided(**complaint).urgency == 2
    assert decided(**complaint, settled=True).urgency == 0
    assert decided(**complaint, settled=True).issues == ("delivery",)


def test_danger_is_heard_even_where_it_is_called_settled():
    assert decided(urgency=(0.1, 0.1, 0.1, 0.7), settled=True).urgency == 3


def test_what_is_no_feedback_gets_no_label_and_no_alarm():
    decision = decided(scope=0.1, issues=(0.9,) * 5, urgency=(0.0, 0.0, 0.0, 1.0))
    assert decision.in_scope is False
    assert decision.issues == decision.suggested == decision.review_reasons == ()
    assert decision.urgency == 0


def test_what_may_be_no_feedback_asks_a_person():
    decision = decided(scope=0.5)
    assert decision.in_scope
    assert "scope" in decision.review_reasons[0]
    assert decided(scope=0.6).review_reasons == ()


def test_danger_that_is_assigned_asks_nobody():
    assert decided(urgency=(0.1, 0.1, 0.1, 0.7)).review_reasons == ()


@pytest.mark.parametrize(
    ("levels", "sentiment", "score"),
    [
        ((1.0, 0.0, 0.0, 0.0, 0.0), 1, -1.0),
        ((0.0, 0.0, 0.0, 0.0, 1.0), 5, 1.0),
        ((0.0, 0.5, 0.5, 0.0, 0.0), 3, -0.25),
        ((0.0, 0.6, 0.4, 0.0, 0.0), 2, -0.3),
        ((0.5, 0.0, 0.0, 0.0, 0.5), 3, 0.0),
    ],
)
def test_sentiment_is_the_expected_level_and_its_place_between_minus_1_and_1(
    levels, sentiment, score
):
    decision = decided(sentiment=levels)
    assert decision.sentiment == sentiment
    assert decision.sentiment_score == pytest.approx(score)


@given(SCORES)
def test_every_decision_keeps_the_promises_of_the_guideline(scores):
    decision = decide(scores, ISSUES, POLICY)
    assert not set(decision.issues) & set(decision.suggested)
    assert decision.urgency >= bool(decision.issues)
    assert decision.sentiment in range(1, 6)
    assert -1.001 <= decision.sentiment_score <= 1.001
    assert len(decision.review_reasons) >= len(decision.suggested)


@given(SCORES, st.floats(0.05, 0.45), st.floats(0.5, 0.95))
def test_stricter_thresholds_never_add_a_label(scores, suggest, assign):
    strict = decide(scores, ISSUES, replace(POLICY, band=Band(assign, suggest)))
    assert set(strict.issues) <= set(decide(scores, ISSUES, POLICY).issues)


@given(SCORES)
def test_deciding_twice_decides_the_same(scores):
    assert decide(scores, ISSUES, POLICY) == decide(scores, ISSUES, POLICY)


# Two levels

LABELS, PARENTS = ("goods", "goods/hot", "late"), {"goods/hot": "goods"}


def two_levels(*issues, policy=POLICY):
    return decide(replace(CALM, issues=issues), LABELS, policy, parents=PARENTS)


def strict(label, *band):
    return replace(POLICY, labels={label: Band(*band)})


def test_a_child_given_is_given_with_its_parent_whatever_its_parent_asks():
    decision = two_levels(0.6, 0.6, 0.0, policy=strict("goods", 0.9, 0.8, 0.95))
    assert decision.issues == ("goods", "goods/hot")
    assert decision.suggested == decision.review_reasons == ()
    assert decision.urgency == 1


def test_a_parent_that_is_given_says_nothing_of_its_child():
    assert two_levels(0.9, 0.1, 0.0).issues == ("goods",)


def test_a_child_that_is_only_suggested_brings_nothing():
    decision = two_levels(0.3, 0.3, 0.0, policy=strict("goods", 0.9, 0.8, 0.95))
    assert (decision.issues, decision.suggested) == ((), ("goods/hot",))


def test_of_a_family_the_child_is_asked_about():
    decision = two_levels(0.6, 0.6, 0.0, policy=replace(POLICY, band=Band(0.5, 0.25, 0.7)))
    assert decision.issues == ("goods", "goods/hot")
    assert decision.review_reasons == ("goods/hot: 0.60 given, but below 0.70",)


def test_a_parent_given_without_its_child_is_asked_about_itself():
    decision = two_levels(0.6, 0.3, 0.0, policy=replace(POLICY, band=Band(0.5, 0.25, 0.7)))
    assert (decision.issues, decision.suggested) == (("goods",), ("goods/hot",))
    assert [reason.split(":")[0] for reason in decision.review_reasons] == ["goods", "goods/hot"]


@given(st.tuples(*[st.floats(0, 1)] * 3), st.floats(0.05, 0.95))
def test_no_child_is_ever_given_alone_and_nothing_is_both_given_and_suggested(issues, assign):
    decision = two_levels(*issues, policy=strict("goods", assign, assign / 2, assign))
    assert "goods/hot" not in decision.issues or "goods" in decision.issues
    assert not set(decision.issues) & set(decision.suggested)
