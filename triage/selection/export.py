"""Write a batch: JSON lines or a table to label in, or tasks for Label Studio."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.datasets.ls_convert import prediction_of, task_of
from triage.errors import FileFormatError
from triage.files.writers import flat, whole_file
from triage.records import to_json
from triage.selection.select import Item
from triage.taxonomy import Taxonomy

_UNKNOWN: Mapping[str, Any] = {"issues": None, "sentiment": None, "urgency": None}
_PREDICTED = ("issues", "suggested", "sentiment", "urgency")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_batch(path: Path, items: Sequence[Item], taxonomy: Taxonomy) -> None:
    """Write the items to `.jsonl`, `.csv` or (Label Studio tasks) `.json`.

    Raises FileFormatError for another ending, OutputError where the file cannot be written.
    """
    maker = _MAKERS.get(path.suffix.lower())
    if maker is None:
        raise FileFormatError(
            f"Cannot write {path.name}.", remedy=f"Use a name that ends in {', '.join(_MAKERS)}."
        )
    content = maker(items, taxonomy)
    with whole_file(path) as file:
        file.write(content)


def row_of(item: Item) -> dict[str, Any]:
    """Return a row of a dataset whose labels are not known yet, with why it was chosen."""
    told = item.verdict.to_dict()
    names = ("issues", "suggested", "scores", "sentiment", "urgency", "urgency_scores", "model")
    return {
        "id": item.feedback.id,
        "text": item.feedback.text,
        "channel": item.feedback.channel or "",
        **_UNKNOWN,
        "strategy": item.strategy,
        "chance": item.chance,
        "copies": item.copies,
        "reasons": [{"zh": reason.zh, "en": reason.en} for reason in item.reasons],
        "predicted": {name: told[name] for name in names},
    }


def task_row(item: Item, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return the task that Label Studio imports; the verdict is its prediction."""
    feedback = item.feedback
    data = {
        "id": feedback.id,
        "channel": feedback.channel or "",
        "reason": "；".join(f"{reason.zh} {reason.en}" for reason in item.reasons),
        "strategy": item.strategy,
        "chance": item.chance,
    }
    return task_of(feedback.text, data, prediction_of(item.verdict, feedback.text, taxonomy))


def _jsonl(items: Sequence[Item], taxonomy: Taxonomy) -> bytes:
    return b"".join(to_json(row_of(item)) + b"\n" for item in items)


def _json(items: Sequence[Item], taxonomy: Taxonomy) -> bytes:
    return to_json([task_row(item, taxonomy) for item in items]) + b"\n"


def _csv(items: Sequence[Item], taxonomy: Taxonomy) -> bytes:
    rows = [_cells(item, taxonomy.codes) for item in items]
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, list(rows[0]) if rows else ["id", "text"])
    table.writeheader()
    table.writerows({key: _safe(value) for key, value in row.items()} for row in rows)
    # The byte order mark tells spreadsheet programs that this is UTF-8.
    return out.getvalue().encode("utf-8-sig", "replace")


def _cells(item: Item, labels: Sequence[str]) -> dict[str, Any]:
    row, told = row_of(item), flat(item.verdict.to_dict(), labels)
    plain = {key: value for key, value in row.items() if key not in ("reasons", "predicted")}
    return {
        **plain,
        "reason_zh": "；".join(reason.zh for reason in item.reasons),
        "reason_en": "; ".join(reason.en for reason in item.reasons),
        **{f"predicted_{name}": told[name] for name in _PREDICTED},
        **{f"score_{label}": told[f"score_{label}"] for label in labels},
        "model": told["model"],
    }


def _safe(value: Any) -> Any:
    """Keep a spreadsheet from running a customer's text as a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_MAKERS: Mapping[str, Callable[[Sequence[Item], Taxonomy], bytes]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".json": _json,
}
