import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from triage import ModelError


def test_a_process_that_lives_says_so(client):
    reply = client.get("/health")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


def test_a_process_lives_before_its_model_is_loaded():
    assert TestClient(create_app()).get("/health").status_code == 200


def test_a_service_with_its_model_is_ready_and_names_it(client, keyword_engine):
    reply = client.get("/ready")
    assert reply.status_code == 200
    assert reply.json() == {"status": "ready", "model": keyword_engine.name.to_dict()}


def test_a_service_without_its_model_is_not_ready():
    reply = TestClient(create_app()).get("/ready")
    assert (reply.status_code, reply.json()["status"]) == (503, "loading")


def test_the_model_of_the_settings_is_loaded_and_warm_before_the_first_request(
    tiny_model, tiny_engine
):
    with TestClient(create_app(settings=Settings(model=tiny_model))) as client:
        assert client.get("/ready").json()["model"] == tiny_engine.name.to_dict()
        assert client.post("/v1/triage", json={"text": "等了三天还没发货"}).status_code == 200


def test_the_policy_of_the_settings_is_used(tiny_model, tmp_path):
    policy = tmp_path / "own.toml"
    policy.write_text("[limits]\nmax_chars = 20\n", encoding="utf-8")
    with TestClient(create_app(settings=Settings(model=tiny_model, policy=policy))) as client:
        error = client.post("/v1/triage", json={"text": "等了三天还没发货" * 3}).json()["error"]
    assert error["code"] == "text_too_long"


def test_settings_come_from_the_environment(tiny_model, tiny_engine, monkeypatch):
    monkeypatch.setenv("FENZHEN_MODEL", str(tiny_model))
    with TestClient(create_app()) as client:
        assert client.get("/ready").json()["model"] == tiny_engine.name.to_dict()


def test_a_model_that_is_not_there_stops_the_service_from_starting(tmp_path):
    app = create_app(settings=Settings(model=tmp_path / "nowhere"))
    with pytest.raises(ModelError), TestClient(app):
        pass


def test_nothing_is_loaded_when_the_application_is_built(tmp_path):
    app = create_app(settings=Settings(model=tmp_path / "nowhere"))
    assert app.state.fenzhen.engine is None
