"""What wants no answer, what comes too late, and what is asked again."""

import pytest

from service.desk.commands import Close, Correct, Look
from service.jobs.timer import Timer
from service.tickets.ids import new_id
from tests.service.desk.conftest import ANNA
from triage import InputError


@pytest.fixture
def answered(desk):
    """A ticket whose customer has been answered."""
    ticket = desk.open("快递还没收到").ticket.id
    desk.say(ticket, "包裹明天派送")
    return ticket


@pytest.mark.parametrize("thanks", ["好的", "收到了，谢谢", "嗯嗯"])
def test_thanks_start_no_clock(desk, answered, thanks):
    case = desk.hear(answered, thanks)
    assert case.ticket.waiting_since is None
    assert case.is_quiet(case.messages[-1])


@pytest.mark.parametrize("text", ["什么时候到？", "你们客服态度太差", "谢谢，能帮我查一下吗"])
def test_questions_and_complaints_do(desk, answered, text):
    assert desk.hear(answered, text).ticket.waiting_since is not None


def test_thanks_do_not_reopen_and_a_complaint_does(desk, answered):
    desk.did(Close(ANNA, ticket_id=answered))
    assert desk.hear(answered, "好的").ticket.status == "resolved"
    assert desk.hear(answered, "衣服起球，质量太差").ticket.status == "open"


def test_an_answer_after_the_time_keeps_nothing_whether_or_not_anybody_looked(desk, clock):
    states = []
    for looks in (True, False):
        ticket = desk.open().ticket.id
        desk.say(ticket, "24小时内给您回电")
        clock.forward(days=3)
        if looks:
            desk.did(Look("system", ticket_id=ticket))
        states.append(desk.say(ticket, "刚才给您打过电话了").promises[0].state)
    assert states == ["broken", "broken"]


def test_a_new_message_is_asked_about_again_after_a_correction(desk):
    ticket = desk.open("？？").ticket.id
    corrected = Correct(ANNA, ticket_id=ticket, changes={"urgency": 1}, reason="wrong_urgency")
    assert desk.did(corrected).ticket.review is False
    assert desk.hear(ticket, "！！").ticket.review is True


def test_an_order_number_told_later_makes_the_next_ticket_a_repeat(desk):
    first = desk.open("快递还没收到", channel="web").ticket.id
    desk.hear(first, "订单号是DD2026030299881，帮我查一下")
    second = desk.open("还是没有收到", order="DD2026030299881")
    assert second.ticket.repeats == 1


def test_a_ticket_that_cannot_be_looked_at_keeps_no_other_from_its_turn(desk, clock, monkeypatch):
    from service.desk import handlers
    from service.desk.writer import Writer

    bad, good = desk.open().ticket.id, desk.open().ticket.id
    whole = handlers._HANDLERS[Look]

    def broken(case, command, context):
        if case.ticket.id == bad:
            raise InputError("broken")
        return whole(case, command, context)

    monkeypatch.setitem(handlers._HANDLERS, Look, broken)
    monkeypatch.setattr("service.jobs.timer._MOST", 1)
    writer = Writer(desk, waiting=10)
    writer.start()
    timer = Timer(writer)
    clock.at = max(desk.load(key).ticket.look_at for key in (bad, good))
    for _ in range(2):
        timer()
    writer.stop()
    assert desk.load(good).ticket.look_at > clock()


def test_identifiers_only_grow_also_where_the_clock_is_set_back(monkeypatch):
    first = [new_id("t") for _ in range(1000)]
    monkeypatch.setattr("time.time_ns", lambda: 0)
    later = [new_id("t") for _ in range(1000)]
    assert first + later == sorted(first + later)
    assert len(set(first + later)) == 2000
    assert {len(one) for one in first} == {20}


def test_what_was_late_once_and_is_answered_is_no_longer_late(desk, clock):
    ticket = desk.open("快递还没收到").ticket.id
    clock.at = desk.load(ticket).ticket.due_at
    clock.forward(minutes=1)
    assert "clock.breached" in desk.look(ticket)
    assert desk.load(ticket).ticket.breached
    case = desk.say(ticket, "已为您催促站点")
    assert not case.ticket.breached
