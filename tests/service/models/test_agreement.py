import pytest
from scipy.stats import binomtest

from service.models.agreement import Share, agreement, share_of
from service.models.comparing import before_of, differing, kept

BODY = {"issues": ["delivery"], "sentiment": 2, "urgency": 1, "review": False}


def counted(differs, issues, n=1):
    return {"differs": differs, "issues": issues, "n": n}


# Words for differences


def test_equal_verdicts_differ_in_nothing():
    assert differing(BODY, {**BODY, "scores": {"delivery": 0.1}, "issues": ["delivery"]}) == []


def test_the_order_of_issues_is_no_difference():
    one, two = ({**BODY, "issues": issues} for issues in (["a", "b"], ["b", "a"]))
    assert differing(one, two) == []


def test_each_label_and_each_field_in_which_two_differ_is_named():
    other = {"issues": ["other", "queue/long"], "sentiment": 3, "urgency": 2, "review": True}
    assert differing(BODY, other) == [
        "issues",
        "+other",
        "+queue/long",
        "-delivery",
        "sentiment",
        "urgency",
        "review",
    ]


def test_a_text_that_only_one_can_judge_is_a_difference():
    unjudged = {"unjudged": "no_content", "review": True, "review_reasons": []}
    assert differing(BODY, unjudged) == ["issues", "-delivery", "sentiment", "urgency", "review"]
    assert differing(unjudged, unjudged) == []


@pytest.mark.parametrize("after", [[], ["delivery"], ["delivery", "other"], ["other"]])
def test_the_champions_issues_are_told_from_the_words(after):
    words = differing(BODY, {**BODY, "issues": after})
    assert before_of(after, words) == {"delivery"}


def test_the_decision_and_its_reasons_are_kept_and_nothing_else():
    body = {**BODY, "scores": {}, "evidence": [], "entities": ["1"], "script": "Hans"}
    assert kept(body) == {**BODY, "scores": {}, "evidence": []}


# Shares


@pytest.mark.parametrize(("agreed", "n"), [(0, 1), (1, 3), (7, 7), (93, 100), (5000, 10_000)])
def test_the_interval_is_that_of_wilson(agreed, n):
    told = share_of(agreed, n)
    known = binomtest(agreed, n).proportion_ci(0.95, method="wilson")
    assert (told.low, told.high) == pytest.approx((known.low, known.high), abs=1e-4)
    assert told.share == pytest.approx(agreed / n, abs=1e-4)
    assert 0 <= told.low <= told.share <= told.high <= 1


def test_where_nothing_was_counted_there_is_no_share():
    assert share_of(0, 0) == Share(0, 0)


def test_outcomes_are_summed_up_for_all_for_fields_and_for_labels():
    found = agreement(
        [
            counted([], ["delivery"], 6),
            counted([], [], 1),
            counted(["issues", "+delivery"], ["delivery"], 2),
            counted(["issues", "-delivery", "urgency"], None),
        ],
        ["delivery", "other"],
    )
    assert (found.whole.agreed, found.whole.n) == (7, 10)
    assert {name: share.agreed for name, share in found.fields.items()} == {
        "issues": 7,
        "sentiment": 10,
        "urgency": 9,
        "review": 10,
    }
    delivery, other = found.labels
    assert (delivery.both, delivery.gained, delivery.lost) == (6, 2, 1)
    assert (delivery.agreement.agreed, delivery.agreement.n) == (6, 9)
    assert (other.both, other.agreement.n, other.agreement.share) == (0, 0, None)


def test_labels_of_the_candidate_alone_come_after_the_champions():
    rows = [counted(["issues", "+own"], ["own"]), counted(["issues", "-gone"], [])]
    assert [row.code for row in agreement(rows, ["other"]).labels] == ["other", "gone", "own"]
