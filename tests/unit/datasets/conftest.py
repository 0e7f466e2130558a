"""Tables as strangers make them, and the folders they are imported into."""

import csv
import io
import json

import pytest

from triage.datasets.importing import Plan, import_files


@pytest.fixture
def table(tmp_path):
    """Write a table of mappings as CSV in an encoding."""

    def write(*rows, name="desk.csv", encoding="utf-8", delimiter=","):
        columns = list(dict.fromkeys(key for row in rows for key in row))
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(out.getvalue().encode(encoding))
        return path

    return write


@pytest.fixture
def dataset(tmp_path):
    """The folder that `imported` writes to."""
    return tmp_path / "dataset"


@pytest.fixture
def imported(dataset):
    """Import files into the folder."""

    def run(*sources, **options):
        return import_files(Plan(sources, dataset, **options))

    return run


@pytest.fixture
def rows_in():
    """Read the JSON lines of a file."""

    def read(path):
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read


@pytest.fixture
def folder(tmp_path):
    """Write a dataset of our own rows; what is not given is filled in."""

    def write(*rows, name="data", **files):
        place = tmp_path / name
        place.mkdir(exist_ok=True)
        base = {"issues": [], "sentiment": 3, "urgency": 0}
        lines = [json.dumps(base | {"id": f"e{k}"} | row) for k, row in enumerate(rows)]
        (place / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for stem, content in files.items():
            suffix = "json" if stem == "heldout" else "yaml"
            (place / f"{stem}.{suffix}").write_text(content, encoding="utf-8")
        return place

    return write
