"""A throw-away PostgreSQL for tests; they skip where none can be started.

Import the fixtures in a conftest: `from tests.service.postgres import *`.
"""

import pytest

from benchmarks.support.postgres import NoPostgresError, Postgres

__all__ = ["database_url", "postgres_database", "postgres_server", "postgres_url"]


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
def database_url(request, tmp_path):
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'inbox.db'}"
    return request.getfixturevalue("postgres_database")
