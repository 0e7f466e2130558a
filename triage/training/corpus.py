"""Labelled texts from files: the authored seed, annotations, public polarity collections."""

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.errors import DataError
from triage.files.encoding import open_text
from triage.labels import ISSUES
from triage.records import Example

POLARITY_FILES = ("waimai.csv.gz", "shopping.csv.gz", "hotel.csv.gz")
_MAX_CELL = 10_000_000
_FIELDS = "See data/README.md for the fields."


def read_examples(
    paths: Iterable[Path], *, collections: Path | None = None, labels: Sequence[str] = ISSUES
) -> list[Example]:
    """Read labelled JSON lines from files or folders of them. Raises DataError with the place.

    Lines that hold a `hash` instead of a text are joined with the public `collections` by
    id; where the collections are absent or hold another text, those lines are left out.
    """
    files = [file for path in paths for file in _files(path)]
    rows = [(place, row) for file in files for place, row in _rows(file)]
    texts = _texts({row["id"] for _, row in rows if _lacks_text(row)}, collections)
    joined = (_with_text(row, texts) for _, row in rows)
    examples = [
        _example(row, place, labels)
        for (place, _), row in zip(rows, joined, strict=True)
        if row is not None
    ]
    _refuse_conflicts(examples)
    return examples


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.glob("*.jsonl"))
    if not path.exists():
        raise DataError(f"There is no {path}.", remedy="Give a .jsonl file or a folder of them.")
    return [path]


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                place = f"{path}, line {number}"
                yield place, {"source": path.stem} | _parsed(line, place)


def _parsed(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DataError(
            f"{place}: not valid JSON ({error}).", remedy="Mend or remove the line."
        ) from error
    if not isinstance(row, dict) or "id" not in row:
        raise DataError(f"{place}: not an object with an id.", remedy=_FIELDS)
    return row


def _lacks_text(row: Mapping[str, Any]) -> bool:
    return "text" not in row and "hash" in row


def _texts(ids: set[str], collections: Path | None) -> dict[str, str]:
    if not ids or collections is None:
        return {}
    files = sorted(collections.glob("*.csv.gz"))
    rows = (row for file in files for row in read_collection(file) if row.get("text"))
    return {row["id"]: row["text"] for row in rows if row["id"] in ids}


def _with_text(row: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any] | None:
    if not _lacks_text(row):
        return row
    text = texts.get(row["id"])
    return row | {"text": text} if text is not None and text_hash(text) == row["hash"] else None


def _example(row: dict[str, Any], place: str, labels: Sequence[str]) -> Example:
    _check_row(row, place, labels)
    return Example(
        id=str(row["id"]),
        text=row["text"],
        issues=tuple(label for label in labels if label in row["issues"]),
        sentiment=row["sentiment"],
        urgency=row["urgency"],
        source=row["source"],
        kind=row.get("kind", ""),
        channel=row.get("channel", ""),
        turn=row.get("turn", ""),
        unsure=bool(row.get("unsure", False)),
    )


def _check_row(row: Mapping[str, Any], place: str, labels: Sequence[str]) -> None:
    missing = {"text", "issues", "sentiment", "urgency"} - row.keys()
    if missing:
        raise DataError(f"{place}: lacks {', '.join(sorted(missing))}.", remedy=_FIELDS)
    if not isinstance(row["text"], str) or not isinstance(row["issues"], list):
        raise DataError(
            f"{place}: the text must be a string and issues a list of labels.", remedy=_FIELDS
        )
    unknown = [label for label in row["issues"] if label not in labels]
    if unknown:
        raise DataError(
            f"{place}: unknown label {unknown[0]!r}.", remedy=f"Known labels: {', '.join(labels)}."
        )
    if row["sentiment"] not in range(1, 6) or row["urgency"] not in range(4):
        raise DataError(
            f"{place}: sentiment {row['sentiment']!r}, urgency {row['urgency']!r}.",
            remedy="Sentiment is 1 to 5, urgency 0 to 3.",
        )


def _refuse_conflicts(examples: Sequence[Example]) -> None:
    seen: dict[str, str] = {}
    for example in examples:
        if seen.setdefault(example.id, example.text) != example.text:
            raise DataError(
                f"The id {example.id!r} stands for two different texts.",
                remedy="Give each text its own id.",
            )


def read_collection(path: Path) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a gzipped CSV collection."""
    csv.field_size_limit(_MAX_CELL)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_polarity(folder: Path, *, files: Sequence[str] = POLARITY_FILES) -> list[Example]:
    """Read texts of public collections with polarity only: sentiment 2 or 4, issues None."""
    return [
        Example(row["id"], row["text"], None, 4 if float(row["polarity"]) > 0.5 else 2, None, name)
        for name in files
        if (folder / name).exists()
        for row in read_collection(folder / name)
    ]


def content_hash(examples: Iterable[Example]) -> str:
    """Return a SHA-256 over ids, texts and labels; the order of the examples does not matter."""
    lines = sorted(
        json.dumps([e.id, e.text, e.issues, e.sentiment, e.urgency], ensure_ascii=False)
        for e in examples
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()


def text_hash(text: str) -> str:
    """Return 16 hex digits that identify a text without holding it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
