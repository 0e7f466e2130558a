"""API keys and webhook endpoints: few rows, changed by hand, each change in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from service.db.rows import record, row_of
from service.db.tables import api_keys, endpoints, events
from service.routing.log import Kind
from service.tickets.ids import new_id


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is kept; `id` is its public part."""

    id: str
    name: str
    role: str
    hash: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """A receiver of webhooks. `secrets`: the newest first; `kinds` empty: every kind."""

    id: str
    name: str
    url: str
    secrets: list[str]
    kinds: list[str]
    active: bool
    created_at: datetime


def active_key(connection: Connection, public_id: str) -> KeyRow | None:
    """Return a key that is not revoked."""
    query = select(api_keys).where(api_keys.c.id == public_id, api_keys.c.revoked_at.is_(None))
    row = connection.execute(query).mappings().first()
    return record(KeyRow, row) if row else None


def has_keys(connection: Connection) -> bool:
    """Whether a key was ever made, revoked or not."""
    return connection.execute(select(api_keys.c.id).limit(1)).first() is not None


def active_admins(connection: Connection) -> list[str]:
    """Return the public ids of the admins' keys, held until the transaction ends."""
    admins = (api_keys.c.role == "admin") & api_keys.c.revoked_at.is_(None)
    # Two admins who revoke each other at the same moment must not both succeed.
    query = select(api_keys.c.id).where(admins).order_by(api_keys.c.id).with_for_update()
    return [row[0] for row in connection.execute(query)]


def all_keys(connection: Connection) -> list[KeyRow]:
    """Return every key, the newest first."""
    query = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
    return [record(KeyRow, row) for row in connection.execute(query).mappings()]


def add_key(connection: Connection, row: KeyRow) -> None:
    """Keep a key, and say in the log who made it."""
    connection.execute(insert(api_keys).values(row_of(row)))
    told = {"key": row.id, "name": row.name, "role": row.role}
    note(connection, Kind.KEY_CREATED, row.created_by, row.created_at, told)


def revoke_key(connection: Connection, public_id: str, actor: str, at: datetime) -> bool:
    """Revoke a key; False where there is none to revoke."""
    active = (api_keys.c.id == public_id) & api_keys.c.revoked_at.is_(None)
    done = connection.execute(update(api_keys).where(active).values(revoked_at=at))
    if done.rowcount:
        note(connection, Kind.KEY_REVOKED, actor, at, {"key": public_id})
    return bool(done.rowcount)


def all_endpoints(connection: Connection) -> list[EndpointRow]:
    """Return every endpoint, by name."""
    rows = connection.execute(select(endpoints).order_by(endpoints.c.name)).mappings()
    return [record(EndpointRow, row) for row in rows]


def add_endpoint(connection: Connection, row: EndpointRow, actor: str) -> None:
    """Keep an endpoint, and say in the log who made it."""
    connection.execute(insert(endpoints).values(row_of(row)))
    told = {"endpoint": row.id, "name": row.name, "kinds": row.kinds}
    note(connection, Kind.ENDPOINT_CREATED, actor, row.created_at, told)


def change_endpoint(
    connection: Connection, id_: str, values: Mapping[str, Any], actor: str, at: datetime
) -> bool:
    """Change an endpoint; False where there is none."""
    done = connection.execute(update(endpoints).where(endpoints.c.id == id_).values(**values))
    if done.rowcount:
        shown = {name: value for name, value in values.items() if name != "secrets"}
        kind = Kind.ENDPOINT_REMOVED if values.get("active") is False else Kind.ENDPOINT_CREATED
        note(connection, kind, actor, at, {"endpoint": id_, "changed": sorted(values), **shown})
    return bool(done.rowcount)


def note(
    connection: Connection, kind: Kind, actor: str, at: datetime, data: Mapping[str, Any]
) -> str:
    """Write an event that belongs to no ticket; return its id."""
    key = new_id("e")
    row = {"id": key, "ticket_id": None, "seq": 0, "kind": kind.value, "at": at}
    connection.execute(insert(events).values(**row, recorded_at=at, actor=actor, data=dict(data)))
    return key
