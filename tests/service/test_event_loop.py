import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.service.conftest import PATIENCE
from triage.resources import default_model
from triage.scorers.keyword import KeywordScorer

TEXT = {"text": "快递没收到"}
CALLS = [("/v1/triage", TEXT), ("/v1/triage/batch", {"items": [TEXT] * 3})]


@pytest.mark.parametrize(("path", "body"), CALLS, ids=["one", "batch"])
def test_health_is_answered_while_a_slow_scorer_works(serve, held, path, body):
    client = serve(held)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, path, json=body)
        assert held.entered.wait(PATIENCE)
        assert client.get("/health").status_code == 200
        assert held.inside == 1  # the pass was still going on when the answer came
        assert not slow.done()
        held.released.set()
        assert slow.result(PATIENCE).status_code == 200


def in_event_loop():
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Watching(KeywordScorer):
    """Notes for each pass whether an event loop ran in its thread."""

    def __init__(self):
        self.seen = []

    def score(self, *args, **options):
        self.seen.append(in_event_loop())
        return super().score(*args, **options)


@pytest.mark.parametrize(("path", "body"), CALLS, ids=["one", "batch"])
def test_no_event_loop_runs_where_texts_are_scored(serve, path, body):
    scorer = Watching()
    assert serve(scorer).post(path, json=body).status_code == 200
    assert scorer.seen == [False]


def test_two_texts_are_scored_at_the_same_time_where_there_are_two_workers(serve):
    together = threading.Barrier(2)

    class Meeting(KeywordScorer):
        def score(self, *args, **options):
            together.wait(PATIENCE)
            return super().score(*args, **options)

    client = serve(Meeting(), workers=2)
    with ThreadPoolExecutor(2) as pool:
        replies = [pool.submit(client.post, "/v1/triage", json=TEXT) for _ in range(2)]
        assert [reply.result(PATIENCE).status_code for reply in replies] == [200, 200]


def test_the_model_is_loaded_outside_the_event_loop(keyword_engine, monkeypatch):
    seen = []

    def load(*_, **__):
        seen.append(in_event_loop())
        return keyword_engine

    monkeypatch.setattr("service.app.load_served", load)
    with TestClient(create_app(settings=Settings(model=default_model()))) as client:
        assert client.get("/ready").status_code == 200
    assert seen == [False]
