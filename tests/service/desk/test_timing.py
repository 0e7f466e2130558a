"""The timer: what runs out is written once; and the loop that calls it."""

import threading

import pytest

from service.db.due import due_tickets
from service.desk.commands import Close, Look, Wait
from service.desk.writer import Writer
from service.jobs.loop import Loop
from service.jobs.timer import Timer
from tests.service.desk.conftest import ANNA, kinds


def alarms(case, kind):
    return [event.data["clock"] for event in case.events if event.kind == kind]


def test_a_warning_then_a_breach_and_each_once(desk, clock):
    ticket = desk.open(channel="phone").ticket.id
    due = desk.load(ticket).ticket.due_at
    clock.at = desk.load(ticket).ticket.look_at
    assert clock() < due
    for _ in range(2):
        desk.look(ticket)
    assert alarms(desk.load(ticket), "clock.warning") == ["first_response"]
    clock.at = due
    for _ in range(2):
        desk.look(ticket)
        clock.forward(seconds=1)
    case = desk.load(ticket)
    assert alarms(case, "clock.breached") == ["first_response"]
    assert kinds(case).count("ticket.neglected") == 1
    assert case.ticket.breached
    assert {"overdue"} <= set(case.ticket.tags)


def test_the_next_look_is_always_ahead(desk, clock):
    """Or the timer would look at the same ticket for ever."""
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    seen = []
    while (at := desk.load(ticket).ticket.look_at) and len(seen) < 20:
        seen.append(at)
        clock.at = max(clock(), at)
        desk.look(ticket)
    assert seen == sorted(set(seen))
    assert 2 < len(seen) < 20


def test_nothing_runs_out_on_a_closed_ticket(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket)
    case = desk.did(Close(ANNA, ticket_id=ticket))
    assert case.ticket.look_at is case.ticket.due_at is None
    clock.forward(days=30)
    assert desk.look(ticket) == []


def test_a_paused_ticket_is_not_looked_at_for_what_is_paused(desk, clock):
    ticket = desk.open("收费的价格太贵").ticket.id
    desk.say(ticket)
    case = desk.did(Wait(ANNA, ticket_id=ticket))
    clock.forward(days=1)
    assert "resolution" not in alarms(desk.load(ticket), "clock.breached")
    assert case.ticket.status == "waiting"


def test_a_reply_by_phone_stops_the_clock(desk, clock):
    ticket = desk.open().ticket.id
    case = desk.say(ticket, "已电话沟通", channel="phone")
    assert case.ticket.waiting_since is None
    assert case.ticket.last_by == "agent"
    clock.forward(hours=1)
    assert desk.look(ticket) == []


@pytest.mark.parametrize("author", ["auto", "note"])
def test_a_receipt_or_a_note_is_no_reply(desk, author):
    ticket = desk.open().ticket
    case = desk.say(ticket.id, "已收到您的留言", author=author)
    assert case.ticket.waiting_since == ticket.waiting_since != None  # noqa: E711
    assert case.ticket.last_by == "customer"


def test_what_is_due_is_found_the_longest_overdue_first(desk, clock):
    first = desk.open().ticket.id
    clock.forward(minutes=5)
    second = desk.open().ticket.id
    clock.forward(hours=1)
    with desk.database.connect() as connection:
        assert due_tickets(connection, clock(), 10) == [first, second]
        assert due_tickets(connection, clock(), 1) == [first]


@pytest.fixture
def writer(desk):
    writer = Writer(desk, waiting=100)
    writer.start()
    yield writer
    writer.stop()


def test_the_timer_looks_at_every_ticket_that_is_due(desk, clock, writer):
    ids = [desk.open().ticket.id for _ in range(3)]
    timer = Timer(writer)
    assert timer() is False
    assert all("clock.breached" not in kinds(desk.load(one)) for one in ids)
    clock.forward(hours=1)
    assert timer() is False
    assert all("clock.breached" in kinds(desk.load(one)) for one in ids)


def test_the_timer_comes_again_at_once_where_more_are_due(desk, clock, writer, monkeypatch):
    monkeypatch.setattr("service.jobs.timer._MOST", 2)
    for _ in range(3):
        desk.open()
    clock.forward(hours=1)
    timer = Timer(writer)
    assert [timer(), timer()] == [True, False]


def test_a_loop_outlives_what_fails_and_says_so(logged):
    done, calls = threading.Event(), []

    def work():
        calls.append(1)
        if len(calls) < 3:
            raise ValueError
        done.set()
        return False

    loop = Loop("test", work, pause=0.001)
    loop.start()
    assert done.wait(10)
    loop.stop()
    assert [entry["event"] for entry in logged] == ["job.failed"] * 2
    assert logged[0]["job"] == "test"


def test_a_loop_goes_on_at_once_while_there_is_more():
    calls, done = [], threading.Event()

    def work():
        calls.append(1)
        if len(calls) == 3:
            done.set()
        return len(calls) < 3

    loop = Loop("test", work, pause=60)
    loop.start()
    assert done.wait(10)
    loop.stop()
    assert len(calls) == 3


def test_looking_is_safe_while_a_customer_writes(desk, clock):
    ticket = desk.open().ticket.id
    clock.forward(hours=1)
    desk.run([Look("system", ticket_id=ticket)] * 3)
    case = desk.load(ticket)
    assert alarms(case, "clock.breached") == ["first_response"]
    assert [event.seq for event in case.events] == list(range(1, len(case.events) + 1))
