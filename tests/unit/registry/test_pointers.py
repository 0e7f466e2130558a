import json
import os
import threading

import pytest

from triage import OutputError, RegistryError
from triage.registry.pointers import (
    FILE,
    Pointer,
    Registry,
    champion_folder,
    read_registry,
    registry_stamp,
    shadow_folder,
    write_registry,
)
from triage.resources import default_model

ONE = Pointer("one", "0123456789ab", "2026-03-01T00:00:00+00:00", "li")
TWO = Pointer("two", "ba9876543210", "2026-03-02T00:00:00+00:00", "wang")


def test_what_is_written_is_read_again(registry):
    write_registry(registry, Registry(ONE, TWO))
    assert read_registry(registry) == Registry(ONE, TWO)
    assert json.loads((registry / FILE).read_text("utf-8"))["format"] == "fenzhen-registry-1"


def test_without_a_file_nothing_is_pointed_at(registry):
    assert read_registry(registry) == Registry(None, None)
    assert registry_stamp(registry) is None
    assert champion_folder(registry) == default_model()
    assert shadow_folder(registry) is None


def test_without_a_pointer_the_registry_s_own_default_comes_before_the_box(registry, add):
    add("default")
    assert champion_folder(registry) == registry / "default"


def test_the_pointers_name_the_folders(registry):
    write_registry(registry, Registry(ONE, TWO))
    assert champion_folder(registry) == registry / "one"
    assert shadow_folder(registry) == registry / "two"


def test_the_stamp_changes_whenever_the_pointers_are_replaced(registry):
    stamps = set()
    for _ in range(5):
        write_registry(registry, Registry(ONE))
        stamps.add(registry_stamp(registry))
    assert len(stamps) == 5


def test_a_reader_never_sees_half_a_file(registry):
    write_registry(registry, Registry(ONE))
    stop, seen = threading.Event(), set()

    def look():
        while not stop.is_set():
            seen.add(read_registry(registry).champion)

    reader = threading.Thread(target=look)
    reader.start()
    for k in range(60):
        write_registry(registry, Registry((ONE, TWO)[k % 2]))
    stop.set()
    reader.join()
    assert seen <= {ONE, TWO}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"format": "other"}',
        json.dumps({"format": "fenzhen-registry-1", "champion": {"folder": "a"}}),
        json.dumps({"format": "fenzhen-registry-1", "champion": "one"}),
        json.dumps({"format": "fenzhen-registry-1", "champion": ONE.to_dict() | {"hash": "x"}}),
    ],
)
def test_a_file_of_another_shape_is_refused_by_its_path(registry, content):
    (registry / FILE).write_text(content, encoding="utf-8")
    with pytest.raises(RegistryError, match=r"registry\.json") as caught:
        read_registry(registry)
    assert caught.value.remedy


@pytest.mark.parametrize("folder", ["../elsewhere", "/etc", "a/b", "a\\b", ".", "..", ".git", ""])
def test_a_pointer_out_of_the_registry_is_refused(registry, folder):
    write_registry(registry, Registry(Pointer(folder, ONE.hash, ONE.at, ONE.by)))
    with pytest.raises(RegistryError, match="no folder of a registry"):
        read_registry(registry)


def test_a_file_that_cannot_be_opened_is_refused(registry):
    (registry / FILE).mkdir()
    with pytest.raises(RegistryError, match="Cannot read"):
        read_registry(registry)


def test_a_registry_that_cannot_be_written_keeps_its_old_pointers(registry, monkeypatch):
    write_registry(registry, Registry(ONE))

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_registry(registry, Registry(TWO))
    assert read_registry(registry).champion == ONE
