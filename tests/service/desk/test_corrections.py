"""A person's word: tied to the verdict it corrects, and good for ever."""

import pytest

from service.db.tables import corrections
from service.desk.commands import Correct
from tests.service.desk.conftest import ANNA, kinds, last, refused


def correct(ticket, reason="wrong_issue", verdict_id=None, note=None, **changes):
    return Correct(
        ANNA, ticket_id=ticket, changes=changes, reason=reason, verdict_id=verdict_id, note=note
    )


@pytest.fixture
def ticket(desk):
    return desk.open("快递还没收到").ticket.id


def test_a_correction_is_tied_to_the_verdict_and_its_model(desk, ticket):
    seen = desk.load(ticket).verdict
    desk.did(correct(ticket, issues=["product_quality"], note="碎了"))
    row = desk.rows(corrections)[0]
    assert (row["verdict_id"], row["model_hash"]) == (seen.id, seen.model_hash)
    assert (row["before"], row["after"]) == (["delivery"], ["product_quality"])
    assert (row["by"], row["reason"], row["note"]) == (ANNA, "wrong_issue", "碎了")


def test_corrected_issues_route_anew_and_outlive_later_verdicts(desk, ticket):
    case = desk.did(correct(ticket, issues=["product_quality"]))
    assert case.issues == ("product_quality",)
    assert case.ticket.queue == "quality"
    case = desk.hear(ticket, "你们客服态度太差")
    assert case.issues == ("product_quality",)
    assert "staff_attitude" in case.verdict.body["issues"]


def test_corrected_levels_outlive_later_verdicts_and_rules(desk, ticket):
    case = desk.did(correct(ticket, "wrong_mood", sentiment=4, urgency=0))
    assert (case.ticket.sentiment, case.ticket.urgency) == (4, 0)
    case = desk.hear(ticket, "我要打12315投诉")
    assert (case.ticket.sentiment, case.ticket.urgency) == (4, 0)


def test_no_issue_at_all_may_be_the_right_answer(desk, ticket):
    assert desk.did(correct(ticket, "not_feedback", issues=[])).issues == ()


def test_an_issue_told_twice_is_one(desk, ticket):
    assert desk.did(correct(ticket, issues=["delivery", "delivery"])).issues == ("delivery",)


def test_a_queue_chosen_by_a_person_stays_with_its_clocks(desk, ticket):
    case = desk.did(correct(ticket, "wrong_queue", queue="service"))
    assert (case.ticket.queue, case.ticket.sla) == ("service", "service")
    case = desk.hear(ticket, "质量也不好")
    assert (case.ticket.queue, case.ticket.queue_by) == ("service", ANNA)
    assert case.ticket.sla == "service"


def test_what_a_person_has_read_is_asked_for_no_more(desk):
    ticket = desk.open("？？").ticket.id
    assert desk.load(ticket).ticket.review
    assert not desk.did(correct(ticket, "confirmed", issues=[])).ticket.review


def test_no_rule_asks_again_for_what_a_person_has_read(desk):
    """The text says that nobody answered, the log says that somebody did: a person looks once."""
    ticket = desk.open().ticket.id
    desk.say(ticket, "您好")
    case = desk.hear(ticket, "没人理我")
    assert case.ticket.review
    issues = list(case.issues)
    assert not desk.did(correct(ticket, "confirmed", issues=issues)).ticket.review


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issues": ["nope"]}, "issues: 'nope'"),
        ({"issues": ["delivery", "nope"]}, "issues: 'nope'"),
        ({"sentiment": 0}, "sentiment: 0"),
        ({"urgency": 4}, "urgency: 4"),
        ({"queue": "nope"}, "queue: 'nope'"),
        ({"nope": 1}, "field: 'nope'"),
        ({}, "Nothing to correct"),
    ],
)
def test_what_is_not_of_the_closed_set_is_refused(desk, ticket, changes, said):
    before = kinds(desk.load(ticket))
    error = refused(desk.do(correct(ticket, **changes)), "invalid_value")
    assert said in error.message
    assert kinds(desk.load(ticket)) == before
    assert desk.count(corrections) == 0


def test_an_unknown_reason_is_refused(desk, ticket):
    refused(desk.do(correct(ticket, "because", urgency=1)), "invalid_value")


def test_one_wrong_change_keeps_the_right_ones_out(desk, ticket):
    refused(desk.do(correct(ticket, urgency=2, sentiment=9)), "invalid_value")
    assert desk.load(ticket).ticket.corrected == {}


def test_a_verdict_that_is_no_longer_the_present_one_is_refused(desk, ticket):
    seen = desk.load(ticket).verdict.id
    desk.hear(ticket, "质量也不好")
    refused(desk.do(correct(ticket, verdict_id=seen, urgency=2)), "verdict_changed")
    present = desk.load(ticket).verdict.id
    assert desk.did(correct(ticket, verdict_id=present, urgency=2)).ticket.urgency == 2


def test_a_later_correction_wins_over_an_earlier_one(desk, ticket):
    desk.did(correct(ticket, "wrong_urgency", urgency=0))
    case = desk.did(correct(ticket, "wrong_urgency", urgency=3))
    assert case.ticket.urgency == 3
    assert last(case, "label.corrected").data["changes"] == {"urgency": [0, 3]}
    assert desk.count(corrections) == 2
