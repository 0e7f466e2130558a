import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from triage import OutputError, RegistryError
from triage.registry import history as module
from triage.registry.history import (
    FILE,
    Entry,
    Override,
    change,
    ever_champions,
    now,
    past_champions,
    read_history,
)
from triage.registry.pointers import Pointer, Registry, read_registry, write_registry

A, B, C = (Pointer(name, name * 12, "2026-03-01T00:00:00+00:00", "li") for name in "abc")


def entry(what, before, after, **more):
    return Entry(now(), "li", what, before, after, **more)


def test_a_change_is_written_down_and_carried_out(registry):
    done = entry("promotion", None, A, gate="gates/x.json", override=Override("li", "urgent"))
    assert change(registry, done) == Registry(A)
    assert read_registry(registry) == Registry(A)
    assert read_history(registry) == [done]
    line = json.loads((registry / FILE).read_text("utf-8"))
    assert set(line) == {"at", "by", "what", "from", "to", "gate", "override"}
    assert line["override"] == {"by": "li", "reason": "urgent"}


def test_no_history_is_an_empty_one(registry):
    assert read_history(registry) == []
    assert past_champions(registry) == [None]


def test_what_happened_is_on_the_disk_before_the_pointers_move(registry, monkeypatch):
    def crash(*_):
        raise OutputError("The lights went out.")

    monkeypatch.setattr(module, "write_registry", crash)
    with pytest.raises(OutputError):
        change(registry, entry("promotion", None, A))
    assert len(read_history(registry)) == 1
    assert read_registry(registry) == Registry()


def test_a_change_that_a_crash_kept_from_coming_is_no_past_champion(registry, monkeypatch):
    change(registry, entry("promotion", None, A))
    with monkeypatch.context() as patched:
        patched.setattr(module, "write_registry", lambda *_: None)
        change(registry, entry("promotion", A, B))
    assert past_champions(registry) == [None, A]
    change(registry, entry("promotion", A, C))
    assert past_champions(registry) == [None, A, C]


def test_a_line_cut_short_is_left_out_and_does_not_swallow_the_next(registry):
    change(registry, entry("promotion", None, A))
    with (registry / FILE).open("ab") as file:
        file.write('{"at": "2026-03-02", "by": "王'.encode()[:-1])
    assert [e.to for e in read_history(registry)] == [A]
    change(registry, entry("promotion", A, B))
    assert [e.to for e in read_history(registry)] == [A, B]


def test_a_line_of_another_shape_is_refused_by_its_number(registry):
    change(registry, entry("promotion", None, A))
    with (registry / FILE).open("a") as file:
        file.write('{"who": "knows"}\n')
    with pytest.raises(RegistryError, match="line 2"):
        read_history(registry)


def test_a_history_that_cannot_be_opened_is_refused(registry):
    (registry / FILE).mkdir()
    with pytest.raises(RegistryError, match="Cannot read"):
        read_history(registry)


def test_who_comes_second_is_told_and_changes_nothing(registry):
    change(registry, entry("promotion", None, A))
    with pytest.raises(RegistryError, match="meanwhile") as caught:
        change(registry, entry("promotion", None, B))
    assert caught.value.code == "registry_changed"
    assert read_registry(registry).champion == A
    assert len(read_history(registry)) == 1


def test_of_many_changes_at_once_one_comes_through(registry):
    def one(pointer):
        try:
            change(registry, entry("promotion", None, pointer))
            return True
        except RegistryError:
            return False

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(one, (A, B, C))) == [False, False, True]
    assert len(read_history(registry)) == 1


def test_a_shadow_comes_and_goes_beside_the_champion(registry):
    change(registry, entry("promotion", None, A))
    change(registry, entry("shadow_start", None, B))
    assert read_registry(registry) == Registry(A, B)
    change(registry, entry("shadow_stop", B, None))
    assert read_registry(registry) == Registry(A)
    assert past_champions(registry) == [None, A]


def test_a_shadow_that_is_promoted_is_no_shadow_any_more(registry):
    write_registry(registry, Registry(A, B))
    assert change(registry, entry("promotion", A, B)) == Registry(B, None)


def test_a_rollback_takes_away_what_came_after(registry):
    for before, after in ((None, A), (A, B), (B, C)):
        change(registry, entry("promotion", before, after))
    assert past_champions(registry) == [None, A, B, C]
    change(registry, entry("rollback", C, B))
    assert past_champions(registry) == [None, A, B]
    change(registry, entry("rollback", B, None))
    assert past_champions(registry) == [None]
    assert ever_champions(registry)[:4] == [None, B, B, C]


def test_a_champion_that_no_line_tells_of_can_still_be_left(registry):
    write_registry(registry, Registry(B))
    assert past_champions(registry) == [None, B]
    change(registry, entry("promotion", B, C))
    assert past_champions(registry) == [None, B, C]


def test_a_rollback_to_a_champion_out_of_the_line_adds_it(registry):
    change(registry, entry("promotion", None, A))
    change(registry, entry("promotion", A, B))
    change(registry, entry("rollback", B, A))
    change(registry, entry("rollback", A, B))
    assert past_champions(registry) == [None, A, B]


def test_a_registry_that_cannot_be_made_is_an_output_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="registry"):
        change(tmp_path / "file" / "models", entry("promotion", None, A))
