"""Read records from .jsonl, .csv, .csv.gz, .tsv, .parquet, .xlsx or standard input, streaming."""

import csv
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import orjson

from triage.errors import FileFormatError
from triage.files.columns import Fields, choose, record
from triage.files.encoding import open_text
from triage.records import Feedback, Rejection

Records = Iterator[Feedback | Rejection]
Reader = Callable[[Path, Fields], Records]
STDIN = "-"
_MAX_CELL = 16 << 20


def read(source: str, fields: Fields | None = None) -> Records:
    """Yield the records of a file, or of standard input for `-` (JSON lines or plain lines).

    Raises FileFormatError for a file that cannot be used at all; a single broken line
    becomes a Rejection in its place.
    """
    wanted = fields or Fields()
    if source == STDIN:
        return _stdin(sys.stdin.buffer, wanted)
    path = Path(source)
    reader = READERS.get(kind_of(path))
    if reader is None:
        raise FileFormatError(
            f"Cannot tell what {path.name} is from its name.",
            remedy=f"Use a name that ends in {', '.join(READERS)}.",
        )
    return _opened(reader, path, wanted)


def kind_of(path: Path) -> str:
    """Return the ending that decides how a file is read: `.csv` for `a.csv.gz`."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return suffixes[-1] if suffixes else ""


def _opened(reader: Reader, path: Path, fields: Fields) -> Records:
    try:
        yield from reader(path, fields)
    except FileNotFoundError as error:
        raise FileFormatError(f"There is no file {path}.", remedy="Check the path.") from error
    except IsADirectoryError as error:
        raise FileFormatError(f"{path} is a folder.", remedy="Give one file.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(f"Cannot read {path}: {error}.", remedy="Check the file.") from error


def _stdin(stream: IO[bytes], fields: Fields) -> Records:
    lines = (line.decode("utf-8", "replace") for line in stream)
    for number, line in enumerate(map(_without_mark, lines), 1):
        if not line.strip():
            continue
        if line.lstrip().startswith("{"):
            yield _json_record(line, number, fields)
        else:
            yield Feedback(str(number), line.rstrip("\r\n"))


def _without_mark(line: str) -> str:
    return line.removeprefix("\ufeff")


def _jsonl(path: Path, fields: Fields) -> Records:
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _json_record(line, number, fields)


def _json_record(line: str, number: int, fields: Fields) -> Feedback | Rejection:
    try:
        row = orjson.loads(line.encode("utf-8", "surrogatepass"))
    except orjson.JSONDecodeError as error:
        return Rejection(str(number), "broken_json", f"Line {number} is not valid JSON: {error}.")
    if not isinstance(row, dict):
        return Rejection(str(number), "not_an_object", f"Line {number} is not a JSON object.")
    try:
        text, id_ = choose(row, fields, f"Line {number}")
    except FileFormatError as error:
        name = str(row.get(fields.id or "id", number))
        return Rejection(name, "missing_field", str(error))
    return record(row, number, text, id_)


def _table(delimiter: str) -> Reader:
    def reader(path: Path, fields: Fields) -> Records:
        csv.field_size_limit(_MAX_CELL)
        with open_text(path) as lines:
            rows = csv.DictReader(_without_nul(lines), delimiter=delimiter, strict=True)
            text, id_ = choose(rows.fieldnames or (), fields, path.name)
            yield from _table_rows(rows, path, text, id_)

    return reader


def _table_rows(rows: "csv.DictReader[str]", path: Path, text: str, id_: str | None) -> Records:
    try:
        for number, row in enumerate(rows, 1):
            present = {key: value for key, value in row.items() if key and value is not None}
            yield record(present, number, text, id_)
    except csv.Error as error:
        raise FileFormatError(
            f"{path.name}, line {rows.reader.line_num}: {error}.",
            remedy="Check the quotes of that line.",
        ) from error


def _without_nul(lines: IO[str]) -> Iterator[str]:
    return (line.replace("\x00", "") for line in lines)


def _parquet(path: Path, fields: Fields) -> Records:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise FileFormatError(f"{path} is not a Parquet file.", remedy="Check it.") from error
    text, id_ = choose(file.schema_arrow.names, fields, path.name)
    number = 0
    for batch in file.iter_batches(batch_size=4096):
        for row in batch.to_pylist():
            number += 1
            yield record(row, number, text, id_)


def _xlsx(path: Path, fields: Fields) -> Records:
    from xml.etree.ElementTree import ParseError
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError) as error:
        raise FileFormatError(
            f"{path} is not an .xlsx workbook.", remedy="Save it again."
        ) from error
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # programs that stream state a size before they know it
        rows = sheet.iter_rows(values_only=True)
        header = [str(cell) if cell is not None else "" for cell in next(rows, ())]
        text, id_ = choose(header, fields, path.name)
        for number, cells in enumerate(rows, 1):
            yield record(_cells(header, cells, text), number, text, id_)
    except ParseError as error:
        raise FileFormatError(
            f"{path} is damaged: {error}.", remedy="Open it in a spreadsheet and save it again."
        ) from error
    finally:
        book.close()


def _cells(header: list[str], cells: tuple[Any, ...], text: str) -> Mapping[str, Any]:
    row = dict(zip(header, cells, strict=False))
    value = row.get(text)
    # A spreadsheet makes numbers of texts like 666; the customer typed characters.
    row[text] = str(value) if isinstance(value, int | float) else value
    return row


READERS: Mapping[str, Reader] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".csv": _table(","),
    ".tsv": _table("\t"),
    ".parquet": _parquet,
    ".xlsx": _xlsx,
}
