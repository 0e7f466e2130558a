import tomllib

import triage


def test_every_exported_name_exists():
    assert [name for name in triage.__all__ if not hasattr(triage, name)] == []


def test_no_name_is_exported_twice():
    assert len(set(triage.__all__)) == len(triage.__all__)


def test_the_version_is_the_one_of_the_package(root):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert triage.__version__ == project["version"]


def test_the_example_in_the_docstring_runs(capsys):
    _, _, code = triage.__doc__.partition("\n\n")
    exec(code, {})
    assert "delivery" in capsys.readouterr().out
