"""A ticket selected to be labelled waits for a person, whatever the machine says meanwhile."""

import pytest

from service.db.inbox import Filter, list_tickets
from service.desk.commands import Close, Correct, Merge, SelectForReview
from tests.service.desk.conftest import ANNA, kinds, last, refused
from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer

WHY = {
    "zh": "物流配送 0.41，差 0.02 到门槛 0.43",
    "en": "delivery 0.41, 0.02 below its threshold 0.43",
}
SURE = "快递还没收到"


def mark(ticket_id, **options):
    told = {**WHY, "strategy": "uncertain", "model": "m@abc", **options}
    return SelectForReview(ANNA, ticket_id=ticket_id, **told)


def correct(ticket_id):
    return Correct(ANNA, ticket_id=ticket_id, changes={"issues": ["delivery"]}, reason="confirmed")


@pytest.fixture
def desk(make_desk):
    """A desk whose model asks for nobody: known words are sure."""
    engine = Triage(KeywordScorer(), Policy(suggest_critical=0.9), ModelName("k", "0", "0" * 12))
    return make_desk(engine)


@pytest.fixture
def ticket(desk):
    case = desk.open(SURE)
    assert not case.ticket.review
    return case.ticket.id


@pytest.fixture
def asked(desk):
    """The tickets of the review page."""

    def found():
        with desk.database.connect() as connection:
            return [row["id"] for row in list_tickets(connection, Filter(asked=True)).rows]

    return found


def test_a_selected_ticket_is_on_the_queue_with_its_reason_in_the_log(desk, ticket, asked):
    assert asked() == []
    case = desk.did(mark(ticket))
    assert case.ticket.review
    assert asked() == [ticket]
    event = last(case, "review.selected")
    assert event.actor == ANNA
    assert event.data["reason"] == f"selected: {WHY['en']}"
    assert (event.data["zh"], event.data["strategy"], event.data["model"]) == (
        WHY["zh"],
        "uncertain",
        "m@abc",
    )


def test_a_later_verdict_does_not_drop_the_mark(desk, ticket, asked):
    desk.did(mark(ticket))
    case = desk.hear(ticket, "快递呢，怎么还没收到")
    assert case.verdict.body["review"] is False
    assert case.ticket.review
    assert asked() == [ticket]


def test_a_persons_word_takes_it_off_the_queue_for_good(desk, ticket, asked):
    desk.did(mark(ticket))
    case = desk.did(correct(ticket))
    assert not case.ticket.review
    assert asked() == []
    assert not desk.hear(ticket, "快递呢").ticket.review


def test_a_ticket_corrected_before_is_asked_for_again(desk, ticket, asked):
    desk.did(correct(ticket))
    assert desk.did(mark(ticket)).ticket.review
    assert asked() == [ticket]
    assert not desk.did(correct(ticket)).ticket.review


def test_selecting_twice_is_told_once(desk, ticket):
    desk.did(mark(ticket))
    case = desk.did(mark(ticket, zh="别的"))
    assert kinds(case).count("review.selected") == 1


def test_closing_neither_drops_the_mark_nor_keeps_a_closed_ticket_off(desk, ticket, asked):
    desk.did(Close(ANNA, ticket_id=ticket))
    desk.did(mark(ticket))
    assert asked() == [ticket]
    desk.did(correct(ticket))
    assert asked() == []


def test_a_closed_ticket_that_was_only_doubted_stays_off(desk, asked):
    case = desk.open("……")  # cannot be judged: a person looks
    assert case.ticket.review
    desk.did(Close(ANNA, ticket_id=case.ticket.id))
    assert asked() == []


def test_a_merged_ticket_cannot_be_selected_and_leaves_the_queue(desk, ticket, asked):
    other = desk.open("快递一直没收到呢").ticket.id
    desk.did(mark(other))
    desk.did(Merge(ANNA, ticket_id=ticket, source=other))
    assert other not in asked()


def test_what_is_said_to_a_merged_ticket_is_said_to_its_target(desk, ticket, asked):
    other = desk.open("快递一直没收到呢").ticket.id
    desk.did(Merge(ANNA, ticket_id=ticket, source=other))
    desk.did(mark(other))
    assert asked() == [ticket]


def test_an_unknown_ticket_is_refused(desk):
    refused(desk.do(mark("t_nobody")), "not_found")


def test_the_clocks_and_the_queue_stay_as_they_are(desk, ticket):
    before = desk.load(ticket).ticket
    after = desk.did(mark(ticket)).ticket
    names = ("queue", "sla", "due_at", "status", "urgency", "priority", "waiting_since")
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]
