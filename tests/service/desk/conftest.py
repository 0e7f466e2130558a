"""A desk on an empty database of each kind, with a clock that tests turn."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, event, func, select
from structlog.testing import capture_logs

from service.db.engine import connect
from service.db.keys import EndpointRow
from service.db.keys import add_endpoint as keep_endpoint
from service.db.migrate import upgrade
from service.db.tables import metadata
from service.desk.books import Books, load_books
from service.desk.commands import AddMessage, Look, OpenTicket
from service.desk.desk import Desk
from service.tickets.ids import new_id
from service.webhooks.signing import new_secret
from tests.service.postgres import postgres_database, postgres_server, postgres_url

__all__ = ["postgres_database", "postgres_server", "postgres_url"]

SECRET = b"k" * 32
ANNA = "person:anna"
# A Monday without holidays near it, 10:00 in Shanghai.
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


class Clock:
    """The time of a test."""

    def __init__(self):
        self.at = MONDAY

    def __call__(self):
        return self.at

    def forward(self, **how):
        self.at += timedelta(**how)


class TestDesk(Desk):
    """A desk with the short forms that tests need; everything goes through `run`."""

    __test__ = False

    def did(self, command):
        """Do a command that must succeed, and return its case as the database has it."""
        result = self.do(command)
        assert not isinstance(result, Exception), result
        return self.load(result.ticket_id)

    def open(self, text="快递还没收到", **options):
        return self.did(OpenTicket(ANNA, text=text, **options))

    def hear(self, ticket_id, text, **options):
        """Add what the customer says."""
        return self.did(AddMessage(ANNA, ticket_id=ticket_id, text=text, **options))

    def say(self, ticket_id, text="收到", **options):
        """Add what an agent says."""
        given = {"author": "agent", "name": "小林", **options}
        return self.did(AddMessage(ANNA, ticket_id=ticket_id, text=text, **given))

    def look(self, ticket_id):
        """Let the timer look, and return the kinds of what it found."""
        before = len(self.load(ticket_id).events)
        case = self.did(Look("system", ticket_id=ticket_id))
        return [event.kind.value for event in case.events[before:]]

    def count(self, table, *where):
        with self.database.connect() as connection:
            query = select(func.count()).select_from(table).where(*where)
            return connection.execute(query).scalar_one()

    def rows(self, table, *where):
        with self.database.connect() as connection:
            return list(connection.execute(select(table).where(*where)).mappings())


@pytest.fixture(autouse=True)
def logged():
    """What was logged; nothing of it is printed."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture(scope="session")
def books():
    return load_books()


def _hurry(connection, _):
    """Do not wait for the disk: no test pulls the plug."""
    connection.execute("SET synchronous_commit = off")
    connection.commit()


@pytest.fixture(scope="session")
def postgres_engine(postgres_url):
    engine = connect(postgres_url)
    event.listen(engine, "connect", _hurry)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An engine on a migrated, empty database, of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        engine = connect(f"sqlite:///{path}", durable=False)
        yield engine
        engine.dispose()
        return
    engine = request.getfixturevalue("postgres_engine")
    yield engine
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_desk(database, keyword_engine, books, clock):
    """Make a desk with another engine or other rules."""

    def make(engine=None, rules=None, where=None):
        own = Books(rules, books.clocks) if rules else books
        chosen = engine or keyword_engine
        return TestDesk(where or database, chosen, own, secret=SECRET, now=clock)

    return make


@pytest.fixture
def desk(make_desk):
    return make_desk()


def kinds(case):
    """The kinds of a case's own events."""
    return [event.kind.value for event in case.events]


def last(case, kind):
    """The latest event of a kind."""
    return next(event for event in reversed(case.events) if event.kind == kind)


def refused(result, code):
    """Check that a command was refused with a code and a remedy, and return the error."""
    assert isinstance(result, Exception), result
    assert result.code == code
    assert result.message
    assert result.remedy
    return result


@pytest.fixture
def add_endpoint(database):
    """Keep an endpoint and return its id."""

    def add(name="crm", *, kinds=(), url="https://example.com/x", active=True):
        row = EndpointRow(new_id("w"), name, url, [new_secret()], list(kinds), active, MONDAY)
        with database.begin() as connection:
            keep_endpoint(connection, row, ANNA)
        return row.id

    return add
