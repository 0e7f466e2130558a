import shutil

import pytest

from triage import ISSUES, Triage


@pytest.fixture
def info(cli, tiny_model):
    return lambda *args: cli("info", "--model", tiny_model, *args)


@pytest.fixture
def copy(tiny_model, tmp_path):
    """A copy of the tiny model, to be changed."""
    return shutil.copytree(tiny_model, tmp_path / "model")


def refused(result, *words, code="bad_model"):
    assert (result.code, result.out) == (2, "")
    assert f"[{code}]" in result.err
    assert all(word in result.said for word in words)


def test_a_model_tells_its_name_hash_labels_and_where_it_lies(info, tiny_model):
    result = info()
    name = Triage.load(tiny_model).name
    assert (result.code, result.err) == (0, "")
    assert f"name:{name.name}" in result.shown
    assert f"version:{name.version}" in result.shown
    assert f"hash:{name.hash}" in result.shown
    assert str(tiny_model) in result.shown
    assert all(label in result.out for label in ISSUES)


def test_a_model_tells_how_well_it_did(info):
    assert "macro-F1" in info().out


def test_json_is_the_manifest_with_the_hash_and_nothing_else(info, tiny_model):
    result = info("--json")
    (whole,) = result.rows
    assert result.err == ""
    assert whole["hash"] == Triage.load(tiny_model).name.hash
    assert whole["labels"] == list(ISSUES)
    assert whole["data"]["labelled"] > 0
    assert {"tokeniser", "files", "seed", "folder"} <= whole.keys()


def test_the_model_in_the_box_is_shown_when_none_is_named(cli):
    (whole,) = cli("info", "--json").rows
    assert whole["name"] == "default"


def test_a_folder_that_is_not_there_is_refused(cli, tmp_path):
    refused(cli("info", "--model", tmp_path / "nowhere"), "nowhere", "triagetrain")


def test_a_folder_that_is_no_model_is_refused(cli, tmp_path):
    refused(cli("info", "--model", tmp_path), "manifest.json")


def test_a_model_whose_weights_were_changed_is_refused(cli, copy):
    weights = bytearray((copy / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "weights.safetensors").write_bytes(weights)
    refused(
        cli("info", "--model", copy), "weights.safetensors", "hashdiffers", code="model_tampered"
    )


@pytest.mark.parametrize("name", ["weights.safetensors", "metrics.json", "README.md"])
def test_a_model_that_lacks_a_file_is_refused_by_its_name(cli, copy, name):
    (copy / name).unlink()
    refused(cli("info", "--model", copy), name)


def test_a_model_of_another_tokeniser_is_refused_with_what_to_install(cli, copy):
    manifest = (copy / "manifest.json").read_text("utf-8")
    version = '"version": "0.2.2"'
    assert version in manifest
    (copy / "manifest.json").write_text(manifest.replace(version, '"version": "9.9"'), "utf-8")
    result = cli("info", "--model", copy)
    assert result.code == 2
    assert "[tokeniser_mismatch]" in result.err
    assert "rjieba==9.9" in result.said
