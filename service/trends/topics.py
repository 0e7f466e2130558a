"""Topics as they are answered: how many tickets each has, of which products, since when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.engine import RowMapping

from service.db.facts import topic_marks
from service.db.topics import all_topics, history_of, ledger_of, names_of_rows, snippets
from service.desk.trends import Snapshot
from service.errors import NotFoundError
from service.trends.asking import Asked
from service.trends.naming import Naming
from service.trends.plain import plain, times, whole_all
from triage.text.pii import mask_all
from triage.trends.counts import Counts, count
from triage.trends.facts import NOTHING, Bools, Facts, Ints
from triage.trends.shares import wilson
from triage.trends.topics import Ledger

_VALUES = 5  # products and issues of a topic that are named
_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class _Known:
    """Every topic of the desk: its row, what it is called, what people decided."""

    rows: Mapping[int, RowMapping]
    names: Mapping[int, str]
    ledger: Ledger

    def row(self, topic: int) -> RowMapping:
        """Return the row of a topic. Raises NotFoundError."""
        if topic not in self.rows:
            raise NotFoundError(
                f"There is no topic {topic}.", remedy="Look at GET /v1/trends/topics."
            )
        return self.rows[topic]


def topics_view(
    database: Engine, snapshot: Snapshot, asked: Asked, naming: Naming, *, top: int, hidden: bool
) -> dict[str, Any]:
    """Return the topics of a window, the largest first; hidden ones where they are wanted."""
    known, facts = _known(database), snapshot.facts
    found, before = _counted(facts, asked), _before(facts, asked)
    largest = sorted(found.groups, key=lambda group: -group.n)
    listed = [int(group.key) for group in largest if group.key.isdecimal()]
    listed = [t for t in listed if t in known.rows and (hidden or not known.rows[t]["hidden"])]
    inside = _inside(facts, asked)
    return {
        "updated_at": _updated(database),
        **_asked_view(asked),
        "n": found.n,
        "without": next((group.n for group in found.groups if group.key == NOTHING), 0),
        "buckets": times(found.buckets),
        "topics": [
            _topic_view(known, topic, found, before, inside, naming) for topic in listed[:top]
        ],
    }


def topic_view(
    database: Engine, snapshot: Snapshot, asked: Asked, naming: Naming, topic: int
) -> dict[str, Any]:
    """Return one topic with its history and examples. Raises NotFoundError."""
    known, facts = _known(database), snapshot.facts
    row = known.row(topic)
    found, before = _counted(facts, asked), _before(facts, asked)
    inside = _inside(facts, asked)
    with database.connect() as connection:
        history = history_of(connection, topic)
        examples = snippets(connection, _newest(snapshot, inside.of(topic)))
    return {
        **_topic_view(known, topic, found, before, inside, naming),
        **_asked_view(asked),
        "buckets": times(found.buckets),
        "merged_into": row["merged_into"],
        "merged": [t for t, mark in known.ledger.marks.items() if mark.merged_into == topic],
        "history": history,
        "examples": mask_all(examples),
    }


@dataclass(frozen=True, slots=True)
class _Inside:
    """The tickets of a window that have a topic, those of each topic side by side."""

    facts: Facts
    order: Ints
    bounds: Mapping[int, tuple[int, int]]

    def of(self, topic: int) -> Ints:
        """Return where the tickets of a topic stand among the facts."""
        start, end = self.bounds.get(topic, (0, 0))
        return self.order[start:end]


def _inside(facts: Facts, asked: Asked) -> _Inside:
    column = facts.column("topic")
    rows = np.flatnonzero(_window(facts, asked) & (column.codes >= 0))
    codes = column.codes[rows]
    order = rows[np.argsort(codes, kind="stable")]
    ends = np.cumsum(np.bincount(codes, minlength=len(column.values))).tolist()
    starts = [0, *ends]
    bounds = {int(v): (starts[k], ends[k]) for k, v in enumerate(column.values)}
    return _Inside(facts, order, bounds)


def _asked_view(asked: Asked) -> dict[str, str]:
    return {"from": asked.start.isoformat(), "to": asked.end.isoformat()}


def _window(facts: Facts, asked: Asked) -> Bools:
    return facts.mask(replace(asked.wanted, start=asked.start, end=asked.end))


def _topic_view(
    known: _Known,
    topic: int,
    found: Counts,
    before: Mapping[str, int],
    rows: _Inside,
    naming: Naming,
) -> dict[str, Any]:
    row, group = known.row(topic), found.group(str(topic))
    n = group.n if group else 0
    share, low, high = (plain(float(value)) for value in wilson(n, found.n))
    here = rows.of(topic)
    return {
        "id": topic,
        "name": known.names[topic],
        "named": row["name"] is not None,
        "phrases": [phrase for phrase, _ in row["phrases"]],
        "n": n,
        "share": share,
        "low": low,
        "high": high,
        "before": before.get(str(topic), 0),
        "products": _products(rows.facts, here),
        "issues": _issues(rows.facts, here, naming),
        "hidden": row["hidden"],
        "first_at": row["first_at"],
        "counts": whole_all(group.counts) if group else [0] * len(found.buckets),
    }


def _products(facts: Facts, rows: Ints) -> list[dict[str, Any]]:
    column = facts.column("product")
    codes = column.codes[rows]
    counts = np.bincount(codes[codes >= 0], minlength=len(column.values))
    largest = np.argsort(-counts, kind="stable")[:_VALUES]
    return [{"key": column.values[k], "n": int(counts[k])} for k in largest if counts[k]]


def _issues(facts: Facts, rows: Ints, naming: Naming) -> list[dict[str, Any]]:
    counts = facts.issues[rows].sum(axis=0)
    largest = np.argsort(-counts, kind="stable")[:_VALUES]
    told = [(facts.labels[k], int(counts[k])) for k in largest if counts[k]]
    return [{"key": key, **naming.said("issue", key)._asdict(), "n": n} for key, n in told]


def _counted(facts: Facts, asked: Asked) -> Counts:
    return count(
        facts,
        by="topic",
        period=asked.period,
        start=asked.start,
        end=asked.end,
        zone=asked.zone,
        wanted=asked.wanted,
    )


def _before(facts: Facts, asked: Asked) -> dict[str, int]:
    """Return how many tickets each topic had in a window as long, just before."""
    column = facts.column("topic")
    length = asked.end - asked.start
    earlier = replace(asked.wanted, start=asked.start - length, end=asked.start)
    codes = column.codes[facts.mask(earlier) & (column.codes >= 0)]
    counts = np.bincount(codes, minlength=len(column.values))
    return dict(zip(column.values, counts.tolist(), strict=True))


def _newest(snapshot: Snapshot, rows: Ints) -> list[str]:
    newest = rows[np.argsort(-snapshot.facts.at[rows], kind="stable")[:_EXAMPLES]]
    return [key.decode() for key in snapshot.stock.ids[newest]]


def _known(database: Engine) -> _Known:
    with database.connect() as connection:
        rows = all_topics(connection)
    return _Known({row["id"]: row for row in rows}, names_of_rows(rows), ledger_of(rows))


def _updated(database: Engine) -> Any:
    with database.connect() as connection:
        return topic_marks(connection)[0]
