"""What agents promise: read from their replies, kept or broken in time."""

from datetime import UTC, datetime, timedelta

import pytest

from service.db.tables import promises
from service.desk.commands import Close, SettlePromise
from tests.service.desk.conftest import ANNA, MONDAY, kinds, last, refused


def test_a_promise_is_read_from_a_reply(desk):
    ticket = desk.open().ticket.id
    case = desk.say(ticket, "非常抱歉，24小时内给您回电")
    promise = case.promises[0]
    assert (promise.kind, promise.state, promise.said_by) == ("call_back", "open", "小林")
    assert promise.due_at == MONDAY + timedelta(hours=24)
    assert promise.text in "非常抱歉，24小时内给您回电"
    assert last(case, "promise.made").data["due_at"] == promise.due_at.isoformat()


@pytest.mark.parametrize("author", ["customer", "note", "auto"])
def test_only_an_agent_promises(desk, author):
    ticket = desk.open().ticket.id
    assert desk.say(ticket, "24小时内给您回电", author=author).promises == []


def test_working_days_leave_the_holiday_out_and_count_the_make_up_day(desk):
    """The National Day of 2025: off from the 1st to the 8th, and at work on Saturday the 11th."""
    at = datetime(2025, 9, 30, 2, tzinfo=UTC)
    ticket = desk.open(at=at).ticket.id
    case = desk.say(ticket, "三个工作日到账", at=at)
    assert case.promises[0].due_at == datetime(2025, 10, 11, 16, tzinfo=UTC)


def test_where_the_calendar_ends_there_is_no_date(desk):
    at = datetime(2090, 1, 1, tzinfo=UTC)
    case = desk.say(desk.open(at=at).ticket.id, "三个工作日到账", at=at)
    assert case.promises[0].due_at is None


def test_a_promise_that_runs_out_is_broken_once(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    clock.forward(hours=23)
    assert "promise.broken" not in desk.look(ticket)
    clock.forward(hours=1)
    assert "promise.broken" in desk.look(ticket)
    clock.forward(hours=1)
    assert "promise.broken" not in desk.look(ticket)
    case = desk.load(ticket)
    assert case.promises[0].state == "broken"
    assert case.promises[0].settled_at == case.promises[0].due_at
    assert "promise_broken" in case.ticket.tags


def test_a_broken_promise_raises_urgency_until_the_ticket_is_closed(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    clock.forward(hours=25)
    desk.look(ticket)
    assert desk.load(ticket).ticket.urgency == 2
    assert desk.say(ticket, "您好").ticket.urgency == 2
    assert desk.hear(ticket, "快递呢").ticket.urgency == 2


def test_any_reply_keeps_the_promise_of_one(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    clock.forward(hours=2)
    case = desk.say(ticket, "您好，包裹已经找到了")
    assert case.promises[0].state == "kept"
    assert last(case, "promise.kept").data["late"] is False
    clock.forward(hours=30)
    assert "promise.broken" not in desk.look(ticket)


def test_a_refund_is_kept_by_the_refund_alone(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "三天内给您退款")
    clock.forward(hours=2)
    assert desk.say(ticket, "您好，请稍等").promises[0].state == "open"
    assert desk.say(ticket, "已经给您退款了").promises[0].state == "kept"


def test_a_condition_is_no_promise(desk):
    case = desk.say(desk.open().ticket.id, "如果您寄回商品，我们会在三天内退款")
    assert case.promises == []


def test_promises_survive_loading(desk):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电，明天上午安排师傅上门")
    assert desk.count(promises) == len(desk.load(ticket).promises) == 2
    assert kinds(desk.load(ticket)).count("promise.made") == 2


def test_a_promise_after_closing_is_still_looked_at(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    desk.did(Close(ANNA, ticket_id=ticket))
    clock.forward(days=4)
    assert desk.look(ticket)[0] == "promise.broken"


@pytest.fixture
def refund_due(desk, clock):
    """A ticket on which a refund was promised by a time that is past."""
    ticket = desk.open().ticket.id
    desk.say(ticket, "三天内给您退款")
    clock.forward(days=4)
    assert "promise.due" in desk.look(ticket)
    assert desk.load(ticket).promises[0].state == "unconfirmed"
    return ticket


def test_what_our_log_cannot_know_is_unconfirmed_once(desk, clock, refund_due):
    clock.forward(hours=1)
    assert "promise.due" not in desk.look(refund_due)


def test_a_customer_who_complains_on_says_that_it_was_broken(desk, refund_due):
    case = desk.hear(refund_due, "快递还是没收到，退款呢？")
    assert case.promises[0].state == "broken"
    assert "promise_broken" in case.ticket.tags


def test_a_customer_who_is_content_says_that_it_was_kept(desk, refund_due):
    assert desk.hear(refund_due, "问题已经解决了，谢谢").promises[0].state == "kept"


@pytest.mark.parametrize(("kept", "state"), [(True, "kept"), (False, "broken")])
def test_an_agent_may_say_whether_it_was_kept(desk, refund_due, kept, state):
    promise = desk.load(refund_due).promises[0].id
    command = SettlePromise(ANNA, ticket_id=refund_due, promise_id=promise, kept=kept)
    case = desk.did(command)
    assert case.promises[0].state == state
    assert ("promise_broken" in case.ticket.tags) is not kept


def test_a_promise_that_is_not_there_cannot_be_settled(desk, refund_due):
    command = SettlePromise(ANNA, ticket_id=refund_due, promise_id="p_none")
    refused(desk.do(command), "not_found")
