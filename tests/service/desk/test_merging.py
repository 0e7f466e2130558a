"""Merging and undoing it: the older clock goes on, and nothing said or promised is lost."""

from datetime import timedelta

import pytest

from service.desk.commands import Assign, Close, Merge, Person, Split
from service.desk.duplicates import similar_tickets
from service.desk.snapshot import clocks_of
from tests.service.desk.conftest import ANNA, MONDAY, kinds, last, refused


@pytest.fixture
def two(desk, clock):
    """An older ticket and a newer one."""
    older = desk.open("快递还没收到").ticket.id
    clock.forward(minutes=10)
    return older, desk.open("质量不好").ticket.id


def merge(desk, target, source):
    return desk.did(Merge(ANNA, ticket_id=target, source=source))


def started(desk, ticket):
    case = desk.load(ticket)
    found = {one.name.value: one.started_at for one in clocks_of(case, desk.context())}
    return found["first_response"]


def test_the_older_clock_goes_on_whichever_stays(desk, two):
    older, newer = two
    merge(desk, newer, older)
    assert started(desk, newer) == MONDAY
    assert desk.load(newer).ticket.waiting_since == MONDAY


def test_a_merge_judges_both_together_and_says_so_on_both(desk, two):
    older, newer = two
    case = merge(desk, older, newer)
    assert case.issues == ("delivery", "product_quality")
    assert len(case.messages) == 2
    assert last(case, "ticket.merged").data["source"] == newer
    gone = desk.load(newer)
    assert (gone.ticket.status, gone.ticket.merged_into) == ("merged", older)
    assert last(gone, "ticket.merged_away").data["target"] == older
    assert gone.ticket.look_at is gone.ticket.due_at is None


def test_what_is_done_to_a_merged_ticket_is_done_to_its_target(desk, two):
    older, newer = two
    merge(desk, older, newer)
    assert desk.hear(newer, "人呢").ticket.id == older
    assert desk.did(Assign(ANNA, ticket_id=newer, owner="林晓")).ticket.id == older
    assert "assign" not in kinds(desk.load(newer))
    assert len(desk.load(older).messages) == 3


def test_two_merged_tickets_hear_their_customers_at_once(desk, two):
    from service.desk.commands import AddMessage

    older, newer = two
    third = desk.open("态度差").ticket.id
    merge(desk, older, newer)
    merge(desk, older, third)
    desk.run([AddMessage(ANNA, ticket_id=one, text="在吗") for one in (newer, third, older)])
    case = desk.load(older)
    assert len(case.messages) == 6
    assert [event.seq for event in case.events] == list(range(1, len(case.events) + 1))


def test_undoing_gives_each_its_own_past(desk, two):
    older, newer = two
    merge(desk, newer, older)
    case = desk.did(Split(ANNA, ticket_id=newer, source=older))
    assert case.issues == ("product_quality",)
    assert len(case.messages) == 1
    assert started(desk, newer) == MONDAY + timedelta(minutes=10)
    back = desk.load(older)
    assert (back.ticket.status, back.ticket.merged_into) == ("open", None)
    assert started(desk, older) == MONDAY
    assert back.ticket.due_at


def test_what_was_said_after_the_merge_stays_with_the_target(desk, two):
    older, newer = two
    merge(desk, older, newer)
    desk.hear(newer, "人呢")
    case = desk.did(Split(ANNA, ticket_id=older, source=newer))
    assert [m.text for m in case.messages] == ["快递还没收到", "人呢"]
    assert [m.text for m in desk.load(newer).messages] == ["质量不好"]


def test_a_chain_of_merges_loses_nothing(desk, two):
    older, newer = two
    third = desk.open("态度差").ticket.id
    merge(desk, newer, older)
    merge(desk, third, newer)
    case = desk.load(third)
    assert len(case.messages) == 3
    assert started(desk, third) == MONDAY
    assert desk.hear(older, "人呢").ticket.id == third
    case = desk.did(Split(ANNA, ticket_id=third, source=newer))
    assert {m.text for m in case.messages} == {"态度差", "人呢"}
    assert case.absorbed == []
    assert len(desk.load(newer).messages) == 2
    assert desk.hear(older, "喂").ticket.id == newer


def test_a_promise_is_not_forgotten_by_a_merge(desk, clock, two):
    older, newer = two
    desk.say(newer, "24小时内给您回电")
    case = merge(desk, older, newer)
    assert [promise.state for promise in case.promises] == ["open"]
    clock.forward(hours=25)
    assert "promise.broken" in desk.look(older)
    assert desk.load(newer).promises[0].state == "broken"


def test_a_promise_goes_back_when_a_merge_is_undone(desk, clock, two):
    older, newer = two
    desk.say(newer, "24小时内给您回电")
    merge(desk, older, newer)
    assert desk.did(Split(ANNA, ticket_id=older, source=newer)).promises == []
    clock.forward(hours=25)
    assert "promise.broken" in desk.look(newer)


@pytest.mark.parametrize("how", ["itself", "closed target", "closed source", "merged source"])
def test_a_merge_that_makes_no_sense_is_refused(desk, two, how):
    older, newer = two
    if how == "merged source":
        merge(desk, desk.open().ticket.id, newer)
    elif how != "itself":
        desk.did(Close(ANNA, ticket_id=older if how == "closed target" else newer))
    source = older if how == "itself" else newer
    refused(desk.do(Merge(ANNA, ticket_id=older, source=source)), "conflict")


def test_a_merge_with_a_ticket_that_is_not_there_is_refused(desk, two):
    refused(desk.do(Merge(ANNA, ticket_id=two[0], source="t_none")), "not_found")


def test_what_was_never_merged_cannot_be_undone(desk, two):
    refused(desk.do(Split(ANNA, ticket_id=two[0], source=two[1])), "conflict")


def proposals(desk, ticket):
    with desk.database.connect() as connection:
        return similar_tickets(connection, desk.load(ticket))


def test_tickets_of_one_matter_are_proposed_with_the_reason(desk):
    text = "我买的电饭煲用了两天就坏了，订单号DD2026030201"
    anna = Person("c1")
    first = desk.open(text, customer=anna).ticket.id
    other = desk.open("送货的师傅没礼貌", customer=anna).ticket.id
    number = desk.open("订单号DD2026030201怎么还没到").ticket.id
    again = desk.open(f"{text}！", customer=anna).ticket.id
    found = proposals(desk, again)
    assert [item["id"] for item in found] == [first, number]
    assert found[0]["shares"] == ["customer", "number"]
    assert found[1]["shares"] == ["number"]
    assert proposals(desk, other) == []
    desk.did(Close(ANNA, ticket_id=first))
    assert [item["id"] for item in proposals(desk, again)] == [number]


def test_a_ticket_of_nobody_is_like_no_other(desk):
    desk.open()
    assert proposals(desk, desk.open().ticket.id) == []
