"""Which model judged when: every change is a row of `model_overlaps`, told once from the verdicts.

The row whose `before` is NOBODY says with which model the desk began.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from service.db import engine
from service.db.rows import insert_all, record
from service.db.tables import verdicts
from service.db.trend_tables import model_overlaps
from service.tickets.ids import first_id, made_at

NOBODY = ""
_LOCK = 0x66656E7C  # of PostgreSQL: one process at a time tells what changed


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of the model, and how far the one after has judged what the one before did."""

    before: str
    after: str
    switched_at: datetime
    since: datetime
    wanted: int = 0
    done: int = 0
    counts: Mapping[str, Sequence[int]] | None = None
    finished_at: datetime | None = None


def switches(connection: Connection) -> list[Switch]:
    """Return every change in its order; the model the desk began with is the first."""
    o = model_overlaps.c
    rows = connection.execute(select(model_overlaps).order_by(o.switched_at)).mappings()
    return [record(Switch, row) for row in rows]


def alone(connection: Connection) -> None:
    """Keep other processes from telling changes until this transaction ends."""
    engine.alone(connection, _LOCK)


def put_switch(connection: Connection, switch: Switch) -> None:
    """Keep a change."""
    o = model_overlaps.c
    row = {name: getattr(switch, name) for name in o.keys()}  # noqa: SIM118 - columns, no mapping
    insert_all(connection, model_overlaps, [row | {"counts": switch.counts or {}}])


def drop_switch(connection: Connection, switch: Switch) -> None:
    """Forget a change after which the new model never judged anything."""
    connection.execute(delete(model_overlaps).where(_is(switch)))


def sum_up(connection: Connection, switch: Switch, **values: Any) -> bool:
    """Keep how far an overlap has come; whether it was not finished before."""
    unfinished = model_overlaps.c.finished_at.is_(None)
    statement = update(model_overlaps).where(_is(switch), unfinished)
    return connection.execute(statement.values(**values)).rowcount > 0


def _is(switch: Switch) -> ColumnElement[bool]:
    o = model_overlaps.c
    named = and_(o.before == switch.before, o.after == switch.after)
    return and_(named, o.switched_at == switch.switched_at)


def runs(connection: Connection, since: str) -> list[tuple[str, str]]:
    """Return where another model judges than just before: its first verdict, its hash."""
    v = verdicts.c
    last = func.lag(v.model_hash).over(order_by=v.id).label("last")
    part = select(v.id, v.model_hash, last).where(v.id >= since).subquery().c
    turns = or_(part.last.is_(None), part.last != part.model_hash)
    query = select(part.id, part.model_hash).where(turns).order_by(part.id)
    return [(id_, hash_) for id_, hash_ in connection.execute(query)]


def has_judged(connection: Connection, model_hash: str, since: datetime) -> bool:
    """Whether a model gave any verdict from a moment on."""
    v = verdicts.c
    query = select(v.id).where(v.id >= first_id("v", since), v.model_hash == model_hash)
    return connection.execute(query.order_by(v.id).limit(1)).scalar() is not None


def judging_since(connection: Connection, model_hash: str) -> datetime | None:
    """Return when the model that gave the newest verdicts began to; None: it is another one."""
    v = verdicts.c
    others = select(v.id).where(v.model_hash != model_hash).order_by(v.id.desc()).limit(1)
    last = connection.execute(others).scalar() or ""
    query = select(v.id).where(v.id > last).order_by(v.id).limit(1)
    first = connection.execute(query).scalar()
    return made_at(first) if first else None
