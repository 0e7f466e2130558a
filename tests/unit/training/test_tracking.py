"""Training runs in MLflow: a local SQLite file, and what must not be in it."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from triage import InputError, ModelError, OutputError
from triage.artifact import CARD, METRICS, model_hash, read_manifest
from triage.cli import main
from triage.training import tracking
from triage.training.tracking import database, flattened, parameters, record

mlflow = pytest.importorskip("mlflow")
ROOT = Path(__file__).parents[3]
FIGURES = {"test": {"real": {"n": 3, "issues": {"macro_f1": 0.5}, "sentiment_kappa": None}}}


@pytest.fixture(scope="module")
def recorded(tiny_model, tmp_path_factory):
    """A store with one run: the client, the run, the folder that everything lies in."""
    place = tmp_path_factory.mktemp("tracked")
    metrics = json.loads((tiny_model / METRICS).read_bytes())
    run_id = record(str(place / "new" / "mlruns.db"), tiny_model, metrics)
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{place}/new/mlruns.db")
    return client, client.get_run(run_id), place


def artifacts(client, run):
    return {Path(item.path).name for item in client.list_artifacts(run.info.run_id, "model")}


def test_a_run_names_the_model_its_data_and_the_code(recorded, tiny_model):
    _, run, _ = recorded
    manifest = read_manifest(tiny_model)
    assert run.info.status == "FINISHED"
    assert run.data.tags["model.hash"] == model_hash(manifest)
    assert run.data.tags["data.hash"] == manifest["data"]["hash"]
    assert run.data.tags["code.version"] == manifest["code"]


def test_a_run_holds_the_settings_and_the_counts_of_the_data(recorded, tiny_model):
    _, run, _ = recorded
    manifest = read_manifest(tiny_model)
    params = run.data.params
    assert params["kind"] == "linear"
    assert params["seed"] == str(manifest["seed"])
    assert params["labels"].split(", ") == manifest["labels"]
    assert params["data.labelled"] == str(manifest["data"]["labelled"])
    assert json.loads(params["data.sources"]) == manifest["data"]["sources"]


def test_a_run_holds_every_number_of_the_metrics(recorded, tiny_model):
    _, run, _ = recorded
    metrics = json.loads((tiny_model / METRICS).read_bytes())
    assert run.data.metrics == pytest.approx(flattened(metrics))
    assert "test.real.issues.macro_f1" in run.data.metrics


def test_the_folder_of_the_model_comes_back_whole(recorded, tiny_model, tmp_path):
    client, run, _ = recorded
    back = Path(client.download_artifacts(run.info.run_id, "model", str(tmp_path)))
    assert {path.name: path.read_bytes() for path in back.iterdir()} == {
        path.name: path.read_bytes() for path in tiny_model.iterdir()
    }


def test_the_card_is_the_description_of_the_run(recorded, tiny_model):
    _, run, _ = recorded
    card = (tiny_model / CARD).read_text("utf-8")
    assert run.data.tags["mlflow.note.content"] == card[:8000]


def test_no_text_of_an_example_is_recorded(recorded, own_data):
    _, _, place = recorded
    files = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
    texts = [json.loads(line)["text"] for line in own_data.joinpath("own.jsonl").open("rb")]
    assert [text for text in texts if len(text) > 10 and text.encode() in files] == []


def test_what_the_manifest_does_not_vouch_for_is_left_out(recorded, tiny_model, tmp_path):
    client, _, place = recorded
    copy = tmp_path / "model"
    copy.mkdir()
    for path in tiny_model.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / "notes.jsonl").write_text("客户说的话", encoding="utf-8")
    run_id = record(str(place / "new" / "mlruns.db"), copy, FIGURES)
    assert "notes.jsonl" not in artifacts(client, client.get_run(run_id))
    assert client.get_run(run_id).data.metrics == flattened(FIGURES)


def test_runs_of_one_store_are_in_one_experiment(recorded):
    client, run, _ = recorded
    experiments = {e.name: e.experiment_id for e in client.search_experiments()}
    assert experiments[tracking.EXPERIMENT] == run.info.experiment_id


def test_a_tracking_uri_leads_to_the_same_store(recorded, tiny_model):
    client, run, place = recorded
    run_id = record(f"sqlite:///{place}/new/mlruns.db", tiny_model, FIGURES)
    assert client.get_run(run_id).info.experiment_id == run.info.experiment_id


def test_artifacts_lie_beside_the_file_wherever_the_command_is_run_from(recorded):
    _, run, place = recorded
    assert Path(run.info.artifact_uri.removeprefix("file://")).is_relative_to(
        place / "new" / "mlruns.artifacts"
    )


def test_recording_opens_no_connection(recorded, tiny_model):
    code = f"""
import sys
from contextlib import closing
from pathlib import Path
opened = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        opened.append(args)
sys.addaudithook(watch)
from triage.training.tracking import record
record({str(recorded[2] / "new" / "mlruns.db")!r}, Path({str(tiny_model)!r}), {{"n": 1}})
from mlflow.telemetry import get_telemetry_client
print(get_telemetry_client(), opened)
"""
    # As a person runs it: MLflow keeps quiet by itself where it sees a test or a build machine.
    quiet = {"CI", "PYTEST_CURRENT_TEST", "GITHUB_ACTIONS", "DO_NOT_TRACK", "GITLAB_CI"}
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    environment.pop("MLFLOW_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "None []"


def test_without_mlflow_the_error_says_what_to_install(monkeypatch, tiny_model, tmp_path):
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'fenzhen\[tracking\]'") as told:
        record(str(tmp_path / "a.db"), tiny_model, FIGURES)
    assert told.value.code == "missing_extra"


def test_training_does_not_begin_where_it_could_not_be_recorded(tmp_path, monkeypatch, capsys):
    out = tmp_path / "model"
    monkeypatch.setattr(
        "sys.argv", ["triage", "train", "--out", str(out), "--track", str(tmp_path)]
    )
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 2
    assert "isafolder" in "".join(capsys.readouterr().err.split())
    assert not out.exists()


def test_a_folder_is_no_store(tiny_model, tmp_path):
    with pytest.raises(InputError, match=r"is a folder.*mlruns\.db"):
        record(str(tmp_path), tiny_model, FIGURES)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tiny_model, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("客户名单 " * 100, encoding="utf-8")
    with pytest.raises(InputError, match="is not a file of MLflow runs"):
        record(str(path), tiny_model, FIGURES)
    assert path.read_text("utf-8") == "客户名单 " * 100


def test_the_database_of_the_desk_is_refused_and_left_alone(tiny_model, tmp_path):
    with closing(sqlite3.connect(tmp_path / "fenzhen.db")) as desk:
        desk.execute("create table tickets (id text)")
    before = (tmp_path / "fenzhen.db").read_bytes()
    with pytest.raises(InputError, match="is not a file of MLflow runs"):
        record(str(tmp_path / "fenzhen.db"), tiny_model, FIGURES)
    assert (tmp_path / "fenzhen.db").read_bytes() == before


def test_a_store_that_cannot_be_written_is_told(tiny_model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="The model folder is complete") as told:
        record(str(tmp_path / "file" / "mlruns.db"), tiny_model, FIGURES)
    assert told.value.code == "cannot_track"


def test_a_folder_that_is_no_model_is_refused_before_the_store_is_made(tmp_path):
    with pytest.raises(ModelError):
        record(str(tmp_path / "a.db"), tmp_path, FIGURES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "uri", ["http://tracking.example:5000", "sqlite:///x.db", "databricks", "databricks://team"]
)
def test_a_tracking_uri_is_taken_as_it_is(uri):
    assert database(uri) is None


def test_a_path_names_a_sqlite_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert database("runs.db") == tmp_path.resolve() / "runs.db"


def test_only_numbers_are_metrics():
    assert flattened(FIGURES) == {"test.real.n": 3.0, "test.real.issues.macro_f1": 0.5}
    assert flattened({"a": {"name": "x"}}) == {}


def test_a_corrected_model_names_its_parent_and_its_base(tmp_path):
    parent = {"name": "default", "version": "1.0.0", "hash": "0123456789ab"}
    manifest = {"name": "mine", "labels": ["a/b", "c"], "parent": parent, "data": {"test": 2}}
    assert parameters(manifest) == {
        "name": "mine",
        "labels": "a/b, c",
        "parent.name": "default",
        "parent.version": "1.0.0",
        "parent.hash": "0123456789ab",
        "data.test": "2",
    }
