"""Tickets by HTTP: open, repeat, talk, list, act; the same on both databases where it matters."""

import pytest

from tests.service.conftest import problem


@pytest.fixture
def ask(desk):
    """Ask as an agent."""
    return lambda method, path, **more: desk.ask("agent", method, path, **more)


def opened(desk, text="质量太差", **fields):
    reply = desk.ask("agent", "POST", "/v1/tickets", json={"text": text, **fields})
    assert reply.status_code == 201, reply.text
    return reply.json()["ticket"]


def act(desk, ticket, deed, status=200, **body):
    reply = desk.ask("agent", "POST", f"/v1/tickets/{ticket['id']}/{deed}", json=body)
    assert reply.status_code == status, reply.text
    return reply.json()


def detail(desk, ticket):
    return desk.ask("agent", "GET", f"/v1/tickets/{ticket['id']}").json()


# Open, and open again


def test_a_new_ticket_is_201_with_its_verdict_and_its_queue(ask):
    reply = ask("POST", "/v1/tickets", json={"text": "等了三天还没发货", "channel": "web"})
    told = reply.json()
    assert (reply.status_code, told["repeated"]) == (201, False)
    assert told["ticket"]["issues"] == told["verdict"]["issues"] == ["delivery"]
    assert (told["ticket"]["status"], told["ticket"]["queue"]) == ("open", "delivery")
    assert ask("GET", f"/v1/tickets/{told['ticket']['id']}").status_code == 200


def test_the_same_external_id_is_200_and_the_first_ticket(ask):
    body = {"text": "起球", "external_id": "x-1", "source": "shop"}
    first = ask("POST", "/v1/tickets", json=body)
    again = ask("POST", "/v1/tickets", json=body | {"text": "another text"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["repeated"] is True
    assert again.json()["ticket"]["id"] == first.json()["ticket"]["id"]


def test_the_same_external_id_of_another_source_is_another_ticket(desk):
    one, two = (opened(desk, external_id="x-2", source=name) for name in ("shop", "app"))
    assert one["id"] != two["id"]


def test_the_same_idempotency_key_is_200_and_the_first_ticket(ask):
    send = {"json": {"text": "起球"}, "headers": {"Idempotency-Key": "k-1"}}
    first, again = ask("POST", "/v1/tickets", **send), ask("POST", "/v1/tickets", **send)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["ticket"]["id"] == first.json()["ticket"]["id"]


def test_an_idempotency_key_with_another_body_is_refused(ask):
    headers = {"Idempotency-Key": "k-2"}
    ask("POST", "/v1/tickets", json={"text": "起球"}, headers=headers)
    reply = ask("POST", "/v1/tickets", json={"text": "褪色"}, headers=headers)
    assert problem(reply, 409)["code"] == "idempotency_conflict"


@pytest.mark.parametrize("name", ["Idempotency-Key", "external_id"])
def test_a_message_sent_again_is_200_and_kept_once(desk, name):
    ticket = opened(desk)
    body = {"text": "还没人回", **({"external_id": "m-1"} if name == "external_id" else {})}
    headers = {name: f"m-{ticket['id']}"} if name == "Idempotency-Key" else {}
    path = f"/v1/tickets/{ticket['id']}/messages"
    first, again = (desk.ask("agent", "POST", path, json=body, headers=headers) for _ in "12")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["message_id"] == first.json()["message_id"]
    assert [m["text"] for m in detail(desk, ticket)["messages"]].count("还没人回") == 1


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"text": ""}, "body.text"),
        ({"text": "a", "at": "1999-12-31T23:59:59Z"}, "body.at"),
        ({"text": "a", "at": "2026-01-01T00:00:00"}, "body.at"),
        ({"text": "a", "source": "s" * 51}, "body.source"),
        ({"text": "a", "external_id": " "}, "body.external_id"),
        ({"text": "a", "customer": {"phone": 7}}, "body.customer.phone"),
        ({"text": "a", "tags": ["t"] * 51}, "body.tags"),
    ],
)
def test_a_field_that_cannot_be_kept_is_refused_by_name(ask, fields, place):
    error = problem(ask("POST", "/v1/tickets", json=fields), 422)
    assert error["message"].startswith(place)


def test_a_text_that_says_nothing_is_a_ticket_all_the_same(desk):
    assert detail(desk, opened(desk, "。。。"))["verdict"]["unjudged"] == "no_content"


@pytest.mark.parametrize("path", ["/v1/tickets/t_0", "/v1/customers/c_0"])
def test_what_is_not_there_is_404(ask, path):
    assert problem(ask("GET", path), 404)["code"] == "not_found"


# What is done with a ticket


def test_a_life_from_the_first_message_to_the_last_answer(desk):
    ticket = opened(desk, "等了三天还没发货")
    act(desk, ticket, "assign", owner="林晓")
    act(desk, ticket, "messages", 201, author="agent", text="24小时内给您回电", name="张敏")
    assert act(desk, ticket, "wait")["ticket"]["status"] == "waiting"
    assert act(desk, ticket, "resume")["ticket"]["status"] == "open"
    assert act(desk, ticket, "close", note="已补发")["ticket"]["status"] == "resolved"
    done = act(desk, ticket, "follow-up", outcome="satisfied", expected=8, perceived=6)
    assert done["ticket"]["status"] == "closed"
    whole = detail(desk, ticket)
    assert whole["satisfaction"][0]["percent"] == 75
    assert [item["kind"] for item in whole["promises"]] == ["call_back"]
    assert whole["follow_ups"][0]["outcome"] == "satisfied"
    assert {clock["name"] for clock in whole["clocks"]} >= {"first_response", "resolution"}


def test_a_customer_who_is_not_content_has_the_ticket_open_again(desk):
    ticket = opened(desk)
    act(desk, ticket, "close")
    told = act(desk, ticket, "follow-up", outcome="unsatisfied", note="还是坏的")["ticket"]
    assert (told["status"], told["reopened"]) == ("open", 1)


def test_satisfaction_is_undefined_where_nothing_was_expected(desk):
    ticket = opened(desk)
    act(desk, ticket, "satisfaction", 201, expected=0, perceived=5)
    assert detail(desk, ticket)["satisfaction"][0]["percent"] is None


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((), "resume"),
        ((), "reopen"),
        ((), "follow-up"),
        (("close",), "close"),
        (("close",), "wait"),
    ],
)
def test_what_the_ticket_does_not_allow_is_a_conflict(desk, first, then):
    ticket = opened(desk)
    for name in first:
        act(desk, ticket, name)
    body = {"outcome": "satisfied"} if then == "follow-up" else {}
    reply = desk.ask("agent", "POST", f"/v1/tickets/{ticket['id']}/{then}", json=body)
    assert problem(reply, 409)["code"] == "conflict"


def test_tags_are_added_and_removed(desk):
    ticket = opened(desk, tags=["b"])
    told = act(desk, ticket, "tags", add=["a", "a"], remove=["b"])["ticket"]["tags"]
    assert set(told) == set(ticket["tags"]) - {"b"} | {"a"}
    assert len(told) == len(ticket["tags"])


def test_an_owner_is_set_and_taken_back(desk):
    ticket = opened(desk)
    assert act(desk, ticket, "assign", owner="林晓")["ticket"]["owner"] == "林晓"
    assert act(desk, ticket, "assign", owner=None)["ticket"]["owner"] is None


def test_merged_tickets_are_one_until_they_are_split(desk):
    one, two = opened(desk, "起球"), opened(desk, "还没发货")
    act(desk, one, "merge", source=two["id"])
    assert detail(desk, two)["ticket"]["merged_into"] == one["id"]
    assert len(detail(desk, one)["messages"]) == 2
    act(desk, one, "split", source=two["id"])
    assert detail(desk, two)["ticket"]["status"] == "open"
    assert len(detail(desk, one)["messages"]) == 1


def test_a_ticket_is_not_merged_into_itself(desk):
    ticket = opened(desk)
    path = f"/v1/tickets/{ticket['id']}/merge"
    problem(desk.ask("agent", "POST", path, json={"source": ticket["id"]}), 409)


# Corrections


def test_a_person_wins_over_the_machine_for_good(desk):
    ticket = opened(desk, "衣服起球严重")
    wrong = {"issues": ["delivery"], "urgency": 3, "reason": "wrong_issue"}
    assert act(desk, ticket, "corrections", 201, **wrong)["ticket"]["issues"] == ["delivery"]
    told = act(desk, ticket, "messages", 201, text="衣服起球，质量太差")["ticket"]
    assert (told["issues"], told["urgency"]) == (["delivery"], 3)


def test_a_correction_is_tied_to_the_verdict_that_was_seen(desk):
    ticket = opened(desk)
    seen = detail(desk, ticket)["verdict"]["id"]
    act(desk, ticket, "messages", 201, text="还没发货")
    body = {"sentiment": 1, "reason": "wrong_mood", "verdict_id": seen}
    reply = desk.ask("agent", "POST", f"/v1/tickets/{ticket['id']}/corrections", json=body)
    assert problem(reply, 409)["code"] == "verdict_changed"


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "wrong_issue"},
        {"issues": ["nope"], "reason": "wrong_issue"},
        {"queue": "nope", "reason": "wrong_queue"},
        {"sentiment": 6, "reason": "wrong_mood"},
        {"sentiment": 1, "reason": "because"},
        {"sentiment": 1},
    ],
)
def test_a_correction_outside_the_closed_sets_is_refused(desk, body):
    ticket = opened(desk)
    problem(desk.ask("agent", "POST", f"/v1/tickets/{ticket['id']}/corrections", json=body), 422)


def test_corrections_are_read_page_by_page_and_none_twice(desk):
    for urgency in (0, 2, 3):
        act(desk, opened(desk), "corrections", 201, urgency=urgency, reason="wrong_urgency")
    whole = desk.ask("analyst", "GET", "/v1/corrections").json()["items"]
    seen, after = [], ""
    while True:
        page = desk.ask("analyst", "GET", f"/v1/corrections?limit=2&after={after}").json()
        assert len(page["items"]) <= 2
        if page["next"] is None:
            break
        seen += page["items"]
        after = page["next"]
    assert seen == whole
    assert {"verdict_id", "message_id", "model_hash", "before", "after", "by"} <= whole[0].keys()


def test_two_callers_may_choose_the_same_idempotency_key(own_desk):
    made = [
        own_desk.ask(
            role, "POST", "/v1/tickets", json={"text": "坏了"}, headers={"Idempotency-Key": "1"}
        )
        for role in ("agent", "admin")
    ]
    assert [reply.status_code for reply in made] == [201, 201]
