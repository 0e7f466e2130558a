"""The rows of a source: a table, JSON lines, or an export of Label Studio."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from triage.datasets import ls_export
from triage.datasets.values import is_blank
from triage.errors import FileFormatError, RecordError
from triage.files.columns import Fields
from triage.files.encoding import open_text
from triage.files.readers import kind_of, read
from triage.records import Feedback

Row = Mapping[str, Any]
KINDS = (".csv", ".tsv", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".json")
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Source:
    """What was read: columns, rows by their number, and what is wrong with the others."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]
    broken: tuple[tuple[int, RecordError], ...] = ()

    @cached_property
    def _by_number(self) -> Mapping[int, Row]:
        return dict(self.rows)

    def row(self, number: int) -> Row:
        """Return a row as it stands in the file; empty where it could not be parsed."""
        return self._by_number.get(number, {})


def read_source(path: Path) -> Source:
    """Read a file whole. Raises FileFormatError where it cannot be used at all.

    Rows are numbered from 1, without the header; rows of nothing but blanks are left out.
    """
    if not path.is_file():
        raise FileFormatError(f"There is no file {path}.", remedy="Check the path.")
    kind = kind_of(path)
    if kind not in KINDS:
        raise FileFormatError(
            f"Cannot tell what {path.name} is from its name.",
            remedy=f"Use a name that ends in {', '.join(KINDS)}.",
        )
    found = _json(path) if kind == ".json" else _lines(path) if kind in _LINES else _table(path)
    numbered = list(enumerate(found, 1))
    rows = [(n, row) for n, row in numbered if not isinstance(row, RecordError)]
    rows = [(n, row) for n, row in rows if not all(map(is_blank, row.values()))]
    columns = dict.fromkeys(str(name) for _, row in rows for name in row)
    broken = [(n, row) for n, row in numbered if isinstance(row, RecordError)]
    return Source(path, tuple(filter(str.strip, columns)), tuple(rows), tuple(broken))


def _lines(path: Path) -> Iterator[Row | RecordError]:
    with open_text(path) as lines:
        for line in filter(str.strip, lines):
            yield _parsed(line)


def _parsed(line: str) -> Row | RecordError:
    try:
        row = orjson.loads(line.encode("utf-8", "surrogatepass"))
    except orjson.JSONDecodeError as error:
        return RecordError(f"Not valid JSON: {error}.", code="broken_json")
    return row if isinstance(row, dict) else RecordError("No JSON object.", code="broken_json")


def _json(path: Path) -> Iterable[Row | RecordError]:
    with open_text(path) as file:
        try:
            rows = json.load(file)
        except (ValueError, RecursionError) as error:
            told = f"{path.name} is not valid JSON: {error}."
            raise FileFormatError(told, remedy="Export it again.") from error
    if not isinstance(rows, list):
        raise FileFormatError(
            f"{path.name} is not a list of objects.",
            remedy="Export as JSON or JSON-MIN from Label Studio, or give JSON lines (.jsonl).",
        )
    if ls_export.is_full(rows):
        return ls_export.from_full(rows)
    if ls_export.is_min(rows):
        return ls_export.from_min(rows)
    bad = RecordError("No JSON object.", code="broken_json")
    return [row if isinstance(row, dict) else bad for row in rows]


def _table(path: Path) -> Iterator[Row | RecordError]:
    # Any column will do as the text here: which it is, is chosen when all rows are known.
    anchor = next(filter(str.strip, _header(path)), None)
    if anchor is None:
        raise FileFormatError(f"{path.name} has no header.", remedy="Name its columns.")
    for record in read(str(path), Fields(text=anchor)):
        if isinstance(record, Feedback):
            yield {str(key): value for key, value in record.meta.items()}
        else:
            yield RecordError(record.message, code=record.code)


def _header(path: Path) -> Sequence[str]:
    try:
        return _HEADERS[kind_of(path)](path)
    except (OSError, EOFError, ValueError, KeyError, csv.Error) as error:
        raise FileFormatError(f"Cannot read {path}: {error}.", remedy="Save it again.") from error


def _delimited(delimiter: str) -> Callable[[Path], Sequence[str]]:
    def header(path: Path) -> Sequence[str]:
        with open_text(path) as lines:
            names = next(csv.reader(lines, delimiter=delimiter), [])
        if len(names) == 1 and "\t" in names[0]:
            raise FileFormatError(
                f"The columns of {path.name} are parted by tabs, not by commas.",
                remedy="Give it a name that ends in .tsv.",
            )
        return names

    return header


def _parquet(path: Path) -> Sequence[str]:
    import pyarrow.parquet as pq

    return [str(name) for name in pq.read_schema(path).names]


def _xlsx(path: Path) -> Sequence[str]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True)
    except (BadZipFile, InvalidFileException) as error:
        raise ValueError("not an .xlsx workbook") from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return ["" if cell is None else str(cell) for cell in next(sheet.values, ())]
    finally:
        book.close()


_HEADERS: Mapping[str, Callable[[Path], Sequence[str]]] = {
    ".csv": _delimited(","),
    ".tsv": _delimited("\t"),
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
