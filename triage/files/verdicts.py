"""Read the verdicts that `triage run --keep-input` wrote, with the columns of their input."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from triage.errors import FileFormatError
from triage.files.columns import (
    CHANNEL_NAMES,
    PRODUCT_NAMES,
    REGION_NAMES,
    TEXT_NAMES,
    TIER_NAMES,
    TIME_NAMES,
    YEARS,
    moment,
    usual,
)
from triage.files.encoding import open_bytes

REMEDY = "Give the .jsonl that `triage run --keep-input` wrote."
USUAL: Mapping[str, tuple[str, ...]] = {
    "channel": CHANNEL_NAMES,
    "product": PRODUCT_NAMES,
    "region": REGION_NAMES,
    "tier": TIER_NAMES,
}
_NEEDED = {"issues", "scores", "sentiment", "urgency", "review", "model"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of the input to read; None: find them by their usual names."""

    time: str | None = None
    channel: str | None = None
    product: str | None = None
    region: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One record: its verdict in the JSON form, or its `error`, and what its input says of it.

    `at` is None where no time can be read, and has no zone where none was written. `values`:
    channel, product, region and tier, "" where there is none.
    """

    verdict: Mapping[str, Any]
    at: datetime | None
    text: str | None
    values: Mapping[str, str]

    @property
    def failed(self) -> bool:
        """Whether the text could not be judged."""
        return "error" in self.verdict

    @property
    def model(self) -> str:
        """The hash of the model that judged, "" where none did."""
        return "" if self.failed else str(self.verdict["model"].get("hash", ""))


def read_verdicts(path: Path, fields: Fields) -> Iterator[Judged]:
    """Yield the records of a file, also of a gzipped one; blank lines are passed over.

    Raises FileFormatError for a file, a line or a column that is not there or is none.
    """
    try:
        with open_bytes(path) as lines:
            yield from _records(lines, path.name, fields)
    except OSError as error:
        raise FileFormatError(f"Cannot read {path}: {error.strerror or error}.") from error


def _records(lines: Iterable[bytes], name: str, fields: Fields) -> Iterator[Judged]:
    places = _Places(fields, name)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _judged(_parsed(line, f"{name}, line {number}"), places)


def _parsed(line: bytes, place: str) -> Mapping[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise FileFormatError(f"{place} is not JSON: {error}.", remedy=REMEDY) from error
    if not isinstance(row, dict) or not ("error" in row or row.keys() >= _NEEDED):
        raise FileFormatError(f"{place} is no verdict.", remedy=REMEDY)
    return row


class _Places:
    """Finds the columns; records of one file mostly have the same ones."""

    def __init__(self, fields: Fields, name: str) -> None:
        self._fields, self._name = fields, name
        self.of = cache(self._of)

    def _of(self, columns: tuple[str, ...]) -> Mapping[str, str | None]:
        time = self._fields.time or usual(columns, TIME_NAMES)
        if time is None or time not in columns:
            wanted = f"no column {time!r}" if time else "no column that looks like a time"
            shown = ", ".join(columns) or "none: it was written without --keep-input"
            raise FileFormatError(
                f"{self._name} has {wanted} in its input. Columns: {shown}.",
                remedy="Name it with --date-field, or run `triage run` with --keep-input.",
            )
        found = {
            what: getattr(self._fields, what) or usual(columns, names)
            for what, names in USUAL.items()
        }
        return {"time": time, "text": usual(columns, TEXT_NAMES), **found}


def _judged(verdict: Mapping[str, Any], places: _Places) -> Judged:
    given = verdict.get("input") or {}
    if not given and "error" in verdict:
        return Judged(verdict, None, None, dict.fromkeys(USUAL, ""))
    columns = places.of(tuple(given))
    cells = {what: given.get(column) for what, column in columns.items()}
    text, at = cells["text"], moment(cells["time"])
    return Judged(
        verdict,
        at if at is not None and at.year in YEARS else None,
        text if isinstance(text, str) else None,
        {what: "" if cells[what] is None else str(cells[what]).strip() for what in USUAL},
    )
