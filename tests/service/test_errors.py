import json

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.errors import BodyTooLargeError, OverloadedError, status_of
from tests.service.conftest import Failing, problem
from triage import (
    DataError,
    FileFormatError,
    InputError,
    ModelError,
    OutputError,
    PolicyError,
    RecordError,
    TokeniserMismatchError,
    TriageError,
)

TEXT = {"text": "快递没收到"}


def test_a_path_that_is_not_there_is_404_in_the_one_shape(client):
    assert "/docs" in problem(client.get("/nowhere"), 404)["remedy"]


@pytest.mark.parametrize("path", ["/v1/nowhere", "/static/nowhere.js", "/static/../app.py"])
def test_no_path_below_is_answered_in_another_shape(client, path):
    problem(client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/triage", "POST"),
        ("GET", "/v1/triage/batch", "POST"),
        ("POST", "/health", "GET"),
        ("DELETE", "/v1/labels", "GET"),
    ],
)
def test_a_wrong_method_is_405_and_the_right_one_is_told(client, method, path, allowed):
    reply = client.request(method, path)
    problem(reply, 405)
    assert reply.headers["allow"] == allowed


def test_a_static_file_cannot_be_posted_to(client):
    problem(client.post("/static/fenzhen.js"), 405)


def test_a_body_that_cannot_be_parsed_is_400(client):
    headers = {"Content-Type": "application/json"}
    problem(client.post("/v1/triage", content=b'{"text": "\xff"}', headers=headers), 400)


def test_a_model_still_loading_is_503_and_worth_another_try():
    reply = TestClient(create_app()).post("/v1/triage", json=TEXT)
    assert problem(reply, 503)["code"] == "bad_model"
    assert reply.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RecordError("bad text"), 422),
        (InputError("bad input"), 400),
        (FileFormatError("bad file"), 400),
        (DataError("bad data"), 400),
        (ModelError("bad model"), 503),
        (TokeniserMismatchError("other words"), 503),
        (PolicyError("bad policy"), 500),
        (OutputError("disk full"), 500),
        (TriageError("other"), 500),
        (OverloadedError("too many"), 429),
        (BodyTooLargeError("too large"), 413),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_of_the_family_has_its_status(serve, error, status):
    reply = serve(Failing(error)).post("/v1/triage", json=TEXT)
    assert problem(reply, status) == error.to_dict()
    assert status_of(error) == status


def test_an_error_of_a_class_of_ones_own_has_the_status_of_its_nearest_kin():
    class BlankError(RecordError):
        pass

    assert status_of(BlankError("blank")) == 422


def test_a_failure_nobody_thought_of_is_500_and_gives_nothing_away(serve):
    secret = "客户说的话 at /srv/models/secret.bin"
    reply = serve(Failing(RuntimeError(secret))).post("/v1/triage", json=TEXT)
    assert problem(reply, 500)["code"] == "internal_error"
    assert "secret" not in reply.text
    assert "RuntimeError" not in reply.text
    assert "Traceback" not in reply.text


def test_a_failure_leaves_the_service_able_to_answer(serve):
    client = serve(Failing(RuntimeError("once")))
    client.post("/v1/triage", json=TEXT)
    assert client.get("/health").status_code == 200


def test_an_error_in_a_batch_has_the_shape_of_the_others(serve):
    problem(serve(Failing(RuntimeError("x"))).post("/v1/triage/batch", json={"items": [TEXT]}), 500)


def test_a_refused_request_does_not_send_the_text_back(client):
    body = json.dumps({"text": "客户的秘密", "received_at": "昨天"})
    reply = client.post("/v1/triage", content=body, headers={"Content-Type": "application/json"})
    problem(reply, 422)
    assert "客户的秘密" not in reply.text


@pytest.mark.parametrize("path", ["/nowhere", "/v1/triage"])
def test_an_error_of_the_web_says_what_to_do(client, path):
    assert client.get(path).json()["error"]["remedy"]


@pytest.mark.parametrize("text", ["", "。。。", "差" * 20_001])
def test_an_error_of_a_text_says_what_to_do(client, text):
    assert problem(client.post("/v1/triage", json={"text": text}), 422)["remedy"]


def test_every_answer_of_the_api_that_may_be_an_error_is_described(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("/v1/triage", "/v1/triage/batch"):
        replies = paths[path]["post"]["responses"]
        assert {"200", "413", "422", "429", "503"} <= replies.keys()
        for status in ("413", "422", "429", "503"):
            schema = replies[status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorOut"}
