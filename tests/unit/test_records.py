import dataclasses
import json

import pytest

from triage import Evidence, Feedback, ModelName, Rejection
from triage.records import Example, Finding, Reading, Scores


@pytest.fixture
def verdict(keyword_engine):
    return keyword_engine(Feedback("a1", "质量太差，客服没人理"))


def test_feedback_needs_only_an_id_and_a_text():
    feedback = Feedback("a1", "质量差")
    assert (feedback.channel, feedback.received_at, dict(feedback.meta)) == (None, None, {})


def test_two_pieces_of_feedback_do_not_share_their_meta():
    assert Feedback("a", "x").meta is not Feedback("b", "y").meta


@pytest.mark.parametrize(
    "record",
    [
        Feedback("a", "x"),
        Evidence("delivery", "慢", 0, 1, 0.5),
        Rejection("a", "empty_text", "Blank."),
        ModelName("m", "1", "f00"),
        Scores((), (), ()),
        Finding("danger", "漏电", 0, 2),
        Reading(),
        Example("a", "x", None, None, None),
    ],
)
def test_records_are_frozen_and_hold_nothing_but_their_fields(record):
    name = dataclasses.fields(record)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, "other")
    assert not hasattr(record, "__dict__")


def test_evidence_says_for_and_not_for_underscore():
    assert Evidence("delivery", "慢", 3, 4, 0.5).to_dict() == {
        "for": "delivery",
        "text": "慢",
        "start": 3,
        "end": 4,
        "weight": 0.5,
        "source": "model",
    }


def test_a_rejection_becomes_an_id_and_an_error():
    assert Rejection("a", "empty_text", "Blank.").to_dict() == {
        "id": "a",
        "error": {"code": "empty_text", "message": "Blank."},
    }


def test_a_verdict_survives_the_way_through_json(verdict):
    row = verdict.to_dict()
    assert json.loads(json.dumps(row, ensure_ascii=False)) == row


def test_the_json_of_a_verdict_holds_every_field_and_whether_to_review(verdict):
    names = {field.name for field in dataclasses.fields(verdict)} - {"reading"}
    names |= {field.name for field in dataclasses.fields(verdict.reading)}
    assert verdict.to_dict().keys() == names | {"review"}


def test_the_json_of_a_verdict_begins_with_what_a_reader_looks_for(verdict):
    row = verdict.to_dict()
    assert row["id"] == "a1"
    assert row["issues"] == ["product_quality", "follow_up_neglect"]
    assert row["model"] == {"name": "keyword", "version": "0", "hash": "0" * 12}
    quoted = [item["text"] for item in row["evidence"] if item["source"] == "model"]
    assert quoted == ["质量", "没人理"]


def test_a_verdict_is_for_review_exactly_if_there_is_a_reason(verdict):
    sure = dataclasses.replace(verdict, review_reasons=())
    assert sure.review is False
    doubtful = dataclasses.replace(verdict, review_reasons=("delivery: 0.4",))
    assert doubtful.review is True
    assert doubtful.to_dict()["review"] is True
