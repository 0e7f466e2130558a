"""`triage keys`: make, list and revoke API keys where no admin can log in yet."""

from service.cli.places import own_database
from service.db.engine import writing
from service.db.keys import KeyRow, add_key, all_keys, revoke_key
from service.desk.desk import utc_now
from service.errors import NotFoundError
from service.people.keys import new_key
from service.people.roles import Role

_ACTOR = "person:local"


def create(name: str, role: str) -> str:
    """Make a key and return its text, which nobody can see again."""
    made = new_key()
    row = KeyRow(made.public_id, name, Role(role).value, made.hash, utc_now(), _ACTOR)
    with own_database() as database, writing(database) as connection:
        add_key(connection, row)
    return made.secret_text


def list_() -> list[KeyRow]:
    """Return every key, the newest first."""
    with own_database() as database, database.connect() as connection:
        return all_keys(connection)


def revoke(public_id: str) -> None:
    """Revoke a key. Raises NotFoundError where there is no active one."""
    with own_database() as database, writing(database) as connection:
        done = revoke_key(connection, public_id, _ACTOR, utc_now())
    if not done:
        raise NotFoundError(f"There is no active key {public_id!r}.", remedy="triage keys list")
