"""Write verdicts to .jsonl, .csv or .parquet: to a temporary name, renamed when complete."""

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from triage.errors import FileFormatError, OutputError, ReaderGoneError
from triage.files.readers import STDIN, kind_of
from triage.records import to_json

Row = Mapping[str, Any]
Write = Callable[[Row], None]
_PARQUET_ROWS = 4096
_INPUT = "input_"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def writer(target: str, labels: Sequence[str], *, inputs: Sequence[str] = ()) -> Iterator[Write]:
    """Yield a function that writes one row; the file appears under its name only at the end.

    Tables have a column of scores for each of `labels`, and the columns `inputs` of the input
    beside the verdicts.

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
    columns = [*flat({"id": ""}, labels), *(f"{_INPUT}{name}" for name in inputs)]
    with _renamed(path) as temporary, opener(temporary, columns, labels) as write:
        yield write


def _to_stdout(row: Row) -> None:
    try:
        sys.stdout.buffer.write(_line(row))
        sys.stdout.buffer.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError("The reader of standard output has gone.") from error
    except OSError as error:
        raise OutputError(
            f"Cannot write to standard output: {error.strerror}.", remedy="Free some space."
        ) from error


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
        raise OutputError(
            f"Cannot write {path}: {error.strerror or error}.",
            remedy="Free some space or choose another folder; no partial file was left.",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a binary file that appears under `path` only when complete. Raises OutputError."""
    with _renamed(path) as temporary, temporary.open("wb") as file:
        yield file


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _line(row: Row) -> bytes:
    return to_json(row) + b"\n"


@contextmanager
def _jsonl(path: Path, columns: Sequence[str], labels: Sequence[str]) -> Iterator[Write]:
    with path.open("wb") as file:

        def write(row: Row) -> None:
            file.write(_line(row))

        yield write


@contextmanager
def _csv(path: Path, columns: Sequence[str], labels: Sequence[str]) -> Iterator[Write]:
    # The byte order mark tells spreadsheet programs that this is UTF-8.
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        out = csv.writer(file)
        out.writerow(columns)

        def write(row: Row) -> None:
            cells = flat(row, labels)
            out.writerow([_safe_cell(cells.get(name)) for name in columns])

        yield write


def _safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from running a customer's text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


@contextmanager
def _parquet(path: Path, columns: Sequence[str], labels: Sequence[str]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, _arrow_type(name)) for name in columns])
    rows: list[dict[str, Any]] = []
    with pq.ParquetWriter(path, schema) as out:

        def flush() -> None:
            out.write_table(pa.Table.from_pylist(rows, schema=schema))
            rows.clear()

        def write(row: Row) -> None:
            cells = flat(row, labels)
            rows.append({name: _cell(name, cells.get(name)) for name in columns})
            if len(rows) >= _PARQUET_ROWS:
                flush()

        yield write
        flush()


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return str(value) if name.startswith(_INPUT) and value is not None else value


def _arrow_type(name: str) -> Any:
    import pyarrow as pa

    if name in ("sentiment", "urgency"):
        return pa.int8()
    if name.startswith(("score_", "urgency_")) or name == "sentiment_score":
        return pa.float64()
    return pa.bool_() if name == "review" else pa.string()


def flat(row: Row, labels: Sequence[str]) -> dict[str, Any]:
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
        "evidence": to_json(row.get("evidence", [])).decode(),
        "script": row.get("script"),
        "model": f"{model['name']} {model['version']} {model['hash']}" if model else None,
        "error_code": error.get("code"),
        "error_message": error.get("message"),
    }
    return cells | {f"{_INPUT}{name}": value for name, value in row.get("input", {}).items()}


WRITERS: Mapping[str, Any] = {".jsonl": _jsonl, ".csv": _csv, ".parquet": _parquet}
