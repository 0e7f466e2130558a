"""Rows into records and back: columns and fields share their names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

T = TypeVar("T")


def record(kind: type[T], row: RowMapping | Mapping[str, Any]) -> T:
    """Make a record of the row's columns that it has fields for."""
    return kind(**{item.name: row[item.name] for item in fields(kind)})  # type: ignore[arg-type]


def row_of(value: Any) -> dict[str, Any]:
    """Return the columns of a record."""
    return {item.name: getattr(value, item.name) for item in fields(value)}


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with one statement; nothing where there are none."""
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])


def insert_records(connection: Connection, table: Table, values: Iterable[Any]) -> None:
    """Insert records whose fields are the table's columns."""
    insert_all(connection, table, [row_of(value) for value in values])


def upsert(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: str
) -> None:
    """Insert whole rows; one with a key that is there takes the place of the row that has it."""
    if rows:
        statement = _upsert(connection.dialect.name, table, key)
        connection.execute(statement, [dict(row) for row in rows])


@cache
def _upsert(dialect: str, table: Table, key: str) -> Executable:
    """Return the statement; to make it takes longer than to run it."""
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = make(table)
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=others)
