"""From a checkpoint of transformers to a served, promoted model, by the commands of users."""

import json
import shutil
import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from starlette.testclient import TestClient  # noqa: E402

from service.app import create_app  # noqa: E402
from service.settings import Settings  # noqa: E402
from tests.unit.cli.conftest import cli, put  # noqa: E402
from tests.unit.encoder.tiny import tiny_encoder  # noqa: E402
from triage import Feedback, InputError, ModelError, Triage, artifact  # noqa: E402
from triage.cli import encoder as cli_encoder  # noqa: E402
from triage.cli.encoder import require_encoder  # noqa: E402
from triage.engine import Triage as Engine  # noqa: E402
from triage.errors import DataError  # noqa: E402
from triage.registry.checks import Sampling  # noqa: E402
from triage.registry.pointers import champion_folder  # noqa: E402
from triage.registry.promote import Question, promote  # noqa: E402
from triage.registry.rollback import rollback  # noqa: E402
from triage.scorers.cascade import CascadeScorer  # noqa: E402
from triage.scorers.encoder import EncoderScorer  # noqa: E402
from triage.training.encoder.assemble import calibrated_on, fit_cascade, read_share  # noqa: E402
from triage.training.encoder.build import (  # noqa: E402
    EncoderPlan,
    build_encoder,
    export_checkpoint,
    gather_for,
)
from triage.training.encoder.relimit import export_cascade  # noqa: E402
from triage.training.encoder.settings import EncoderSettings  # noqa: E402

__all__ = ["cli", "put"]
pytestmark = pytest.mark.torch
LATE = "等了三天还没发货，客服也不回。"
QUICK = EncoderSettings(epochs=1, threads=1, device="cpu", precision="fp32")


@pytest.fixture(scope="module")
def source(own_data, tmp_path_factory):
    """A tiny encoder that knows the characters of `own_data`."""
    lines = (own_data / "own.jsonl").read_text("utf-8").splitlines()
    letters = "".join(json.loads(line)["text"] for line in lines).lower()
    letters = "".join(letter for letter in letters if not letter.isspace())
    return tiny_encoder(tmp_path_factory.mktemp("source"), letters=letters)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("registry") / "models"


@pytest.fixture(scope="module")
def made(own_data, source, tiny_model, root):
    """A registry of a word model (the champion) and a cascade upon it."""
    shutil.copytree(tiny_model, root / "default")
    steps = []
    plan = EncoderPlan(
        [own_data], source, root / "cascade", name="both", settings=QUICK, cascade=tiny_model
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        metrics = build_encoder(plan, steps.append)
    return metrics, steps


def test_train_run_export_serve_by_the_commands(cli, put, own_data, source, tmp_path):
    out, whole = tmp_path / "mine", tmp_path / "whole"
    options = ("--data", own_data, "--epochs", 2, "--version", "2")
    done = cli("train", "--encoder", source, *options, "--out", out)
    assert done.code == 0, done.err
    assert "macro-F1" in done.out
    assert "exporting as int8" in done.err
    assert artifact.read_manifest(out)["kind"] == "encoder"
    # … what was fitted is exported again without another fit …
    checkpoint = tmp_path / "mine.checkpoint"
    done = cli("export", checkpoint, "--data", own_data, "--out", whole, "--precision", "fp32")
    assert done.code == 0, done.err
    assert "epoch" not in done.err
    assert artifact.read_manifest(whole)["encoder"]["precision"] == "fp32"
    # … and both judge texts, in files and behind HTTP.
    texts = put("in.jsonl", {"id": "k1", "text": LATE})
    (row,) = cli("run", texts, "--model", out).rows
    assert row["model"]["name"] == "mine"
    assert served(out, tmp_path) == row
    near = cli("run", texts, "--model", whole).rows[0]["scores"]
    assert all(abs(near[label] - score) < 0.1 for label, score in row["scores"].items())
    assert not list(tmp_path.glob(".*"))


def served(folder, place):
    settings = Settings(
        database_url=f"sqlite:///{place}/fenzhen.db", secret_file=place / "secret.key", jobs=False
    )
    with TestClient(create_app(Triage.load(folder), settings)) as client:
        reply = client.post("/v1/triage", json={"id": "k1", "text": LATE})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_cascade_is_promoted_through_the_gate_and_rolled_back(made, root, held_data):
    done = promote(root, "cascade", Question([held_data], "li", sampling=Sampling(times=100)))
    assert done.gate.passed, done.gate.to_dict()
    assert champion_folder(root) == root / "cascade"
    assert isinstance(Triage.load(champion_folder(root)).scorer, CascadeScorer)
    rollback(root, by="li")
    assert champion_folder(root) == root / "default"


def test_the_folder_of_a_cascade_says_what_it_was_made_from(made, root, source, tiny_model):
    metrics, _ = made
    manifest = artifact.read_manifest(root / "cascade")
    word = artifact.load(tiny_model)
    assert manifest["kind"] == "cascade"
    assert manifest["word"] == word.name.to_dict()
    assert manifest["encoder"]["type"] == "bert"
    assert (manifest["encoder"]["layers"], manifest["encoder"]["width"]) == (2, 32)
    assert "/" not in manifest["encoder"]["source"]
    assert {"torch", "transformers", "onnxruntime"} <= manifest["versions"].keys()
    assert manifest["data"] == word.manifest["data"]
    written = json.loads((root / "cascade" / artifact.METRICS).read_text("utf-8"))
    assert written == json.loads(json.dumps(metrics))


def test_the_metrics_tell_the_agreement_the_share_read_and_the_curve(made):
    metrics, _ = made
    assert metrics["test"]["real"]["n"] > 0
    assert metrics["export"]["texts"] >= 40
    assert metrics["export"]["differ"] <= 0.01 or "int8" in metrics["export"]
    assert set(metrics["cascade"]["read"]) == {"dev", "test"}
    curve = metrics["cascade"]["curve"]
    assert (curve[0]["share"], curve[-1]["share"]) == (0.0, 1.0)
    chosen = metrics["cascade"]["read"]["dev"]
    assert min(abs(point["share"] - chosen) for point in curve) < 0.001
    assert len(metrics["fit"]["history"]) == 1


def test_the_card_tells_of_the_encoder_and_of_the_share_it_reads(made, root):
    card = (root / "cascade" / artifact.CARD).read_text("utf-8")
    for words in ("Encoder 编码器", "2 layers × 32", "Cascade 级联", "tiny 0.0.1", "Limits 局限"):
        assert words in card


def test_a_word_model_made_of_the_same_data_raises_no_warning_and_another_does(
    made, root, source, tiny_settings, own_data, tmp_path
):
    from triage.training.build import Plan, build

    assert not any("measured too well" in step for step in made[1])
    lines = (own_data / "own.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "own.jsonl").write_text("\n".join(lines[:60]), encoding="utf-8")
    build(Plan([tmp_path], tmp_path / "other", settings=tiny_settings))
    told = []
    plan = EncoderPlan(
        [own_data], str(root / "cascade.checkpoint"), tmp_path / "m", cascade=tmp_path / "other"
    )
    export_checkpoint(plan, told.append)
    assert any("measured too well" in step for step in told)


def test_the_same_data_and_seed_make_the_same_folder(own_data, source, tmp_path):
    for name in ("one", "two"):
        plan = EncoderPlan([own_data], source, tmp_path / name, name="m", settings=QUICK)
        build_encoder(plan)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_where_there_is_no_cascade_the_encoder_reads_alone(made, own_data, root, tmp_path):
    plan = EncoderPlan([own_data], str(root / "cascade.checkpoint"), tmp_path / "alone")
    metrics = export_checkpoint(plan)
    engine = Engine.load(tmp_path / "alone")
    assert isinstance(engine.scorer, EncoderScorer)
    named = [
        artifact.read_manifest(folder)["encoder"]["source"]
        for folder in (tmp_path / "alone", root / "cascade")
    ]
    assert named[0] == named[1] != "cascade.checkpoint"
    assert engine(Feedback("a", LATE)).evidence is not None
    assert "cascade" not in metrics


def test_without_texts_set_aside_the_mix_is_the_mean_and_the_encoder_reads_everything(
    made, root, tiny_model
):
    word = artifact.load(tiny_model)
    encoder = artifact.load(root / "cascade").scorer.weights.encoder
    weights, points = fit_cascade(word.scorer, encoder, [], taxonomy=word.taxonomy)
    assert (weights.limit, points) == (-1.0, [])
    assert weights.mix == pytest.approx(np.array([[0.5], [0.5], [0.0]]).repeat(13, axis=1))
    assert read_share(word.scorer, weights, []) is None
    assert calibrated_on(encoder, []) is encoder


# Another limit


def test_a_cascade_reads_less_by_the_command_without_another_fit(
    cli, made, own_data, root, tmp_path
):
    out, before = tmp_path / "brisk", artifact.load(root / "cascade")
    options = ("--read", 0.4, "--data", own_data, "--out", out)
    done = cli("export", root / "cascade", *options, "--version", "2")
    assert done.code == 0, done.err
    after = artifact.load(out)
    assert (after.name.name, after.name.version) == ("brisk", "2")
    assert after.manifest["word"] == before.manifest["word"]
    assert (after.scorer.weights.mix == before.scorer.weights.mix).all()
    told, told_before = (
        json.loads((folder / artifact.METRICS).read_text("utf-8"))
        for folder in (out, root / "cascade")
    )
    assert told["cascade"]["curve"] == told_before["cascade"]["curve"]
    assert told["fit"] == told_before["fit"]
    assert told["cascade"]["read"]["dev"] <= 0.4
    (share,) = [
        point["share"]
        for point in told["cascade"]["curve"]
        if point["limit"] == pytest.approx(after.scorer.weights.limit)
    ]
    assert share == max(p["share"] for p in told["cascade"]["curve"] if p["share"] <= 0.4)


@pytest.mark.parametrize(("read", "limit"), [(0, np.inf), (1, -1.0)])
def test_a_cascade_can_read_nothing_or_everything(made, own_data, root, tmp_path, read, limit):
    plan = EncoderPlan([own_data], str(root / "cascade"), tmp_path / "m", read=read)
    told = export_cascade(plan)["cascade"]["read"]
    assert told == {"dev": read, "test": read}
    assert artifact.load(tmp_path / "m").scorer.weights.limit == limit


def test_a_mix_takes_the_share_too(made, own_data, source, root, tiny_model):
    word = artifact.load(tiny_model)
    texts = gather_for(EncoderPlan([own_data], source, root), word.scorer.labels).texts
    encoder = artifact.load(root / "cascade").scorer.weights.encoder
    for most in (0, 0.5):
        weights, _ = fit_cascade(
            word.scorer, encoder, texts.calibration, taxonomy=word.taxonomy, most=most
        )
        assert read_share(word.scorer, weights, texts.calibration) <= most
    assert read_share(word.scorer, weights, texts.calibration) > 0


def test_without_a_share_the_cascade_comes_out_as_it_was(made, own_data, root, tmp_path):
    plan = EncoderPlan([own_data], str(root / "cascade"), tmp_path / "m", name="both")
    export_cascade(plan)
    names = [path.name for path in (root / "cascade").iterdir()]
    assert {name: (tmp_path / "m" / name).read_bytes() for name in names} == {
        name: (root / "cascade" / name).read_bytes() for name in names
    }


def test_other_data_than_those_of_the_cascade_are_told(made, own_data, root, tmp_path):
    lines = (own_data / "own.jsonl").read_text("utf-8").splitlines()
    (tmp_path / "own.jsonl").write_text("\n".join(lines[:60]), encoding="utf-8")
    for data, warnings_told in ((tmp_path, 1), (own_data, 0)):
        told = []
        plan = EncoderPlan([data], str(root / "cascade"), tmp_path / "m", read=0.1)
        export_cascade(plan, told.append)
        assert sum("made with other data" in line for line in told) == warnings_told


def test_a_model_that_is_no_cascade_has_no_limit(made, own_data, root, tmp_path):
    with pytest.raises(InputError, match="of the kind linear") as caught:
        export_cascade(EncoderPlan([own_data], str(root / "default"), tmp_path / "m", read=0.1))
    assert caught.value.code == "not_a_cascade"


def test_a_cascade_made_without_dev_texts_has_no_other_limit(made, own_data, root, tmp_path):
    model, source = artifact.load(root / "cascade"), tmp_path / "blind"
    told = made[0] | {"cascade": {"curve": []}}
    artifact.save(source, model.scorer.weights, model.manifest, metrics=told, card="")
    with pytest.raises(InputError, match="without dev texts"):
        export_cascade(EncoderPlan([own_data], str(source), tmp_path / "m", read=0.1))


@pytest.mark.parametrize(
    ("given", "options", "code"),
    [
        ("cascade", ("--precision", "fp32"), "finished"),
        ("cascade", ("--cascade", "x"), "finished"),
        ("cascade.checkpoint", ("--read", "0.2"), "no_cascade"),
    ],
)
def test_options_that_would_do_nothing_are_refused(cli, made, root, tmp_path, given, options, code):
    refused(cli("export", root / given, *options, "--out", tmp_path / "m"), code)


def test_a_share_without_a_word_model_is_refused(cli, source, tmp_path):
    options = ("--read", "0.2", "--out", tmp_path / "m")
    refused(cli("train", "--encoder", source, *options), "no_cascade", "--cascade")


# What is refused


def refused(result, code, *words):
    assert result.code == 2, result.err
    assert f"[{code}]" in result.err
    assert all(word in result.said for word in words)


@pytest.mark.parametrize("command", [("train", "--encoder", "x"), ("export", "x")])
def test_where_nothing_is_installed_one_extra_is_named(cli, monkeypatch, tmp_path, command):
    monkeypatch.setattr("triage.cli.encoder.find_spec", lambda name: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = cli(*command, "--out", tmp_path / "m")
    refused(result, "missing_extra", "sklearn,torch", "fenzhen[encoder-train]")


def test_an_encoder_and_a_base_are_refused_together(cli, source, tiny_model, own_data, tmp_path):
    options = ("--base", tiny_model, "--data", own_data, "--out", tmp_path / "m")
    refused(cli("train", "--encoder", source, *options), "two_ways", "--base")


@pytest.mark.parametrize(
    "option", [("--cascade", "m"), ("--read", "0"), ("--teacher", "m"), ("--fetch",)]
)
def test_options_of_an_encoder_are_refused_without_one(cli, option, tmp_path):
    result = cli("train", *option, "--out", tmp_path / "m")
    refused(result, "no_encoder", option[0], "--encoder")


def test_a_name_that_is_not_in_the_cache_says_how_to_fetch_it(cli, own_data, tmp_path):
    options = ("--data", own_data, "--out", tmp_path / "m")
    result = cli("train", "--encoder", "nobody/no-such-encoder", *options)
    refused(result, "not_in_cache", "hfdownloadnobody/no-such-encoder", "--fetch")
    assert not (tmp_path / "m").exists()


def test_a_cascade_upon_a_cascade_is_refused(made, own_data, root, tmp_path):
    plan = EncoderPlan(
        [own_data], str(root / "cascade.checkpoint"), tmp_path / "m", cascade=root / "cascade"
    )
    with pytest.raises(InputError, match="begins with a word model") as caught:
        export_checkpoint(plan)
    assert caught.value.code == "not_a_word_model"


@pytest.fixture
def other_labels(own_data, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(own_data, folder)
    rows = [json.loads(line) for line in (folder / "own.jsonl").read_text("utf-8").splitlines()]
    rows = [row | {"issues": ["late"][: k % 2]} for k, row in enumerate(rows)]
    (folder / "own.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    (folder / "taxonomy.yaml").write_text("labels: [{code: late}, {code: broken}]", "utf-8")
    return folder


def test_data_with_other_labels_than_the_checkpoint_are_refused(other_labels, made, root, tmp_path):
    plan = EncoderPlan([other_labels], str(root / "cascade.checkpoint"), tmp_path / "m")
    with pytest.raises(InputError, match="was fitted for the labels"):
        export_checkpoint(plan)
    plan = EncoderPlan([other_labels], str(root / "cascade"), tmp_path / "m", read=0.1)
    with pytest.raises(InputError, match="was fitted for the labels"):
        export_cascade(plan)


def test_a_word_model_of_other_labels_is_refused_before_anything_is_fitted(
    other_labels, source, tiny_model, tmp_path
):
    plan = EncoderPlan([other_labels], source, tmp_path / "m", cascade=tiny_model)
    with pytest.raises(DataError, match="other labels"):
        build_encoder(plan)
    assert not (tmp_path / "m.checkpoint").exists()


def test_a_folder_without_a_fitted_encoder_is_not_exported(cli, own_data, source, tmp_path):
    with pytest.raises(ModelError, match="no fitted encoder"):
        export_checkpoint(EncoderPlan([own_data], source, tmp_path / "m"))


def test_without_torch_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(cli_encoder, "find_spec", lambda name: None if name == "torch" else 1)
    with pytest.raises(InputError, match="needs torch") as caught:
        require_encoder()
    assert caught.value.code == "missing_extra"
    assert "fenzhen[encoder-train]" in caught.value.remedy
