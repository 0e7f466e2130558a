"""Rows of a Label Studio export: the full JSON, and the flat JSON-MIN.

A row holds the data of its task, and under the name of each control what was chosen there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from triage.datasets.values import folded
from triage.datasets.words import NO_ISSUE

_VALUES = ("choices", "rating", "taxonomy", "text", "number")


def is_full(rows: Sequence[Any]) -> bool:
    """Whether these are tasks with their annotations."""
    return bool(rows) and all(
        isinstance(row, dict) and isinstance(row.get("data"), dict) and "annotations" in row
        for row in rows
    )


def is_min(rows: Sequence[Any]) -> bool:
    """Whether these are flat annotations, as JSON-MIN has them."""
    return bool(rows) and all(isinstance(row, dict) and "annotation_id" in row for row in rows)


def from_full(tasks: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield one row per task. What nobody has annotated yet has no labels.

    Of several annotations the one marked as ground truth counts, else the latest; where
    they differ the row is marked as unsure.
    """
    done = [[_chosen(one) for one in sorted(_done(task), key=_weight)] for task in tasks]
    empty = _left_empty(row for rows in done for row in rows)
    for task, rows in zip(tasks, done, strict=True):
        merged = {"id": f"ls-{task.get('id')}", **task["data"]}
        if rows:
            unsure = any(row != rows[-1] for row in rows)
            merged |= {**empty, **rows[-1], "unsure": unsure}
        yield merged


def from_min(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield one row per annotation; the id is that of the task."""
    empty = _left_empty(rows)
    for row in rows:
        yield {**empty, **row, "id": f"ls-{row.get('id')}"}


def _left_empty(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return, as empty lists, the controls of several choices in which nobody chose "none".

    Where nothing is chosen an annotation does not name its control. If people could choose
    "none" they forgot to choose; if not, choosing nothing is how they said it.
    """
    chosen: dict[str, set[str]] = {}
    several: set[str] = set()
    for name, value in (item for row in rows for item in row.items()):
        names = _names(value)
        chosen.setdefault(name, set()).update(map(folded, names))
        several |= {name} if len(names) > 1 else set()
    return {name: [] for name in several if not chosen[name] & NO_ISSUE}


def _names(value: Any) -> list[str]:
    value = value.get("choices") if isinstance(value, dict) else value
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def _done(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = task.get("annotations") or []
    return [one for one in found if isinstance(one, dict) and not one.get("was_cancelled")]


def _weight(annotation: Mapping[str, Any]) -> tuple[bool, str]:
    return bool(annotation.get("ground_truth")), str(annotation.get("updated_at", ""))


def _chosen(annotation: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for result in annotation.get("result") or []:
        value = result.get("value") if isinstance(result, dict) else None
        # A span has a text too: the words that were marked, not what was chosen.
        if isinstance(value, dict) and "start" not in value and "from_name" in result:
            kind = next((key for key in _VALUES if key in value), None)
            row |= {str(result["from_name"]): value[kind]} if kind else {}
    return row
