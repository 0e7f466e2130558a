"""Endpoints and the outbox by HTTP."""

import pytest
from sqlalchemy import update

from service.db.tables import outbox
from tests.service.api.conftest import PUBLIC
from tests.service.conftest import problem


def made(desk, name, **more):
    return desk.made("POST", "/v1/endpoints", json={"name": name, "url": PUBLIC, **more})


def listed(desk):
    return {row["id"]: row for row in desk.made("GET", "/v1/endpoints")}


def letters(desk, state="pending"):
    return desk.made("GET", f"/v1/outbox?state={state}&limit=200")["items"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://10.0.0.8/x",
        "http://[::1]/x",
        "http://169.254.169.254/latest",
        "ftp://93.184.216.34/x",
        "http://user:password@93.184.216.34/x",
        "/x",
        "",
    ],
)
def test_an_address_we_do_not_send_to_is_refused(desk, url):
    before = listed(desk)
    reply = desk.ask("admin", "POST", "/v1/endpoints", json={"name": "inside", "url": url})
    problem(reply, 400)
    assert listed(desk) == before


def test_the_own_network_is_allowed_where_the_operator_says_so(start):
    client = start(allow_private_webhooks=True)
    body = {"name": "crm", "url": "http://127.0.0.1:9/x"}
    assert client.post("/v1/endpoints", json=body).status_code == 201


def test_a_secret_is_shown_once(desk):
    secret = made(desk, "once")["secret"]
    assert secret.startswith("whsec_")
    assert secret not in desk.ask("admin", "GET", "/v1/endpoints").text
    assert "secret" not in desk.ask("admin", "GET", "/v1/endpoints").text


def test_a_rotated_secret_is_another_one(desk):
    endpoint = made(desk, "rotating")
    told = desk.made("POST", f"/v1/endpoints/{endpoint['id']}/rotate")
    assert told["secret"] != endpoint["secret"]
    assert told | {"secret": 0} == endpoint | {"secret": 0}


def test_two_endpoints_of_one_name_are_a_conflict(desk):
    made(desk, "double")
    reply = desk.ask("admin", "POST", "/v1/endpoints", json={"name": "double", "url": PUBLIC})
    problem(reply, 409)


def test_a_removed_endpoint_gets_nothing_more_and_its_name_is_free(own_desk):
    old = own_desk.ids["endpoint_id"]
    assert own_desk.made("DELETE", f"/v1/endpoints/{old}") == {"removed": old}
    again = made(own_desk, "crm")
    before = {letter["id"] for letter in letters(own_desk)}
    own_desk.made("POST", "/v1/tickets", json={"text": "还没发货"})
    fresh = [letter for letter in letters(own_desk) if letter["id"] not in before]
    assert {letter["endpoint_id"] for letter in fresh} == {again["id"]}
    assert listed(own_desk)[old]["active"] is False


def test_removing_twice_changes_nothing_more(desk):
    endpoint = made(desk, "x" * 200)
    path = f"/v1/endpoints/{endpoint['id']}"
    desk.made("DELETE", path)
    once = listed(desk)[endpoint["id"]]
    desk.made("DELETE", path)
    assert listed(desk)[endpoint["id"]] == once
    assert len(once["name"]) <= 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/endpoints/w_0/rotate"),
        ("DELETE", "/v1/endpoints/w_0"),
        ("POST", "/v1/outbox/o_0/retry"),
    ],
)
def test_what_is_not_there_is_404(desk, method, path):
    problem(desk.ask("admin", method, path), 404)


def test_an_endpoint_hears_only_of_what_it_asked_for(own_desk):
    mine = made(own_desk, "some", kinds=["label.corrected", "label.corrected"])
    assert mine["kinds"] == ["label.corrected"]
    path = f"/v1/tickets/{own_desk.ids['ticket_id']}/corrections"
    own_desk.made("POST", path, json={"urgency": 3, "reason": "wrong_urgency"})
    told = [letter for letter in letters(own_desk) if letter["endpoint_id"] == mine["id"]]
    assert [letter["kind"] for letter in told] == ["label.corrected"]
    assert told[0]["payload"]["type"] == "label.corrected"
    assert told[0]["endpoint"] == "some"


@pytest.mark.parametrize("kind", ["ticket.gone", ""])
def test_a_kind_that_is_none_is_refused(desk, kind):
    body = {"name": "kinds", "url": PUBLIC, "kinds": [kind]}
    problem(desk.ask("admin", "POST", "/v1/endpoints", json=body), 422)


def kill(desk, letter):
    database = desk.client.app.state.fenzhen.runtime.database.execution_options(writes=True)
    with database.begin() as connection:
        dead = {"state": "dead", "attempts": 10, "status": 500, "error": "HTTP 500"}
        connection.execute(update(outbox).where(outbox.c.id == letter).values(**dead))


def test_a_dead_letter_is_seen_and_tried_again_from_the_beginning(own_desk):
    letter = own_desk.ids["letter_id"]
    kill(own_desk, letter)
    assert [row["id"] for row in letters(own_desk, "dead")] == [letter]
    assert own_desk.made("POST", f"/v1/outbox/{letter}/retry") == {"retried": letter}
    assert letters(own_desk, "dead") == []
    row = next(row for row in letters(own_desk) if row["id"] == letter)
    assert (row["attempts"], row["error"]) == (0, None)


def test_a_letter_that_is_not_dead_is_not_tried_again(own_desk):
    problem(own_desk.ask("admin", "POST", f"/v1/outbox/{own_desk.ids['letter_id']}/retry"), 404)


def test_a_dead_letter_to_a_removed_endpoint_stays_dead(own_desk):
    letter = own_desk.ids["letter_id"]
    kill(own_desk, letter)
    own_desk.made("DELETE", f"/v1/endpoints/{own_desk.ids['endpoint_id']}")
    problem(own_desk.ask("admin", "POST", f"/v1/outbox/{letter}/retry"), 404)
