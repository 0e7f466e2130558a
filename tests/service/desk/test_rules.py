"""What rules do to a ticket, and what the text and the log say of neglect."""

import pytest

from service.db.tables import endpoints, outbox, rule_counts
from service.desk.commands import Assign, Correct, Look
from service.desk.labels import neglect
from tests.service.desk.conftest import ANNA, MONDAY, kinds, last, refused
from tests.service.routing.rulebooks import QUEUES, book

STAFF = """
people:
  - {name: 张伟, queue: service}
  - {name: 林晓, queue: service}
conflicts: {avoid_team: false, fallback: [review]}
"""


@pytest.fixture
def ruled(make_desk):
    """Make a desk with rules of a test."""

    def make(rules, head="", queues=QUEUES):
        return make_desk(rules=book(rules, head, queues))

    return make


def test_a_ticket_that_no_rule_takes_goes_to_the_default(ruled):
    desk = ruled("- {name: none, if: {channel: phone}, then: {tags: [x]}}", "default_queue: other")
    ticket = desk.open().ticket
    assert (ticket.queue, ticket.queue_by, ticket.sla) == ("other", "system", "other")


def test_without_a_default_the_first_queue_takes_it(ruled):
    desk = ruled("- {name: none, if: {channel: phone}, then: {tags: [x]}}")
    assert desk.open().ticket.queue == "quality"


def test_the_reason_is_told_with_the_move(ruled):
    desk = ruled("- {name: d, if: {issues: delivery}, then: {queue: service}}")
    event = last(desk.open(), "queue.changed")
    assert event.actor == "rule:d"
    assert event.data["why"][0]["rule"] == "d"
    assert event.data["previous"] is None


def test_priority_is_lowered_only_on_a_new_ticket(ruled):
    desk = ruled(
        """
        - {name: low, if: {text: {contains: [谢]}}, then: {priority: low}}
        - {name: high, if: {text: {contains: [急]}}, then: {priority: high}}
        """
    )
    assert desk.open("谢谢").ticket.priority == 0
    ticket = desk.open("急").ticket.id
    assert desk.load(ticket).ticket.priority == 2
    desk.say(ticket, "好")
    case = desk.hear(ticket, "谢谢")
    assert case.ticket.priority == 2


def test_an_sla_of_a_rule_holds_without_a_queue_of_it(ruled):
    desk = ruled(
        """
        - {name: d, on: [ticket.created], if: {issues: delivery}, then: {queue: service}}
        - {name: here, on: [message.received], if: {text: {contains: [店里]}}, then: {sla: on_site}}
        """
    )
    ticket = desk.open().ticket.id
    case = desk.hear(ticket, "我在店里等")
    assert (case.ticket.queue, case.ticket.sla) == ("service", "on_site")
    assert last(case, "sla.changed").data == {"sla": "on_site"}


def test_a_queue_without_clocks_of_its_own_has_the_default_ones(ruled):
    desk = ruled("- {name: d, if: {issues: delivery}, then: {queue: other}}")
    assert desk.open().ticket.sla == "other"


def test_tags_are_added_once(ruled):
    desk = ruled("- {name: t, if: {issues: delivery}, then: {tags: [b, a]}}")
    ticket = desk.open(tags=("c",)).ticket
    assert ticket.tags == ["a", "b", "c"]
    assert kinds(desk.hear(ticket.id, "快递呢")).count("tags.changed") == 1


def test_an_owner_is_given_once_and_taken_from_whom_the_customer_names(ruled):
    desk = ruled("- {name: o, if: {issues: delivery}, then: {queue: service, owner: 张伟}}", STAFF)
    ticket = desk.open().ticket
    assert ticket.owner == "张伟"
    case = desk.hear(ticket.id, "张伟骂人")
    assert case.ticket.owner is None
    assert last(case, "owner.changed").data == {"owner": None, "previous": "张伟"}


def test_nobody_gets_a_ticket_that_complains_about_them(ruled):
    desk = ruled("- {name: o, if: {issues: delivery}, then: {queue: service}}", STAFF)
    ticket = desk.open("快递没到，张伟骂人").ticket.id
    error = refused(desk.do(Assign(ANNA, ticket_id=ticket, owner="张伟")), "conflict_of_interest")
    assert "张伟" in error.message
    assert desk.did(Assign(ANNA, ticket_id=ticket, owner="林晓")).ticket.owner == "林晓"


def test_people_told_are_in_the_log(ruled):
    desk = ruled("- {name: n, if: {issues: delivery}, then: {notify: [林晓]}}", STAFF)
    told = last(desk.open(), "notified").data
    assert (told["who"], told["about"], told["excluded"]) == ("林晓", "ticket.created", [])


def test_a_rule_may_ask_for_review_and_raise_urgency(ruled):
    desk = ruled("- {name: r, if: {issues: delivery}, then: {review: true, raise_urgency: 3}}")
    case = desk.open()
    assert (case.ticket.review, case.ticket.urgency) == (True, 3)
    assert last(case, "priority.changed").data == {"urgency": 3}
    case = desk.did(Look("system", ticket_id=case.ticket.id))
    assert (case.ticket.review, case.ticket.urgency) == (True, 3)


def test_a_webhook_of_a_rule_goes_to_its_endpoint_alone(ruled, add_endpoint):
    erp, _ = add_endpoint("erp", kinds=["topic.emerging"]), add_endpoint("siem", active=False)
    desk = ruled(
        """
        - name: w
          on: [message.received]
          if: {text: {contains: [在吗]}}
          then: {webhook: [erp, siem]}
        """
    )
    ticket = desk.open().ticket.id
    assert desk.count(outbox) == 0
    desk.hear(ticket, "在吗")
    row = desk.rows(outbox)[0]
    assert (row["endpoint_id"], row["kind"]) == (erp, "message.received")
    assert desk.count(outbox) == 1
    assert desk.count(endpoints) == 2


def test_each_rule_that_fired_is_counted_for_the_day(ruled):
    desk = ruled("- {name: d, if: {issues: delivery}, then: {queue: service}}")
    for _ in range(2):
        desk.open()
    assert desk.rows(rule_counts) == [{"rule": "d", "day": MONDAY.date(), "hits": 2}]


NEGLECTED = "我反映的事没人理"


def test_neglect_is_none_where_nobody_speaks_of_it(desk):
    assert neglect(desk.open()) == "none"


def test_neglect_in_the_text_is_unverified_where_the_log_is_empty(desk):
    case = desk.open(NEGLECTED)
    assert neglect(case) == "unverified"
    assert case.ticket.queue == "follow_up"
    assert "neglect:text_only" not in case.ticket.tags


def test_neglect_in_the_text_against_an_answer_in_the_log_goes_to_review(desk):
    ticket = desk.open().ticket.id
    desk.say(ticket, "您好")
    case = desk.hear(ticket, NEGLECTED)
    assert neglect(case) == "text"
    assert (case.ticket.queue, case.ticket.review) == ("review", True)


def test_neglect_in_the_log_alone_is_ours(desk, clock):
    ticket = desk.open().ticket.id
    clock.forward(hours=2)
    assert "ticket.neglected" in desk.look(ticket)
    case = desk.load(ticket)
    assert neglect(case) == "log"
    assert "neglect:log_only" in case.ticket.tags
    assert case.ticket.neglected
    assert not desk.say(ticket).ticket.neglected


def test_neglect_in_both_is_confirmed(desk, clock):
    ticket = desk.open().ticket.id
    clock.forward(hours=2)
    desk.look(ticket)
    case = desk.hear(ticket, NEGLECTED)
    assert neglect(case) == "both"
    assert case.ticket.queue == "follow_up"
    assert "neglect:confirmed" in case.ticket.tags
    assert case.ticket.urgency == 2


def test_a_broken_promise_is_neglect_in_the_log(desk, clock):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    clock.forward(hours=25)
    desk.look(ticket)
    assert neglect(desk.load(ticket)) == "log"


def test_neglect_that_a_person_denied_is_none(desk):
    ticket = desk.open(NEGLECTED).ticket.id
    changes = {"issues": ["other"]}
    case = desk.did(Correct(ANNA, ticket_id=ticket, changes=changes, reason="wrong_issue"))
    assert neglect(case) == "none"
