"""Migrations make the tables that the code believes in, from nothing, on both databases."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from service.db import analyst_tables, trend_tables
from service.db.engine import connect
from service.db.migrate import head, revision, upgrade
from service.db.tables import metadata
from tests.service.postgres import empty_url

__all__ = ["analyst_tables", "empty_url", "trend_tables"]


@pytest.fixture
def empty(empty_url):
    engine = connect(empty_url)
    yield engine
    engine.dispose()


def test_an_empty_database_is_brought_to_the_present_shape(empty):
    assert revision(empty) is None
    upgrade(empty)
    assert revision(empty) == head()
    upgrade(empty)
    assert set(metadata.tables) <= set(inspect(empty).get_table_names())


def test_the_migrated_tables_are_those_of_the_code(database):
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_processes_that_start_together_migrate_once(empty):
    start, failed = threading.Barrier(3), []

    def run():
        own = connect(empty.url.render_as_string(hide_password=False))
        start.wait()
        try:
            upgrade(own)
        except Exception as error:
            failed.append(error)
        own.dispose()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert revision(empty) == head()
