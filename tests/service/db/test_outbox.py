"""What other systems hear: written with what made it true, delivered at least once."""

import json
from datetime import timedelta

import pytest

from service.db.keys import all_endpoints, change_endpoint
from service.db.outbox import KINDS, settle, take
from service.db.tables import endpoints, events, outbox
from service.desk.commands import Correct, OpenTicket
from service.jobs.delivery import Delivery
from service.webhooks.sender import Outcome
from service.webhooks.signing import SecretError
from tests.service.desk.conftest import ANNA


@pytest.fixture
def crm(add_endpoint):
    return add_endpoint()


def written(desk):
    return sorted(row["kind"] for row in desk.rows(outbox))


def test_a_new_ticket_is_told_with_its_verdict(desk, crm):
    case = desk.open("快递还没收到", channel="web")
    (row,) = desk.rows(outbox)
    assert (row["kind"], row["state"], row["ticket_id"]) == (
        "ticket.created",
        "pending",
        case.ticket.id,
    )
    told = row["payload"]
    assert told["type"] == "ticket.created"
    assert told["timestamp"] == case.events[0].at.isoformat()
    assert told["data"]["ticket"]["issues"] == ["delivery"]
    assert told["data"]["ticket"]["queue"] == "delivery"
    assert told["data"]["event"]["id"] == row["event_id"]
    assert row["event_id"] in {event["id"] for event in desk.rows(events)}


def test_personal_data_leave_masked(desk, crm):
    desk.open("我的电话13800001234，快递没收到")
    ticket = desk.load(desk.rows(outbox)[0]["ticket_id"]).ticket.id
    desk.say(ticket, "24小时内回电13800001234")
    assert "13800001234" not in json.dumps([row["payload"] for row in desk.rows(outbox)])


def test_only_what_others_may_hear_of_is_told(desk, clock, crm):
    ticket = desk.open().ticket.id
    desk.say(ticket, "24小时内给您回电")
    desk.hear(ticket, "质量也不好")
    desk.did(Correct(ANNA, ticket_id=ticket, changes={"urgency": 1}, reason="other"))
    clock.forward(days=2)
    desk.look(ticket)
    assert set(written(desk)) >= {
        "ticket.created",
        "verdict.changed",
        "label.corrected",
        "clock.breached",
        "promise.broken",
    }
    assert set(written(desk)) <= {kind.value for kind in KINDS}


def test_an_endpoint_hears_of_the_kinds_it_asked_for(desk, add_endpoint):
    few = add_endpoint("few", kinds=["label.corrected"])
    add_endpoint("off", active=False)
    ticket = desk.open().ticket.id
    assert written(desk) == []
    desk.did(Correct(ANNA, ticket_id=ticket, changes={"urgency": 1}, reason="other"))
    assert [(row["endpoint_id"], row["kind"]) for row in desk.rows(outbox)] == [
        (few, "label.corrected")
    ]


def test_a_repeated_request_is_told_once(desk, crm):
    for _ in range(2):
        desk.do(OpenTicket(ANNA, text="没到", key="k"))
    assert len(written(desk)) == 1


class Sending:
    """Stands for the network: says what it is told for each letter."""

    def __init__(self, *outcomes):
        self.outcomes, self.sent = list(outcomes), []

    def send(self, url, secrets, message_id, body):
        self.sent.append((url, message_id, json.loads(body)))
        said = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(said, Exception):
            raise said
        return said


def round_of(desk, clock, *outcomes):
    sending = Sending(*outcomes)
    more = Delivery(desk.database, sending, now=clock)()
    return sending, more


def test_a_letter_is_delivered_once(desk, clock, crm):
    desk.open()
    sending, more = round_of(desk, clock, Outcome(204, delivered=True))
    (row,) = desk.rows(outbox)
    assert [one[:2] for one in sending.sent] == [("https://example.com/x", row["id"])]
    assert sending.sent[0][2] == row["payload"]
    assert (row["state"], row["attempts"], row["status"]) == ("delivered", 1, 204)
    assert row["delivered_at"] == clock()
    assert not more
    clock.forward(days=9)
    assert round_of(desk, clock, Outcome(204, delivered=True))[0].sent == []


def test_a_failed_letter_comes_again_later_and_is_dead_at_last(desk, clock, crm):
    desk.open()
    attempts = 0
    while desk.rows(outbox)[0]["state"] == "pending":
        sending, _ = round_of(desk, clock, Outcome(500, "HTTP 500", retry=True))
        attempts += len(sending.sent)
        row = desk.rows(outbox)[0]
        assert row["error"] == "HTTP 500"
        if row["state"] == "pending":
            assert row["next_at"] > clock()
            assert round_of(desk, clock, Outcome(204, delivered=True))[0].sent == []
            clock.at = row["next_at"]
    assert (attempts, row["state"], row["attempts"], row["status"]) == (10, "dead", 10, 500)


def test_a_receiver_may_ask_for_a_longer_wait(desk, clock, crm):
    desk.open()
    hour = timedelta(hours=1)
    round_of(desk, clock, Outcome(429, "HTTP 429", retry=True, retry_after=hour))
    assert desk.rows(outbox)[0]["next_at"] == clock() + hour


def test_what_cannot_be_signed_is_a_dead_letter_and_costs_no_other(desk, clock, crm):
    desk.open()
    desk.open()
    round_of(desk, clock, SecretError("no secret"), Outcome(204, delivered=True))
    rows = {row["state"]: row["error"] for row in desk.rows(outbox)}
    assert rows["delivered"] is None
    assert "no secret" in rows["dead"]


def test_a_receiver_that_is_gone_hears_no_more(desk, clock, crm, database):
    desk.open()
    round_of(desk, clock, Outcome(410, "HTTP 410"))
    assert desk.rows(outbox)[0]["state"] == "dead"
    with database.connect() as connection:
        assert not all_endpoints(connection)[0].active
    desk.open()
    assert desk.count(outbox) == 1


def test_letters_of_a_disabled_endpoint_wait_until_it_is_back(desk, clock, crm, database):
    desk.open()
    for active, sent in ((False, 0), (True, 1)):
        with database.begin() as connection:
            assert change_endpoint(connection, crm, {"active": active}, ANNA, clock())
        sending, _ = round_of(desk, clock, Outcome(204, delivered=True))
        assert len(sending.sent) == sent


def test_a_letter_in_hand_is_not_taken_again_until_its_sender_must_have_died(desk, clock, crm):
    desk.open()
    writing = desk.database.execution_options(writes=True)

    def taken():
        with writing.begin() as connection:
            return [letter.attempts for letter in take(connection, clock(), 10)]

    assert taken() == [0]
    assert taken() == []
    clock.forward(seconds=90)
    assert taken() == []
    clock.forward(seconds=31)
    assert taken() == [0]


def test_a_round_takes_so_many_and_says_that_there_may_be_more(desk, clock, crm, monkeypatch):
    monkeypatch.setattr("service.jobs.delivery._MOST", 2)
    for _ in range(3):
        desk.open()
    sending, more = round_of(desk, clock, Outcome(204, delivered=True))
    assert (len(sending.sent), more) == (2, True)
    sending, more = round_of(desk, clock, Outcome(204, delivered=True))
    assert (len(sending.sent), more) == (1, False)


def test_nothing_changes_where_nothing_is_settled(desk, crm):
    with desk.database.begin() as connection:
        settle(connection, [])
        assert take(connection, desk.now(), 10) == []
    assert desk.count(endpoints) == 1
