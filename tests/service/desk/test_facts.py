"""What trends count of a ticket: one row, told from its log whenever it is saved."""

import pytest
from sqlalchemy import select, update

from service.db.trend_tables import ticket_facts
from service.desk.commands import (
    AddMessage,
    Close,
    Correct,
    FinishFollowUp,
    Merge,
    Person,
    Rate,
    Reopen,
    Split,
)
from service.jobs.facts import FactsFill
from tests.service.desk.conftest import ANNA


def row(desk, ticket):
    with desk.database.connect() as connection:
        query = select(ticket_facts).where(ticket_facts.c.ticket_id == ticket)
        return connection.execute(query).mappings().one()


def some(desk, ticket, *names):
    found = row(desk, ticket)
    return tuple(found[name] for name in names)


@pytest.fixture
def ticket(desk):
    person = Person("c1", name="王女士", tier="vip", region="上海")
    told = {"channel": "app", "product": "水壶", "customer": person}
    return desk.open("快递还没收到", **told).ticket.id


def test_a_new_ticket_is_told_at_once(desk, ticket):
    found = row(desk, ticket)
    assert found["issues"] == ",delivery,"
    assert (found["channel"], found["product"]) == ("app", "水壶")
    assert (found["region"], found["tier"]) == ("上海", "vip")
    assert (found["status"], found["queue"]) == ("open", "delivery")
    assert (found["questions"], found["replies"]) == (1, 0)
    assert (found["model"], found["model_hash"]) == ("keyword 0", "0" * 12)
    assert found["first_reply_s"] is found["resolved_s"] is found["first_contact"] is None
    assert found["stays"] == []
    zone = desk.books.clocks.zone
    here = found["at"].astimezone(zone)
    assert (found["day"], found["hour"]) == (here.date(), here.hour)
    assert found["form"] == f"1 {zone.key}"


def test_a_reply_is_timed_in_real_and_in_working_time(desk, ticket, clock):
    clock.forward(hours=30)
    desk.say(ticket)
    real, worked, replies = some(desk, ticket, "first_reply_s", "first_reply_worked_s", "replies")
    assert real == 30 * 3600
    assert 0 < worked < real
    assert replies == 1


def test_a_missed_clock_counts_as_missed_and_a_met_one_as_met(desk, ticket, clock):
    clock.forward(minutes=1)
    desk.say(ticket)
    assert some(desk, ticket, "clocks_met", "clocks_missed") == (2, 0)  # the desk, the queue
    clock.forward(days=9)
    desk.look(ticket)
    assert some(desk, ticket, "clocks_met", "clocks_missed") == (2, 1)  # it is not resolved


def test_one_reply_and_closed_is_solved_at_first_contact_until_it_is_reopened(desk, ticket, clock):
    desk.say(ticket)
    clock.forward(hours=2)
    desk.did(Close(ANNA, ticket_id=ticket))
    assert some(desk, ticket, "first_contact", "resolved_s") == (True, 7200)
    desk.did(Reopen(ANNA, ticket_id=ticket))
    assert some(desk, ticket, "first_contact", "resolved_s", "reopened") == (None, None, 1)
    desk.did(Close(ANNA, ticket_id=ticket))
    assert some(desk, ticket, "first_contact") == (False,)


def test_who_was_asked_before_closing_is_told_of_complaints_alone(desk, ticket, clock):
    desk.did(Close(ANNA, ticket_id=ticket))
    assert some(desk, ticket, "status", "asked_before_closing") == ("resolved", None)
    desk.did(FinishFollowUp(ANNA, ticket_id=ticket, outcome="no_answer"))
    clock.forward(days=3)
    desk.look(ticket)
    assert some(desk, ticket, "status", "asked_before_closing") == ("resolved", False)
    desk.did(FinishFollowUp(ANNA, ticket_id=ticket, outcome="satisfied"))
    assert some(desk, ticket, "status", "asked_before_closing") == ("closed", True)
    thanks = desk.open("谢谢，很满意").ticket.id
    desk.did(Close(ANNA, ticket_id=thanks))
    assert some(desk, thanks, "status", "asked_before_closing") == ("closed", None)


def test_the_latest_answer_about_satisfaction_counts(desk, ticket, clock):
    for perceived in (4, 8):
        clock.forward(minutes=1)
        desk.did(Rate(ANNA, ticket_id=ticket, expected=10, perceived=perceived))
    assert some(desk, ticket, "satisfaction") == (80.0,)


def test_a_person_who_corrects_the_issues_changes_what_is_counted(desk, ticket):
    change = {"issues": ["staff_attitude", "delivery"]}
    desk.did(Correct(ANNA, ticket_id=ticket, changes=change, reason="missed_issue"))
    assert some(desk, ticket, "issues") == (",delivery,staff_attitude,",)


def test_hops_are_counted_and_timed_when_they_are_over(desk, ticket, clock):
    clock.forward(hours=1)
    desk.did(Correct(ANNA, ticket_id=ticket, changes={"queue": "quality"}, reason="wrong_queue"))
    assert some(desk, ticket, "handoffs", "stays") == (1, [["delivery", 3600.0]])
    clock.forward(hours=2)
    desk.did(Close(ANNA, ticket_id=ticket))
    assert some(desk, ticket, "stays") == ([["delivery", 3600.0], ["quality", 7200.0]],)


def test_promises_are_counted_by_what_became_of_them(desk, ticket, clock):
    desk.say(ticket, "24小时内给您回电")
    assert some(desk, ticket, "promises_kept", "promises_broken") == (0, 0)
    desk.did(Close(ANNA, ticket_id=ticket, expected=5, perceived=5))
    assert some(desk, ticket, "promises_kept", "promises_broken") == (1, 0)


def test_what_was_merged_away_is_told_so_and_comes_back_when_split(desk, ticket):
    other = desk.open("客服态度差").ticket.id
    desk.did(Merge(ANNA, ticket_id=ticket, source=other))
    assert some(desk, other, "status") == ("merged",)
    assert some(desk, ticket, "questions") == (2,)
    desk.did(Split(ANNA, ticket_id=ticket, source=other))
    assert some(desk, other, "status") == ("open",)
    assert some(desk, ticket, "questions") == (1,)


def test_each_change_comes_after_the_one_before(desk, ticket):
    first = row(desk, ticket)["changed"]
    desk.did(AddMessage("system", ticket_id=ticket, text="怎么还没到"))
    assert row(desk, ticket)["changed"] > first


def fill_all(fill):
    rounds = 1
    while fill():
        rounds += 1
    return rounds


def test_rows_that_are_missing_or_of_an_old_form_are_told_from_the_log(desk, ticket, clock):
    clock.forward(hours=1)
    desk.say(ticket)
    other = desk.open("客服态度差").ticket.id
    before = {key: dict(row(desk, key)) for key in (ticket, other)}
    with desk.database.begin() as connection:
        connection.execute(ticket_facts.delete().where(ticket_facts.c.ticket_id == ticket))
        connection.execute(update(ticket_facts).values(form="0 nowhere", questions=99))
    fill_all(FactsFill(desk))
    for key, known in before.items():
        assert {**row(desk, key), "changed": ""} == {**known, "changed": ""}


def test_a_full_table_is_looked_through_once(desk, ticket):
    fill = FactsFill(desk)
    assert fill_all(fill) == 1
    with desk.database.begin() as connection:
        connection.execute(ticket_facts.delete())
    assert fill() is False
    assert desk.rows(ticket_facts) == []
