"""A desk with something on it, and a key for each role."""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.db.engine import writing
from service.db.topics import keep_topics
from service.settings import Settings
from tests.service.postgres import *  # noqa: F403 - fixtures
from triage.trends.topics import Topic

PUBLIC = "https://93.184.216.34/hook"  # an address, so that no name is looked up
LATE = "等了三天还没发货，打了两次电话都没人接！我的电话13800001234"


@dataclass
class Desk:
    """A running application, its keys by role, and the ids of what lies on it."""

    client: TestClient
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def headers(self, role):
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def ask(self, role, method, path, **more):
        headers = self.headers(role) | more.pop("headers", {})
        return self.client.request(method, path, headers=headers, **more)

    def made(self, method, path, **more):
        reply = self.ask("admin", method, path, **more)
        assert reply.status_code in (200, 201), reply.text
        return reply.json()


def key_of_each_role(client):
    """Make a key for each role, the admin's first, and return their texts."""
    keys, headers = {}, {}
    for role in ("admin", "analyst", "agent", "reader"):
        made = client.post("/v1/keys", json={"name": f"{role} 林晓", "role": role}, headers=headers)
        assert made.status_code == 201, made.text
        keys[role] = made.json()["key"]
        headers = {"Authorization": f"Bearer {keys['admin']}"}
    return keys


def furnished(client):
    """Return a desk with a key for each role and one of each thing."""
    desk = Desk(client, key_of_each_role(client))
    furnish(desk)
    return desk


def furnish(desk):
    """Put one of each thing on the desk."""
    endpoint = desk.made("POST", "/v1/endpoints", json={"name": "crm", "url": PUBLIC})
    customer = {"external_id": "c-1", "name": "王女士", "phone": "13900001111"}
    ticket = {"text": LATE, "external_id": "1", "customer": customer}
    ids = [desk.made("POST", "/v1/tickets", json=ticket)["ticket"]["id"]]
    ids += [
        desk.made("POST", "/v1/tickets", json={"text": text})["ticket"]["id"]
        for text in ("衣服起球严重", "客服骂人")
    ]
    work(desk, ids)
    spare = desk.made("POST", "/v1/keys", json={"name": "spare", "role": "reader"})
    letters = desk.made("GET", "/v1/outbox?state=pending")["items"]
    desk.ids |= {
        "ticket_id": ids[0],
        "promise_id": desk.made("GET", "/v1/promises")["items"][0]["id"],
        "source": ids[1],
        "customer_id": "c-1",
        "key_id": spare["id"],
        "endpoint_id": endpoint["id"],
        "letter_id": letters[0]["id"],
        "topic_id": add_topic(desk),
        "emergence_id": "b_none",
    }


def add_topic(desk):
    """Keep a topic, as the job does once there are many tickets; return its id."""
    topic = Topic(1, "发货 · 没人接", (("发货", 2.0), ("没人接", 1.0)), 1, 1_700_000_000.0)
    with writing(desk.client.app.state.fenzhen.runtime.database) as connection:
        keep_topics(connection, [topic], datetime.now(UTC))
    return topic.id


def work(desk, ids):
    """Let an agent promise something, correct a label, and close a ticket."""
    _, second, third = (f"/v1/tickets/{key}" for key in ids)
    promise = {"author": "agent", "name": "张敏", "text": "24小时内给您回电"}
    desk.made("POST", f"{second}/messages", json=promise)
    wrong = {"issues": ["delivery"], "reason": "wrong_issue"}
    desk.made("POST", f"{second}/corrections", json=wrong)
    desk.made("POST", f"{third}/close", json={"expected": 8, "perceived": 6})


@pytest.fixture(scope="module")
def start(keyword_engine, tmp_path_factory, sqlite_template):
    """Start an application on an empty database; more settings may be given."""
    stack = ExitStack()

    def starting(**settings):
        folder = tmp_path_factory.mktemp("desk")
        shutil.copy(sqlite_template, folder / "fenzhen.db")
        own = {
            "database_url": f"sqlite:///{folder}/fenzhen.db",
            "secret_file": folder / "secret.key",
            "models": folder / "models",
            "jobs": False,
        }
        app = create_app(keyword_engine, Settings(**(own | settings)))
        return stack.enter_context(TestClient(app, raise_server_exceptions=False))

    with stack:
        yield starting


@pytest.fixture(scope="module")
def desk(start):
    """A furnished desk on SQLite that the tests of a module share."""
    return furnished(start())


@pytest.fixture
def own_desk(start):
    """A furnished desk of one test's own."""
    return furnished(start())


@pytest.fixture
def each_desk(start, database_url):
    """A furnished desk of one test's own, on each kind of database in turn."""
    return furnished(start(database_url=database_url))
