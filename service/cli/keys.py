"""`triage keys`: make, list and revoke API keys where no admin can log in yet."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from service.db.engine import connect
from service.db.keys import KeyRow, add_key, all_keys, revoke_key
from service.db.migrate import upgrade
from service.desk.desk import utc_now
from service.errors import NotFoundError
from service.people.keys import new_key
from service.people.roles import Role
from service.settings import read_settings

_ACTOR = "person:local"


@contextmanager
def _database() -> Iterator[Engine]:
    database = connect(read_settings().database_url)
    try:
        upgrade(database)
        yield database
    finally:
        database.dispose()


def create(name: str, role: str) -> str:
    """Make a key and return its text, which nobody can see again."""
    made = new_key()
    row = KeyRow(made.public_id, name, Role(role).value, made.hash, utc_now(), _ACTOR)
    with _database() as database, database.execution_options(writes=True).begin() as connection:
        add_key(connection, row)
    return made.secret_text


def list_() -> list[KeyRow]:
    """Return every key, the newest first."""
    with _database() as database, database.connect() as connection:
        return all_keys(connection)


def revoke(public_id: str) -> None:
    """Revoke a key. Raises NotFoundError where there is no active one."""
    with _database() as database, database.execution_options(writes=True).begin() as connection:
        done = revoke_key(connection, public_id, _ACTOR, utc_now())
    if not done:
        raise NotFoundError(f"There is no active key {public_id!r}.", remedy="triage keys list")
