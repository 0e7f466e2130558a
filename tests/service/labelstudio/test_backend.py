"""The contract of an ML backend: health, setup, predict; and who may ask."""

import pytest
from structlog.testing import capture_logs

from tests.service.conftest import problem
from tests.service.labelstudio.conftest import CONFIG, TEXT, basic
from tests.unit.datasets.ls_results import RENAMED

MODEL = "keyword@000000000000"


def ask(desk, path, body, role="reader"):
    return desk.ask(role, "POST", f"/label-studio/{path}", json=body)


def predict(desk, *data, **more):
    tasks = [{"id": number, "data": item} for number, item in enumerate(data)]
    return ask(desk, "predict", {"tasks": tasks, "label_config": CONFIG, **more})


def test_the_health_tells_which_model_predicts(desk):
    reply = desk.ask("reader", "GET", "/label-studio/health")
    assert reply.json() == {"status": "UP", "model_version": MODEL}


def test_a_project_with_our_config_is_connected(desk):
    body = {
        "project": "1.1795315275",
        "schema": CONFIG,
        "hostname": "http://x",
        "access_token": "t",
    }
    reply = ask(desk, "setup", body | {"extra_params": None})
    assert reply.status_code == 200
    assert reply.json() == {"model_version": MODEL}


def test_a_project_of_another_task_is_refused_and_the_log_says_why(desk):
    config = '<View><Image name="i" value="$i"/></View>'
    with capture_logs() as logged:
        error = problem(ask(desk, "setup", {"schema": config}), 400)
    assert error["code"] == "bad_label_config"
    assert "<Text>" in error["message"]
    assert [entry["event"] for entry in logged] == ["labelstudio.bad_config"]


def test_each_task_gets_a_prediction_with_model_and_score(desk):
    reply = predict(desk, {"text": TEXT}, {"text": "很好"}, project="1.1", params={"login": None})
    assert reply.status_code == 200
    first, second = reply.json()["results"]
    assert first["model_version"] == second["model_version"] == MODEL
    assert 0 <= first["score"] <= 1
    values = {item["from_name"]: item["value"] for item in first["result"]}
    assert values["issues"] == {"choices": ["staff_attitude", "delivery"]}
    assert values["evidence"]["text"] in TEXT


def test_the_tags_of_the_project_are_used(desk):
    reply = predict(desk, {"message": TEXT}, label_config=RENAMED)
    names = {item["from_name"] for item in reply.json()["results"][0]["result"]}
    assert names == {"what", "mood", "speed", "why"}


def test_without_a_config_the_tags_are_our_own(desk):
    reply = predict(desk, {"text": TEXT}, label_config=None)
    assert "issues" in {item["from_name"] for item in reply.json()["results"][0]["result"]}


def test_a_text_that_was_imported_without_a_column_is_found(desk):
    assert "result" in predict(desk, {"$undefined$": TEXT}).json()["results"][0]


def test_a_task_without_a_text_costs_only_itself(desk):
    with capture_logs() as logged:
        reply = predict(desk, {"text": TEXT}, {"other": 1}, {"text": 5}, {"text": "  "})
    good, *bad = reply.json()["results"]
    assert "result" in good
    codes = [one["error"]["code"] for one in bad]
    assert codes == ["missing_field", "missing_field", "empty_text"]
    assert "tasks[1] has no text in data.text" in bad[0]["error"]["message"]
    assert all("result" not in one for one in bad)  # Label Studio stores no prediction then
    assert len([e for e in logged if e["event"] == "labelstudio.no_prediction"]) == 3


@pytest.mark.parametrize("task", [None, 1, [], "x", {}, {"data": None}, {"data": [1]}])
def test_a_task_that_is_none_costs_only_itself(desk, task):
    body = {"tasks": [task, {"data": {"text": TEXT}}], "label_config": CONFIG}
    bad, good = ask(desk, "predict", body).json()["results"]
    assert bad["error"]["code"] == "missing_field"
    assert "result" in good


def test_more_tasks_than_a_request_may_hold_are_refused(desk):
    error = problem(ask(desk, "predict", {"tasks": [{}] * 10_001}), 400)
    assert error["code"] == "batch_too_large"


# Who may ask


@pytest.mark.parametrize("role", ["reader", "analyst"])
def test_the_key_may_come_as_the_password_that_label_studio_sends(desk, role):
    headers = basic(desk.keys[role])
    assert desk.client.get("/label-studio/health", headers=headers).status_code == 200
    body = {"tasks": [{"data": {"text": TEXT}}]}
    reply = desk.client.post("/label-studio/predict", json=body, headers=headers)
    assert reply.status_code == 200


@pytest.mark.parametrize("role", ["reader", "agent"])
def test_only_an_analyst_may_send_annotations(desk, role):
    headers = basic(desk.keys[role])
    body = {"action": "PROJECT_UPDATED"}
    error = problem(desk.client.post("/label-studio/webhook", json=body, headers=headers), 403)
    assert "annotate" in error["message"]


def test_a_wrong_password_is_a_401_which_label_studio_explains(desk):
    reply = desk.client.get("/label-studio/health", headers=basic("fz_wrong"))
    problem(reply, 401)
    assert "www-authenticate" not in reply.headers  # no browser shall ask for it


@pytest.mark.parametrize("told", ["Basic", "Basic %%%", "Basic 4pyT4pyT", "Basic Zm9v", "Other x"])
def test_credentials_that_cannot_be_read_are_a_401(desk, told):
    problem(desk.client.get("/label-studio/health", headers={"Authorization": told}), 401)


def test_a_page_of_another_site_cannot_use_the_password_that_a_browser_keeps(desk):
    headers = basic(desk.keys["analyst"]) | {"Origin": "https://elsewhere.example"}
    body = {"action": "PROJECT_UPDATED"}
    problem(desk.client.post("/label-studio/webhook", json=body, headers=headers), 403)


def test_the_password_opens_nothing_but_label_studio(desk):
    problem(desk.client.get("/v1/tickets", headers=basic(desk.keys["admin"])), 401)


def test_it_is_open_to_this_machine_until_a_key_is_made(start):
    assert start().get("/label-studio/health").status_code == 200
