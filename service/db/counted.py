"""Find the tickets behind a number of the trends: the same conditions, in SQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, cast, exists, false, or_, select

from service.db.tables import tickets
from service.db.trend_tables import ticket_facts, ticket_topics, topics
from service.tickets.records import Status
from triage.trends.facts import LEVELS, MANY, NOTHING, level_of

Counted = tuple[str, tuple[str, ...]]  # a dimension, and the values of which one must hold


def counted(conditions: Sequence[Counted]) -> ColumnElement[bool]:
    """Return the condition that all of these hold of a ticket as trends count it.

    Merged-away tickets never count. Raises InputError for a level that is none.
    """
    f = ticket_facts.c
    parts = [_part(name, values) for name, values in conditions]
    return exists().where(f.ticket_id == tickets.c.id, f.status != Status.MERGED, *parts)


def _part(name: str, values: Sequence[str]) -> ColumnElement[bool]:
    if name == MANY:
        return or_(*(_labelled(value) for value in values))
    if name == "topic":
        return _about(values)
    column = ticket_facts.c[{"model": "model_hash"}.get(name, name)]
    some = [value for value in values if value != NOTHING]
    levels = [level_of(name, value) for value in some] if name in LEVELS else some
    nothing = column.is_(None) if NOTHING in values else false()
    return or_(column.in_(levels), nothing)


def _labelled(value: str) -> ColumnElement[bool]:
    issues = ticket_facts.c.issues
    return issues == "" if value == NOTHING else issues.contains(f",{value},", autoescape=True)


def _about(values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a ticket's topic, after all merges, is one of these."""
    c, has = ticket_topics.c, ticket_topics.c.ticket_id == ticket_facts.c.ticket_id
    root = select(topics.c.id).where(cast(topics.c.id, Text).in_(values))
    tree = root.cte("members", recursive=True)
    below = select(topics.c.id).join(tree, topics.c.merged_into == tree.c.id)
    found = exists().where(has, c.topic_id.in_(select(tree.union(below).c.id)))
    return or_(found, ~exists().where(has, c.topic_id >= 0)) if NOTHING in values else found
