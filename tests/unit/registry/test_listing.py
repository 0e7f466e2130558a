import json
import os

import pytest

from triage import artifact
from triage.registry.listing import list_models
from triage.registry.pointers import Pointer, Registry, write_registry
from triage.resources import default_model

AT = "2026-03-01T00:00:00+00:00"


def rows(registry):
    return {row.folder.name: row for row in list_models(registry)}


def test_an_empty_registry_lists_the_model_in_the_box(registry):
    (row,) = list_models(registry)
    assert (row.folder, row.mark, row.refused) == (default_model(), "champion", None)
    assert row.scores.texts == "real"
    assert 0 < row.scores.macro_f1 < 1
    assert 0 < row.scores.critical_recall < 1


def test_a_model_is_listed_with_what_its_manifest_says(registry, add):
    parent = {"name": "default", "version": "1.0.0", "hash": "0" * 12}
    hash_ = add("default", version="7", parent=parent, code="0.1.0")
    (row,) = list_models(registry)
    assert (row.name, row.version, row.hash, row.kind) == ("default", "7", hash_, "linear")
    assert row.parent == parent
    assert row.code_version == "0.1.0"
    assert len(row.data_hash) == 64
    assert row.scores.n > 0
    assert json.loads(json.dumps(row.to_dict()))["parent"]["hash"] == "0" * 12


def test_champion_shadow_and_candidates_are_marked_and_the_newest_candidate_comes_first(
    registry, add
):
    hashes = {name: add(name) for name in ("a", "b", "c", "d")}
    for days, name in enumerate(("d", "c")):
        os.utime(registry / name / artifact.MANIFEST, (days * 86400, days * 86400))
    write_registry(
        registry, Registry(Pointer("b", hashes["b"], AT, "li"), Pointer("a", hashes["a"], AT, "li"))
    )
    listed = [(row.folder.name, row.mark) for row in list_models(registry)]
    assert listed == [
        ("b", "champion"),
        ("a", "shadow"),
        ("c", "candidate"),
        ("d", "candidate"),
    ]
    assert rows(registry)["c"].created == "1970-01-02T00:00:00+00:00"


def test_a_tampered_folder_is_listed_as_refused_with_the_reason(registry, add):
    add("default")
    add("next", version="2")
    (registry / "next" / artifact.CARD).write_text("better than ever")
    refused = rows(registry)["next"].refused
    assert refused.code == "tampered"
    assert "README.md" in refused.reason
    assert rows(registry)["default"].refused is None


@pytest.mark.parametrize(
    ("content", "code"),
    [("{", "unreadable"), ('{"features": {}}', "features"), ('{"tokeniser": {}}', "tokeniser")],
)
def test_a_folder_that_would_not_load_is_listed_as_refused(registry, add, content, code):
    add("default")
    path = registry / "default" / artifact.MANIFEST
    if code != "unreadable":
        content = json.dumps(json.loads(path.read_text("utf-8")) | json.loads(content))
    path.write_text(content)
    (row,) = list_models(registry)
    assert row.refused.code == code


def test_a_folder_half_written_is_refused_and_other_folders_are_no_models(registry, add):
    add("default")
    add("half")
    (registry / "half" / artifact.MANIFEST).unlink()
    (registry / "gates").mkdir()
    (registry / ".hidden").mkdir()
    (registry / "notes.txt").write_text("…")
    assert {name: row.refused is None for name, row in rows(registry).items()} == {
        "default": True,
        "half": False,
    }


def test_a_champion_changed_in_its_place_is_refused(registry, add):
    write_registry(registry, Registry(Pointer("next", "0" * 12, AT, "li")))
    add("next")
    row = rows(registry)["next"]
    assert (row.mark, row.refused.code) == ("champion", "tampered")


def test_a_champion_whose_folder_is_gone_is_listed_as_refused(registry):
    write_registry(registry, Registry(Pointer("gone", "0" * 12, AT, "li")))
    (row,) = list_models(registry)
    assert (row.folder.name, row.refused.code, row.created) == ("gone", "unreadable", "")


def test_the_last_gate_is_shown(registry, add):
    hash_ = add("default")
    (registry / "gates").mkdir()
    path = registry / "gates" / f"{hash_}.json"
    told = {"at": AT, "passed": False, "override": {"by": "li", "reason": "so"}}
    path.write_text(json.dumps(told))
    (row,) = list_models(registry)
    assert (row.gate.at, row.gate.passed, row.gate.overridden) == (AT, False, True)
    for broken in ("{", "[]", "{}"):
        path.write_text(broken)
        assert list_models(registry)[0].gate is None


def test_a_model_without_scores_is_listed_without_them(registry, add, tiny_model):
    model = artifact.load(tiny_model)
    manifest = artifact.read_manifest(tiny_model)
    artifact.save(registry / "bare", model.scorer.weights, manifest, metrics={}, card="")
    assert rows(registry)["bare"].scores is None


def test_nothing_is_loaded_to_be_listed(registry, add, monkeypatch):
    add("default")

    def never(*_, **__):
        raise AssertionError

    monkeypatch.setattr("safetensors.numpy.load_file", never)
    with pytest.raises(AssertionError):
        artifact.load(registry / "default")
    assert rows(registry)["default"].refused is None


def test_a_registry_that_is_not_there_is_empty(tmp_path):
    assert [row.folder for row in list_models(tmp_path / "none")] == [default_model()]
