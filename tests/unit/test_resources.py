import pytest

from triage import resources


@pytest.mark.parametrize("name", ["default_model", "default_policy", "default_dictionary"])
def test_what_ships_with_the_library_is_there(name):
    assert getattr(resources, name)().exists()


def test_an_installed_wheel_uses_the_files_packed_with_it(tmp_path, monkeypatch):
    packed = tmp_path / "data" / "policy" / "default.toml"
    packed.parent.mkdir(parents=True)
    packed.touch()
    monkeypatch.setattr(resources, "_PACKAGED", tmp_path)
    assert resources.default_policy() == packed
    assert resources.default_model().is_dir()  # not packed there: the checkout's
