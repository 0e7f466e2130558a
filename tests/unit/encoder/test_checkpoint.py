"""A fitted encoder on disk: as it was, in transformers' own format, refused where broken."""

import json

import numpy as np
import pytest

pytest.importorskip("torch")
import torch

from tests.unit.encoder.texts import LABELS, sixteen
from tests.unit.encoder.tiny import tiny_encoder
from triage.errors import ModelError, OutputError
from triage.training.encoder.checkpoint import load_checkpoint, save_checkpoint
from triage.training.encoder.compute import Compute
from triage.training.encoder.fit import fit_encoder
from triage.training.encoder.predict import log_odds, pad_of
from triage.training.encoder.rows import signals_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import windows_of
from triage.training.linear import Texts

pytestmark = pytest.mark.torch
SETTINGS = EncoderSettings(epochs=1, batch=8, threads=1, device="cpu", precision="fp32", window=24)


@pytest.fixture(scope="module", params=["bert", "roberta"])
def fitted(request, tmp_path_factory):
    source = tiny_encoder(tmp_path_factory.mktemp("tiny"), kind=request.param)
    return fit_encoder(Texts(sixteen()), LABELS, source, settings=SETTINGS)


@pytest.fixture
def folder(fitted, tmp_path):
    save_checkpoint(fitted, tmp_path / "saved")
    return tmp_path / "saved"


def judged(fitted, texts=("质量很差，坏了", "快递等了三天" * 10)):
    cut = windows_of(texts, fitted.tokenizer, window=fitted.settings.window, stride=8)
    cpu = Compute(torch.device("cpu"), half=False)
    return log_odds(fitted.model, cut, signals_of(texts), cpu, pad_of(fitted.tokenizer))


def test_what_is_saved_comes_back_to_the_last_digit(fitted, folder):
    loaded = load_checkpoint(folder)
    assert np.array_equal(judged(loaded), judged(fitted))
    assert (loaded.labels, loaded.settings) == (fitted.labels, fitted.settings)
    assert loaded.history == fitted.history
    assert loaded.source == fitted.source
    assert fitted.source.startswith("tiny")  # the name of the folder, not its path


def test_transformers_opens_it_as_one_of_its_own(fitted, folder):
    from transformers import AutoModel

    body = AutoModel.from_pretrained(folder)
    state = fitted.model.body.state_dict()
    assert all(torch.equal(body.state_dict()[name], value) for name, value in state.items())


def test_a_fit_may_begin_from_it(folder):
    again = fit_encoder(Texts(sixteen()), LABELS, str(folder), settings=SETTINGS)
    assert len(again.history) == 1


def test_saving_again_replaces_what_was_there(fitted, folder):
    (folder / "old.bin").write_bytes(b"old")
    save_checkpoint(fitted, folder)
    assert not (folder / "old.bin").exists()
    assert not list(folder.parent.glob(".*.draft"))


def test_a_folder_that_cannot_be_written_is_named(fitted, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="checkpoint"):
        save_checkpoint(fitted, tmp_path / "file" / "saved")


def without_settings(folder):
    (folder / "fenzhen.json").unlink()


def of_another_format(folder):
    (folder / "fenzhen.json").write_text(json.dumps({"format": "other"}))


def with_more_labels(folder):
    about = json.loads((folder / "fenzhen.json").read_text())
    (folder / "fenzhen.json").write_text(json.dumps(about | {"labels": ["a", "b", "c"]}))


def with_broken_heads(folder):
    (folder / "heads.safetensors").write_bytes(b"nothing")


def without_a_body(folder):
    (folder / "model.safetensors").unlink()


@pytest.mark.parametrize(
    "damage",
    [without_settings, of_another_format, with_more_labels, with_broken_heads, without_a_body],
)
def test_a_folder_that_is_not_whole_is_refused(folder, damage):
    damage(folder)
    with pytest.raises(ModelError, match="no fitted encoder"):
        load_checkpoint(folder)
