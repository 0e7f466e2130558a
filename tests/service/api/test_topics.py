"""`/v1/trends/topics`: counted, named, merged and hidden, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from service.desk import topics as growing
from service.desk.commands import OpenTicket
from service.desk.trends import Trends
from service.trends.board import Board
from tests.service.api.conftest import Desk, key_of_each_role
from tests.unit.trends.topics.texts import mixed, texts

NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)  # a Wednesday, noon in Shanghai
PHONE = "13800001234"


@pytest.fixture
def ask(start, database_url, monkeypatch):
    """A desk with topics; tickets of a week, and some of the week before."""
    monkeypatch.setattr(growing, "_LATE", timedelta(seconds=-60))
    monkeypatch.setattr(growing, "_LEAST", 100)
    client = start(database_url=database_url)
    desk = Desk(client, key_of_each_role(client))
    runtime = client.app.state.fenzhen.runtime
    runtime.desk.now = lambda: NOW
    rows, kinds = mixed(25)
    commands = [
        OpenTicket(
            "person:x",
            NOW - timedelta(days=k % 10, hours=1),
            text=f"{text}，电话{PHONE}",
            external_id=str(k),
            product={"screen": "手机", "cold": "空调"}.get(kind),
        )
        for k, (text, kind) in enumerate(zip(rows, kinds, strict=True))
    ]
    assert not [one for one in runtime.desk.run(commands) if isinstance(one, Exception)]
    runtime.topics.grow()
    fresh(runtime)
    return desk


def fresh(runtime):
    """Count from the database as it is now, not as it was a second ago."""
    runtime.board = Board(runtime.desk, Trends(runtime.desk))


def listed(desk, query=""):
    fresh(desk.client.app.state.fenzhen.runtime)
    return desk.made("GET", f"/v1/trends/topics{query}")


def change(desk, method, path, **more):
    told = desk.made(method, f"/v1/trends/topics/{path}", **more)
    fresh(desk.client.app.state.fenzhen.runtime)
    return told


def test_topics_are_counted_in_the_window_and_before_it(ask):
    told = listed(ask, "?from=2026-03-12")
    assert told["n"] == 105
    assert sum(one["n"] for one in told["topics"]) + told["without"] == told["n"]
    assert [one["n"] for one in told["topics"]] == sorted(
        (one["n"] for one in told["topics"]), reverse=True
    )
    assert len(told["buckets"]) == 7
    assert told["from"] == "2026-03-12T00:00:00+08:00"
    for one in told["topics"]:
        assert sum(one["counts"]) == one["n"]
        assert one["low"] <= one["share"] <= one["high"]
        assert one["share"] == pytest.approx(one["n"] / told["n"], rel=1e-4)
    assert 0 < sum(one["before"] for one in told["topics"]) <= 45
    assert told["updated_at"].startswith("2026-03-18")


def of_products(told, product):
    return [one for one in told["topics"] if {p["key"] for p in one["products"]} == {product}]


def test_topics_know_their_products_and_issues(ask):
    told = listed(ask)
    screens, cold = of_products(told, "手机"), of_products(told, "空调")
    assert screens
    assert cold
    assert all(one["products"][0]["n"] == one["n"] for one in (*screens, *cold))
    issues = {issue["key"] for one in told["topics"] for issue in one["issues"]}
    assert issues
    assert all(issue["zh"] for one in told["topics"] for issue in one["issues"])


def test_a_filter_narrows_topics_as_everything_else(ask):
    told = listed(ask, "?product=手机")
    assert told["n"] == 25
    assert all({p["key"] for p in one["products"]} == {"手机"} for one in told["topics"])


def test_fewer_topics_can_be_asked_for(ask):
    assert len(listed(ask, "?top=2")["topics"]) == 2


def test_one_topic_has_its_history_and_masked_examples(ask):
    first = listed(ask)["topics"][0]
    told = ask.made("GET", f"/v1/trends/topics/{first['id']}")
    assert {name: told[name] for name in first} == first
    assert [deed["what"] for deed in told["history"]] == ["created"]
    assert 1 <= len(told["examples"]) <= 10
    assert not any(PHONE in one["text"] for one in told["examples"])
    times = [one["at"] for one in told["examples"]]
    assert times == sorted(times, reverse=True)


def test_a_topic_is_named_by_a_person_and_by_its_phrases_again(ask):
    first = listed(ask)["topics"][0]
    told = change(ask, "PATCH", str(first["id"]), json={"name": "退款太慢"})
    assert (told["name"], told["named"]) == ("退款太慢", True)
    deed = told["history"][0]
    assert (deed["what"], deed["before"], deed["after"]) == ("renamed", None, "退款太慢")
    assert deed["by"].startswith("person:admin")
    told = change(ask, "PATCH", str(first["id"]), json={"name": None})
    assert (told["name"], told["named"]) == (first["name"], False)


def test_a_hidden_topic_is_listed_only_where_it_is_wanted(ask):
    first = listed(ask)["topics"][0]
    change(ask, "PATCH", str(first["id"]), json={"hidden": True})
    ids = [one["id"] for one in listed(ask)["topics"]]
    assert first["id"] not in ids
    shown = [one for one in listed(ask, "?hidden=true")["topics"] if one["id"] == first["id"]]
    assert shown[0]["hidden"] is True
    change(ask, "PATCH", str(first["id"]), json={"hidden": False})
    assert first["id"] in [one["id"] for one in listed(ask)["topics"]]


def test_a_merged_topic_counts_as_the_other_until_it_is_split(ask):
    one, two = listed(ask)["topics"][:2]
    told = change(ask, "POST", f"{two['id']}/merge", json={"into": one["id"]})
    assert told["merged_into"] == one["id"]
    both = {t["id"]: t for t in listed(ask)["topics"]}
    assert two["id"] not in both
    assert both[one["id"]]["n"] == one["n"] + two["n"]
    assert ask.made("GET", f"/v1/trends/topics/{one['id']}")["merged"] == [two["id"]]
    told = change(ask, "POST", f"{two['id']}/split")
    assert told["merged_into"] is None
    again = {t["id"]: t["n"] for t in listed(ask)["topics"]}
    assert (again[one["id"]], again[two["id"]]) == (one["n"], two["n"])


def test_merges_in_a_circle_and_splits_of_nothing_are_refused(ask):
    one, two = (topic["id"] for topic in listed(ask)["topics"][:2])
    change(ask, "POST", f"{one}/merge", json={"into": two})
    for path, body in ((f"{two}/merge", {"into": one}), (f"{two}/split", None)):
        reply = ask.ask("admin", "POST", f"/v1/trends/topics/{path}", json=body)
        assert reply.status_code == 400
        assert reply.json()["error"]["remedy"]


def test_a_topic_that_is_not_there_is_told(ask):
    for method, path in (("GET", "77"), ("PATCH", "77"), ("POST", "77/split")):
        reply = ask.ask("admin", method, f"/v1/trends/topics/{path}", json={"hidden": True})
        assert reply.status_code == 404, path


def test_new_tickets_show_in_their_topics(ask):
    runtime = ask.client.app.state.fenzhen.runtime
    before = {one["id"]: one["n"] for one in listed(ask)["topics"]}
    commands = [
        OpenTicket("person:x", NOW - timedelta(hours=1), text=text, external_id=f"new-{k}")
        for k, text in enumerate(texts("cold", 10, seed=3))
    ]
    runtime.desk.run(commands)
    runtime.topics.grow()
    after = {one["id"]: one["n"] for one in listed(ask)["topics"]}
    assert before.keys() == after.keys()
    assert sum(after.values()) >= sum(before.values()) + 8


def test_a_desk_without_topics_has_an_empty_list(start):
    client = start()
    desk = Desk(client, key_of_each_role(client))
    told = desk.made("GET", "/v1/trends/topics")
    assert (told["topics"], told["n"], told["updated_at"]) == ([], 0, None)
