"""A candidate is put into the champion's shadow, and taken out of it."""

import json
import shutil

import pytest

from triage import artifact
from triage.errors import RegistryError, TamperedModelError
from triage.registry.history import Entry, change, now, read_history
from triage.registry.pointers import Pointer, read_registry
from triage.registry.shadowing import start_shadow, stop_shadow
from triage.weights import WEIGHTS


@pytest.fixture
def root(tiny_model, tmp_path):
    """A registry of `default`, the champion, and the candidates `one` and `two`."""
    for name in ("default", "one", "two"):
        folder = tmp_path / "models" / name
        shutil.copytree(tiny_model, folder)
        manifest = artifact.read_manifest(folder) | {"version": name}
        (folder / artifact.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path / "models"


def hash_of(root, name):
    return artifact.model_hash(artifact.read_manifest(root / name))


def test_a_candidate_stands_in_the_shadow_and_the_history_says_who_put_it_there(root):
    pointer = start_shadow(root, "one", by="林晓")
    assert (pointer.folder, pointer.hash, pointer.by) == ("one", hash_of(root, "one"), "林晓")
    assert read_registry(root).shadow == pointer
    assert read_registry(root).champion is None
    assert read_history(root) == [Entry(pointer.at, "林晓", "shadow_start", None, pointer)]


def test_another_candidate_takes_the_place_of_the_first(root):
    first, second = (start_shadow(root, name, by="林晓") for name in ("one", "two"))
    assert read_registry(root).shadow == second
    assert read_history(root)[-1].from_ == first


def test_a_shadow_that_is_stopped_is_written_down_too(root):
    pointer = start_shadow(root, "one", by="林晓")
    assert stop_shadow(root, by="王强") == pointer
    assert read_registry(root).shadow is None
    last = read_history(root)[-1]
    assert (last.what, last.by, last.from_, last.to) == ("shadow_stop", "王强", pointer, None)


def test_where_there_is_no_shadow_none_can_be_stopped(root):
    with pytest.raises(RegistryError) as caught:
        stop_shadow(root, by="林晓")
    assert caught.value.code == "no_shadow"
    assert read_history(root) == []


def test_the_champion_cannot_stand_in_its_own_shadow(root):
    with pytest.raises(RegistryError) as caught:
        start_shadow(root, "default", by="林晓")
    assert caught.value.code == "own_shadow"
    one = Pointer("one", hash_of(root, "one"), now(), "林晓")
    change(root, Entry(one.at, "林晓", "promotion", None, one))
    with pytest.raises(RegistryError):
        start_shadow(root, "one", by="林晓")
    assert start_shadow(root, "default", by="林晓").folder == "default"


def test_a_spoilt_or_unknown_candidate_is_refused_and_nothing_is_written(root):
    path = root / "one" / WEIGHTS
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(TamperedModelError):
        start_shadow(root, "one", by="林晓")
    with pytest.raises(RegistryError):
        start_shadow(root, "three", by="林晓")
    assert read_history(root) == []
    assert read_registry(root).shadow is None
