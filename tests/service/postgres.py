"""A throw-away PostgreSQL for tests; they skip where none can be started.

Import the fixtures in a conftest: `from tests.service.postgres import *`.
"""

import shutil
from contextlib import contextmanager

import pytest

from benchmarks.support.postgres import NoPostgresError, Postgres, name_in
from service.db.engine import connect
from service.db.migrate import upgrade

__all__ = [
    "database_url",
    "empty_url",
    "migrated_postgres",
    "module_url",
    "postgres_database",
    "postgres_server",
    "postgres_url",
]


@pytest.fixture(scope="session")
def postgres_server():
    """The server, started when the first test asks for it."""
    try:
        with Postgres() as server:
            yield server
    except NoPostgresError as error:
        pytest.skip(f"no PostgreSQL: {error}")


@pytest.fixture(scope="session")
def postgres_url(postgres_server):
    """The address of one database that all tests of the session share."""
    return postgres_server.create()


@pytest.fixture
def postgres_database(postgres_server):
    """The address of an empty database of one test's own."""
    address = postgres_server.create()
    yield address
    postgres_server.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database without tables, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inbox.db'}"
    return request.getfixturevalue("postgres_database")


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server):
    """The name of a migrated database to copy: faster than migrating for each test."""
    address = postgres_server.create()
    engine = connect(address)
    upgrade(engine)
    engine.dispose()
    return name_in(address)


@contextmanager
def database_of(kind, request, folder):
    """The address of a database with tables and nothing in them; it is gone afterwards."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "inbox.db")
        yield f"sqlite:///{folder / 'inbox.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    address = server.create(request.getfixturevalue("migrated_postgres"))
    yield address
    server.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The address of a database of one test's own, of each kind in turn."""
    with database_of(request.param, request, tmp_path) as address:
        yield address


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def module_url(request, tmp_path_factory):
    """The address of a database that the tests of a module share, of each kind in turn."""
    with database_of(request.param, request, tmp_path_factory.mktemp("shared")) as address:
        yield address
