"""The databases and desks of the desk's tests."""

from tests.service.desk.conftest import (
    add_endpoint,
    books,
    clock,
    database,
    desk,
    logged,
    make_desk,
    postgres_database,
    postgres_engine,
    postgres_server,
    postgres_url,
)

__all__ = [
    "add_endpoint",
    "books",
    "clock",
    "database",
    "desk",
    "logged",
    "make_desk",
    "postgres_database",
    "postgres_engine",
    "postgres_server",
    "postgres_url",
]
