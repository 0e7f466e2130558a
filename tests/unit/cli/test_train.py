import importlib.util
import io
import json
import re
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from triage import Feedback, Triage
from triage.artifact import read_manifest
from triage.cli import main
from triage.registry.pointers import Pointer, Registry, write_registry
from triage.resources import default_model

ROW = {"text": "质量差", "issues": ["product_quality"], "sentiment": 2, "urgency": 1}
FILES = ["README.md", "manifest.json", "metrics.json", "weights.safetensors"]


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@dataclass(frozen=True)
class Training:
    """What one call of the command wrote and said."""

    folder: Path
    code: int
    out: str
    err: str
    warnings: list[str]


@pytest.fixture(scope="module")
def trained(own_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "own"
    command = ["triage", "train", "--data", str(own_data), "--out", str(folder), "--name", "own"]
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("default")
        patch.setattr(sys, "argv", [*command, "--version", "2.1.0"])
        with pytest.raises(SystemExit) as stop:
            main()
    said = [warning.category.__name__ for warning in warned]
    return Training(folder, stop.value.code or 0, out.getvalue(), err.getvalue(), said)


def test_training_writes_a_whole_model_folder(trained):
    assert trained.code == 0
    assert sorted(contents(trained.folder)) == FILES


def test_the_model_written_can_be_loaded_and_judges(trained):
    engine = Triage.load(trained.folder)
    assert (engine.name.name, engine.name.version) == ("own", "2.1.0")
    assert engine(Feedback("1", "等了三天还没发货，客服也不回。")).model == engine.name


def test_the_figures_go_to_standard_output_and_the_steps_to_standard_error(trained):
    assert "own 2.1.0" in trained.out
    assert "macro-F1" in trained.out
    assert "…" not in trained.out
    assert "held-out" in trained.err


def test_the_same_data_make_the_same_bytes(trained, cli, own_data, tmp_path, quiet_fit):
    out = tmp_path / "again"
    cli("train", "--data", own_data, "--out", out, "--name", "own", "--version", "2.1.0")
    assert contents(out) == contents(trained.folder)


def test_a_warning_of_a_library_is_not_shown_to_whoever_trains(trained):
    assert trained.warnings == []


def test_the_manifest_names_the_data_and_the_seed(trained):
    manifest = json.loads((trained.folder / "manifest.json").read_text("utf-8"))
    assert manifest["data"]["labelled"] > 20
    assert manifest["seed"] == 0


# What is refused


def refused(result, code, *words):
    assert result.code == 2
    assert result.out == ""
    assert f"[{code}]" in result.err
    assert "remedy" in result.err
    assert all(word in result.said for word in words)


def labelled(*changes):
    return ({"id": f"o{k}", **ROW, **change} for k, change in enumerate(changes))


def test_too_few_texts_are_refused_with_the_number_needed(cli, put, tmp_path):
    data = put("own.jsonl", *labelled({}, {"text": "没到"}, {"text": "太贵"}))
    result = cli("train", "--data", data, "--out", tmp_path / "own")
    refused(result, "bad_data", "Only3textswithknownissues", "atleast20")


def test_refused_data_leave_no_model_folder(cli, put, tmp_path):
    cli("train", "--data", put("own.jsonl", *labelled({})), "--out", tmp_path / "own")
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"issues": ["delivry"]}, "'delivry'"),
        ({"sentiment": 6}, "sentiment6"),
        ({"urgency": -1}, "urgency-1"),
        ({"sentiment": "2"}, "sentiment'2'"),
    ],
)
def test_a_wrong_label_is_refused_with_its_line(cli, put, tmp_path, change, word):
    data = put("own.jsonl", *labelled({}, {"text": "没到"}, {"text": "太贵", **change}))
    result = cli("train", "--data", data, "--out", tmp_path / "own")
    refused(result, "bad_data", "own.jsonl,line3", word)


def test_a_broken_line_is_refused_with_its_number(cli, put, tmp_path):
    data = put("own.jsonl", *labelled({}), "{oops")
    result = cli("train", "--data", data, "--out", tmp_path / "own")
    refused(result, "bad_data", "own.jsonl,line2", "notvalidJSON")


def test_data_that_are_not_there_are_refused(cli, tmp_path):
    result = cli("train", "--data", tmp_path / "nowhere", "--out", tmp_path / "own")
    refused(result, "bad_data", "nowhere")


def test_the_folder_to_write_must_be_named(cli):
    result = cli("train")
    assert (result.code, result.out) == (2, "")
    assert "--out" in result.err


@pytest.mark.parametrize(
    "rest", [("train", "--out", "own"), ("evaluate", "own.jsonl")], ids=["train", "evaluate"]
)
def test_without_scikit_learn_the_command_says_how_to_install_it(cli, monkeypatch, rest):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "sklearn" else found(name, *a)
    )
    refused(cli(*rest), "missing_extra", "pipinstall'fenzhen[train]'")


def test_a_folder_that_cannot_be_written_is_an_output_error(cli, own_data, tmp_path, quiet_fit):
    (tmp_path / "blocker").write_text("a file")
    result = cli("train", "--data", own_data, "--out", tmp_path / "blocker" / "own")
    assert (result.code, result.out) == (1, "")
    assert "[cannot_write]" in result.err


# On a base


def test_a_base_is_corrected_and_the_steps_and_seconds_are_told(cli, own_data, tmp_path):
    out, again = tmp_path / "mine", tmp_path / "again"
    result = cli("train", "--base", default_model(), "--data", own_data, "--out", out)
    assert result.code == 0
    assert "reading the texts" in result.err
    assert re.search(r"mine\s+\d+\.\d s", result.err)
    assert read_manifest(out)["name"] == "mine"
    assert "cross-validated" in result.out
    # … and what it was corrected with is not carried on, which is said.
    assert "not carried on" not in result.err
    second = cli("train", "--base", out, "--data", own_data, "--out", again)
    assert second.code == 0
    assert "not carried on" in second.err


def test_where_there_is_no_folder_of_models_the_default_is_the_one_in_the_box(
    cli, own_data, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    result = cli("train", "--base", "models/default", "--data", own_data, "--out", "models/mine")
    assert result.code == 0
    assert read_manifest(tmp_path / "models/mine")["parent"]["name"] == "default"


def test_a_base_without_examples_is_refused(cli, tmp_path):
    result = cli("train", "--base", default_model(), "--out", tmp_path / "m")
    refused(result, "no_data", "--data")


def test_labels_of_ones_own_need_no_base(cli, put, tmp_path, quiet_fit):
    taxonomy = put("labels.yaml", "labels: [{code: late}, {code: broken}]")
    texts = [("等了三天还没到", "late"), ("杯子一倒水就漏", "broken")]
    rows = [
        {"id": f"o{k}", "text": f"{text}{k}", "issues": [label], "sentiment": 2 + k % 2 * 2}
        | {"urgency": k % 3}
        for k, (text, label) in enumerate(texts * 20)
    ]
    data = put("own.jsonl", *rows)
    options = ("--taxonomy", taxonomy, "--out", tmp_path / "m")
    assert cli("train", "--data", data, *options).code == 0
    engine = Triage.load(tmp_path / "m")
    assert engine.scorer.labels == ("late", "broken")
    assert engine(Feedback("a", "等了三天还没到")).issues == ("late",)


def test_a_model_in_use_is_not_written_over(cli, own_data, tmp_path):
    root = tmp_path / "models"
    pointer = Pointer("mine", "0" * 12, "2026-11-20T00:00:00+00:00", "小李")
    write_registry(root, Registry(pointer, None))
    options = ("--base", default_model(), "--data", own_data, "--out", root / "mine")
    refused(cli("train", *options), "model_in_use", "anotherfolder")
    assert not (root / "mine").exists()


def test_a_fit_that_is_interrupted_leaves_no_model_behind(cli, own_data, tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("triage.training.correct._measure", stop)
    out = tmp_path / "models" / "mine"
    result = cli("train", "--base", default_model(), "--data", own_data, "--out", out)
    assert result.code == 130
    assert list((tmp_path / "models").iterdir()) == []
