import json
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import pytest
from pydantic import ValidationError

from service.settings import Settings
from tests.service.conftest import PATIENCE, Failing, problem

TEXT = {"text": "快递没收到"}


def post(client):
    return client.post("/v1/triage", json=TEXT)


def post_batch(client):
    return client.post("/v1/triage/batch", json={"items": [TEXT] * 3})


def flood(client, held, number, refused, send=post):
    """Send `number` requests at once; release the scorer when `refused` have come back."""
    with ThreadPoolExecutor(number) as pool:
        waiting = {pool.submit(send, client) for _ in range(number)}
        done = set()
        while len(done) < refused:
            ready, waiting = wait(waiting, PATIENCE, FIRST_COMPLETED)
            assert ready, "requests beyond the queue were not refused but kept waiting"
            done |= ready
        early = [future.result() for future in done]
        held.released.set()
        late = [future.result(PATIENCE) for future in waiting]
    return early, late


# 429: more requests than may wait


def test_requests_beyond_the_queue_are_refused_at_once_and_the_others_answered(serve, held):
    client = serve(held, workers=1, queue=2)
    early, late = flood(client, held, number=8, refused=5)
    assert [reply.status_code for reply in late] == [200] * 3
    for reply in early:
        assert problem(reply, 429)["code"] == "overloaded"
        assert reply.headers["retry-after"] == "1"


def test_after_the_rush_the_service_takes_requests_again(serve, held):
    client = serve(held, workers=1, queue=1)
    flood(client, held, number=4, refused=2)
    assert [post(client).status_code for _ in range(5)] == [200] * 5


def test_batches_beyond_the_queue_are_refused_too(serve, held):
    client = serve(held, workers=1, queue=1)
    early, late = flood(client, held, number=4, refused=2, send=post_batch)
    assert [reply.status_code for reply in late] == [200, 200]
    assert [problem(reply, 429)["code"] for reply in early] == ["overloaded"] * 2


def test_no_more_passes_than_workers_run_at_the_same_time(serve, held):
    client = serve(held, workers=2, queue=6)
    _, late = flood(client, held, number=9, refused=1)  # now all the others have come in
    assert [reply.status_code for reply in late] == [200] * 8
    assert held.most == 2


def test_a_pass_that_fails_gives_its_place_back(serve):
    client = serve(Failing(RuntimeError("x")), workers=1, queue=1)
    assert [post(client).status_code for _ in range(6)] == [500] * 6


def test_pages_health_and_labels_are_answered_while_the_queue_is_full(serve, held):
    client = serve(held, workers=1, queue=1)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(post, client) for _ in range(2)]
        assert held.entered.wait(PATIENCE)
        for path in ("/", "/health", "/ready", "/v1/labels"):
            assert client.get(path).status_code == 200
        held.released.set()
        wait(running, PATIENCE)


# 413: a body too large


def body(size):
    """A request of exactly `size` bytes."""
    bare = json.dumps({"text": "快递", "pad": ""}, ensure_ascii=False).encode()
    return bare[:-2] + b"x" * (size - len(bare)) + bare[-2:]


def send(client, content, **headers):
    headers = {"Content-Type": "application/json", **headers}
    return client.post("/v1/triage", content=content, headers=headers)


def test_a_body_of_exactly_the_limit_is_taken(serve):
    assert len(body(1024)) == 1024
    assert send(serve(max_body=1024), body(1024)).status_code == 200


def test_a_body_one_byte_over_the_limit_is_refused_with_the_limit(serve):
    error = problem(send(serve(max_body=1024), body(1025)), 413)
    assert error["code"] == "body_too_large"
    assert "1024" in error["message"]
    assert error["remedy"]


def test_a_body_that_does_not_state_its_length_is_refused(client):
    assert problem(send(client, iter([body(100)])), 413)["code"] == "body_too_large"


@pytest.mark.parametrize("length", ["many", "-1", "1e3", ""])
def test_a_length_that_is_no_number_is_refused(client, length):
    problem(send(client, body(100), **{"Content-Length": length}), 413)


def test_thirty_two_mebibytes_are_the_limit_unless_told_otherwise(client):
    problem(send(client, b"x", **{"Content-Length": str((32 << 20) + 1)}), 413)


def test_the_limit_holds_for_batches_too(serve):
    items = [TEXT] * 100
    problem(serve(max_body=1024).post("/v1/triage/batch", json={"items": items}), 413)


# Batches


def test_a_thousand_items_are_one_batch(client):
    reply = client.post("/v1/triage/batch", json={"items": [TEXT] * 1000})
    assert len(reply.json()["results"]) == 1000


def test_more_than_a_thousand_items_are_refused_with_the_limit(client):
    reply = client.post("/v1/triage/batch", json={"items": [TEXT] * 1001})
    error = problem(reply, 400)
    assert error["code"] == "batch_too_large"
    assert "1001" in error["message"]
    assert "1000" in error["message"]
    assert "triage run" in error["remedy"]


def test_the_limit_of_a_batch_can_be_set(serve):
    client = serve(max_batch=2)
    items = {"items": [TEXT] * 2}
    assert client.post("/v1/triage/batch", json=items).status_code == 200
    problem(client.post("/v1/triage/batch", json={"items": [TEXT] * 3}), 400)


# Settings


@pytest.mark.parametrize(
    "setting", [{"workers": 0}, {"queue": 0}, {"max_batch": 0}, {"max_body": 10}]
)
def test_a_limit_that_would_refuse_everything_cannot_be_set(setting):
    with pytest.raises(ValidationError):
        Settings(**setting)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("FENZHEN_WORKERS", "workers", 7),
        ("FENZHEN_QUEUE", "queue", 8),
        ("FENZHEN_MAX_BATCH", "max_batch", 9),
        ("FENZHEN_MAX_BODY", "max_body", 2048),
    ],
)
def test_every_limit_can_be_set_by_the_environment(monkeypatch, name, field, value):
    monkeypatch.setenv(name, str(value))
    assert getattr(Settings(), field) == value
