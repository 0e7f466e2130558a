"""Labels given outside the inbox: the newest word of each annotation, whatever comes first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, select, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from service.db.analyst_tables import annotations
from service.db.rows import record, row_of
from service.db.tables import tickets

_NAMES = frozenset({"id", "source", "external_id"})
_TASK = frozenset({"task_id", "ticket_id"})


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation as it stands. `external_id` names it where it was made, `at` its last change.

    One that is `deleted` stays so, also where an older word of it comes later.
    """

    id: str
    source: str
    external_id: str
    task_id: str
    ticket_id: str | None
    text: str
    issues: list[str] | None
    sentiment: int | None
    urgency: int | None
    spans: list[dict[str, Any]]
    model_hash: str | None
    by: str
    at: datetime
    deleted: bool = False


def keep_annotation(connection: Connection, annotation: Annotation) -> bool:
    """Keep an annotation unless a newer word of it, or this one, is here; tell whether it was.

    Of one that was deleted only its name and its task stay.
    """
    statement = _keeping(connection.dialect.name, annotation.deleted)
    return connection.execute(statement, row_of(annotation)).first() is not None


@cache
def _keeping(dialect: str, deleted: bool) -> ReturningInsert[tuple[str]]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(annotations)
    new, old = statement.excluded, annotations.c
    stays = _NAMES | _TASK if deleted else _NAMES
    changed = {column.name: new[column.name] for column in old if column.name not in stays}
    newer = old.deleted.is_(False) & (true() if deleted else old.at < new.at)
    statement = statement.on_conflict_do_update(
        index_elements=["source", "external_id"], set_=changed, where=newer
    )
    return statement.returning(annotations.c.id)


def annotations_kept(connection: Connection) -> Sequence[Annotation]:
    """Return every annotation, the deleted ones too, in the order of their last change."""
    query = select(annotations).order_by(annotations.c.at, annotations.c.id)
    return [record(Annotation, row) for row in connection.execute(query).mappings()]


def known_tickets_of(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Return which of the ids are those of tickets."""
    query = select(tickets.c.id).where(tickets.c.id.in_(set(ids)))
    return set(connection.execute(query).scalars())
