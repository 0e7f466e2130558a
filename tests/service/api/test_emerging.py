"""`/v1/trends/emerging`: what comes up, its examples, and what people think of it."""

from datetime import UTC, datetime, timedelta

import pytest

from service.desk import emerging as watching
from service.desk.commands import OpenTicket
from service.jobs.emerging import EmergingAlarm

CALM = ("快递还没收到", "衣服起球", "客服不理人", "很满意，谢谢")
SMOKE = "暖风机冒烟了，吓死我了，联系13800138000"
PATH = "/v1/trends/emerging"


@pytest.fixture
def smoking(each_desk, monkeypatch):
    monkeypatch.setattr(watching, "_LATE", -timedelta(minutes=1))
    runtime = each_desk.client.app.state.fenzhen.runtime
    now = datetime.now(UTC)
    texts = [(day, text) for day in range(20, 0, -1) for text in CALM] + [(0, SMOKE)] * 6
    commands = [
        OpenTicket("person:x", now - timedelta(days=day), text=text, external_id=f"s{number}")
        for number, (day, text) in enumerate(texts)
    ]
    assert not [one for one in runtime.desk.run(commands) if isinstance(one, Exception)]
    EmergingAlarm(runtime.emerging)()
    return each_desk


def test_what_comes_up_is_listed_with_masked_examples_even_for_admins(smoking):
    told = smoking.made("GET", PATH)
    assert told["budget"] == {"per_month": 1.0}
    (alert,) = told["alerts"]
    assert (alert["n"], alert["state"], alert["verdict"]) == (6, "open", None)
    assert len(alert["examples"]) == 6
    assert {one["text"] for one in alert["examples"]} == {SMOKE.replace("00138000", "******00")}
    assert smoking.ask("reader", "GET", PATH).json() == told


def test_a_person_closes_an_alert_with_a_verdict(smoking):
    (alert,) = smoking.made("GET", PATH)["alerts"]
    path = f"{PATH}/{alert['id']}/close"
    assert smoking.ask("reader", "POST", path, json={"verdict": "useful"}).status_code == 403
    closed = smoking.ask("agent", "POST", path, json={"verdict": "useful"}).json()
    assert (closed["state"], closed["verdict"]) == ("closed", "useful")
    assert closed["closed_by"].startswith("person:agent")
    assert smoking.made("GET", PATH)["alerts"] == []
    assert [one["id"] for one in smoking.made("GET", f"{PATH}?state=all")["alerts"]] == [
        alert["id"]
    ]


def test_an_alert_that_nobody_knows_is_not_found(desk):
    reply = desk.ask("admin", "POST", f"{PATH}/b_none/close", json={"verdict": "known"})
    assert reply.status_code == 404
    assert reply.json()["error"]["remedy"]


@pytest.mark.parametrize("body", [{}, {"verdict": "nice"}, {"verdict": "known", "more": 1}])
def test_a_verdict_that_is_none_is_refused(desk, body):
    assert desk.ask("admin", "POST", f"{PATH}/b_none/close", json=body).status_code == 422


def test_a_state_that_is_none_is_refused(desk):
    assert desk.ask("reader", "GET", f"{PATH}?state=some").status_code == 422
