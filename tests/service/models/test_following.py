"""One process and its registry: what is served, when another takes over, what never does."""

import json
import shutil
import time

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.app import create_app
from service.cli.places import own_desk
from service.desk.commands import OpenTicket
from service.models.follower import Follower, Serving
from service.models.loading import load_served
from service.models.watch import Watch
from service.settings import Settings
from triage import ModelError, Policy, RegistryError, Triage, artifact
from triage.policy import Band
from triage.registry.pointers import FILE
from triage.resources import default_model

LATE = "等了三天还没发货"


class Time:
    """Seconds that a test turns."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def process(models, make_desk):
    """What one process has: a desk that serves `one`, and its follower."""
    models.champion("one")
    desk = make_desk(engine=load_served(Settings(models=models.root)))
    return Process(models, desk)


class Process:
    def __init__(self, models, desk):
        self.desk, self.time = desk, Time()
        self.serving = Serving(models.root / "one", desk.now())
        policy = Policy(max_chars=77)
        watch = Watch(models.root, self.time)
        self.follow = Follower(desk, models.root, policy, self.serving, watch)

    @property
    def version(self):
        return self.desk.engine.name.version


# What a process begins with


def test_without_a_pointer_the_default_of_the_registry_is_served_else_the_one_in_the_box(models):
    settings = Settings(models=models.root)
    assert load_served(settings).name.hash == artifact.model_hash(
        artifact.read_manifest(default_model())
    )
    models.add("default")
    assert load_served(settings).name.version == "default"


def test_the_champion_is_served_and_a_model_that_is_named_goes_before_it(models):
    models.champion("two")
    assert load_served(Settings(models=models.root)).name.version == "two"
    named = Settings(models=models.root, model=models.root / "one")
    assert load_served(named).name.version == "one"


def test_a_champion_that_is_not_the_model_that_was_promoted_is_refused_at_the_start(models):
    models.champion("one")
    shutil.rmtree(models.root / "one")
    models.add("one", version="trained again into the same folder")
    with pytest.raises(ModelError, match=r"was pointed at as \w+ and is now"):
        load_served(Settings(models=models.root))


def test_a_registry_that_cannot_be_read_is_refused_at_the_start(models):
    (models.root / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(RegistryError):
        load_served(Settings(models=models.root))


def test_commands_that_open_the_desk_judge_with_the_champion_too(models, monkeypatch):
    monkeypatch.setenv("FENZHEN_MODELS", str(models.root))
    models.champion("two")
    with own_desk(None) as desk:
        assert desk.engine.name.version == "two"
    with own_desk(models.root / "one") as desk:
        assert desk.engine.name.version == "one"


# Following


def test_a_promoted_model_serves_without_a_restart_and_a_rollback_takes_it_back(process, models):
    process.follow()
    assert process.version == "one"
    for name in ("two", "one"):
        models.champion(name)
        process.follow()
        assert process.version == name
        assert process.serving.folder == models.root / name


def test_the_time_since_when_a_model_serves_is_that_of_its_swap(process, models, clock):
    began = process.serving.since
    clock.forward(hours=1)
    process.follow()
    assert process.serving.since == began
    models.champion("two")
    process.follow()
    assert process.serving.since == clock.at


def test_every_verdict_names_the_model_that_gave_it(process, models):
    first = process.desk.open(LATE)
    models.champion("two")
    process.follow()
    second = process.desk.open(LATE)
    assert (first.verdict.model_version, second.verdict.model_version) == ("one", "two")
    assert first.verdict.model_hash == models.hash("one")
    assert second.verdict.model_hash == models.hash("two")
    actors = [event.actor for event in second.events if event.kind == "verdict.changed"]
    assert actors == [f"model:tiny@{models.hash('two')}"]


def test_a_batch_ends_with_the_engine_that_it_began_with(process, models, monkeypatch):
    """A swap in the midst of a batch: all its verdicts are of one model, and say which."""
    old = process.desk.engine
    pipe = Triage.pipe

    def swapping(engine, *args, **options):
        monkeypatch.setattr(Triage, "pipe", pipe)
        models.champion("two")
        process.follow()
        return pipe(engine, *args, **options)

    monkeypatch.setattr(Triage, "pipe", swapping)
    results = process.desk.run([OpenTicket("person:x", text=text) for text in (LATE, "质量差")])
    assert process.version == "two"
    assert {done.case.verdict.model_hash for done in results} == {old.name.hash}


def test_the_policy_stays_when_the_model_changes_but_for_what_the_model_brings(process, models):
    models.add("own", bands={"other": {"assign": 0.2, "suggest": 0.1, "sure": 0.9}})
    for name, band in (("own", Band(0.2, 0.1, 0.9)), ("two", Policy().band_of("other"))):
        models.champion(name)
        process.follow()
        assert process.desk.engine.policy.max_chars == 77
        assert process.desk.engine.policy.band_of("other") == band


def test_a_registry_that_was_not_written_is_not_read_again(process, models, monkeypatch):
    process.follow()
    monkeypatch.setattr("service.models.follower.champion", lambda _: pytest.fail("was read"))
    process.follow()


# What cannot be served


def spoiled(models):
    models.spoil("two")
    models.champion("two")
    return "model_tampered"


def other_tokeniser(models):
    models.add("three", tokeniser={"name": "jieba", "version": "0", "dictionary": "", "hmm": True})
    models.champion("three")
    return "tokeniser_mismatch"


def other_model(models):
    models.champion("two", hash="0" * 12)
    return "model_tampered"


def no_folder(models):
    models.champion("two")
    shutil.rmtree(models.root / "two")
    return "bad_model"


def no_registry(models):
    (models.root / FILE).write_text("{", encoding="utf-8")
    return "bad_registry"


@pytest.mark.parametrize("hurt", [spoiled, other_tokeniser, other_model, no_folder, no_registry])
def test_what_cannot_be_loaded_leaves_the_old_model_serving_and_is_told_once(
    process, models, logged, hurt
):
    process.follow()
    code = hurt(models)
    for _ in range(3):
        process.follow()
        process.time.now += 20
    assert process.version == "one"
    assert process.desk.open(LATE).verdict.model_version == "one"
    assert process.serving.problem.error.code == code
    told = [entry for entry in logged if entry["event"] == "model.refused"]
    assert [(entry["log_level"], entry["code"]) for entry in told] == [("error", code)]


def test_a_fault_of_ours_leaves_the_old_model_serving_too(process, models, logged, monkeypatch):
    def broken(*_):
        raise MemoryError

    monkeypatch.setattr("service.models.follower.load_warm", broken)
    models.champion("two")
    process.follow()
    assert process.version == "one"
    assert process.serving.problem.error.code == "internal_error"
    assert "MemoryError" in process.serving.problem.error.message
    assert [entry["exc_info"] for entry in logged] == [True]


def test_a_folder_that_is_restored_is_served_without_another_promotion(process, models):
    spoiled(models)
    process.follow()
    shutil.rmtree(models.root / "two")
    models.add("two")
    process.follow()
    assert process.version == "one"
    process.time.now += 31
    process.follow()
    assert process.version == "two"
    assert process.serving.problem is None


def test_a_rollback_from_a_broken_champion_ends_the_problem(process, models):
    spoiled(models)
    process.follow()
    models.champion("one")
    process.follow()
    assert (process.version, process.serving.problem) == ("one", None)


# The application


def own(models, tmp_path, **settings):
    url = f"sqlite:///{tmp_path}/t.db"
    told = {"database_url": url, "secret_file": tmp_path / "key", "jobs": False}
    return Settings(**(told | {"models": models.root} | settings))


def soon(check):
    """Wait until a check holds; a follower looks every second."""
    for _ in range(200):
        if check():
            return True
        time.sleep(0.05)
    return False


def version(client):
    return client.get("/ready").json()["model"]["version"]


def test_labels_verdicts_and_pages_follow_the_champion_without_jobs(models, tmp_path):
    models.add("own", taxonomy=_named(models))
    models.champion("one")
    with TestClient(create_app(settings=own(models, tmp_path))) as client:
        assert version(client) == "one"
        models.champion("own")
        assert soon(lambda: version(client) == "own")
        labels = client.get("/v1/labels").json()["issues"]
        assert [label["zh"] for label in labels] == [row["zh"] for row in _named(models)]
        verdict = client.post("/v1/triage", json={"text": LATE}).json()
        assert verdict["model"]["hash"] == models.hash("own")
        made = client.post("/v1/tickets", json={"text": LATE}).json()
        assert made["verdict"]["model"]["hash"] == models.hash("own")


def _named(models):
    labels = json.loads((models.root / "one" / artifact.MANIFEST).read_text("utf-8"))["labels"]
    return [
        {"code": code, "zh": f"自己的{code}", "en": code, "description": "", "phrases": []}
        for code in labels
    ]


def test_the_health_says_by_a_code_that_a_champion_cannot_be_served(models, tmp_path):
    models.champion("one")
    with (
        capture_logs(),
        TestClient(create_app(settings=own(models, tmp_path))) as client,
    ):
        spoiled(models)
        assert soon(lambda: client.get("/ready").json().get("problem") == "model_tampered")
        assert (client.get("/ready").status_code, version(client)) == (200, "one")
        assert str(models.root) not in client.get("/ready").text


def test_a_model_that_is_named_or_handed_in_stays(models, tmp_path, tiny_engine):
    models.champion("one")
    pinned = own(models, tmp_path, model=models.root / "one")
    for app in (create_app(settings=pinned), create_app(tiny_engine, own(models, tmp_path))):
        with TestClient(app) as client:
            before = version(client)
            models.champion("two")
            time.sleep(1.3)
            assert version(client) == before
            assert client.app.state.fenzhen.runtime.serving.pinned
