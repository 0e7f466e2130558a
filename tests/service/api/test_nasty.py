"""What no well-meaning client sends: each field of each body in turn, on both databases."""

import json
import re

import pytest

from tests.service.api.test_fuzz import check_shape

NASTY = [
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud83d"',
    '"\\udc00\\ud800"',
    '""',
    '"　\\u200b"',
    json.dumps("甲" * 70_000),
    '"\'; DROP TABLE tickets; --"',
    '"%_\\\\"',
    "1e400",
    "-1",
    "9" * 40,
    "1" * 5000,
    "NaN",
    "true",
    "null",
    "[]",
    "{}",
    '["\\u0000", "\\ud83d"]',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.999999-12:00"',
    '"2026-02-30T00:00:00Z"',
    '"2026-11-20T10:00:00+08:00"',
]
BODIES = {
    "/v1/tickets": {"text": '"衣服起球"'},
    "/v1/tickets/{ticket_id}/messages": {"text": '"还没到"'},
    "/v1/tickets/{ticket_id}/close": {},
    "/v1/tickets/{ticket_id}/reopen": {},
    "/v1/tickets/{ticket_id}/assign": {},
    "/v1/tickets/{ticket_id}/tags": {},
    "/v1/tickets/{ticket_id}/corrections": {"reason": '"other"'},
    "/v1/tickets/{ticket_id}/follow-up": {"outcome": '"no_answer"'},
    "/v1/tickets/{ticket_id}/satisfaction": {"expected": "1", "perceived": "1"},
    "/v1/tickets/{ticket_id}/merge": {},
    "/v1/tickets/{ticket_id}/split": {},
    "/v1/tickets/{ticket_id}/promises/{promise_id}": {"kept": "true"},
    "/v1/customers/{customer_id}": {},
    "/v1/keys": {"name": '"n"', "role": '"reader"'},
    "/v1/endpoints": {"name": '"n"', "url": '"https://93.184.216.34/x"'},
    "/v1/triage": {"text": '"衣服起球"'},
    "/v1/triage/batch": {"items": '[{"text": "衣服起球"}]'},
    "/v1/trends/topics/{topic_id}": {},
    "/v1/trends/topics/{topic_id}/merge": {"into": "1"},
    "/v1/models/rollback": {"reason": '"r"'},
    "/v1/trends/emerging/{emergence_id}/close": {"verdict": '"known"'},
    "/label-studio/setup": {},
    "/label-studio/predict": {"tasks": '[{"data": {"text": "衣服起球"}}]'},
    "/label-studio/webhook": {"action": '"ANNOTATION_CREATED"'},
}
METHODS = {  # of bodies that are not posted
    "/v1/customers/{customer_id}": "PATCH",
    "/v1/trends/topics/{topic_id}": "PATCH",
}
JSON = {"Content-Type": "application/json"}


def written(fields):
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


def documented(desk):
    """Return the names of the fields of each JSON body, as the document has them."""
    document = desk.client.get("/openapi.json").json()
    found = {}
    for path, item in document["paths"].items():
        content = item.get(METHODS.get(path, "POST").lower(), {}).get("requestBody", {})
        content = content.get("content", {})
        if schema := content.get("application/json", {}).get("schema"):
            name = schema["$ref"].rsplit("/", 1)[1]
            found[path] = document["components"]["schemas"][name]["properties"]
    return found


def send(desk, path, body):
    method = METHODS.get(path, "POST")
    return desk.ask("admin", method, path.format(**desk.ids), content=body, headers=JSON)


def test_every_json_body_is_among_those_that_are_attacked(desk):
    assert documented(desk).keys() == BODIES.keys()


@pytest.mark.slow
def test_no_value_of_any_field_of_any_body_breaks_the_service(each_desk):
    for path, fields in documented(each_desk).items():
        for name in fields:
            for value in NASTY:
                body = written(BODIES[path] | {name: value})
                reply = send(each_desk, path, body.encode("utf-8", "surrogatepass"))
                check_shape(reply.status_code, reply.text)
    for path in ("/v1/tickets?limit=200", "/v1/export", "/v1/audit", "/v1/keys", "/v1/endpoints"):
        assert each_desk.ask("admin", "GET", path).status_code == 200, path


QUERIES = ["%00", "%ED%A0%BD", "%FF", "9" * 40, "-1", "1e3", "a%00b", "%25_%5C", "甲" * 5000, ""]
_FILTERS = "issue sentiment urgency channel product region tier queue model topic"
_WINDOW = f"period from to {_FILTERS}"
LISTS = {
    "/v1/tickets": "status queue owner issue urgency priority sentiment channel tag customer review"
    " breached neglected waiting text since until sort limit offset",
    "/v1/export": "format queue since until",
    "/v1/follow-ups": "limit offset",
    "/v1/promises": "state limit offset",
    "/v1/corrections": "after limit",
    "/v1/audit": "actor kind before limit",
    "/v1/outbox": "state limit",
    "/v1/drift": "weeks channel",
    "/v1/trends/counts": f"by top {_WINDOW}",
    "/v1/trends/expected": f"by key {_WINDOW}",
    "/v1/trends/overview": _FILTERS,
    "/v1/trends/service": _WINDOW,
    "/v1/trends/drivers": f"outcome {_WINDOW}",
    "/v1/trends/silent": f"assume {_WINDOW}",
    "/v1/trends/quality": _WINDOW,
    "/v1/trends/topics": f"top hidden {_WINDOW}",
    "/v1/trends/export": f"what format by key {_WINDOW}",
    "/v1/trends/emerging": "state",
    "/v1/models/shadow": "field label limit offset",
}


@pytest.mark.slow
def test_no_value_of_any_parameter_of_a_list_breaks_the_service(each_desk):
    for path, names in LISTS.items():
        for name in names.split():
            for value in QUERIES:
                reply = each_desk.ask("admin", "GET", f"{path}?{name}={value}")
                check_shape(reply.status_code, reply.text)


def test_every_parameter_of_a_list_is_among_those_that_are_attacked(desk):
    paths = desk.client.get("/openapi.json").json()["paths"]
    told = {
        path: {item["name"] for item in paths[path]["get"].get("parameters", [])}
        for path in paths
        if "get" in paths[path]
    }
    asked = {path: names for path, names in told.items() if names and "{" not in path}
    assert asked == {path: set(names.split()) for path, names in LISTS.items()}


IDS = ["%00", "%ED%A0%BD", "..%2F..", "t_%27%22", "甲" * 300, "%20", "a" * 5000, "9" * 40]


def test_no_name_of_a_thing_breaks_the_service(each_desk):
    paths = each_desk.client.get("/openapi.json").json()["paths"]
    named = [(path, method) for path, item in paths.items() for method in item if "{" in path]
    for path, method in named:
        for value in IDS:
            address = re.sub(r"\{\w+\}", lambda _, value=value: value, path)
            reply = each_desk.ask("admin", method.upper(), address)
            check_shape(reply.status_code, reply.text)
            assert 400 <= reply.status_code < 500


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"a":' * 50_000, "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"text=x", "application/x-www-form-urlencoded"),
        (b"<text>x</text>", "application/xml"),
        (b'{"text": "x"}', "text/plain"),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/v1/tickets", "/v1/tickets/{ticket_id}/messages", "/v1/keys", "/v1/import"]
)
def test_a_body_of_another_kind_is_refused(desk, path, content, kind):
    headers = {"Content-Type": kind}
    reply = desk.ask("admin", "POST", path.format(**desk.ids), content=content, headers=headers)
    assert reply.status_code in (400, 422)
    check_shape(reply.status_code, reply.text)


KEYS = ["", " ", "k" * 201, "k" * 5000, "甲".encode(), b"\x00", b"\xff"]


@pytest.mark.parametrize("key", KEYS)
def test_no_idempotency_key_breaks_the_service(desk, key):
    headers = {"Idempotency-Key": key}
    reply = desk.ask("admin", "POST", "/v1/tickets", json={"text": "起球"}, headers=headers)
    check_shape(reply.status_code, reply.text)


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": b"Bearer \xff"},
        {"Authorization": "Basic Zm9vOmJhcg=="},
        {"X-API-Key": "fz_aaaaaaaa_" + "a" * 43},
        {"X-API-Key": "\t"},
        {"Cookie": "fenzhen_session=forged"},
        {"Cookie": "fenzhen_session=" + "x" * 5000},
    ],
)
def test_who_shows_no_key_of_ours_is_refused(desk, header):
    reply = desk.client.get("/v1/tickets", headers=header)
    assert reply.status_code == 401
    check_shape(reply.status_code, reply.text)
