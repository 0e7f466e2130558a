import json

import pytest

from tests.service.conftest import Quoting, problem
from triage import Feedback

LATE = "等了三天还没发货，质量太差"


def judged(client, text, **more):
    reply = client.post("/v1/triage", json={"text": text, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def raw(client, body):
    headers = {"Content-Type": "application/json"}
    return client.post("/v1/triage", content=body, headers=headers)


def test_the_verdict_is_the_one_the_library_gives(client, keyword_engine):
    assert judged(client, LATE, id="k1") == keyword_engine(Feedback("k1", LATE)).to_dict()


def test_the_verdict_has_the_fields_the_schema_promises(client):
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    verdict = judged(client, LATE)
    assert set(verdict) == set(schemas["VerdictOut"]["properties"])
    assert set(verdict["evidence"][0]) == set(schemas["EvidenceOut"]["properties"])
    assert set(verdict["model"]) == set(schemas["ModelOut"]["properties"])


def test_issues_suggestions_levels_and_review_are_told(client):
    verdict = judged(client, LATE)
    assert verdict["issues"] == ["product_quality", "delivery"]
    assert verdict["suggested"] == []
    assert (verdict["sentiment"], verdict["review"]) == (2, bool(verdict["review_reasons"]))
    assert verdict["urgency"] >= 1


def test_an_urgent_text_is_urgent(client):
    assert judged(client, "饭里有玻璃，孩子在医院")["urgency"] == 3


def test_a_text_without_an_issue_is_a_verdict_too(client):
    assert judged(client, "很满意，下次还来")["issues"] == []


@pytest.mark.parametrize(
    "text",
    [
        "快递没收到",
        "😡😡快递👨‍👩‍👧没收到🇨🇳",
        "<p>快递&nbsp;没送达</p>\r\n\r\n质量差",
        "ｋｕａｉ快递　没收到",
        "快递\x00没收到",
        "快\u200b递没收到，快递",
        "𠮷𠮷快递没收到",
    ],
)
def test_evidence_quotes_the_characters_that_were_sent(client, text):
    evidence = judged(client, text)["evidence"]
    assert evidence
    assert all(text[item["start"] : item["end"]] == item["text"] for item in evidence)


def test_traditional_text_is_judged_and_quoted_as_it_was_written(client):
    text = "快遞一直沒收到，品質太差"
    verdict = judged(client, text)
    assert verdict["script"] == "hant"
    assert "delivery" in verdict["issues"]
    assert "快遞" in [item["text"] for item in verdict["evidence"]]


def test_the_id_comes_back(client):
    assert judged(client, LATE, id="工单-😡-1")["id"] == "工单-😡-1"


def test_a_text_without_an_id_has_one(client):
    assert judged(client, LATE)["id"] == "1"


def test_channel_and_time_may_be_told(client):
    verdict = judged(client, LATE, channel="app", received_at="2025-03-01T08:30:00+08:00")
    assert verdict["issues"]


def test_what_the_service_does_not_know_is_ignored(client):
    assert judged(client, LATE, shop="甲") == judged(client, LATE)


def test_the_answer_holds_chinese_characters_and_no_escapes(client):
    reply = client.post("/v1/triage", json={"text": LATE})
    assert "质量" in reply.content.decode("utf-8")
    assert reply.headers["content-type"] == "application/json"


def test_the_same_text_gets_the_same_answer(client):
    assert judged(client, LATE) == judged(client, LATE)


def test_the_longest_text_allowed_is_judged(client):
    assert judged(client, "快递" * 10_000)["issues"] == ["delivery"]


# What is refused


@pytest.mark.parametrize(("text", "code"), [("", "empty_text"), (" \n\t　", "empty_text")])
def test_a_blank_text_is_refused(client, text, code):
    assert problem(client.post("/v1/triage", json={"text": text}), 422)["code"] == code


@pytest.mark.parametrize("text", ["。。。！", "<br><br>", "\x00\ufffd", "&nbsp;"])
def test_a_text_that_says_nothing_is_refused(client, text):
    assert problem(client.post("/v1/triage", json={"text": text}), 422)["code"] == "no_content"


def test_a_text_too_long_is_refused_with_the_limit(client):
    error = problem(client.post("/v1/triage", json={"text": "差" * 20_001}), 422)
    assert error["code"] == "text_too_long"
    assert "20000" in error["message"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "body.text"),
        ({"text": None}, "body.text"),
        ({"text": 666}, "body.text"),
        ({"text": ["a"]}, "body.text"),
        ({"text": "好", "id": 7}, "body.id"),
        ({"text": "好", "id": "x" * 201}, "body.id"),
        ({"text": "好", "channel": "x" * 51}, "body.channel"),
        ({"text": "好", "received_at": "昨天"}, "body.received_at"),
        ([], "body"),
        (None, "body"),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_by_name(client, body, place):
    error = problem(raw(client, json.dumps(body)), 422)
    assert error["code"] == "invalid_request"
    assert error["message"].startswith(place)


def test_a_body_that_is_no_json_is_refused(client):
    assert "JSON" in problem(raw(client, '{"text": '), 422)["message"]


def test_a_form_is_refused(client):
    problem(client.post("/v1/triage", data={"text": LATE}), 422)


def test_no_body_is_refused(client):
    problem(client.post("/v1/triage"), 422)


def test_a_body_that_is_no_utf_8_is_refused(client):
    problem(raw(client, json.dumps({"text": LATE}, ensure_ascii=False).encode("gb18030")), 400)


def test_a_body_nested_too_deep_is_refused(client):
    problem(raw(client, "[" * 100_000), 400)


# Half of an emoji: what is left where a text was cut at a number of UTF-16 units

HALF = "\\ud83d"


def test_half_an_emoji_beside_a_text_does_not_stop_the_verdict(client):
    reply = raw(client, f'{{"text": "快递没收到{HALF}"}}')
    assert reply.json()["issues"] == ["delivery"]


def test_half_an_emoji_inside_the_evidence_does_not_end_in_an_error(serve):
    reply = raw(serve(Quoting()), f'{{"text": "快递没收到{HALF}"}}')
    assert reply.status_code in (200, 422)


def test_half_an_emoji_in_the_id_does_not_end_in_an_error(client):
    reply = raw(client, f'{{"text": "快递没收到", "id": "{HALF}"}}')
    assert reply.status_code in (200, 422)
