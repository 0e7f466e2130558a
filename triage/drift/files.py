"""Count the verdicts of a file that `triage run --keep-input` wrote."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from triage.drift.sample import Sample, unknown_counts
from triage.drift.tally import NO_CHANNEL, Row, Tally
from triage.drift.weeks import week_of
from triage.errors import FileFormatError
from triage.files.columns import CHANNEL_NAMES, TEXT_NAMES, TIME_NAMES, moment, usual
from triage.files.encoding import open_bytes
from triage.scorers.unknown import Unknown

_CHUNK = 4096
_YEARS = range(2000, 2100)
_NEEDED = {"issues", "scores", "sentiment", "urgency", "review", "model"}
_REMEDY = "Give the .jsonl that `triage run --keep-input` wrote."


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of the input to read; None: find them by their usual names."""

    time: str | None = None
    channel: str | None = None


@dataclass(slots=True)
class Counted:
    """The counts of a file, a sample of its texts, and how many records had no time."""

    tally: Tally = field(default_factory=Tally)
    sample: Sample = field(default_factory=Sample)
    undated: int = 0

    def add_unknown(self, unknown: Unknown) -> None:
        """Count the words that a model does not know, in the sampled texts."""
        for (week, channel), texts in self.sample:
            self.tally.put("unknown", channel, "", week, unknown_counts(unknown, texts))


def count_file(path: Path, *, zone: tzinfo, fields: Fields | None = None) -> Counted:
    """Return the counts of a file of verdicts; times without a zone are those of `zone`.

    Raises FileFormatError for a file, a line or a column that is not there or is none.
    """
    counted = Counted()
    try:
        with open_bytes(path) as lines:
            rows = _rows(lines, path.name, zone, fields or Fields(), counted)
            while chunk := list(islice(rows, _CHUNK)):
                counted.tally.add(chunk)
    except OSError as error:
        raise FileFormatError(f"Cannot read {path}: {error.strerror or error}.") from error
    if not counted.tally.counts:
        raise FileFormatError(f"{path} holds no record with a time.", remedy=_REMEDY)
    return counted


def _rows(lines: Any, name: str, zone: tzinfo, fields: Fields, counted: Counted) -> Iterator[Row]:
    places = _Places(fields, name)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        verdict = _parsed(line, f"{name}, line {number}")
        given = verdict.get("input") or {}
        week = _week(given, places, zone) if given or "error" not in verdict else None
        if week is None:
            counted.undated += 1
            continue
        yield _row(verdict, given, week, places, counted.sample)


def _parsed(line: bytes, place: str) -> Mapping[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise FileFormatError(f"{place} is not JSON: {error}.", remedy=_REMEDY) from error
    if not isinstance(row, dict) or not ("error" in row or row.keys() >= _NEEDED):
        raise FileFormatError(f"{place} is no verdict.", remedy=_REMEDY)
    return row


class _Places:
    """Finds the columns; records of one file mostly have the same ones."""

    def __init__(self, fields: Fields, name: str) -> None:
        self._fields, self._name = fields, name
        self.of = cache(self._of)

    def _of(self, columns: tuple[str, ...]) -> tuple[str, str | None, str | None]:
        """Return the columns of time, channel and text."""
        time = self._fields.time or usual(columns, TIME_NAMES)
        if time is None or time not in columns:
            wanted = f"no column {time!r}" if time else "no column that looks like a time"
            shown = ", ".join(columns) or "none: it was written without --keep-input"
            raise FileFormatError(
                f"{self._name} has {wanted} in its input. Columns: {shown}.",
                remedy="Name it with --date-field, or run `triage run` with --keep-input.",
            )
        channel = self._fields.channel or usual(columns, CHANNEL_NAMES)
        return time, channel, usual(columns, TEXT_NAMES)


def _week(given: Mapping[str, Any], places: _Places, zone: tzinfo) -> date | None:
    at = moment(given.get(places.of(tuple(given))[0]))
    return week_of(at, zone) if at is not None and at.year in _YEARS else None


def _row(
    verdict: Mapping[str, Any],
    given: Mapping[str, Any],
    week: date,
    places: _Places,
    sample: Sample,
) -> Row:
    _, where, words = places.of(tuple(given))
    channel = str(given.get(where) or "").strip() if where else ""
    text = given.get(words) if words else None
    failed = "error" in verdict
    if isinstance(text, str) and not failed:
        sample.add(week, channel or NO_CHANNEL, str(verdict.get("id", "")), text)
    return Row(
        week,
        channel or NO_CHANNEL,
        "" if failed else str(verdict["model"].get("hash", "")),
        None if failed else verdict,
        len(text) if isinstance(text, str) else None,
    )
