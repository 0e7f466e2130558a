"""`triage export-facts`: a folder of Parquet files, one for each day."""

import filecmp
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine

from service.cli.places import own_database
from service.db.facts_by_day import COLUMNS, days, tickets_of, untold_count
from service.secret import read_secret
from service.settings import read_settings
from triage.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "part-0.parquet"
_FOLDER = "day="
_TRUTH: Final = ("review", "first_contact", "asked_before_closing")
_WHOLE: Final = (
    "hour", "sentiment", "urgency", "topic_id", "questions", "replies", "reopened", "handoffs",
    "clocks_met", "clocks_missed", "promises_kept", "promises_broken",
)  # fmt: skip
_REAL: Final = ("first_reply_s", "first_reply_worked_s", "resolved_s", "satisfaction")


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a folder: its days, and which files had to change. `untold`: not counted."""

    days: int
    tickets: int
    written: int
    removed: int
    untold: int


def export_facts(out: Path, since: date, until: date, *, customers: bool = False) -> Exported:
    """Bring `out/day=YYYY-MM-DD/part-0.parquet` up to the inbox, from `since` to before `until`.

    A file is replaced whole, and only where it would differ. With `customers` each row has a
    keyed hash of its customer. Raises OutputError where the folder cannot be written.
    """
    key = read_secret(read_settings().secret_file) if customers else None
    with own_database() as database:
        with database.connect() as connection:
            found, untold = days(connection, since, until), untold_count(connection)
        told = [_day(database, out, day, key) for day in found]
    removed = sum(_remove(path) for path in _others(out, since, until, found))
    return Exported(len(found), sum(n for n, _ in told), sum(w for _, w in told), removed, untold)


def _day(database: Engine, out: Path, day: date, key: bytes | None) -> tuple[int, bool]:
    """Write one day; return its tickets, and whether the file had to change."""
    path = out / f"{_FOLDER}{day.isoformat()}" / FILE
    draft = out / f".writing-{token_hex(6)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        count = _write(database, draft, day, key)
        changed = not path.exists() or not filecmp.cmp(draft, path, shallow=False)
        if changed:
            draft.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return count, changed


def _write(database: Engine, draft: Path, day: date, key: bytes | None) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, count = _schema(customers=key is not None), 0
    with (
        database.connect() as connection,
        pq.ParquetWriter(draft, schema, compression="zstd") as file,
    ):
        for rows in tickets_of(connection, day):
            file.write_table(pa.table(list(_arrays(rows, schema, key)), schema=schema))
            count += len(rows)
    return count


def _arrays(rows: Sequence[Any], schema: "pa.Schema", key: bytes | None) -> Iterator["pa.Array"]:
    import pyarrow as pa

    for field, values in zip(schema, zip(*rows, strict=True), strict=False):
        yield pa.array(_plain(field.name, values, key), field.type)


def _plain(name: str, values: Sequence[Any], key: bytes | None) -> Sequence[Any]:
    if name == "issues":
        return [value.split(",") if value else [] for value in values]
    if name in _TRUTH:
        return [None if value is None else bool(value) for value in values]
    if name == "customer" and key is not None:
        return [hidden(value, key) if value else None for value in values]
    return values


def hidden(customer_id: str, key: bytes) -> str:
    """Return what stands for a customer: the same each time, and nobody can turn it back."""
    return hmac.digest(key, b"export customer " + customer_id.encode(), "sha256").hex()[:24]


def _schema(*, customers: bool) -> "pa.Schema":
    import pyarrow as pa

    kinds: dict[str, Any] = {
        "opened_at": pa.timestamp("us", "UTC"),
        "issues": pa.list_(pa.string()),
    }
    kinds |= dict.fromkeys(_TRUTH, pa.bool_()) | dict.fromkeys(_WHOLE, pa.int32())
    kinds |= dict.fromkeys(_REAL, pa.float64())
    names = (*COLUMNS, "customer") if customers else COLUMNS
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


def _others(out: Path, since: date, until: date, found: Sequence[date]) -> Iterator[Path]:
    """Yield the files of days in the range that have no tickets any more."""
    for path in out.glob(f"{_FOLDER}????-??-??/{FILE}"):
        day = _date(path.parent.name.removeprefix(_FOLDER))
        if day and since <= day < until and day not in found:
            yield path


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _remove(path: Path) -> bool:
    try:
        path.unlink()
        path.parent.rmdir()
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"Cannot write {path}: {error.strerror or error}.",
        remedy="Free some space or choose another folder; days already written are whole.",
    )
