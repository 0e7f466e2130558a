"""A dataset on disk: a folder of `*.jsonl`, its labels, its held-out ids; merged and written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.files.writers import whole_file
from triage.records import to_json
from triage.training.corpus import REJECTED, data_files, raw_rows, text_hash

Row = Mapping[str, Any]
LABELS = ("issues", "sentiment", "urgency")


@dataclass(slots=True)
class Folder:
    """The rows of a dataset by file, and where each id stands."""

    path: Path
    files: dict[Path, list[Row]] = field(default_factory=dict)
    places: dict[str, tuple[Path, int]] = field(default_factory=dict)
    changed: set[Path] = field(default_factory=set)

    @property
    def codes(self) -> set[str]:
        """The labels that occur."""
        rows = (row for rows in self.files.values() for row in rows)
        return {label for row in rows for label in row.get("issues") or ()}

    def row(self, id_: str) -> Row | None:
        """Return the row of an id."""
        if id_ not in self.places:
            return None
        file, number = self.places[id_]
        return self.files[file][number]

    def add(self, row: Row, file: Path) -> None:
        """Append a row to a file."""
        rows = self.files.setdefault(file, [])
        self.places[row["id"]] = (file, len(rows))
        rows.append(row)
        self.changed.add(file)

    def replace(self, row: Row) -> None:
        """Put a row in the place of the one with its id."""
        file, number = self.places[row["id"]]
        self.files[file][number] = row
        self.changed.add(file)

    def save(self) -> None:
        """Write the files that changed, each whole or not at all. Raises OutputError."""
        for file in sorted(self.changed):
            write_rows(file, self.files[file])
        self.changed.clear()


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the rows: how many are new, have other labels now, were there already.

    `renamed` of the new ones have an id of their own, since theirs stood for another text.
    """

    new: int
    updated: int
    same: int
    renamed: int


def open_folder(path: Path) -> Folder:
    """Read the rows of a dataset; a folder that is not there yet is empty. Raises DataError."""
    folder = Folder(path)
    for file in data_files(path) if path.is_dir() else ():
        folder.files[file] = []
        for _, row in raw_rows([file]):
            if not isinstance(row, Mapping):
                raise row
            folder.places[str(row["id"])] = (file, len(folder.files[file]))
            folder.files[file].append(row)
    return folder


def merge(folder: Folder, rows: Iterable[tuple[Row, str]]) -> Merged:
    """Put rows into a dataset, each with the stem of the file that new ones go to.

    An id that stands for the same text gets the new labels; one that stands for another text
    is given an ending made of the text, so that nothing is lost or comes twice.
    """
    counts = {"new": 0, "updated": 0, "same": 0, "renamed": 0}
    for given, stem in rows:
        row = _with_own_id(folder, given)
        there = folder.row(row["id"])
        if there is None:
            folder.add(row, folder.path / _file_name(stem))
            counts["new"] += 1
            counts["renamed"] += row["id"] != given["id"]
        elif labels_of(there) == labels_of(row):
            counts["same"] += 1
        else:
            folder.replace({**there, **row, "source": there["source"]})
            counts["updated"] += 1
    return Merged(**counts)


def labels_of(row: Row) -> tuple[Any, ...]:
    """Return the labels of a row, to compare."""
    return tuple(row.get(name) for name in LABELS)


def _with_own_id(folder: Folder, row: Row) -> Row:
    there = folder.row(row["id"])
    if there is None or there.get("text") == row["text"]:
        return row
    return {**row, "id": f"{row['id']}-{text_hash(row['text'])[:8]}"}


def _file_name(stem: str) -> str:
    name = f"{stem}.jsonl"
    return f"{stem}-rows.jsonl" if name == REJECTED else name


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write JSON lines, whole or not at all. Raises OutputError."""
    with whole_file(path) as file:
        for row in rows:
            file.write(to_json(row) + b"\n")
