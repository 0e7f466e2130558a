"""Closing, the follow-up call (回访), satisfaction, and what takes a ticket up again."""

from datetime import timedelta

import pytest

from service.db.tables import follow_ups, satisfaction
from service.desk.commands import Close, FinishFollowUp, Rate, Reopen
from tests.service.desk.conftest import ANNA, MONDAY, kinds, last, refused


@pytest.fixture
def resolved(desk):
    """A complaint that the desk calls done."""
    ticket = desk.open("快递还没收到").ticket.id
    desk.did(Close(ANNA, ticket_id=ticket))
    return ticket


def finish(desk, ticket, outcome, **options):
    return desk.did(FinishFollowUp(ANNA, ticket_id=ticket, outcome=outcome, **options))


def test_closing_a_complaint_asks_for_the_call(desk, resolved):
    case = desk.load(resolved)
    assert case.ticket.status == "resolved"
    assert case.ticket.closed_at == MONDAY
    assert case.follow_ups[0].due_at == MONDAY + timedelta(hours=24)
    assert kinds(case)[-2:] == ["ticket.closed", "follow_up.asked"]


def test_what_is_no_complaint_closes_at_once(desk):
    case = desk.open("谢谢，很满意")
    case = desk.did(Close(ANNA, ticket_id=case.ticket.id))
    assert case.ticket.status == "closed"
    assert case.follow_ups == []


def test_a_good_answer_closes(desk, resolved):
    case = finish(desk, resolved, "satisfied", note="好")
    assert case.ticket.status == "closed"
    task = case.follow_ups[0]
    assert (task.outcome, task.note, task.by, task.done_at) == ("satisfied", "好", ANNA, MONDAY)


def test_a_bad_answer_reopens_and_the_rules_hear_of_it(desk, resolved):
    ticket = finish(desk, resolved, "unsatisfied").ticket
    assert (ticket.status, ticket.reopened, ticket.closed_at) == ("open", 1, None)
    assert "reopened" in ticket.tags
    assert (ticket.priority, ticket.urgency) == (2, 2)
    assert ticket.waiting_since


def test_no_answer_asks_again(desk, clock, resolved):
    clock.forward(hours=20)
    case = finish(desk, resolved, "no_answer")
    assert case.ticket.status == "resolved"
    assert [task.outcome for task in case.follow_ups] == ["no_answer", None]
    assert case.follow_ups[1].due_at == clock() + timedelta(hours=24)
    assert finish(desk, resolved, "satisfied").ticket.status == "closed"


def test_an_answer_to_a_call_that_nobody_made_is_refused(desk):
    ticket = desk.open().ticket.id
    refused(desk.do(FinishFollowUp(ANNA, ticket_id=ticket, outcome="satisfied")), "conflict")


def test_an_unknown_answer_changes_nothing(desk, resolved):
    before = kinds(desk.load(resolved))
    assert isinstance(desk.do(FinishFollowUp(ANNA, ticket_id=resolved, outcome="?")), Exception)
    assert kinds(desk.load(resolved)) == before
    assert desk.load(resolved).follow_ups[0].outcome is None


def test_reopening_by_hand_withdraws_the_call(desk, resolved):
    case = desk.did(Reopen(ANNA, ticket_id=resolved, note="漏发一件"))
    assert case.ticket.status == "open"
    assert case.follow_ups[0].outcome == "withdrawn"
    assert last(case, "ticket.reopened").data["why"] == "漏发一件"


@pytest.mark.parametrize("thanks", ["问题已经解决了，谢谢", "已解决，谢谢你们"])
def test_thanks_after_closing_do_not_reopen(desk, resolved, thanks):
    case = desk.hear(resolved, thanks)
    assert case.ticket.status == "resolved"
    assert case.messages[-1].settled
    assert case.ticket.waiting_since is None


def test_a_new_complaint_after_closing_reopens(desk, resolved):
    case = desk.hear(resolved, "快递还是没收到！")
    assert case.ticket.status == "open"
    assert last(case, "ticket.reopened").data["why"] == "message"
    assert case.follow_ups[0].outcome == "withdrawn"
    assert case.ticket.waiting_since == MONDAY


def test_a_complaint_after_thanks_reopens_and_leaves_the_settled_past_out(desk, clock, resolved):
    clock.forward(minutes=1)
    desk.hear(resolved, "问题已经解决了，谢谢")
    clock.forward(minutes=1)
    case = desk.hear(resolved, "收到的东西质量很差")
    assert case.ticket.status == "open"
    assert case.issues == ("product_quality",)


def test_a_reply_to_a_closed_ticket_leaves_it_closed(desk, resolved):
    assert desk.say(resolved, "祝您愉快", wait=True).ticket.status == "resolved"


@pytest.mark.parametrize(("expected", "percent"), [(8, 75.0), (0, None)])
def test_satisfaction_is_perceived_over_expected(desk, resolved, expected, percent):
    case = desk.did(Rate(ANNA, ticket_id=resolved, expected=expected, perceived=6))
    assert last(case, "satisfaction.answered").data["percent"] == percent
    assert desk.rows(satisfaction)[0]["percent"] == percent


def test_half_an_answer_is_none(desk):
    ticket = desk.open().ticket.id
    desk.did(Close(ANNA, ticket_id=ticket, expected=5))
    assert desk.count(satisfaction) == 0
    finish(desk, ticket, "satisfied", expected=5, perceived=5)
    assert desk.rows(satisfaction)[0]["percent"] == 100
    assert desk.count(follow_ups) == 1
