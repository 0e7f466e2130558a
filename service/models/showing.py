"""What the API and the pages tell of the models: those there are, and the one in the shadow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from service.db.inbox import Page
from service.db.shadows import (
    begin_at,
    count_unseen,
    disagreements,
    latest_hash,
    shadow_counts,
)
from service.desk.desk import Desk
from service.models.agreement import Agreement, agreement
from service.models.comparing import GAINED, LOST, before_of
from service.models.follower import Serving
from service.models.shadow import begun
from service.models.watch import Problem
from triage.registry.history import read_history
from triage.registry.listing import list_models
from triage.registry.pointers import Pointer, read_registry

_SAID = 300  # characters of a message
_HISTORY = 50


def models_view(root: Path, desk: Desk, serving: Serving) -> dict[str, Any]:
    """Return the registry, its history, the newest first, and what this process serves."""
    registry = read_registry(root)
    champion, shadow = registry.champion, registry.shadow
    return {
        "serving": serving_view(desk, serving),
        "champion": champion.to_dict() if champion else None,
        "shadow": shadow.to_dict() if shadow else None,
        "items": [row.to_dict() for row in list_models(root)],
        "history": [entry.to_dict() for entry in reversed(read_history(root)[-_HISTORY:])],
    }


def serving_view(desk: Desk, serving: Serving) -> dict[str, Any]:
    """Return which model judges in this process, since when, and what hinders the next."""
    return {
        **desk.engine.name.to_dict(),
        "folder": str(serving.folder) if serving.folder else None,
        "since": serving.since,
        "pinned": serving.pinned,
        "problem": problem_view(serving.problem),
    }


def problem_view(problem: Problem | None) -> dict[str, Any] | None:
    """Return why a model cannot be loaded."""
    if problem is None:
        return None
    return {**problem.error.to_dict(), "folder": str(problem.folder), "since": problem.since}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which disagreements to list: those on a label, on a field, on both, or all."""

    label: str | None = None
    field: str | None = None
    limit: int = 50
    offset: int = 0

    @property
    def words(self) -> list[list[str]]:
        """The words of `differs`: one of each list must be there."""
        gained_or_lost = [[GAINED + self.label, LOST + self.label]] if self.label else []
        return gained_or_lost + ([[self.field]] if self.field else [])


@dataclass(frozen=True, slots=True)
class Shown:
    """How far the candidate of a hash agrees, what waits for it, and where the two differ."""

    pointer: Pointer | None
    hash: str | None
    agreement: Agreement
    waiting: int
    listed: Page | None


def shadow_shown(database: Engine, root: Path, codes: Sequence[str], asked: Asked) -> Shown:
    """Return what the candidate said, or the last one if none stands in the shadow now."""
    pointer = read_registry(root).shadow
    with database.connect() as connection:
        key = pointer.hash if pointer else latest_hash(connection)
        if key is None:
            return Shown(pointer, None, agreement((), codes), 0, None)
        found = agreement(shadow_counts(connection, key), codes)
        listed = disagreements(connection, key, asked.words, limit=asked.limit, offset=asked.offset)
        return Shown(pointer, key, found, _waiting(connection, pointer), listed)


def _waiting(connection: Connection, pointer: Pointer | None) -> int:
    if pointer is None:
        return 0
    after = begin_at(connection, pointer.hash, begun(pointer))
    return count_unseen(connection, pointer.hash, after)


def disagreement_view(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return one disagreement: what was written, what each said of it."""
    body, differs = row["body"], row["differs"]
    before = before_of(body.get("issues", ()), differs)
    return {
        "ticket_id": row["ticket_id"],
        "verdict_id": row["verdict_id"],
        "at": row["at"],
        "text": row["text"][:_SAID],
        "differs": differs,
        "champion": {
            "hash": row["champion_hash"],
            "issues": sorted(before),
            "sentiment": row["sentiment"],
            "urgency": row["urgency"],
            "review": row["review"],
        },
        "candidate": {
            "issues": body.get("issues", []),
            "sentiment": body.get("sentiment"),
            "urgency": body.get("urgency"),
            "review": body["review"],
            "review_reasons": body.get("review_reasons", []),
            "evidence": body.get("evidence", []),
        },
    }
