"""Models with an encoder as folders: written, read back, vouched for, corrected, put in use."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.encoder.folders import saved, weights_of
from triage import Feedback, InputError, ModelError, TokeniserMismatchError, Triage, artifact
from triage.artifact import CARD, MANIFEST, METRICS
from triage.errors import TamperedModelError
from triage.registry.checks import Sampling
from triage.registry.folders import load_champion
from triage.registry.listing import list_models
from triage.registry.promote import Question, promote
from triage.scorers.adapted import AdaptedScorer
from triage.scorers.cascade import CascadeScorer
from triage.scorers.encoder import EncoderScorer
from triage.text.segment import Segmenter
from triage.training.adapt import AdaptSettings
from triage.training.correct import Correction, correct
from triage.weights import GRAPH, NUMBERS, TOKENIZER, WEIGHTS

TEXT = Feedback("a", "等了三天还没发货，客服也不理人")
ALONE = {WEIGHTS, GRAPH, TOKENIZER}
BOTH = ALONE | {NUMBERS}
EVERY = [
    *(("encoder", name) for name in sorted(ALONE)),
    *(("cascade", name) for name in sorted(BOTH)),
]


@pytest.fixture(scope="module")
def kept(tiny_model, tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    return {kind: saved(root / kind, tiny_model, kind) for kind in ("encoder", "cascade")}


@pytest.fixture(params=["encoder", "cascade"])
def kind(request):
    return request.param


@pytest.fixture
def model(kept, kind, tmp_path) -> Path:
    """A copy that may be spoilt."""
    return shutil.copytree(kept[kind], tmp_path / kind)


def rewrite(model, **changes):
    manifest = json.loads((model / MANIFEST).read_text("utf-8")) | changes
    (model / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def reseal(model):
    files = [path for path in model.iterdir() if path.name != MANIFEST]
    rewrite(model, files={p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files})


def refused(model):
    with pytest.raises(ModelError) as caught:
        artifact.load(model)
    assert caught.value.remedy
    return caught.value.message


@pytest.mark.parametrize(
    ("kind", "files"), [("encoder", ALONE), ("cascade", BOTH)], indirect=["kind"]
)
def test_a_folder_holds_the_files_of_its_kind_and_vouches_for_each(model, files):
    found = {path.name for path in model.iterdir()}
    assert found == files | {MANIFEST, METRICS, CARD}
    assert artifact.read_manifest(model)["files"].keys() == found - {MANIFEST}


def test_the_manifest_says_how_texts_are_read_beside_what_it_was_given(model):
    expected = {"precision": "fp32", "window": 16, "stride": 4}
    assert artifact.read_manifest(model)["encoder"] == expected


def test_a_loaded_model_has_the_numbers_that_were_saved(model, kind, tiny_engine):
    given = weights_of(kind, tiny_engine.scorer.weights)
    found = artifact.load(model).scorer.weights
    pairs = [(found, given)]
    if kind == "cascade":
        assert found.limit == given.limit
        np.testing.assert_array_equal(found.mix, given.mix)
        pairs = [(found.encoder, given.encoder)]
    for one, two in pairs:
        assert (one.labels, one.graph, one.tokenizer) == (two.labels, two.graph, two.tokenizer)
        assert (one.window, one.stride) == (two.window, two.stride)
        for part in ("signals", "slope", "shift"):
            np.testing.assert_array_equal(getattr(one, part), getattr(two, part))


def test_the_kind_decides_the_scorer(kept):
    assert isinstance(artifact.load(kept["encoder"]).scorer, EncoderScorer)
    assert isinstance(artifact.load(kept["cascade"]).scorer, CascadeScorer)


def test_the_weights_file_of_a_cascade_is_that_of_its_word_model(kept, tiny_model):
    assert (kept["cascade"] / WEIGHTS).read_bytes() == (tiny_model / WEIGHTS).read_bytes()


@pytest.mark.parametrize("limit", [-1.0, float("inf")])
def test_a_limit_of_all_or_of_nothing_is_kept(tiny_model, tmp_path, limit):
    folder = saved(tmp_path / "c", tiny_model, "cascade", limit=limit)
    assert artifact.load(folder).scorer.weights.limit == limit


def test_saving_a_loaded_model_gives_the_same_bytes(model, tmp_path):
    loaded = artifact.load(model)
    again = tmp_path / "again"
    card = (model / CARD).read_text("utf-8")
    artifact.save(again, loaded.scorer.weights, loaded.manifest, metrics={}, card=card)
    for path in model.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_a_model_judges_from_its_folder(model):
    verdict = Triage.load(model)(TEXT)
    assert verdict.model.name == model.name
    assert all(TEXT.text[e.start : e.end] == e.text for e in verdict.evidence)


def test_a_model_of_another_kind_written_over_it_leaves_no_part_of_it(model, tiny_model):
    word = artifact.load(tiny_model)
    artifact.save(model, word.scorer.weights, word.manifest, metrics={}, card="")
    assert {path.name for path in model.iterdir()} == {WEIGHTS, MANIFEST, METRICS, CARD}


def test_the_registry_lists_each_kind_and_refuses_none(kept):
    found = {
        row.folder.name: (row.kind, row.refused) for row in list_models(kept["encoder"].parent)
    }
    for kind in kept:
        assert found[kind] == (kind, None)


def test_a_cascade_is_put_in_use_like_any_model(tiny_model, held_data, tmp_path):
    registry = tmp_path / "models"
    for name in ("default", "next"):  # limit: the word model answers alone, so none is worse
        saved(registry / name, tiny_model, "cascade", limit=float("inf"), version=name)
    question = Question([held_data], "li", sampling=Sampling(times=100))
    done = promote(registry, "next", question)
    assert done.gate.passed
    engine, pointer = load_champion(registry)
    assert isinstance(engine.scorer, CascadeScorer)
    assert engine.name.hash == pointer.hash


# Spoilt


@pytest.mark.parametrize(("kind", "name"), EVERY, indirect=["kind"])
def test_a_file_changed_by_one_byte_is_refused_before_it_is_opened(model, name):
    content = bytearray((model / name).read_bytes())
    content[-1] ^= 1
    (model / name).write_bytes(content)
    with pytest.raises(TamperedModelError, match=name):
        artifact.load(model)


@pytest.mark.parametrize(("kind", "name"), EVERY, indirect=["kind"])
def test_a_file_that_the_manifest_does_not_vouch_for_is_refused(model, name):
    files = artifact.read_manifest(model)["files"]
    rewrite(model, files={key: value for key, value in files.items() if key != name})
    assert name in refused(model)


@pytest.mark.parametrize(("kind", "name"), EVERY, indirect=["kind"])
def test_a_file_that_cannot_be_read_is_refused(model, name):
    (model / name).write_bytes(b"\x08" * 40)
    reseal(model)
    assert "cannot be read" in refused(model)


@pytest.mark.parametrize(
    "settings", [None, {}, {"window": "long", "stride": 4}, {"window": 10**9, "stride": 4}, []]
)
def test_a_manifest_that_does_not_say_how_texts_are_read_is_refused(model, settings):
    rewrite(model, encoder=settings)
    assert "cannot be read" in refused(model)


def test_windows_of_another_size_than_the_tokenizer_allows_are_refused(model):
    rewrite(model, encoder={"window": 16, "stride": 15})
    assert "overlap" in refused(model)


def test_a_kind_of_a_later_version_is_refused_by_its_name(model):
    rewrite(model, kind="oracle")
    assert "'oracle'" in refused(model)


def test_labels_that_do_not_fit_the_numbers_are_refused(model):
    rewrite(model, labels=["delivery", "other"])
    refused(model)


# What it depends on


def test_an_encoder_does_not_depend_on_how_words_are_parted_but_a_cascade_does(kept, tmp_path):
    for kind in kept:
        folder = shutil.copytree(kept[kind], tmp_path / kind)
        rewrite(folder, tokeniser={"name": "jieba", "version": "9"})
        if kind == "encoder":
            assert artifact.load(folder, segmenter=Segmenter(backend="jieba"))
            continue
        with pytest.raises(TokeniserMismatchError):
            artifact.load(folder)


def test_an_encoder_does_not_depend_on_the_features_of_words_but_a_cascade_does(kept, tmp_path):
    for kind in kept:
        folder = shutil.copytree(kept[kind], tmp_path / kind)
        rewrite(folder, features={"name": "later", "bits": 9, "views": []})
        if kind == "encoder":
            assert artifact.load(folder)
            continue
        assert "later" in refused(folder)


def test_without_onnxruntime_loading_says_what_to_install(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InputError, match="onnxruntime") as caught:
        artifact.load(model)
    assert caught.value.code == "missing_extra"


# Corrected


@pytest.fixture(scope="module")
def corrected(kept, own_data, tmp_path_factory):
    root = tmp_path_factory.mktemp("corrected")
    data = shutil.copytree(own_data, root / "data")
    settings = AdaptSettings(others=60)
    for kind, folder in kept.items():
        correct(Correction(folder, [data], root / kind, name="mine", settings=settings))
    return root


def test_a_corrected_model_brings_the_encoder_it_stands_on(corrected, kind, kept):
    model = artifact.load(corrected / kind)
    assert isinstance(model.scorer, AdaptedScorer)
    assert type(model.scorer.base) is type(artifact.load(kept[kind]).scorer)
    assert model.manifest["kind"] == "adapted"
    assert model.manifest["base"]["kind"] == kind
    for name in (GRAPH, TOKENIZER):
        assert (corrected / kind / name).read_bytes() == (kept[kind] / name).read_bytes()
    assert Triage.load(corrected / kind)(TEXT).model.name == "mine"


def test_correcting_it_again_starts_from_the_same_base(corrected, kind, kept, tmp_path):
    settings = AdaptSettings(others=60)
    plan = Correction(corrected / kind, [corrected / "data"], tmp_path / "two", settings=settings)
    correct(plan)
    found = artifact.read_manifest(tmp_path / "two")
    parent = artifact.load(corrected / kind).name.to_dict()
    assert found["parent"] == parent
    assert found["base"] == artifact.read_manifest(corrected / kind)["base"]
    assert found["base"]["hash"] == artifact.load(kept[kind]).name.hash


def test_a_corrected_encoder_depends_on_the_words_of_its_examples(corrected, tmp_path):
    folder = shutil.copytree(corrected / "encoder", tmp_path / "e")
    rewrite(folder, tokeniser={"name": "jieba", "version": "9"})
    with pytest.raises(TokeniserMismatchError):
        artifact.load(folder)


def test_a_corrected_model_whose_base_is_not_named_is_refused(corrected, kind, tmp_path):
    folder = shutil.copytree(corrected / kind, tmp_path / "e")
    rewrite(folder, base=None)
    assert refused(folder)
