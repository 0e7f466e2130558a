"""The application around an engine without weights, and scorers that tests can hold or break."""

import shutil
import threading
from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from starlette.testclient import TestClient

from service import runtime
from service.app import create_app
from service.db.engine import connect
from service.db.migrate import upgrade
from service.desk.books import load_books
from service.settings import Settings
from triage import ModelName, Policy, Triage
from triage.scorers.base import Clue
from triage.scorers.keyword import KeywordScorer
from triage.taxonomy import BUILT_IN

NAME = ModelName("keyword", "0", "0" * 12)
PATIENCE = 20  # seconds after which a test that hangs has failed


@pytest.fixture(scope="session", autouse=True)
def rules_read_once():
    """The rules of the box are parsed once: that takes longer than most tests."""

    def load(folder=None, *, taxonomy=BUILT_IN, lenient=False):
        read = of_the_box if folder is None else load_books
        return read(folder, taxonomy=taxonomy, lenient=lenient)

    of_the_box = cache(load_books)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "load_books", load)
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    """A migrated SQLite file to copy: faster than migrating for each test."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    return path


@pytest.fixture
def own_place(tmp_path, sqlite_template):
    """Settings of a database and a key of this test's own, with no jobs beside."""
    shutil.copy(sqlite_template, tmp_path / "fenzhen.db")
    url = f"sqlite:///{tmp_path}/fenzhen.db"
    return {"database_url": url, "secret_file": tmp_path / "secret.key", "jobs": False}


@pytest.fixture
def serve(keyword_engine, own_place):
    """Start the application around a scorer, or the keyword engine, with some settings."""
    with ExitStack() as stack:

        def start(scorer=None, **settings):
            engine = Triage(scorer, Policy(), NAME) if scorer else keyword_engine
            app = create_app(engine, Settings(**(own_place | settings)))
            return stack.enter_context(TestClient(app, raise_server_exceptions=False))

        yield start


@pytest.fixture
def client(serve):
    return serve()


class Failing(KeywordScorer):
    """Raises what it is given, once the first text comes."""

    def __init__(self, error):
        self.error = error

    def score(self, *_, **__):
        raise self.error


class Held(KeywordScorer):
    """Judges only when released; knows how many passes are inside, and how many ever were."""

    def __init__(self):
        self.entered, self.released = threading.Event(), threading.Event()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def score(self, *args, **options):
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.set()
        assert self.released.wait(PATIENCE)
        with self._lock:
            self.inside -= 1
        return super().score(*args, **options)


@pytest.fixture
def held():
    scorer = Held()
    yield scorer
    scorer.released.set()


class Quoting(KeywordScorer):
    """Finds every issue in every text and quotes all of it, as a word model quotes clauses."""

    def score(self, texts, *args, **options):
        def quote(row, target, limit):
            return [Clue(target, 0, len(texts[row].text), 1.0)]

        found = super().score(texts, *args, **options)
        return replace(found, issues=np.full_like(found.issues, 0.9), clues=quote)


def problem(reply, status):
    """Return the error of a reply after checking its one shape."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert list(reply.json()) == ["error"]
    error = reply.json()["error"]
    assert list(error) == ["code", "message", "remedy"]
    assert all(isinstance(value, str) for value in error.values())
    assert error["code"] == error["code"].lower().replace(" ", "_") != ""
    assert error["message"]
    return error
