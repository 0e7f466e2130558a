"""What two models both judged around a change: which tickets are to be, what each said of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from service.db.analyst_tables import shadow_verdicts
from service.db.switches import NOBODY, Switch, switches
from service.db.tables import tickets, verdicts
from service.tickets.ids import first_id

_CHUNK = 5000
_IDS = 500  # in one query
_NEAR = 1000  # verdicts about a change in which the name of a model is looked for


@dataclass(frozen=True, slots=True)
class Place:
    """A verdict that belongs to an overlap; `turned` ones are of the model that came after."""

    verdict_id: str
    turned: bool
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Break:
    """A change of the model as trends show it: the names are for people."""

    switch: Switch
    name_before: str
    name_after: str


def opened(connection: Connection, since: datetime, until: datetime) -> Iterator[str]:
    """Yield the tickets opened in a window that were there at its end and stand for themselves."""
    t = tickets.c
    query = select(t.id).where(t.created_at >= since, t.created_at < until)
    query = query.where(t.merged_into.is_(None), t.id < first_id("t", until))
    streamed = connection.execution_options(yield_per=_CHUNK)
    yield from streamed.execute(query).scalars()


def places(connection: Connection, switch: Switch, ids: Sequence[str]) -> Iterator[Place]:
    """Yield for each ticket the verdict that stood at a change, where both models can have one.

    A ticket that the model after had judged already, in an earlier time of its own, counts
    where the model before was heard on it then.
    """
    for start in range(0, len(ids), _IDS):
        chunk = ids[start : start + _IDS]
        rows = connection.execute(_standing(switch, chunk)).mappings()
        found = {row["ticket_id"]: _place(row, switch) for row in rows}
        yield from (place for key in chunk if (place := found.get(key)))


def _place(row: RowMapping, switch: Switch) -> Place:
    return Place(row["id"], row["model_hash"] == switch.after, row["created_at"])


def _standing(switch: Switch, ids: Sequence[str]) -> Select[tuple[str, str, str, datetime]]:
    v, t, s = verdicts.c, tickets.c, shadow_verdicts.c
    before_it = v.id < first_id("v", switch.switched_at)
    newest = select(func.max(v.id)).where(v.ticket_id.in_(ids), before_it).group_by(v.ticket_id)
    heard = select(s.verdict_id).where(s.verdict_id == v.id, s.model_hash == switch.before)
    turned = and_(v.model_hash == switch.after, heard.exists())
    query = select(v.id, v.ticket_id, v.model_hash, t.created_at).join(tickets, t.id == v.ticket_id)
    return query.where(v.id.in_(newest), or_(v.model_hash == switch.before, turned))


def unsaid(connection: Connection, model_hash: str, ids: Sequence[str]) -> Sequence[RowMapping]:
    """Return those of some verdicts on which a model has not been heard, with their channel."""
    s, v = shadow_verdicts.c, verdicts.c
    heard = select(s.verdict_id).where(s.verdict_id == v.id, s.model_hash == model_hash).exists()
    query = select(verdicts, tickets.c.channel).join(tickets, tickets.c.id == v.ticket_id)
    query = query.where(v.id.in_(ids), ~heard).order_by(v.id)
    return connection.execute(query).mappings().all()


def heard(connection: Connection, model_hash: str, ids: Sequence[str]) -> set[str]:
    """Return those of some verdicts on which a model was heard."""
    s = shadow_verdicts.c
    found: set[str] = set()
    for start in range(0, len(ids), _IDS):
        chunk = s.verdict_id.in_(ids[start : start + _IDS])
        query = select(s.verdict_id).where(s.model_hash == model_hash, chunk)
        found.update(connection.execute(query).scalars())
    return found


def said_of(
    connection: Connection, switch: Switch, chosen: Sequence[Place]
) -> Iterable[tuple[bool, RowMapping]]:
    """Yield what both models said: whether turned, and the rows of the pairs there are.

    `differs` and `body` are of the model that was not served, the levels of the one that was.
    """
    s, v = shadow_verdicts.c, verdicts.c
    columns = (s.differs, s.body, v.sentiment, v.urgency, v.review)
    query = select(s.verdict_id, *columns).join(verdicts, v.id == s.verdict_id)
    for turned in (False, True):
        other = switch.before if turned else switch.after
        ids = [place.verdict_id for place in chosen if place.turned is turned]
        for start in range(0, len(ids), _IDS):
            these = s.verdict_id.in_(ids[start : start + _IDS])
            rows = connection.execute(query.where(these, s.model_hash == other))
            yield from ((turned, row) for row in rows.mappings())


def breaks(connection: Connection) -> list[Break]:
    """Return every change of the model, the oldest first, with its overlap."""
    return [
        Break(one, _name(connection, one, after=False), _name(connection, one, after=True))
        for one in switches(connection)
        if one.before != NOBODY
    ]


def _name(connection: Connection, switch: Switch, *, after: bool) -> str:
    """Return name and version, looked for near the change: verdicts are too many to search."""
    v, here = verdicts.c, first_id("v", switch.switched_at)
    wanted = switch.after if after else switch.before
    side = (v.id >= here, v.id) if after else (v.id < here, v.id.desc())
    near = select(v.model_hash, v.model_name, v.model_version).where(side[0])
    part = near.order_by(side[1]).limit(_NEAR).subquery().c
    query = select(part.model_name, part.model_version).where(part.model_hash == wanted)
    s = shadow_verdicts.c
    heard = select(s.model_name, s.model_version).where(s.model_hash == wanted)
    asked = (connection.execute(one.limit(1)).first() for one in (query, heard))
    return next((f"{found[0]} {found[1]}" for found in asked if found), wanted)
