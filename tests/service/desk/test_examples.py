"""Corrections and annotations as examples: which text, which labels, whose word wins."""

import random
from datetime import timedelta
from typing import ClassVar

import pytest

from service.db.annotations import Annotation, annotations_kept, keep_annotation
from service.db.engine import writing
from service.db.labelled import corrected_tickets, corrections_of, newest_correction
from service.desk.commands import Correct, Merge, Person, Split
from service.desk.examples import examples, said_elsewhere, said_in_inbox
from service.tickets.ids import new_id
from tests.service.desk.conftest import ANNA, MONDAY
from triage import Triage

LIMIT = 10_000
TALK = ("快递还没收到", "客服态度太差", "质量不好", "退款呢", "好的，收到了，谢谢", "还是没人理我")


def pulled(desk, since=""):
    """Return the examples of the inbox by id, as `triage data pull` makes them."""
    with desk.database.connect() as connection:
        ids = corrected_tickets(connection, since)
        said = [said_in_inbox(told) for told in corrections_of(connection, ids, limit=LIMIT)]
        marked = [said_elsewhere(one) for one in annotations_kept(connection) if not one.deleted]
    return examples(said + marked)


def correct(desk, ticket, reason="wrong_issue", **changes):
    return desk.did(Correct(ANNA, ticket_id=ticket, changes=changes, reason=reason))


def annotate(desk, text="一段话", ticket=None, at=MONDAY, number=1, **labels):
    given = {"issues": None, "sentiment": None, "urgency": None, **labels}
    annotation = Annotation(
        id=new_id("a"),
        source="labelstudio",
        external_id=f"1.5/{number}",
        task_id="1.5/3",
        ticket_id=ticket,
        text=text,
        spans=[],
        model_hash=None,
        by="labelstudio:1",
        at=at,
        **given,
    )
    with writing(desk.database) as connection:
        keep_annotation(connection, annotation)


def only(desk):
    (example,) = pulled(desk).values()
    return example


@pytest.fixture
def ticket(desk):
    return desk.open("快递还没收到", channel="web").ticket.id


def test_a_corrected_field_is_a_label_and_the_others_are_not_known(desk, ticket):
    correct(desk, ticket, issues=["product_quality", "delivery"])
    made = only(desk)
    assert (made.id, made.source, made.channel) == (f"inbox-{ticket}", "inbox", "web")
    assert (made.issues, made.sentiment, made.urgency) == (
        ("delivery", "product_quality"),
        None,
        None,
    )
    assert made.text == "快递还没收到"


def test_no_issue_at_all_is_a_label(desk, ticket):
    correct(desk, ticket, issues=[])
    assert only(desk).issues == ()


def test_whoever_confirms_a_verdict_confirms_all_of_it(desk, ticket):
    case = desk.load(ticket)
    correct(desk, ticket, "confirmed", issues=list(case.issues))
    made, body = only(desk), case.verdict.body
    assert made.issues == case.issues
    assert (made.sentiment, made.urgency) == (body["sentiment"], body["urgency"])


def test_whoever_changes_something_confirms_nothing_else(desk, ticket):
    correct(desk, ticket, "confirmed", issues=["product_quality"])
    assert (only(desk).issues, only(desk).sentiment) == (("product_quality",), None)


def test_what_was_corrected_before_stands_against_a_confirmation(desk, ticket):
    correct(desk, ticket, urgency=3)
    correct(desk, ticket, "confirmed", issues=["delivery"])
    made = only(desk)
    assert (made.issues, made.urgency) == (("delivery",), 3)
    assert made.sentiment is not None


def test_a_later_correction_wins(desk, ticket):
    correct(desk, ticket, urgency=3)
    correct(desk, ticket, urgency=0)
    assert only(desk).urgency == 0


def test_a_queue_is_no_label(desk, ticket):
    correct(desk, ticket, "wrong_queue", queue="service")
    assert pulled(desk) == {}


def test_the_text_is_the_one_that_was_judged_and_not_what_came_after(desk, ticket):
    correct(desk, ticket, urgency=3)
    desk.hear(ticket, "质量不好")
    assert only(desk).text == "快递还没收到"


def test_a_correction_goes_on_to_the_text_of_the_next_verdict_corrected(desk, ticket):
    correct(desk, ticket, urgency=3)
    desk.hear(ticket, "质量不好")
    correct(desk, ticket, issues=["product_quality"])
    made = only(desk)
    assert made.text == "质量不好\n快递还没收到"
    assert (made.issues, made.urgency) == (("product_quality",), 3)


def test_a_confirmation_does_not_go_on_to_another_text(desk, ticket):
    correct(desk, ticket, "confirmed", issues=["delivery"])
    desk.hear(ticket, "质量不好")
    correct(desk, ticket, urgency=2)
    assert (only(desk).urgency, only(desk).sentiment) == (2, None)


def test_what_agents_and_notes_say_is_not_in_the_text(desk, ticket):
    desk.say(ticket, "马上为您查询")
    desk.hear(ticket, "还没到")
    correct(desk, ticket, urgency=2)
    assert only(desk).text == "还没到\n快递还没收到"


def test_a_message_that_comes_late_though_written_before_is_not_in_the_text(desk, clock, ticket):
    clock.forward(hours=1)
    desk.hear(ticket, "还没到")
    correct(desk, ticket, urgency=2)
    clock.forward(hours=1)
    desk.hear(ticket, "早写的", at=MONDAY + timedelta(minutes=5))
    assert only(desk).text == "还没到\n快递还没收到"


def test_the_customer_goes_along_so_that_one_person_is_on_one_side_of_a_split(desk):
    case = desk.open("快递还没收到", customer=Person(external_id="c-9"))
    correct(desk, case.ticket.id, urgency=2)
    assert only(desk).customer == case.customer.id != ""


def test_a_correction_before_a_merge_has_the_text_of_one_ticket_only(desk, clock, ticket):
    other = desk.open("质量不好").ticket.id
    correct(desk, ticket, urgency=2)
    desk.did(Merge(ANNA, ticket_id=ticket, source=other))
    assert only(desk).text == "快递还没收到"


def test_a_correction_after_a_merge_has_the_text_of_both_and_after_a_split_of_one(desk, ticket):
    other = desk.open("质量不好").ticket.id
    desk.did(Merge(ANNA, ticket_id=ticket, source=other))
    correct(desk, ticket, urgency=2)
    assert sorted(only(desk).text.split("\n")) == sorted(["快递还没收到", "质量不好"])
    desk.did(Split(ANNA, ticket_id=ticket, source=other))
    correct(desk, ticket, urgency=1)
    assert only(desk).text == "快递还没收到"


class Listening(Triage):
    """Keeps the text that it judged last for each ticket."""

    heard: ClassVar[dict[str, str]] = {}

    def pipe(self, records, **options):
        given = list(records)
        # After the conversations of a batch come the newest messages alone, under the same ids.
        self.heard.update({one.id: one.text for one in reversed(given)})
        return super().pipe(given, **options)


@pytest.mark.parametrize("seed", range(6))
def test_the_text_of_an_example_is_what_the_model_had_before_it(
    make_desk, keyword_engine, clock, seed
):
    """Whatever is said, merged, split and corrected: the engine's own text, word for word."""
    engine = Listening(keyword_engine.scorer, keyword_engine.policy, keyword_engine.name)
    desk, dice, read, expected = make_desk(engine), random.Random(seed), {}, {}
    tickets = [desk.open(dice.choice(TALK)).ticket.id for _ in range(3)]
    for _ in range(25):
        clock.forward(minutes=dice.randint(1, 90))
        step(desk, dice, tickets)
        for ticket in tickets:
            read.setdefault(desk.load(ticket).verdict.id, engine.heard[ticket])
        if dice.random() < 0.5:
            case = correct(desk, dice.choice(tickets), urgency=dice.randint(0, 3))
            expected[f"inbox-{case.ticket.id}"] = read[case.verdict.id]
    assert {key: made.text for key, made in pulled(desk).items()} == expected


def step(desk, dice, tickets):
    ticket, other = dice.sample(tickets, 2)
    merged = [t for t in tickets if desk.load(t).ticket.merged_into]
    if dice.random() < 0.7 or ticket in merged:
        if ticket not in merged:
            desk.hear(ticket, dice.choice(TALK))
        return
    if other in merged:
        if desk.load(other).ticket.merged_into == ticket:
            desk.did(Split(ANNA, ticket_id=ticket, source=other))
        return
    if not merged:
        desk.did(Merge(ANNA, ticket_id=ticket, source=other))


# Annotations


def test_an_annotation_is_an_example_of_its_task(desk):
    annotate(desk, "鞋子开胶", issues=["product_quality"], sentiment=2)
    made = only(desk)
    assert made.id.startswith("labelstudio-1.5-3-")
    assert made.text == "鞋子开胶"
    assert (made.issues, made.sentiment, made.urgency) == (("product_quality",), 2, None)


def test_of_two_annotators_of_a_task_the_later_wins_field_by_field(desk):
    annotate(desk, issues=["delivery"], sentiment=2, number=1)
    annotate(desk, issues=["other"], number=2, at=MONDAY + timedelta(hours=1))
    assert (only(desk).issues, only(desk).sentiment) == (("other",), 2)


def test_a_number_that_label_studio_gives_to_a_second_task_makes_two_examples(desk):
    annotate(desk, "鞋子开胶", issues=["product_quality"], number=1)
    annotate(desk, "还没到", issues=["delivery"], number=2)
    assert {made.text for made in pulled(desk).values()} == {"鞋子开胶", "还没到"}


def test_an_annotation_that_says_nothing_is_no_example(desk):
    annotate(desk)
    annotate(desk, "", issues=["delivery"], number=2)
    assert pulled(desk) == {}


def test_a_label_that_the_model_does_not_know_yet_comes_along(desk):
    annotate(desk, issues=["过热"])
    assert only(desk).issues == ("过热",)


def test_an_annotation_of_a_tickets_text_adds_to_what_was_corrected(desk, clock, ticket):
    correct(desk, ticket, urgency=3)
    later = clock.at + timedelta(hours=1)
    annotate(desk, "快递还没收到", ticket, later, issues=["delivery"], urgency=2)
    made = only(desk)
    assert (made.id, made.issues, made.urgency) == (f"inbox-{ticket}", ("delivery",), 2)
    assert made.channel == "web"


def test_an_annotation_of_an_older_text_gives_way_to_a_later_correction(desk, clock, ticket):
    annotate(desk, "快递还没收到", ticket, clock.at, issues=["other"])
    clock.forward(hours=1)
    desk.hear(ticket, "质量不好")
    correct(desk, ticket, urgency=1)
    assert (only(desk).issues, only(desk).urgency) == (None, 1)


def test_only_tickets_corrected_since_are_told(desk, ticket):
    correct(desk, ticket, urgency=3)
    with desk.database.connect() as connection:
        newest = newest_correction(connection)
    other = desk.open("质量不好").ticket.id
    correct(desk, other, urgency=1)
    assert pulled(desk, since=newest).keys() == {f"inbox-{other}"}
