import json

import pytest

from tests.service.conftest import Quoting, problem
from triage import Feedback

LATE, BROKEN, GOOD = "等了三天还没发货", "质量太差", "很满意"


def results(client, *items):
    reply = client.post("/v1/triage/batch", json={"items": items})
    assert reply.status_code == 200, reply.text
    assert list(reply.json()) == ["results"]
    return reply.json()["results"]


def test_verdicts_come_in_the_order_of_the_items(client):
    items = [{"id": f"k{k}", "text": (LATE, BROKEN, GOOD)[k % 3]} for k in range(999)]
    found = results(client, *items)
    assert [item["id"] for item in found] == [f"k{k}" for k in range(999)]
    assert [item["issues"] for item in found[:3]] == [["delivery"], ["product_quality"], []]


def test_each_item_is_judged_as_it_is_alone(client):
    items = [{"id": "a", "text": LATE}, {"id": "b", "text": BROKEN, "channel": "app"}]
    assert results(client, *items) == [client.post("/v1/triage", json=i).json() for i in items]


def test_a_batch_of_one_is_a_batch(client, keyword_engine):
    assert results(client, {"text": LATE}) == [keyword_engine(Feedback("1", LATE)).to_dict()]


def test_items_without_an_id_are_numbered_from_one(client):
    found = results(client, {"text": LATE}, {"id": "x", "text": LATE}, {"text": LATE})
    assert [item["id"] for item in found] == ["1", "x", "3"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"text": ""}, "empty_text"),
        ({"text": "。。"}, "no_content"),
        ({"text": "差" * 20_001}, "text_too_long"),
        ({"text": 666}, "invalid_item"),
        ({"text": None}, "invalid_item"),
        ({}, "invalid_item"),
        ({"text": GOOD, "received_at": "昨天"}, "invalid_item"),
        ({"text": GOOD, "id": "x" * 201}, "invalid_item"),
    ],
)
def test_a_bad_item_becomes_an_error_in_its_place_and_loses_no_other(client, bad, code):
    first, second, third = results(client, {"text": LATE}, bad, {"text": BROKEN})
    assert set(second) == {"id", "error"}
    assert second["error"]["code"] == code
    assert second["error"]["message"]
    assert (first["issues"], third["issues"]) == (["delivery"], ["product_quality"])


def test_the_error_of_a_bad_item_names_its_place_and_field(client):
    _, bad = results(client, {"text": LATE}, {"id": "k2", "text": 666})
    assert bad["id"] == "k2"
    assert bad["error"]["message"].startswith("items[1].text: ")


def test_a_batch_of_bad_items_alone_is_answered(client):
    found = results(client, {"text": ""}, {"txt": LATE})
    assert [item["error"]["code"] for item in found] == ["empty_text", "invalid_item"]


@pytest.mark.parametrize("body", [{"items": []}, {"items": {}}, {"items": "x"}, {}, [], None])
def test_a_body_that_holds_no_items_is_refused(client, body):
    error = problem(client.post("/v1/triage/batch", json=body), 422)
    assert error["code"] == "invalid_request"
    assert error["message"].startswith("body")


@pytest.mark.parametrize("bad", [LATE, None, 7, []])
def test_an_item_that_is_no_object_loses_no_other(client, bad):
    found = results(client, {"text": LATE}, bad)
    assert found[0]["issues"] == ["delivery"]
    assert "error" in found[1]


def test_an_item_with_a_null_id_is_named_by_its_place(client):
    assert [item["id"] for item in results(client, {"id": None, "text": ""})] == ["1"]


def raw(client, body):
    headers = {"Content-Type": "application/json"}
    return client.post("/v1/triage/batch", content=body, headers=headers)


def test_half_an_emoji_in_one_id_loses_no_other_item(client):
    items = f'{{"id": "\\ud83d", "text": "好"}}, {{"text": {json.dumps(LATE)}}}'
    reply = raw(client, f'{{"items": [{items}]}}')
    assert reply.status_code == 200
    assert reply.json()["results"][1]["issues"] == ["delivery"]


def test_half_an_emoji_in_one_text_loses_no_other_item(serve):
    items = f'{{"text": "质量差\\ud83d"}}, {{"id": "k2", "text": {json.dumps(LATE)}}}'
    reply = raw(serve(Quoting()), f'{{"items": [{items}]}}')
    assert reply.status_code == 200
    assert reply.json()["results"][1]["id"] == "k2"
