"""Topics as the database keeps them: what each is, which ticket has which, what people decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.engine import RowMapping

from service.db.engine import alone
from service.db.firsts import is_first_verdict
from service.db.rows import insert_all, upsert
from service.db.tables import messages, tickets, verdicts
from service.db.trend_tables import ticket_topics, topic_history, topic_states, topics
from service.tickets.ids import new_id
from triage.trends.topics import Ledger, Mark, Topic
from triage.trends.topics.ledger import Change
from triage.trends.topics.naming import names_of

CREATED = "created"
_LOCK = 0x66656E7B  # of PostgreSQL: one process at a time writes topics
_IDS = 500  # in one query


@dataclass(frozen=True, slots=True)
class FirstText:
    """The first text of a ticket that was judged: `id` is that of its verdict."""

    id: str
    ticket_id: str
    text: str
    opened_at: datetime


def lock(connection: Connection) -> None:
    """Let nobody else write topics until the transaction ends."""
    alone(connection, _LOCK)


def first_texts(
    connection: Connection, after: str, until: str, limit: int, *, newest: bool = False
) -> list[FirstText]:
    """Return first texts with after < id <= until in order: the first `limit`, or the last."""
    v, t = verdicts.c, tickets.c
    query = select(v.id, v.ticket_id, messages.c.text, t.created_at)
    query = query.join(tickets, t.id == v.ticket_id).join(messages, messages.c.id == v.message_id)
    query = query.where(v.id > after, v.id <= until, is_first_verdict()).limit(limit)
    rows = connection.execute(query.order_by(v.id.desc() if newest else v.id)).all()
    found = [FirstText(*row) for row in rows]
    return found[::-1] if newest else found


def read_state(connection: Connection, name: str) -> tuple[bytes, datetime] | None:
    """Return what the clustering goes on from, and when it was written."""
    c = topic_states.c
    row = connection.execute(select(c.body, c.at).where(c.name == name)).first()
    return (bytes(row[0]), row[1]) if row else None


def write_state(connection: Connection, name: str, body: bytes, now: datetime) -> None:
    """Keep what the clustering goes on from."""
    upsert(connection, topic_states, [{"name": name, "at": now, "body": body}], "name")


def give(connection: Connection, given: Mapping[str, int], now: datetime) -> None:
    """Give tickets their topics; one that has it already is left alone."""
    ids = sorted(given)
    c, known = ticket_topics.c, dict[str, int]()
    for k in range(0, len(ids), _IDS):
        query = select(c.ticket_id, c.topic_id).where(c.ticket_id.in_(ids[k : k + _IDS]))
        known |= {row[0]: row[1] for row in connection.execute(query)}
    new = [
        {"ticket_id": i, "topic_id": given[i], "at": now} for i in ids if known.get(i) != given[i]
    ]
    upsert(connection, ticket_topics, new, "ticket_id")


def keep_topics(connection: Connection, found: Iterable[Topic], now: datetime) -> None:
    """Write what topics are; what people decided of them stays."""
    known = set(connection.execute(select(topics.c.id)).scalars())
    told = list(found)
    new = [_row(topic, now) for topic in told if topic.id not in known]
    insert_all(connection, topics, new)
    changes = [Change(row["id"], CREATED, None, row["phrases"], "system", "") for row in new]
    _note(connection, changes, now)
    old = [
        {"_id": topic.id, "phrases": [list(pair) for pair in topic.phrases]}
        for topic in told
        if topic.id in known
    ]
    if old:
        statement = update(topics).where(topics.c.id == bindparam("_id"))
        connection.execute(statement.values(phrases=bindparam("phrases")), old)


def count_topics(connection: Connection) -> None:
    """Write how many tickets each topic has, merges aside."""
    c = ticket_topics.c
    size = select(func.count()).where(c.topic_id == topics.c.id).scalar_subquery()
    connection.execute(update(topics).values(size=size))


def all_topics(connection: Connection) -> list[RowMapping]:
    """Return every topic in the order of the ids."""
    return list(connection.execute(select(topics).order_by(topics.c.id)).mappings())


def names(connection: Connection) -> dict[int, str]:
    """Return what each topic is called: the name a person gave, else one of its phrases."""
    return names_of_rows(all_topics(connection))


def names_of_rows(rows: Sequence[Mapping[Any, Any]]) -> dict[int, str]:
    """Return what each topic is called, from the rows of all of them; no two are called alike."""
    given = {row["id"]: row["name"] for row in rows if row["name"]}
    others = [row for row in rows if row["id"] not in given]
    phrases = [tuple((str(p), float(w)) for p, w in row["phrases"]) for row in others]
    own = names_of(phrases, given.values())
    return given | {row["id"]: name for row, name in zip(others, own, strict=True)}


def ledger_of(rows: Sequence[Mapping[Any, Any]]) -> Ledger:
    """Return what people decided, without the history."""
    return Ledger({row["id"]: Mark(row["name"], row["hidden"], row["merged_into"]) for row in rows})


def resolved(connection: Connection) -> dict[int, int]:
    """Return where each merged topic ends."""
    query = select(topics.c.id, topics.c.merged_into).where(topics.c.merged_into.is_not(None))
    ledger = Ledger({row[0]: Mark(merged_into=row[1]) for row in connection.execute(query)})
    return {topic: ledger.resolve(topic) for topic in ledger.marks}


def topic_of_tickets(
    connection: Connection, after: datetime | None = None
) -> list[tuple[str, int]]:
    """Return tickets with their topics as first given, those given at or after a time."""
    c = ticket_topics.c
    query = select(c.ticket_id, c.topic_id).order_by(c.at, c.ticket_id)
    if after:
        query = query.where(c.at >= after)
    return [(row[0], row[1]) for row in connection.execute(query)]


def put_changes(connection: Connection, ledger: Ledger, now: datetime) -> None:
    """Write what a ledger says of the topics that its history changed, and the history."""
    for topic in {change.topic for change in ledger.history}:
        mark = ledger.mark(topic)
        values = {"name": mark.name, "hidden": mark.hidden, "merged_into": mark.merged_into}
        connection.execute(update(topics).where(topics.c.id == topic).values(values))
    _note(connection, ledger.history, now)


def history_of(connection: Connection, topic: int) -> list[dict[str, Any]]:
    """Return what became of a topic, the newest first; what was merged into it, too."""
    c = topic_history.c
    query = select(c.topic_id, c.what, c.before, c.after, c.by, c.at)
    query = query.where(c.topic_id == topic).order_by(c.id.desc())
    return [_plain(row) for row in connection.execute(query).mappings()]


def snippets(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return how tickets begin, the newest first."""
    c = tickets.c
    query = select(c.id.label("ticket_id"), c.created_at.label("at"), c.snippet.label("text"))
    query = query.where(c.id.in_(ids)).order_by(c.created_at.desc(), c.id.desc())
    return [_plain(row) for row in connection.execute(query).mappings()]


def _plain(row: RowMapping) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _row(topic: Topic, now: datetime) -> dict[str, Any]:
    first = now if topic.first_at is None else datetime.fromtimestamp(topic.first_at, now.tzinfo)
    return {
        "id": topic.id,
        "name": None,
        "phrases": [list(pair) for pair in topic.phrases],
        "hidden": False,
        "merged_into": None,
        "size": 0,
        "first_at": first,
        "created_at": now,
    }


def _note(connection: Connection, changes: Iterable[Change], now: datetime) -> None:
    rows = [
        {
            "id": new_id("th"),
            "topic_id": change.topic,
            "what": change.what,
            "before": change.before,
            "after": change.after,
            "by": change.by,
            "at": now,
        }
        for change in changes
    ]
    insert_all(connection, topic_history, rows)
