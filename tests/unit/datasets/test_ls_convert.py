"""Verdicts as predictions, and annotations as labels, with positions right in texts with emoji."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.ls_results import RENAMED, choices, config, mark, rating
from tests.unit.datasets.test_ls_config import TWO_LEVELS
from triage import Evidence, Feedback, ModelName, Verdict
from triage.datasets.ls_controls import NO_ISSUE, read_controls
from triage.datasets.ls_convert import (
    Labels,
    Span,
    annotation_to_labels,
    certainty,
    from_utf16,
    prediction_of,
    task_of,
)
from triage.taxonomy import BUILT_IN

TEXT = "😀😀等了三天\r\n快递员😡态度差"
QUOTE = "快递员😡态度差"
START = TEXT.index(QUOTE)
QUALITY = "product_quality"


def evidence(quote, for_, text=TEXT):
    start = text.index(quote)
    return Evidence(for_, quote, start, start + len(quote), 1.0)


VERDICT = Verdict(
    id="1",
    issues=("staff_attitude", "delivery"),
    suggested=("other",),
    scores={"staff_attitude": 0.9, "delivery": 0.7, "other": 0.4},
    sentiment=2,
    sentiment_score=-0.5,
    urgency=2,
    urgency_scores=(0.0, 0.1, 0.8, 0.1),
    review_reasons=(),
    evidence=(
        evidence(QUOTE, "staff_attitude"),
        evidence("等了三天", "delivery"),
        evidence("三天", "delivery"),
        evidence("三天", "urgency"),
        evidence("态度差", "other"),
    ),
    script="hans",
    model=ModelName("own", "1", "abc123abc123"),
)


def found(prediction, name):
    return [item["value"] for item in prediction["result"] if item["from_name"] == name]


def test_a_prediction_holds_what_was_decided_with_model_and_score():
    made = prediction_of(VERDICT, TEXT, BUILT_IN)
    assert made["model_version"] == "own@abc123abc123"
    assert made["score"] == 0.6  # the least certain: other, at 0.4
    assert found(made, "issues") == [{"choices": ["staff_attitude", "delivery"]}]
    assert found(made, "sentiment") == [{"rating": 2}]
    assert found(made, "urgency") == [{"choices": ["2"]}]


def test_evidence_is_marked_where_the_words_are():
    made = found(prediction_of(VERDICT, TEXT, BUILT_IN), "evidence")
    assert all(TEXT[item["start"] : item["end"]] == item["text"] for item in made)
    assert {(item["text"], *item["labels"]) for item in made} == {
        (QUOTE, "staff_attitude"),
        ("等了三天", "delivery"),
        ("三天", "urgency"),
    }


def test_the_name_of_a_region_is_fit_for_a_style_sheet():
    made = prediction_of(VERDICT, TEXT, BUILT_IN)["result"]
    names = [item["id"] for item in made if item["type"] == "labels"]
    assert names == ["e0", "e1", "e2"]


def test_no_issue_is_said_and_not_left_open():
    made = prediction_of(replace(VERDICT, issues=()), TEXT, BUILT_IN)
    assert found(made, "issues") == [{"choices": [NO_ISSUE]}]


def test_a_label_of_the_lower_level_brings_its_parent():
    child = f"{QUALITY}/overheating"
    made = prediction_of(replace(VERDICT, issues=(child,)), TEXT, TWO_LEVELS)
    assert found(made, "issues") == [{"choices": [QUALITY, child]}]


def test_the_tags_and_values_are_those_of_the_project():
    own = read_controls(RENAMED, BUILT_IN)
    made = prediction_of(VERDICT, TEXT, BUILT_IN, own)
    assert found(made, "what") == [{"choices": ["物流配送"]}]  # it has no choice for attitude
    assert found(made, "speed") == [{"choices": ["2"]}]
    assert found(made, "mood") == [{"rating": 2}]
    assert {*found(made, "why")[0]["labels"]} == {"物流配送"}
    assert {item["to_name"] for item in made["result"]} == {"words"}


def test_a_control_that_the_project_lacks_is_left_out():
    own = read_controls(config('<Rating name="r" toName="text"/>'), BUILT_IN)
    assert [item["type"] for item in prediction_of(VERDICT, TEXT, BUILT_IN, own)["result"]] == [
        "rating"
    ]


def test_the_score_is_low_where_any_decision_is_close():
    sure = replace(VERDICT, scores=dict.fromkeys(VERDICT.scores, 0.99))
    assert certainty(sure) == 0.8  # urgency
    assert certainty(replace(sure, scores={"delivery": 0.51})) == 0.51


def test_a_real_verdict_makes_a_prediction_that_reads_back_as_its_labels(tiny_engine):
    verdict = tiny_engine(Feedback("1", TEXT))
    made = prediction_of(verdict, TEXT, tiny_engine.taxonomy)
    labels = annotation_to_labels(made["result"], TEXT, tiny_engine.taxonomy)
    assert labels.issues == verdict.issues
    assert (labels.sentiment, labels.urgency) == (verdict.sentiment, verdict.urgency)


def test_a_task_holds_the_text_and_what_else_is_known():
    made = task_of("衣服起球", {"id": "7"}, {"result": []})
    assert made == {"data": {"id": "7", "text": "衣服起球"}, "predictions": [{"result": []}]}
    assert task_of("衣服起球", {}, None)["predictions"] == []


# Back


def labels_of(*result, text=TEXT, taxonomy=BUILT_IN, controls=None):
    return annotation_to_labels(result, text, taxonomy, controls)


def test_what_a_person_marked_becomes_our_labels():
    end = START + len(QUOTE)
    marked = mark(START, end, "staff_attitude", text=QUOTE)
    made = labels_of(choices("issues", "delivery"), rating(1), choices("urgency", "3"), marked)
    assert made == Labels(("delivery",), 1, 3, (Span("staff_attitude", START, end),))
    assert made.spans[0].to_dict() == {"for": "staff_attitude", "start": START, "end": end}


def test_what_nobody_answered_is_not_known():
    assert labels_of() == Labels(None, None, None, ())


def test_no_issue_is_an_answer():
    assert labels_of(choices("issues", NO_ISSUE)).issues == ()


def test_an_issue_beside_no_issue_counts():
    assert labels_of(choices("issues", NO_ISSUE, "delivery")).issues == ("delivery",)


@pytest.mark.parametrize("name", ["物流配送", "Delivery", "delivery"])
def test_an_issue_is_known_by_any_of_its_names(name):
    assert labels_of(choices("issues", name)).issues == ("delivery",)


def test_a_name_that_the_model_does_not_know_yet_is_kept_as_it_is():
    assert labels_of(choices("issues", "过热", "delivery")).issues == ("delivery", "过热")


def test_a_path_through_two_levels_is_the_code_of_its_end():
    item = {
        "from_name": "t",
        "type": "taxonomy",
        "value": {"taxonomy": [["产品质量", "发热 <烫>"]]},
    }
    made = labels_of(item, taxonomy=TWO_LEVELS)
    assert made.issues == (QUALITY, f"{QUALITY}/overheating")


def test_a_child_brings_its_parent():
    child = f"{QUALITY}/overheating"
    assert labels_of(choices("issues", child), taxonomy=TWO_LEVELS).issues == (QUALITY, child)


def test_tags_with_other_names_are_read_by_the_config():
    own = read_controls(RENAMED, BUILT_IN)
    made = labels_of(
        choices("what", "物流配送"),
        choices("speed", "critical"),
        rating(4, "mood"),
        mark(0, 2, "Product quality", name="why"),
        controls=own,
    )
    assert made == Labels(("delivery",), 4, 3, (Span(QUALITY, 0, 2),))


def test_without_a_config_a_tag_is_known_by_what_was_chosen_in_it():
    made = labels_of(choices("a", "物流配送"), choices("b", "3 紧急"), rating(2, "c"))
    assert (made.issues, made.urgency, made.sentiment) == (("delivery",), 3, 2)


@pytest.mark.parametrize(
    "item",
    [
        None,
        "x",
        {},
        {"value": None},
        {"value": []},
        {"from_name": "issues", "type": "choices", "value": {}},
        {"from_name": "issues", "type": "choices", "value": {"choices": [[], None, 3]}},
        {"from_name": "cat", "type": "choices", "value": {"choices": ["猫"]}},
        {"from_name": "note", "type": "textarea", "value": {"text": ["好"]}},
        rating(0),
        rating(6),
        rating(3.5),
        rating(True),
        choices("urgency", "9"),
        mark(-1, 2, "delivery"),
        mark(2, 2, "delivery"),
        mark(0, 10**40, "delivery"),
        mark("0", 2, "delivery"),
    ],
)
def test_what_is_no_answer_to_our_questions_is_passed_over(item):
    assert labels_of(item) == Labels()


def test_a_single_choice_may_come_without_a_list():
    item = {"from_name": "issues", "type": "choices", "value": {"choices": "delivery"}}
    assert labels_of(item).issues == ("delivery",)


def test_positions_are_code_points_as_label_studio_counts_them():
    end = START + len(QUOTE)
    assert labels_of(mark(START, end, "other", text=QUOTE)).spans == (Span("other", START, end),)


def test_positions_of_an_old_release_in_utf16_units_are_told_by_the_quoted_words():
    first = len(TEXT[:START].encode("utf-16-le")) // 2
    last = len(TEXT[: START + len(QUOTE)].encode("utf-16-le")) // 2
    assert first > START
    made = labels_of(mark(first, last, "other", text=QUOTE))
    assert made.spans == (Span("other", START, START + len(QUOTE)),)


def test_a_quote_over_a_line_break_is_found_though_it_is_quoted_otherwise():
    start, end = TEXT.index("三天"), START + 3
    marked = mark(start, end, "other", text="三天\\n\\n快递员")
    assert labels_of(marked).spans == (Span("other", start, end),)


@given(st.text(max_size=30))
def test_utf16_positions_lead_back_to_characters(text):
    for position in range(len(text) + 1):
        units = len(text[:position].encode("utf-16-le", "surrogatepass")) // 2
        assert from_utf16(text, units) == position


@given(st.text(alphabet="a😀\n差", min_size=2, max_size=12), st.data())
def test_every_stretch_comes_back_as_it_was_marked_in_either_count(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if not text[start:end].strip():
        return
    units = [len(text[:at].encode("utf-16-le")) // 2 for at in (start, end)]
    made = labels_of(mark(start, end, "other", text=text[start:end]), text=text)
    assert made.spans == (Span("other", start, end),)
    (old,) = labels_of(mark(*units, "other", text=text[start:end]), text=text).spans
    assert bare(text[old.start : old.end]) == bare(text[start:end])


def bare(words):
    return "".join(words.split())
