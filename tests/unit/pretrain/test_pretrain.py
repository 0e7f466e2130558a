"""A whole small run: it learns, it resumes, and transformers loads what it made."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from triage.errors import DataError, InputError
from triage.training.pretrain import loop
from triage.training.pretrain.model import flops_per_token
from triage.training.pretrain.run import PretrainPlan, pretrain
from triage.training.pretrain.settings import Recipe, Shape

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytestmark = pytest.mark.torch


SHAPE = Shape(layers=1, width=32, inner=64, heads=2, vocabulary=300, window=32)
RECIPE = Recipe(tokens=60_000, batch=512, rate=5e-3, threads=1, aside=20)


def plan(texts: Path, out: Path, recipe: Recipe = RECIPE) -> PretrainPlan:
    return PretrainPlan([texts], out, None, SHAPE, recipe)


def weights(folder: Path) -> dict[str, np.ndarray]:
    from safetensors.numpy import load_file

    return load_file(folder / "model.safetensors")


def test_a_run_learns_and_transformers_loads_what_it_made(texts: Path, tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    report = pretrain(plan(texts, tmp_path / "made"))
    names, body = (kind.from_pretrained(tmp_path / "made") for kind in (AutoTokenizer, AutoModel))
    states = body(**names("客服态度很好", return_tensors="pt")).last_hidden_state
    assert states.shape == (1, 8, 32)
    # Guessing by how often each character comes gives about 4 nats.
    assert report["held_loss"] < 3.5 and report["held_accuracy"] > 0.15
    assert report["tokens"] >= 60_000
    kept = json.loads((tmp_path / "made" / "pretraining.json").read_text())
    assert kept == report


def test_the_log_has_the_curve(texts: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(loop, "_EVERY", 0.0)
    pretrain(plan(texts, tmp_path / "made", Recipe(4_000, 512, threads=1, aside=20)))
    rows = list(csv.DictReader((tmp_path / "made" / "log.csv").open()))
    assert [int(row["step"]) for row in rows] == list(range(1, len(rows) + 1))
    assert int(rows[-1]["tokens"]) >= 4_000


def test_a_run_stopped_midway_ends_with_the_same_numbers(
    texts: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(loop, "_EVERY", 0.0)
    recipe = Recipe(8_000, 512, threads=1, aside=20)
    pretrain(plan(texts, tmp_path / "whole", recipe))
    stop = iter(range(7))

    def interrupt(note: str) -> None:
        if "tokens," in note and "at hand" not in note and next(stop, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain(plan(texts, tmp_path / "cut", recipe), interrupt)
    pretrain(plan(texts, tmp_path / "cut", recipe))
    one, other = weights(tmp_path / "whole"), weights(tmp_path / "cut")
    assert all((one[key] == other[key]).all() for key in one)


def test_a_folder_of_another_run_is_refused(texts: Path, tmp_path: Path) -> None:
    pretrain(plan(texts, tmp_path / "made", Recipe(1_000, 512, threads=1, aside=20)))
    with pytest.raises(InputError, match="other settings"):
        pretrain(plan(texts, tmp_path / "made", Recipe(2_000, 512, threads=1, aside=20)))


def test_too_few_texts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").write_text('{"id": "a", "text": "只有一句话"}\n')
    with pytest.raises(DataError, match="Only 1 texts"):
        pretrain(plan(tmp_path / "few.jsonl", tmp_path / "made"))


def test_rates_rise_then_fall_to_zero() -> None:
    recipe = Recipe(tokens=100, rate=1.0, warmup=0.1)
    rates = [loop.rate_at(recipe, tokens) for tokens in (0, 5, 10, 55, 100)]
    assert rates == pytest.approx([0.001, 0.501, 1.0, 0.5, 0.0], abs=1e-9)


def test_flops_count_six_for_each_weight() -> None:
    shape = Shape(layers=2, width=4, inner=8)
    assert flops_per_token(shape, 10, 0.5) == 6 * (2 * (4 * 16 + 3 * 32) + 0.5 * (16 + 40))
