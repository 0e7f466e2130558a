"""A registry of tiny models, and data that is held out as a whole."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from triage import artifact
from triage.training.splits import HELD_OUT


@pytest.fixture
def registry(tmp_path) -> Path:
    """The folder of a registry that holds nothing yet."""
    root = tmp_path / "models"
    root.mkdir()
    return root


@pytest.fixture
def add(registry, tiny_model):
    """Put a copy of the tiny model into the registry, under a version of its own."""

    def copy(name, worse=lambda weights: weights, **changes):
        model = artifact.load(tiny_model)
        manifest = artifact.read_manifest(tiny_model) | {"name": name, "version": "1"} | changes
        metrics = json.loads((tiny_model / artifact.METRICS).read_text("utf-8"))
        weights = worse(model.scorer.weights)
        artifact.save(registry / name, weights, manifest, metrics=metrics, card="")
        return artifact.load(registry / name).name.hash

    return copy


@pytest.fixture
def mute():
    """What makes a model say of no text that it has an issue."""

    def worse(weights):
        net = weights.stage2["issues"]
        return replace(
            weights, stage2={**weights.stage2, "issues": replace(net, shift=net.shift - 20)}
        )

    return worse


@pytest.fixture(scope="session")
def held_data(own_data, tmp_path_factory) -> Path:
    """The texts of `own_data`, every one held out for testing."""
    folder = shutil.copytree(own_data, tmp_path_factory.mktemp("held") / "data")
    lines = (folder / "own.jsonl").read_text("utf-8").splitlines()
    parts = {"test": [json.loads(line)["id"] for line in lines], "dev": []}
    (folder / HELD_OUT).write_text(json.dumps(parts), encoding="utf-8")
    return folder
