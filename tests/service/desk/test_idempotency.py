"""What comes twice is done once, whichever way it is known again."""

import threading

import pytest

from service.db.tables import messages, tickets
from service.desk.commands import AddMessage, Merge, OpenTicket, Person
from tests.service.desk.conftest import ANNA, refused
from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer


def opened(**options):
    return OpenTicket(ANNA, **{"text": "快递还没收到", **options})


def test_the_same_key_and_body_give_the_first_ticket(desk):
    first, again = desk.do(opened(key="k")), desk.do(opened(key="k"))
    assert not first.repeated
    assert again.repeated
    assert again.ticket_id == first.ticket_id
    assert again.answer["message_id"] == first.case.messages[0].id
    assert desk.count(tickets) == 1


def test_a_key_with_another_body_is_refused(desk):
    first = desk.do(opened(key="k"))
    for other in (
        {"text": "质量不好"},
        {"external_id": "2"},
        {"order": "DD20260302001"},
        {"customer": Person("c1")},
        {"tags": ("a",)},
    ):
        refused(desk.do(opened(key="k", **other)), "idempotency_conflict")
    assert [row["id"] for row in desk.rows(tickets)] == [first.ticket_id]


def test_who_sends_it_does_not_belong_to_the_body(desk):
    first = desk.do(opened(key="k"))
    again = desk.do(OpenTicket("person:bob", text="快递还没收到", key="k"))
    assert again.ticket_id == first.ticket_id


def test_the_same_external_id_gives_the_first_ticket(desk):
    first, again = desk.do(opened(external_id="7")), desk.do(opened(external_id="7", text="别的"))
    assert (again.ticket_id, again.repeated) == (first.ticket_id, True)


def test_an_external_id_is_of_its_source(desk):
    crm, shop = desk.run([opened(external_id="7", source=name) for name in ("crm", "shop")])
    assert crm.ticket_id != shop.ticket_id


def test_what_comes_twice_in_one_batch_is_done_once(desk):
    results = desk.run([opened(external_id="7"), opened(external_id="7"), opened(key="k")] * 2)
    assert len({item.ticket_id for item in results}) == 2
    assert [item.repeated for item in results] == [False, True, False, True, True, True]
    assert desk.count(tickets) == desk.count(messages) == 2


def test_a_message_with_a_key_is_added_once(desk):
    ticket = desk.open().ticket.id
    command = AddMessage(ANNA, ticket_id=ticket, text="还没到", key="k")
    first, again = desk.run([command, command])
    assert again.repeated
    assert again.answer["message_id"] == first.answer.get("message_id", first.case.messages[-1].id)
    assert len(desk.load(ticket).messages) == 2
    other = AddMessage(ANNA, ticket_id=ticket, text="到了", key="k")
    refused(desk.do(other), "idempotency_conflict")


def test_one_key_for_two_tickets_in_one_batch_is_refused(desk):
    ids = [desk.open().ticket.id, desk.open("质量不好").ticket.id]
    commands = [AddMessage(ANNA, ticket_id=one, text="在吗", key="k") for one in ids]
    first, second = desk.run(commands)
    assert not first.repeated
    refused(second, "idempotency_conflict")
    assert len(desk.load(ids[1]).messages) == 1


def test_a_message_with_an_external_id_is_added_once(desk):
    ticket = desk.open().ticket.id
    command = AddMessage(ANNA, ticket_id=ticket, text="还没到", external_id="m1")
    assert not desk.do(command).repeated
    assert desk.do(command).repeated
    assert len(desk.load(ticket).messages) == 2


def test_an_external_id_is_known_again_after_a_merge(desk):
    target, source = desk.open().ticket.id, desk.open("质量不好").ticket.id
    desk.did(Merge(ANNA, ticket_id=target, source=source))
    command = AddMessage(ANNA, ticket_id=source, text="还没到", external_id="m1")
    first, again = desk.do(command), desk.do(command)
    assert (first.ticket_id, again.ticket_id) == (target, target)
    assert again.repeated


class Interrupting(KeywordScorer):
    """Does something once while it scores, as another process would meanwhile."""

    meanwhile = None

    def score(self, *args, **options):
        work, self.meanwhile = self.meanwhile, None
        if work:
            work()
        return super().score(*args, **options)


# On SQLite the second waits until the first has ended: nothing can come in between.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_processes_open_the_same_ticket_once(make_desk, desk):
    """The second finds out at its insert, and answers with the first one's ticket."""
    scorer = Interrupting()
    slow = make_desk(Triage(scorer, Policy(), ModelName("k", "0", "0" * 12)))
    seen = []
    same = opened(external_id="race", key="race", customer=Person("race", "13800001234"))
    scorer.meanwhile = lambda: seen.append(desk.do(same))
    results = slow.run([same, opened(external_id="other")])
    assert [item.repeated for item in results] == [True, False]
    assert results[0].ticket_id == seen[0].ticket_id


def test_threads_that_send_the_same_thing_get_one_ticket(desk):
    found, start = [], threading.Barrier(4)

    def send():
        start.wait()
        found.append(desk.do(opened(external_id="7", customer=Person("c1"))))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({item.ticket_id for item in found}) == 1
    assert sorted(item.repeated for item in found) == [False, True, True, True]
