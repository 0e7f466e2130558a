"""`triage pretrain`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.pretrain.conftest import sentences, write
from triage.cli.app import app
from triage.errors import InputError


def invoke(*words: str):
    return CliRunner().invoke(app, ["pretrain", *words])


@pytest.mark.torch
def test_a_small_encoder_is_made_from_a_folder_of_texts(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    write(tmp_path / "a.jsonl", sentences())
    small = ("--tokens", "0.002", "--layers", "1", "--width", "16", "--heads", "2")
    out = tmp_path / "made"
    result = invoke("--data", str(tmp_path), "--out", str(out), *small, "--threads", "1")
    assert result.exit_code == 0, result.output
    assert (out / "config.json").exists() and (out / "tokenizer.json").exists()
    assert "nats" in result.output


def test_a_width_that_the_heads_do_not_divide_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    result = invoke("--out", str(tmp_path / "made"), "--width", "30", "--heads", "4")
    assert isinstance(result.exception, InputError)
    assert "multiple" in str(result.exception)


def test_without_torch_it_says_what_to_install(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("triage.cli.encoder.find_spec", lambda name: None)
    result = invoke("--out", str(tmp_path / "made"))
    assert isinstance(result.exception, InputError)
    assert "encoder-train" in str(result.exception)
