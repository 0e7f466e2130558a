"""Where the database is, and what it promises."""

from datetime import datetime, timedelta, timezone
from sqlite3 import OperationalError

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.exc import StatementError

from service.db.engine import _use_wal, connect
from service.db.types import Document, UtcTime
from tests.service.desk.conftest import MONDAY
from triage import InputError


def test_the_folder_of_a_file_is_made(tmp_path):
    engine = connect(f"sqlite:///{tmp_path}/deep/down/a.db")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    engine.dispose()


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    engine = connect("sqlite:///~/own/a.db")
    with engine.connect():
        pass
    engine.dispose()
    assert (tmp_path / "own" / "a.db").exists()


@pytest.mark.parametrize("url", ["mysql://anna:geheim@host/x", "nonsense geheim", "", "geheim://"])
def test_an_address_we_cannot_use_is_refused_without_its_password(url):
    with pytest.raises(InputError, match="FENZHEN_DATABASE_URL") as caught:
        connect(url)
    assert "geheim@" not in str(caught.value)
    assert "sqlite:///" in caught.value.remedy


def test_an_address_of_postgresql_gets_our_driver():
    engine = connect("postgresql://anna:geheim@nowhere/x")
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


own = MetaData()
things = Table("things", own, Column("at", UtcTime), Column("value", Document, nullable=False))


@pytest.fixture
def kept(database):
    own.create_all(database)
    yield database
    own.drop_all(database)


@pytest.mark.parametrize("value", [None, 0, "", "好", [], ["a", {"b": None}], {"a": 1.5}, False])
def test_a_document_comes_back_as_it_was(kept, value):
    with kept.begin() as connection:
        connection.execute(insert(things).values(at=None, value=value))
        assert connection.execute(select(things)).one() == (None, value)


def test_times_come_back_in_utc(kept):
    shanghai = MONDAY.astimezone(timezone(timedelta(hours=8)))
    with kept.begin() as connection:
        connection.execute(insert(things).values(at=shanghai, value=1))
        at = connection.execute(select(things.c.at)).scalar_one()
    assert at == MONDAY
    assert at.utcoffset() == timedelta()


def test_a_time_without_a_zone_is_refused(kept):
    naive = datetime(2026, 3, 2)
    with kept.begin() as connection, pytest.raises(StatementError, match="no time zone"):
        connection.execute(insert(things).values(at=naive, value=1))


class Locked:
    """A cursor of a file that another process is changing, so many times."""

    def __init__(self, times):
        self.times = times

    def execute(self, _):
        self.times -= 1
        if self.times >= 0:
            raise OperationalError("database is locked")


def test_a_process_waits_while_another_makes_the_file(monkeypatch):
    monkeypatch.setattr("service.db.engine.sleep", lambda _: None)
    cursor = Locked(5)
    _use_wal(cursor)
    assert cursor.times == -1
    with pytest.raises(OperationalError):
        _use_wal(Locked(1000))
