"""Rules by HTTP: as they are read, how often they fire, read anew."""

import pytest

from service.desk.books import load_books
from tests.service.conftest import problem

OURS = """
version: 1
match: all
queues:
  ours: {zh: 我们, en: Ours}
default_queue: ours
rules:
  - name: late
    about: 晚到。Late.
    if: {text: {contains: [还没发货]}}
    then: {tags: [late]}
"""


@pytest.fixture
def own(start, tmp_path):
    """A desk with a file of rules of its own."""
    (tmp_path / "rules.yaml").write_text(OURS, encoding="utf-8")
    return start(desk=tmp_path), tmp_path / "rules.yaml"


def tags(client):
    return client.post("/v1/tickets", json={"text": "还没发货"}).json()["ticket"]["tags"]


def test_the_rules_of_the_box_are_shown_in_order_and_in_both_languages(desk):
    told = desk.ask("reader", "GET", "/v1/rules").json()
    assert [rule["name"] for rule in told["rules"]] == [
        rule.name for rule in load_books().rules.rules
    ]
    assert all(rule["if"]["zh"] and rule["if"]["en"] for rule in told["rules"])
    assert told["warnings"] == []


def test_a_rule_that_fires_is_counted(own):
    client, _ = own
    tags(client)
    tags(client)
    assert [(r["name"], r["hits"]) for r in client.get("/v1/rules").json()["rules"]] == [
        ("late", 2)
    ]


def test_rules_read_anew_act_at_once_and_the_log_says_who_read_them(own):
    client, file = own
    before = client.get("/v1/rules").json()["digest"]
    file.write_text(OURS.replace("tags: [late]", "tags: [slow]"), encoding="utf-8")
    told = client.post("/v1/rules/reload").json()
    assert told["digest"] != before
    assert tags(client) == ["slow"]
    (row,) = client.get("/v1/audit?kind=rules.loaded").json()["items"]
    assert (row["actor"], row["data"]["digest"]) == ("person:local", told["digest"])


def test_a_broken_file_is_told_with_its_line_and_the_old_rules_stay(own):
    client, file = own
    file.write_text(OURS.replace("tags: [late]", "queue: nowhere"), encoding="utf-8")
    error = problem(client.post("/v1/rules/reload"), 422)
    assert error["code"] == "rule_error"
    assert "rules.yaml:11" in error["message"]
    assert "nowhere" in error["message"]
    assert error["remedy"]
    assert tags(client) == ["late"]
    assert client.get("/v1/audit?kind=rules.loaded").json()["items"] == []


def test_a_broken_file_of_clocks_is_told_and_the_old_ones_stay(own):
    client, file = own
    file.with_name("clocks.yaml").write_text("calendars: [", encoding="utf-8")
    error = problem(client.post("/v1/rules/reload"), 422)
    assert "clocks.yaml" in error["message"]
    assert tags(client) == ["late"]


def test_a_folder_that_is_gone_is_told(own):
    client, file = own
    file.unlink()
    file.parent.rename(file.parent.with_name("elsewhere"))
    assert "FENZHEN_DESK" in problem(client.post("/v1/rules/reload"), 400)["remedy"]
