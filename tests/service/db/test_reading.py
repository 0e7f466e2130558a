"""What pages show beside the list, and the keys and endpoints."""

from datetime import timedelta

import pytest

from service.db import reading
from service.db.keys import (
    KeyRow,
    add_key,
    all_endpoints,
    all_keys,
    change_endpoint,
    has_keys,
)
from service.db.notes import rule_hits
from service.db.tables import events, messages, promises, satisfaction
from service.desk.commands import Close, Correct, Person, Rate
from tests.service.desk.conftest import ANNA, MONDAY


@pytest.fixture
def ticket(desk, clock):
    ticket = desk.open("快递还没收到", customer=Person("c1")).ticket.id
    desk.say(ticket, "24小时内给您回电")
    return ticket


@pytest.fixture
def connection(desk):
    with desk.database.connect() as connection:
        yield connection


def test_the_rows_of_a_ticket_come_in_their_order(desk, ticket, connection):
    rows = reading.rows_of_ticket(connection, messages, ticket)
    assert [row["author"] for row in rows] == ["customer", "agent"]


def test_a_customer_is_found_by_either_id(ticket, connection):
    row = reading.customer(connection, "c1")
    assert reading.customer(connection, row["id"]) == row
    assert reading.customer(connection, "nobody") is None
    assert reading.issue_counts(connection, row["id"]) == {"delivery": 1}
    assert len(reading.rows_of_customer(connection, promises, row["id"])) == 1


def test_calls_to_be_made_are_listed_until_made(desk, ticket):
    with desk.database.connect() as connection:
        assert reading.open_follow_ups(connection, 10, 0) == []
    desk.did(Close(ANNA, ticket_id=ticket))
    with desk.database.connect() as connection:
        (row,) = reading.open_follow_ups(connection, 10, 0)
        assert row["ticket_id"] == ticket
        assert row["snippet"] == "快递还没收到"
        assert reading.open_follow_ups(connection, 10, 1) == []


def test_promises_are_listed_and_counted_by_state(ticket, connection):
    (row,) = reading.list_promises(connection, "open", 10, 0)
    assert row["ticket_id"] == ticket
    assert reading.list_promises(connection, "broken", 10, 0) == []
    assert reading.promise_counts(connection) == {"open": 1}


def test_corrections_are_read_on_from_the_last_one(desk, ticket):
    for level in (0, 3):
        desk.did(Correct(ANNA, ticket_id=ticket, changes={"urgency": level}, reason="other"))
    with desk.database.connect() as connection:
        rows = reading.list_corrections(connection, "", 10)
        assert len(rows) == 2
        assert rows[0]["model_name"] == "keyword"
        rest = reading.list_corrections(connection, rows[0]["id"], 10)
        assert [row["id"] for row in rest] == [rows[1]["id"]]


def test_the_log_is_read_by_who_what_and_page(ticket, connection):
    rows = reading.audit(connection, actor=None, kind=None, limit=100, before=None)
    assert len(rows) == len(connection.execute(events.select()).all())
    agents = reading.audit(connection, actor=ANNA, kind="message.sent", limit=9, before=None)
    assert [row["kind"] for row in agents] == ["message.sent"]
    rest = reading.audit(connection, actor=None, kind=None, limit=100, before=rows[0]["id"])
    assert [row["id"] for row in rest] == [row["id"] for row in rows[1:]]


def test_satisfaction_is_perceived_by_expected_and_nothing_where_nothing_was_expected(desk, ticket):
    for expected in (0, 8, 10):
        desk.did(Rate(ANNA, ticket_id=ticket, expected=expected, perceived=5))
    with desk.database.connect() as connection:
        rows = reading.rows_of_ticket(connection, satisfaction, ticket)
    assert [row["percent"] for row in rows] == [None, 62.5, 50.0]


def test_letters_of_the_outbox_are_listed_by_state(desk, add_endpoint):
    add_endpoint()
    ticket = desk.open().ticket.id
    with desk.database.connect() as connection:
        assert reading.list_outbox(connection, "pending", 5)[0]["ticket_id"] == ticket
        assert reading.list_outbox(connection, "dead", 5) == []


def test_the_hits_of_rules_are_counted_since_a_day(desk, ticket):
    with desk.database.connect() as connection:
        assert rule_hits(connection, MONDAY.date())["delivery"] == 1
        assert rule_hits(connection, MONDAY.date() + timedelta(days=1)) == {}


def test_a_key_is_kept_and_the_log_says_who_made_it(database, connection):
    assert not has_keys(connection)
    row = KeyRow("abcdefgh", "小林", "agent", "hash", MONDAY, "person:local")
    with database.begin() as writing:
        add_key(writing, row)
    with database.connect() as fresh:
        assert has_keys(fresh)
        assert all_keys(fresh) == [row]
        (event,) = reading.audit(fresh, actor="person:local", kind=None, limit=9, before=None)
    assert event["kind"] == "key.created"
    assert "hash" not in event["data"]


def test_a_changed_endpoint_is_in_the_log_without_its_secrets(database, add_endpoint):
    crm = add_endpoint()
    with database.begin() as connection:
        assert change_endpoint(connection, crm, {"secrets": ["whsec_x"]}, ANNA, MONDAY)
        assert change_endpoint(connection, crm, {"active": False}, ANNA, MONDAY)
        assert not change_endpoint(connection, "none", {"active": False}, ANNA, MONDAY)
        told = reading.audit(connection, actor=ANNA, kind=None, limit=9, before=None)
        assert [row.name for row in all_endpoints(connection)] == ["crm"]
    assert "whsec_x" not in str([row["data"] for row in told])
    kinds = sorted(row["kind"] for row in told)
    assert kinds == ["endpoint.created", "endpoint.created", "endpoint.removed"]
