import shutil

import pytest

from triage.registry.pointers import read_registry


@pytest.fixture
def root(tiny_model, tmp_path):
    """A registry with one candidate; the champion is the model in the box."""
    shutil.copytree(tiny_model, tmp_path / "models" / "own")
    return tmp_path / "models"


def test_a_candidate_judges_from_now_on_and_the_command_says_where_to_look(cli, root):
    result = cli("shadow", "own", "--models", root, "--by", "林晓")
    assert result.code == 0
    shadow = read_registry(root).shadow
    assert (shadow.folder, shadow.by) == ("own", "林晓")
    assert shadow.hash in result.out
    assert "/models/shadow" in result.out


def test_a_shadow_is_stopped_by_the_registry_of_the_environment(cli, root, monkeypatch):
    monkeypatch.setenv("FENZHEN_MODELS", str(root))
    cli("shadow", "own")
    assert read_registry(root).shadow.by
    result = cli("shadow", "--stop", "--by", "林晓")
    assert (result.code, read_registry(root).shadow) == (0, None)
    assert "stopped" in result.out


@pytest.mark.parametrize("words", [(), ("own", "--stop")])
def test_what_to_do_must_be_said_in_one_way(cli, root, words):
    result = cli("shadow", *words, "--models", root)
    assert result.code == 2
    assert "[bad_input]" in result.err
    assert read_registry(root).shadow is None


def test_a_model_that_is_not_there_is_told(cli, root):
    result = cli("shadow", "nobody", "--models", root)
    assert result.code == 2
    assert "[no_such_model]" in result.err
