"""Many commands in one transaction: one bad one costs itself, and what is told is on disk."""

from datetime import datetime

import pytest
from sqlalchemy import event

from service.db.engine import connect
from service.db.tables import events, messages, outbox, tickets, verdicts
from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Look,
    Merge,
    OpenTicket,
    Reopen,
    Resume,
    Tag,
    Wait,
)
from service.tickets.records import Status
from tests.service.desk.conftest import ANNA, MONDAY, TestDesk, kinds, refused
from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer


class Choking(KeywordScorer):
    """Fails at a text that says 炸."""

    def score(self, texts, *args, **options):
        if any("炸" in text.text for text in texts):
            raise ZeroDivisionError
        return super().score(texts, *args, **options)


def test_a_refused_command_costs_only_itself(desk):
    good, bad, late = desk.run(
        [
            OpenTicket(ANNA, text="快递没到"),
            Close(ANNA, ticket_id="t_none"),
            OpenTicket(ANNA, text="质量不好"),
        ]
    )
    refused(bad, "not_found")
    assert {row["id"] for row in desk.rows(tickets)} == {good.ticket_id, late.ticket_id}


def test_an_unexpected_fault_costs_only_its_command(make_desk):
    desk = make_desk(Triage(Choking(), Policy(), ModelName("k", "0", "0" * 12)))
    texts = ("快递没到", "快递炸了", "质量不好")
    results = desk.run([OpenTicket(ANNA, text=text, external_id=text) for text in texts])
    refused(results[1], "internal_error")
    assert {row["external_id"] for row in desk.rows(tickets)} == {texts[0], texts[2]}


def test_what_no_database_takes_costs_only_its_command(desk):
    naive = datetime(2026, 3, 2)
    good, bad = desk.run([OpenTicket(ANNA, text="快递没到"), OpenTicket(ANNA, naive, text="坏了")])
    refused(bad, "internal_error")
    assert desk.count(tickets) == 1
    assert not good.repeated


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_value_that_the_database_cannot_keep_is_the_callers_to_mend(desk):
    error = desk.do(OpenTicket(ANNA, text="坏了", channel="x" * 51))
    assert refused(error, "invalid_value").remedy.startswith("Shorten")
    assert desk.count(tickets) == 0


def test_an_unknown_ticket_has_no_case(desk):
    with pytest.raises(Exception, match="There is no ticket 't_none'") as caught:
        desk.load("t_none")
    assert caught.value.code == "not_found"


def test_commands_on_one_ticket_keep_their_order(desk):
    ticket = desk.open().ticket.id
    other = desk.open("质量不好").ticket.id
    commands = [AddMessage(ANNA, ticket_id=ticket, text=f"第{k}句") for k in range(5)]
    commands.insert(2, Close(ANNA, ticket_id=other))
    commands.append(Close(ANNA, ticket_id=ticket))
    desk.run(commands)
    case = desk.load(ticket)
    assert [m.text for m in case.messages[1:]] == [f"第{k}句" for k in range(5)]
    assert kinds(case)[-2:] == ["ticket.closed", "follow_up.asked"]


def test_a_merge_waits_for_what_was_asked_before_it(desk):
    one, two = desk.open().ticket.id, desk.open("质量不好").ticket.id
    results = desk.run(
        [
            AddMessage(ANNA, ticket_id=two, text="还在吗"),
            Merge(ANNA, ticket_id=one, source=two),
            AddMessage(ANNA, ticket_id=two, text="人呢"),
            AddMessage(ANNA, ticket_id=one, text="喂"),
        ]
    )
    assert [result.ticket_id for result in results] == [two, one, one, one]
    case = desk.load(one)
    assert {m.text for m in case.messages} == {"快递还没收到", "质量不好", "还在吗", "人呢", "喂"}
    assert [event.seq for event in case.events] == list(range(1, len(case.events) + 1))


def test_what_is_acknowledged_is_on_disk(desk):
    result = desk.do(OpenTicket(ANNA, text="快递没到", external_id="7"))
    other = connect(desk.database.url.render_as_string(hide_password=False))
    with other.connect() as connection:
        assert connection.execute(tickets.select()).one().id == result.ticket_id
        for table in (messages, verdicts):
            assert connection.execute(table.select()).one().ticket_id == result.ticket_id
        assert len(connection.execute(events.select()).all()) == len(result.case.events)
    other.dispose()


def test_a_batch_is_one_transaction(desk):
    commits = []

    def count(connection):
        commits.append(connection)

    event.listen(desk.database, "commit", count)
    desk.run([OpenTicket(ANNA, text=f"快递{k}没到") for k in range(20)])
    event.remove(desk.database, "commit", count)
    assert len(commits) == 1


def test_what_is_rolled_back_leaves_nothing(desk, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("service.desk.batch.put", fail)
    refused(desk.do(OpenTicket(ANNA, text="快递没到")), "internal_error")
    monkeypatch.undo()
    for table in (tickets, messages, verdicts, events, outbox):
        assert desk.count(table) == 0


def test_nothing_to_do_is_nothing_done(desk):
    assert desk.run([]) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, Resume),
        (None, Reopen),
        (Close, Close),
        (Close, Wait),
        (Close, Resume),
    ],
)
def test_a_step_that_does_not_fit_the_ticket_is_refused(desk, first, second):
    ticket = desk.open().ticket.id
    if first:
        desk.did(first(ANNA, ticket_id=ticket))
    before = kinds(desk.load(ticket))
    refused(desk.do(second(ANNA, ticket_id=ticket)), "conflict")
    assert kinds(desk.load(ticket)) == before


def test_waiting_and_going_on_are_events(desk):
    ticket = desk.open().ticket.id
    assert desk.did(Wait(ANNA, ticket_id=ticket)).ticket.status == Status.WAITING
    assert desk.did(Wait(ANNA, ticket_id=ticket)).ticket.status == Status.WAITING
    case = desk.did(Resume(ANNA, ticket_id=ticket))
    assert case.ticket.status == Status.OPEN
    assert kinds(case)[-2:] == ["ticket.waiting", "ticket.resumed"]


def test_a_reply_may_wait_for_the_customer_whose_word_ends_it(desk):
    ticket = desk.open().ticket.id
    assert desk.say(ticket, "请发照片", wait=True).ticket.status == Status.WAITING
    assert desk.hear(ticket, "照片发了").ticket.status == Status.OPEN


def test_owner_and_tags_change_and_say_so(desk):
    ticket = desk.open(tags=("b", "a", "a")).ticket.id
    assert desk.load(ticket).ticket.tags[:2] == ["a", "b"]
    case = desk.did(Assign(ANNA, ticket_id=ticket, owner="林晓"))
    assert case.ticket.owner == "林晓"
    assert case.events[-1].data == {"owner": "林晓", "previous": None}
    case = desk.did(Tag(ANNA, ticket_id=ticket, add=("c",), remove=("a", "none")))
    assert case.events[-1].data == {"added": ["c"], "removed": ["a"]}
    count = len(case.events)
    assert len(desk.did(Tag(ANNA, ticket_id=ticket, add=("c",))).events) == count


def test_a_ticket_of_tomorrow_breaks_nothing(desk, clock):
    case = desk.open(at=MONDAY.replace(day=3))
    assert case.ticket.due_at is None
    clock.forward(days=2)
    assert "clock.breached" in desk.look(case.ticket.id)


def test_the_clock_of_a_desk_is_real_unless_told(make_desk):
    from service.desk.desk import Desk, utc_now

    made = make_desk()
    real = Desk(made.database, made.engine, made.books, secret=made.secret)
    assert abs((real.context().now - utc_now()).total_seconds()) < 5
    assert isinstance(made, TestDesk)
    assert made.do(Look("system", ticket_id="t_none")).code == "not_found"
