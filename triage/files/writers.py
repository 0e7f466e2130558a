"""Write verdicts to .jsonl, .csv or .parquet: to a temporary name, renamed when complete."""

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import orjson

from triage.errors import FileFormatError, OutputError
from triage.files.readers import STDIN, kind_of
from triage.labels import ISSUES

Row = Mapping[str, Any]
Write = Callable[[Row], None]
_PARQUET_ROWS = 4096
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def writer(target: str, labels: tuple[str, ...] = ISSUES) -> Iterator[Write]:
    """Yield a function that writes one row; the file appears under its name only at the end.

    `-` writes JSON lines to standard output. Raises FileFormatError for an unknown ending
    and OutputError where the disk is full or the folder cannot be written.
    """
    if target == STDIN:
        yield lambda row: _to_stdout(row)
        return
    path = Path(target)
    opener = WRITERS.get(kind_of(path))
    if opener is None or path.suffix == ".gz":
        raise FileFormatError(
            f"Cannot write {path.name}.", remedy=f"Use a name that ends in {', '.join(WRITERS)}."
        )
    with _renamed(path) as temporary, opener(temporary, labels) as write:
        yield write


def _to_stdout(row: Row) -> None:
    sys.stdout.buffer.write(_line(row))


@contextmanager
def _renamed(path: Path) -> Iterator[Path]:
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        _sync(temporary)
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise OutputError(
            f"Cannot write {path}: {error.strerror or error}.",
            remedy="Free some space or choose another folder; no partial file was left.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _line(row: Row) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE, default=str)


@contextmanager
def _jsonl(path: Path, labels: tuple[str, ...]) -> Iterator[Write]:
    with path.open("wb") as file:
        yield lambda row: _write_bytes(file, _line(row))


def _write_bytes(file: IO[bytes], line: bytes) -> None:
    file.write(line)


@contextmanager
def _csv(path: Path, labels: tuple[str, ...]) -> Iterator[Write]:
    # The byte order mark tells spreadsheet programs that this is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        header: list[str] = []

        def write(row: Row) -> None:
            cells = flat(row, labels)
            if not header:
                header.extend(cells)
                out.writerow(header)
            out.writerow([_safe_cell(cells.get(name)) for name in header])

        yield write
        if not header:
            out.writerow(flat({"id": ""}, labels))


def _safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from running a customer's text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


@contextmanager
def _parquet(path: Path, labels: tuple[str, ...]) -> Iterator[Write]:
    table = _ParquetTable(path)

    def write(row: Row) -> None:
        table.rows.append(flat(row, labels))
        if len(table.rows) >= _PARQUET_ROWS:
            table.flush()

    try:
        yield write
        table.rows = table.rows or ([] if table.writer else [flat({"id": ""}, labels)])
        table.flush(empty=table.writer is None and table.rows[0]["id"] == "")
    finally:
        table.close()


class _ParquetTable:
    """Rows on their way to a Parquet file, whose schema the first of them decides."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, list[dict[str, Any]]()
        self.writer: Any = None

    def flush(self, *, empty: bool = False) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if self.rows and self.writer is None:
            schema = pa.schema([(name, _arrow_type(name)) for name in self.rows[0]])
            self.writer = pq.ParquetWriter(self.path, schema)
        if self.rows and not empty:
            rows = [{k: _cell(k, v) for k, v in row.items()} for row in self.rows]
            self.writer.write_table(pa.Table.from_pylist(rows, schema=self.writer.schema))
        self.rows = []

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def _cell(name: str, value: Any) -> Any:
    return str(value) if name.startswith("input_") and value is not None else value


def _arrow_type(name: str) -> Any:
    import pyarrow as pa

    if name in ("sentiment", "urgency"):
        return pa.int8()
    if name.startswith(("score_", "urgency_")) or name == "sentiment_score":
        return pa.float64()
    return pa.bool_() if name == "review" else pa.string()


def flat(row: Row, labels: tuple[str, ...]) -> dict[str, Any]:
    """Flatten a verdict to one cell a column; lists are joined by `|`, evidence is JSON."""
    scores, levels = row.get("scores", {}), row.get("urgency_scores", [None] * 4)
    error, model = row.get("error", {}), row.get("model", {})
    cells = {
        "id": row["id"],
        "issues": "|".join(row.get("issues", ())),
        "suggested": "|".join(row.get("suggested", ())),
        "sentiment": row.get("sentiment"),
        "sentiment_score": row.get("sentiment_score"),
        "urgency": row.get("urgency"),
        "review": row.get("review"),
        "review_reasons": "|".join(row.get("review_reasons", ())),
        **{f"score_{label}": scores.get(label) for label in labels},
        **{f"urgency_{level}": levels[level] for level in range(4)},
        "evidence": orjson.dumps(row.get("evidence", [])).decode(),
        "script": row.get("script"),
        "model": f"{model['name']} {model['version']} {model['hash']}" if model else None,
        "error_code": error.get("code"),
        "error_message": error.get("message"),
    }
    return cells | {f"input_{name}": value for name, value in row.get("input", {}).items()}


WRITERS: Mapping[str, Any] = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}
