"""Engines, a tiny model and authored texts, shared by every test."""

import json
import os
import warnings
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer

ROOT = Path(__file__).parents[1]
SEED = ROOT / "data" / "seed"

# The same examples every time, and none cut off by a slow machine.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def places(tmp_path_factory):
    """Names of databases that no other test uses."""
    folder = tmp_path_factory.mktemp("places")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch, places):
    """No test hangs on what the environment sets, and none writes to the `var/` of the checkout."""
    for name in list(os.environ):
        if name.startswith("FENZHEN_"):
            monkeypatch.delenv(name)
    place = next(places)
    monkeypatch.setenv("FENZHEN_DATABASE_URL", f"sqlite:///{place}/fenzhen.db")
    monkeypatch.setenv("FENZHEN_SECRET_FILE", f"{place}/secret.key")
    monkeypatch.setenv("FENZHEN_MODELS", f"{place}/models")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def seed_rows() -> list[dict]:
    """Every authored row of data/seed."""
    files = sorted(SEED.glob("*.jsonl"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def seed_texts(seed_rows) -> list[str]:
    """Every authored text of data/seed."""
    return [row["text"] for row in seed_rows]


@pytest.fixture(scope="session")
def own_data(tmp_path_factory) -> Path:
    """A folder of a few dozen authored rows under ids of their own (so: no frozen split)."""
    names = ("short", "priority", "multi")
    files = [SEED / f"{name}.jsonl" for name in names]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()[:24]]
    rows = [json.loads(line) | {"id": f"own-{k:03}"} for k, line in enumerate(lines)]
    folder = tmp_path_factory.mktemp("own")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "own.jsonl").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_settings():
    """The settings of a fit that takes a third of a second."""
    from triage.training.linear import Settings

    return Settings(rows=4000, networks=2, hidden=8)


@pytest.fixture
def quiet_fit():
    """Let a fit on very little data say that it has not converged."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


@pytest.fixture(scope="session")
def tiny_model(own_data, tiny_settings, tmp_path_factory) -> Path:
    """A model folder trained once on `own_data`. Read only: copy it to change it."""
    from sklearn.exceptions import ConvergenceWarning

    from triage.training.build import Plan, build

    out = tmp_path_factory.mktemp("models") / "tiny"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        build(Plan([own_data], out, name="tiny", version="0.0.1", settings=tiny_settings))
    return out


@pytest.fixture(scope="session")
def tiny_engine(tiny_model) -> Triage:
    """The engine of the tiny model."""
    return Triage.load(tiny_model)


@pytest.fixture(scope="session")
def default_engine() -> Triage:
    """The engine in the box."""
    return Triage.load()


@pytest.fixture(scope="session")
def keyword_engine() -> Triage:
    """An engine without weights: known words decide."""
    return Triage(KeywordScorer(), Policy(), ModelName("keyword", "0", "0" * 12))
