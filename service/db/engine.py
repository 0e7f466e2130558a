"""Connect to the database: SQLite in `var/` with nothing to set up, or PostgreSQL by address."""

from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Cursor, OperationalError
from time import sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from triage import InputError
from triage.records import to_json

_WAL_TRIES, _WAL_PAUSE = 100, 0.05  # seconds
_MOST_PAGES = 16_384  # 64 MiB of log, should nobody call `checkpoint`
_BUSY_MS = 30_000  # a writer of another process may take so long before we give up


def connect(url: str, *, durable: bool = True) -> Engine:
    """Return an engine for `sqlite:///PATH` or `postgresql://…`. Raises InputError for others.

    Not `durable`: a loss of power may lose the last seconds; only for what can be made again.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _unusable(url) from error
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed, durable=durable)
    if kind == "postgresql":
        url_ = parsed.set(drivername="postgresql+psycopg")
        return create_engine(
            url_, pool_pre_ping=True, json_serializer=lambda v: to_json(v).decode()
        )
    raise _unusable(url)


def _unusable(url: str) -> InputError:
    shown = url.split(":", maxsplit=1)[0]  # the rest may hold a password
    return InputError(
        f"FENZHEN_DATABASE_URL: {shown!r} is no database this service knows.",
        remedy="Give sqlite:///var/fenzhen.db or postgresql://user:password@host/name.",
    )


def _sqlite(url: URL, *, durable: bool) -> Engine:
    path = url.database
    if path and path != ":memory:":
        place = Path(path).expanduser()
        place.parent.mkdir(parents=True, exist_ok=True)
        url = url.set(database=str(place))
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000})
    event.listen(engine, "connect", partial(_prepare, durable=durable))
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: SqliteConnection, _: Any, *, durable: bool) -> None:
    # We say ourselves when a transaction begins: the driver would begin it too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    _use_wal(cursor)
    # Acknowledged means on disk.
    cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # Copying the log back takes tens of ms: `checkpoint` does it beside the writers.
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_MOST_PAGES}")
    cursor.close()


def _use_wal(cursor: Cursor) -> None:
    # SQLite does not wait here for another process that makes the same change to a new file.
    for _ in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError:
            sleep(_WAL_PAUSE)
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    # A transaction that will write takes the lock at once: upgrading later can fail.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """Begin a transaction that writes, and commit it at the end of the block."""
    return engine.execution_options(writes=True).begin()


def alone(connection: Connection, key: int) -> None:
    """Let no other process past here with the same key until the transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def checkpoint(engine: Engine) -> None:
    """Copy what SQLite has in its log back into the database, without stopping any writer."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").close()
        finally:
            connection.close()
