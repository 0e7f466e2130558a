"""Small books beside the tickets: acknowledged keys, and how often each rule fires."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache

from sqlalchemy import Connection, Insert, func, select
from sqlalchemy.dialects import postgresql, sqlite

from service.db.lookup import Known
from service.db.rows import insert_all
from service.db.tables import idempotency, rule_counts


def keep_keys(connection: Connection, keys: Mapping[str, Known], now: datetime) -> None:
    """Keep which Idempotency-Key was answered with what."""
    rows = [
        {
            "key": key,
            "fingerprint": known.fingerprint,
            "ticket_id": known.ticket_id,
            "message_id": known.message_id,
            "at": now,
        }
        for key, known in keys.items()
    ]
    insert_all(connection, idempotency, rows)


def count_rules(connection: Connection, rules: Iterable[str], now: datetime) -> None:
    """Add to the day's count of each rule that fired."""
    rows = [
        {"rule": rule, "day": now.date(), "hits": hits}
        for rule, hits in sorted(Counter(rules).items())
    ]
    if rows:
        connection.execute(_adding(connection.dialect.name), rows)


@cache
def _adding(dialect: str) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(rule_counts)
    return statement.on_conflict_do_update(
        index_elements=["rule", "day"],
        set_={"hits": rule_counts.c.hits + statement.excluded.hits},
    )


def rule_hits(connection: Connection, since: date) -> dict[str, int]:
    """Return how often each rule fired since a day."""
    total = func.sum(rule_counts.c.hits)
    query = select(rule_counts.c.rule, total).where(rule_counts.c.day >= since)
    rows = connection.execute(query.group_by(rule_counts.c.rule))
    return {row[0]: int(row[1]) for row in rows}
