"""What a candidate says beside the champion: which verdicts it has still to see, what it said."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from service.db.analyst_tables import shadow_verdicts
from service.db.inbox import Page
from service.db.tables import events, messages, tickets, verdicts
from service.db.types import Document
from service.routing.log import Kind
from service.tickets.ids import first_id, made_at, same_moment

# A verdict gets its id when it is given and is seen when its transaction ends, in any order.
_LATE = timedelta(minutes=2)
# Marks what a model said only after it had taken over: no shadow said it.
BACK_FILLED = "back_filled"


def begin_at(connection: Connection, model_hash: str, since: str) -> str:
    """Return the verdict after which the candidate goes on: a little before the last it saw."""
    s = shadow_verdicts.c
    # `concat` keeps SQLite from the index on the hash, which it would read whole and sort; from
    # the end of the primary key the last of a candidate at work is near.
    query = select(s.verdict_id).where(s.model_hash.concat("") == model_hash, s.verdict_id > since)
    seen = connection.execute(query.order_by(s.verdict_id.desc()).limit(1)).scalar()
    return max(since, first_id("v", made_at(seen) - _LATE)) if seen else since


def unseen(connection: Connection, model_hash: str, after: str, limit: int) -> Sequence[RowMapping]:
    """Return the oldest verdicts of other models that the candidate has not seen."""
    query = select(verdicts, tickets.c.channel).join(tickets, tickets.c.id == verdicts.c.ticket_id)
    query = query.where(_unseen(model_hash, after)).order_by(verdicts.c.id).limit(limit)
    return connection.execute(query).mappings().all()


def count_unseen(connection: Connection, model_hash: str, after: str) -> int:
    """Return how many verdicts the candidate has still to see."""
    query = select(func.count()).select_from(verdicts).where(_unseen(model_hash, after))
    return connection.execute(query).scalar_one()


def _unseen(model_hash: str, after: str) -> ColumnElement[bool]:
    s, v = shadow_verdicts.c, verdicts.c
    done = exists().where(s.verdict_id == v.id, s.model_hash == model_hash)
    return and_(v.id > after, v.model_hash != model_hash, ~done)


def said_until(connection: Connection, verdict: RowMapping) -> Sequence[RowMapping]:
    """Return what the customer had written when a verdict was given, merged tickets included."""
    m = messages.c
    members = _members(connection, verdict["ticket_id"], verdict["id"])
    then = or_(m.id < same_moment("m", verdict["id"]), m.id == verdict["message_id"])
    query = select(messages).where(m.ticket_id.in_(members), m.author == "customer", then)
    return connection.execute(query).mappings().all()


def _members(connection: Connection, ticket_id: str, verdict_id: str) -> set[str]:
    """Return the tickets that were one at the time of a verdict."""
    e = events.c
    query = select(e.kind, e.data).where(e.ticket_id == ticket_id).order_by(e.seq)
    query = query.where(e.kind.in_((Kind.TICKET_MERGED.value, Kind.TICKET_SPLIT.value)))
    sources: set[str] = set()
    for kind, data in connection.execute(query.where(e.id < same_moment("e", verdict_id))):
        if kind == Kind.TICKET_MERGED:
            sources.add(data["source"])
        elif data["target"] == ticket_id:
            sources.discard(data["source"])
    inner = (_members(connection, source, verdict_id) for source in sources)
    return {ticket_id}.union(*inner)


def keep_shadows(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what the candidate said; what another process kept first stays."""
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        statement = make(shadow_verdicts).on_conflict_do_nothing()
        connection.execute(statement, [dict(row) for row in rows])


def latest_hash(connection: Connection) -> str | None:
    """Return the candidate that judged last."""
    s = shadow_verdicts.c
    query = select(s.model_hash).where(_in_shadow(connection)).order_by(s.at.desc())
    return connection.execute(query.limit(1)).scalar()


def shadow_counts(connection: Connection, model_hash: str) -> Sequence[RowMapping]:
    """Return how often each outcome came: `differs`, the candidate's `issues`, `n`."""
    s = shadow_verdicts.c
    said = select(s.differs, _of_body(connection, "issues").label("issues"))
    part = said.where(s.model_hash == model_hash, _in_shadow(connection)).subquery()
    query = select(part.c.differs, part.c.issues, func.count().label("n"))
    return connection.execute(query.group_by(part.c.differs, part.c.issues)).mappings().all()


def _in_shadow(connection: Connection) -> ColumnElement[bool]:
    return _of_body(connection, BACK_FILLED).is_(None)


def _of_body(connection: Connection, name: str) -> ColumnElement[Any]:
    body = shadow_verdicts.c.body
    if connection.dialect.name == "postgresql":
        return func.jsonb_extract_path(body, name, type_=Document)
    return func.json_extract(body, f"$.{name}", type_=Document)


def disagreements(
    connection: Connection,
    model_hash: str,
    words: Sequence[Sequence[str]],
    *,
    limit: int,
    offset: int,
) -> Page:
    """Return verdicts on which the two differ, the newest first, with what was written.

    Of each list in `words` one must be among those in which they differ.
    """
    differs = [_differs(some) for some in words] or [shadow_verdicts.c.differs != []]
    of_model = shadow_verdicts.c.model_hash == model_hash
    where = and_(of_model, _in_shadow(connection), *differs)
    query = _listed().where(where).order_by(shadow_verdicts.c.verdict_id.desc())
    rows = connection.execute(query.limit(limit).offset(offset)).mappings().all()
    count = select(func.count()).select_from(shadow_verdicts).where(where)
    total = connection.execute(count).scalar_one()
    return Page(rows, total, offset + limit if offset + len(rows) < total else None)


def _listed() -> Select[Any]:
    s, v = shadow_verdicts.c, verdicts.c
    told = (s.verdict_id, s.ticket_id, s.at, s.differs, s.body)
    named = (v.model_hash.label("champion_hash"), v.sentiment, v.urgency, v.review)
    query = select(*told, *named, messages.c.text).join(verdicts, v.id == s.verdict_id)
    return query.join(messages, messages.c.id == v.message_id)


def _differs(words: Sequence[str]) -> ColumnElement[bool]:
    # A JSON list of strings, in text or in jsonb: both write the string in quotes.
    written = cast(shadow_verdicts.c.differs, Text)
    return or_(*(written.contains(f'"{word}"', autoescape=True) for word in words))
