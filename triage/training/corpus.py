"""Labelled texts from files: datasets, the authored seed, annotations, public collections.

A dataset is a folder: `*.jsonl` of examples, and where it has them its own labels
(`taxonomy.yaml`) and its own held-out ids (`heldout.json`). See docs/datasets.md.
"""

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from triage.errors import DataError
from triage.files.encoding import open_text
from triage.records import Example
from triage.taxonomy import BUILT_IN, FILE, Taxonomy, load_taxonomy, of_codes

POLARITY_FILES = ("waimai.csv.gz", "shopping.csv.gz", "hotel.csv.gz")
REJECTED = "rejected.jsonl"  # what an import could not read: no examples
_MAX_CELL = 10_000_000
_FIELDS = "See docs/datasets.md for the fields."


def read_examples(
    paths: Iterable[Path],
    *,
    collections: Path | None = None,
    labels: Sequence[str] | None = None,
) -> list[Example]:
    """Read labelled JSON lines from files or folders of them. Raises DataError with the place.

    `labels` are the known codes; None: those of `taxonomy_of(paths)`. A label brings the one
    above it along, and a null stands for what is not known. Lines that hold a `hash` instead
    of a text are joined with the public `collections` by id; where the collections are absent
    or hold another text, those lines are left out.
    """
    paths = list(paths)
    taxonomy = taxonomy_of(paths) if labels is None else of_codes(labels)
    rows = [(place, _told(row)) for place, row in raw_rows(paths)]
    texts = _texts({row["id"] for _, row in rows if _lacks_text(row)}, collections)
    joined = (_with_text(row, texts) for _, row in rows)
    examples = [
        example_of(row, place, taxonomy)
        for (place, _), row in zip(rows, joined, strict=True)
        if row is not None
    ]
    _refuse_conflicts(examples)
    return examples


def taxonomy_of(paths: Iterable[Path]) -> Taxonomy:
    """Return the labels of the datasets that `paths` are of; the five where they name none.

    Raises DataError where two datasets have labels that differ.
    """
    files = [folder / FILE for folder in folders_of(paths) if (folder / FILE).exists()]
    taxonomies = [load_taxonomy(file) for file in files]
    for file, taxonomy in zip(files, taxonomies, strict=True):
        if taxonomy != taxonomies[0]:
            raise DataError(
                f"{files[0]} and {file} name different labels.",
                remedy="Use one taxonomy for data that is used together.",
            )
    return taxonomies[0] if taxonomies else BUILT_IN


def folders_of(paths: Iterable[Path]) -> list[Path]:
    """Return each folder once: those among `paths`, and those that the files are in."""
    return list(dict.fromkeys(path if path.is_dir() else path.parent for path in paths))


def data_files(path: Path) -> list[Path]:
    """Return the files of examples of a folder, or the file itself. Raises DataError."""
    if path.is_dir():
        return [file for file in sorted(path.glob("*.jsonl")) if file.name != REJECTED]
    if not path.exists():
        raise DataError(f"There is no {path}.", remedy="Give a .jsonl file or a folder of them.")
    return [path]


def raw_rows(paths: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any] | DataError]]:
    """Yield every line of the files as place and row, or as place and what is wrong with it."""
    for path in chain.from_iterable(map(data_files, paths)):
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    place = f"{path}, line {number}"
                    row = _parsed(line, place)
                    yield place, row if isinstance(row, DataError) else {"source": path.stem} | row


def _parsed(line: str, place: str) -> dict[str, Any] | DataError:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        told = f"{place}: not valid JSON ({error})."
        return DataError(told, remedy="Mend or remove the line.")
    if not isinstance(row, dict) or "id" not in row:
        return DataError(f"{place}: not an object with an id.", remedy=_FIELDS)
    return row


def _told(row: dict[str, Any] | DataError) -> dict[str, Any]:
    if isinstance(row, DataError):
        raise row
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


def example_of(row: Mapping[str, Any], place: str, taxonomy: Taxonomy) -> Example:
    """Make an example of a row. Raises DataError that names the place and what is wrong."""
    _check_row(row, place, taxonomy.codes)
    return Example(
        id=str(row["id"]),
        text=row["text"],
        issues=None if row["issues"] is None else taxonomy.closed(row["issues"]),
        sentiment=row["sentiment"],
        urgency=row["urgency"],
        source=row["source"],
        kind=row.get("kind") or "",
        channel=row.get("channel") or "",
        turn=row.get("turn") or "",
        unsure=bool(row.get("unsure", False)),
        customer=str(row.get("customer") or ""),
    )


def _check_row(row: Mapping[str, Any], place: str, labels: Sequence[str]) -> None:
    missing = {"text", "issues", "sentiment", "urgency"} - row.keys()
    if missing:
        raise DataError(f"{place}: lacks {', '.join(sorted(missing))}.", remedy=_FIELDS)
    issues = row["issues"] or ()
    if not isinstance(row["text"], str) or not isinstance(row["issues"], list | None):
        raise DataError(
            f"{place}: the text must be a string and issues a list of labels, or null.",
            remedy=_FIELDS,
        )
    unknown = [label for label in issues if label not in labels]
    if unknown:
        raise DataError(
            f"{place}: unknown label {unknown[0]!r}.", remedy=f"Known labels: {', '.join(labels)}."
        )
    if not (_is_level(row["sentiment"], 1, 5) and _is_level(row["urgency"], 0, 3)):
        raise DataError(
            f"{place}: sentiment {row['sentiment']!r}, urgency {row['urgency']!r}.",
            remedy="Sentiment is 1 to 5, urgency 0 to 3; null is not known.",
        )


def _is_level(value: Any, low: int, high: int) -> bool:
    return value is None or (type(value) is int and low <= value <= high)


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
