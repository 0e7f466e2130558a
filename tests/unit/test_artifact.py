import hashlib
import json
import shutil
import threading

import pytest
from safetensors.numpy import load_file, save_file

from triage import Feedback, ModelError, OutputError, TokeniserMismatchError, Triage
from triage.artifact import CARD, MANIFEST, METRICS, load, model_hash, read_manifest, save
from triage.text.segment import Segmenter
from triage.weights import WEIGHTS

TEXT = Feedback("a", "等了三天还没发货，客服也不理人")


@pytest.fixture
def model(tiny_model, tmp_path):
    """A copy of the tiny model that may be spoilt."""
    return shutil.copytree(tiny_model, tmp_path / "model")


def rewrite(model, **changes):
    """Change the manifest; None removes a key."""
    manifest = json.loads((model / MANIFEST).read_text("utf-8")) | changes
    kept = {key: value for key, value in manifest.items() if value is not None}
    (model / MANIFEST).write_text(json.dumps(kept), encoding="utf-8")


def reseal(model):
    """Write the manifest's hashes anew, as one does who changes a file on purpose."""
    names = (WEIGHTS, METRICS, CARD)
    rewrite(model, files={n: hashlib.sha256((model / n).read_bytes()).hexdigest() for n in names})


def refused(model):
    with pytest.raises(ModelError) as caught:
        load(model)
    assert caught.value.remedy
    return caught.value.message


def test_a_model_folder_holds_four_files_and_no_pickle(tiny_model):
    assert {path.name for path in tiny_model.iterdir()} == {MANIFEST, WEIGHTS, METRICS, CARD}
    assert (tiny_model / WEIGHTS).read_bytes()[:1] != b"\x80"


def test_a_loaded_model_says_its_name_version_and_hash(tiny_model):
    model = load(tiny_model)
    assert (model.name.name, model.name.version) == ("tiny", "0.0.1")
    assert model.name.hash == model_hash(model.manifest)
    assert len(model.name.hash) == 12


def test_the_model_in_the_box_loads(default_engine):
    assert default_engine.name.name == "default"


@pytest.mark.parametrize("name", [WEIGHTS, METRICS, CARD])
def test_a_file_changed_by_one_byte_is_refused_by_name(model, name):
    content = bytearray((model / name).read_bytes())
    content[-1] ^= 1
    (model / name).write_bytes(content)
    message = refused(model)
    assert name in message
    assert "changed" in message


@pytest.mark.parametrize("name", [WEIGHTS, METRICS, CARD])
def test_a_folder_without_one_of_its_files_is_refused_by_name(model, name):
    (model / name).unlink()
    assert name in refused(model)


def test_a_truncated_weights_file_is_refused(model):
    content = (model / WEIGHTS).read_bytes()
    (model / WEIGHTS).write_bytes(content[: len(content) // 2])
    assert WEIGHTS in refused(model)
    reseal(model)
    assert "cannot be read" in refused(model)


def test_a_weights_file_without_a_tensor_is_refused(model):
    tensors = load_file(model / WEIGHTS)
    save_file({k: v for k, v in tensors.items() if k != "bias"}, model / WEIGHTS)
    reseal(model)
    assert "bias" in refused(model)


def test_a_missing_folder_is_named(tmp_path):
    assert "nowhere" in refused(tmp_path / "nowhere")


def test_a_file_is_no_folder(model):
    assert MANIFEST in refused(model / WEIGHTS)


def test_an_empty_folder_is_refused(tmp_path):
    assert MANIFEST in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"5", b"\xff\xfe", b"{}"])
def test_a_broken_manifest_is_refused(model, content):
    (model / MANIFEST).write_bytes(content)
    assert MANIFEST in refused(model)


def test_a_manifest_of_another_format_is_refused(model):
    rewrite(model, format="fenzhen-model-99")
    assert "manifest" in refused(model)


@pytest.mark.parametrize("key", ["name", "version", "labels", "tokeniser", "features", "files"])
def test_a_manifest_that_lacks_a_key_is_refused_with_the_key(model, key):
    rewrite(model, **{key: None})
    assert key in refused(model)


def test_a_model_for_other_features_is_refused(model):
    features = read_manifest(model)["features"]
    rewrite(model, features=features | {"bits": 18})
    assert "18" in refused(model)


@pytest.mark.parametrize(
    ("key", "value"),
    [("name", "other"), ("version", "9.9"), ("dictionary", "00ff"), ("hmm", True)],
)
def test_a_model_made_with_another_tokeniser_is_refused_with_the_difference(model, key, value):
    rewrite(model, tokeniser=read_manifest(model)["tokeniser"] | {key: value})
    with pytest.raises(TokeniserMismatchError) as caught:
        load(model)
    assert key in caught.value.message
    assert str(value) in caught.value.message
    assert "retrain" in caught.value.remedy


def test_a_model_is_refused_with_a_segmenter_of_the_other_backend(tiny_model):
    with pytest.raises(TokeniserMismatchError, match="rjieba there, jieba here"):
        load(tiny_model, segmenter=Segmenter(backend="jieba"))


def test_a_model_is_refused_with_another_dictionary(tiny_model, tmp_path):
    path = tmp_path / "user.txt"
    path.write_text("包退 5\n", encoding="utf-8")
    with pytest.raises(TokeniserMismatchError, match="dictionary"):
        load(tiny_model, segmenter=Segmenter(path))


@pytest.mark.parametrize("files", [{}, {CARD: ""}])
def test_weights_that_the_manifest_does_not_vouch_for_are_refused(model, files):
    whole = read_manifest(model)["files"]
    rewrite(model, files={name: whole[name] for name in files})
    refused(model)


@pytest.mark.parametrize("change", [lambda labels: labels[:-1], lambda labels: [*labels, "x"]])
def test_labels_that_do_not_fit_the_weights_are_refused(model, change):
    rewrite(model, labels=change(read_manifest(model)["labels"]))
    refused(model)


@pytest.mark.parametrize("change", [{"files": []}, {"tokeniser": []}, {"labels": 5}])
def test_a_manifest_value_of_the_wrong_kind_is_refused(model, change):
    rewrite(model, **change)
    refused(model)


@pytest.mark.parametrize(("name", "cut"), [("idf", -5), ("bias", -1), ("kept", -1)])
def test_weights_whose_shapes_do_not_fit_together_are_refused(model, name, cut):
    tensors = load_file(model / WEIGHTS)
    save_file(tensors | {name: tensors[name][:cut].copy()}, model / WEIGHTS)
    reseal(model)
    with pytest.raises(ModelError):
        Triage.load(model)(TEXT)


# Saving


def saved(folder, source, **changes):
    """Save what lies in `source` again, in `folder`."""
    model = load(source)
    metrics = json.loads((source / METRICS).read_text("utf-8"))
    card = (source / CARD).read_text("utf-8")
    save(
        folder,
        model.scorer._weights,
        {**model.manifest, **changes},
        metrics=metrics,
        card=card,
    )
    return folder


def test_saving_a_loaded_model_gives_the_same_bytes(tiny_model, tmp_path):
    again = saved(tmp_path / "deep" / "again", tiny_model)
    for path in tiny_model.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_a_saved_model_scores_as_the_one_it_was(tiny_model, tiny_engine, tmp_path):
    assert Triage.load(saved(tmp_path / "again", tiny_model))(TEXT) == tiny_engine(TEXT)


def test_the_hash_changes_with_any_setting(tiny_model, tmp_path):
    again = saved(tmp_path / "again", tiny_model, version="0.0.2")
    assert load(again).name.hash != load(tiny_model).name.hash


def test_a_folder_whose_writing_broke_off_is_refused(tiny_model, model, monkeypatch):
    def full(path, content):
        if path.name == METRICS:
            raise OSError(28, "No space left on device")
        return original(path, content)

    original = type(model).write_bytes
    monkeypatch.setattr(type(model), "write_bytes", full)
    with pytest.raises(OutputError, match="No space"):
        saved(model, tiny_model)
    monkeypatch.undo()
    assert MANIFEST in refused(model)


def test_json_in_a_model_folder_is_readable_and_its_order_fixed(tiny_model):
    text = (tiny_model / MANIFEST).read_text("utf-8")
    manifest = json.loads(text)
    assert list(manifest) == sorted(manifest)
    assert "\\u" not in text


def test_models_can_be_loaded_by_several_threads(tiny_model, tiny_engine):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(Triage.load(tiny_model)(TEXT)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [tiny_engine(TEXT)] * 6
