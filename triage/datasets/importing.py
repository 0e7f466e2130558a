"""Import strangers' tables into a dataset: what can be read goes in, what cannot is listed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.datasets.columns import Columns, Wanted, choose
from triage.datasets.dataset import Merged, Row, labels_of, merge, open_folder, write_rows
from triage.datasets.naming import (
    keep_taxonomy,
    names_of,
    plain,
    read_map,
    settled,
    write_starter,
)
from triage.datasets.rows import Table, check_scales, known_codes, rows_of, unknown_names
from triage.datasets.sources import Source, read_source
from triage.datasets.values import Names
from triage.errors import FileFormatError, RecordError
from triage.taxonomy import load_taxonomy
from triage.training.corpus import REJECTED


@dataclass(frozen=True, slots=True)
class Plan:
    """What to import and how. `taxonomy` and `mapping` are files."""

    sources: Sequence[Path]
    out: Path
    wanted: Wanted = field(default_factory=Wanted)
    taxonomy: Path | None = None
    mapping: Path | None = None
    new_labels: bool = False
    mask: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that did not go in, and why; rows count from 1, without the header."""

    file: str
    row: int
    code: str
    why: str
    data: Row

    def to_dict(self) -> dict[str, Any]:
        """Return the line of `rejected.jsonl`."""
        where = {"file": self.file, "row": self.row, "code": self.code, "why": self.why}
        return {**where, "data": dict(self.data)}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: columns by file, what became of the rows, names nobody knows."""

    columns: Mapping[str, Columns]
    merged: Merged
    twice: int
    unlabelled: int
    rejected: tuple[Rejected, ...]
    unknown: Counter[str]
    starter: Path | None

    @property
    def rows(self) -> int:
        """How many rows are in the dataset because of this import, or were there already."""
        return self.merged.new + self.merged.updated + self.merged.same


def import_files(plan: Plan) -> Imported:
    """Read every source and merge it into the folder; the same import again changes nothing.

    Raises FileFormatError for a source that cannot be used at all and DataError for a dataset,
    a taxonomy or a map that cannot; then nothing is written.
    """
    sources = [read_source(path) for path in plan.sources]
    folder = open_folder(plan.out)
    taxonomy = settled(plan.out, plan.taxonomy, new_labels=plan.new_labels)
    mapping = read_map(plan.mapping)
    tables = _tables(sources, plan.wanted, names_of(taxonomy, mapping))
    unknown = _unknown(tables)
    starter = None
    if plan.new_labels and unknown:
        starter = write_starter(plan.out, _used(tables) | folder.codes, unknown)
        names = names_of(load_taxonomy(starter), mapping)
        tables, unknown = _tables(sources, plan.wanted, names), Counter()
    elif plan.taxonomy is not None:
        keep_taxonomy(plan.taxonomy, plan.out)
    read = _read(tables, masked=plan.mask)
    merged = merge(folder, read.rows)
    folder.save()
    _list_rejected(plan.out / REJECTED, read.rejected)
    return Imported(
        columns={str(table.source.path): table.columns for table in tables},
        merged=merged,
        twice=read.twice,
        unlabelled=read.unlabelled,
        rejected=tuple(read.rejected),
        unknown=unknown,
        starter=starter,
    )


def _tables(sources: Sequence[Source], wanted: Wanted, names: Names) -> list[Table]:
    tables = []
    for source in sources:
        name, rows = source.path.name, [row for _, row in source.rows]
        if not rows:
            raise FileFormatError(f"{name} holds no rows.", remedy="Check the file.")
        columns = choose(source.columns, rows, wanted, names, name)
        check_scales(rows, columns, names, name)
        tables.append(Table(source, columns, names))
    return tables


def _unknown(tables: Sequence[Table]) -> Counter[str]:
    """Count the names that no label has, under the first way in which each is written."""
    written: dict[str, str] = {}
    return Counter(
        written.setdefault(plain(name), name) for table in tables for name in unknown_names(table)
    )


def _used(tables: Sequence[Table]) -> set[str]:
    return {code for table in tables for code in known_codes(table)}


@dataclass(slots=True)
class _Read:
    rows: list[tuple[Row, str]] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    twice: int = 0
    unlabelled: int = 0


def _read(tables: Sequence[Table], *, masked: bool) -> _Read:
    """Read every row; of those with one id and one text only the first goes in."""
    read = _Read()
    seen: dict[tuple[str, str], tuple[tuple[Any, ...], str]] = {}
    for table in tables:
        for number, row in rows_of(table, masked=masked):
            place = f"{table.source.path}, row {number}"
            if isinstance(row, RecordError):
                read.rejected.append(_rejected(table, number, row))
                continue
            if all(value is None for value in labels_of(row)):
                read.unlabelled += 1
                continue
            labels, first = seen.setdefault((row["id"], row["text"]), (labels_of(row), place))
            if first == place:
                read.rows.append((row, table.stem))
            elif labels == labels_of(row):
                read.twice += 1
            else:
                read.rejected.append(_rejected(table, number, _conflict(first)))
    return read


def _conflict(first: str) -> RecordError:
    return RecordError(
        f"The same text has other labels in {first}.",
        remedy="Decide which labels are right.",
        code="conflict",
    )


def _rejected(table: Table, number: int, error: RecordError) -> Rejected:
    data = table.source.row(number)
    return Rejected(str(table.source.path), number, error.code, str(error), data)


def _list_rejected(path: Path, rejected: Sequence[Rejected]) -> None:
    if rejected:
        write_rows(path, [row.to_dict() for row in rejected])
    else:
        path.unlink(missing_ok=True)
