"""Facts out of rows as people keep them: a row that cannot be read is left out, not the rest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from triage.datasets.values import Names, read_issues, read_sentiment, read_urgency
from triage.errors import RecordError
from triage.taxonomy import BUILT_IN, Label, Taxonomy
from triage.trends.facts import NOTHING, UNKNOWN, Bools, Column, Facts, Floats, Ints

_BAD = -2  # a level that is none
Labels = Taxonomy | Sequence[str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """So many rows were left out for what stands in a column, for example this."""

    column: str
    n: int
    example: str

    def __str__(self) -> str:
        return f"{self.n} × {self.column}: {self.example}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The facts of the rows that could be read, and which could not."""

    facts: Facts
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """n rows, by column. A missing column is empty; None in a column is a missing value.

    `at`: seconds since 1970 in UTC, NaN where no time can be read; `times`: what stands there.
    """

    at: Floats
    times: Sequence[Any]
    issues: Sequence[Any] | None = None
    sentiment: Sequence[Any] | None = None
    urgency: Sequence[Any] | None = None
    columns: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    numbers: Mapping[str, Floats] = field(default_factory=dict)


class _Bad:
    """Which rows are bad, each for the first column that is."""

    def __init__(self, n: int) -> None:
        self.rows = np.zeros(n, dtype=np.bool_)
        self.left_out: list[LeftOut] = []

    def add(self, column: str, rows: Bools, told: Callable[[int], str]) -> None:
        new = np.flatnonzero(rows & ~self.rows)
        if len(new):
            self.left_out.append(LeftOut(column, len(new), told(int(new[0]))))
            self.rows |= rows


def build(rows: Rows, labels: Labels = BUILT_IN) -> Loaded:
    """Make facts of rows; those without a time, or with an unknown issue or level, are left out."""
    names = Names(_taxonomy(labels))
    bad = _Bad(len(rows.at))
    bad.add("time", np.isnan(rows.at), lambda row: f"{rows.times[row]!r} is no time.")
    facts = Facts(
        at=np.nan_to_num(np.floor(rows.at)).astype(np.int64),
        labels=names.taxonomy.codes,
        issues=_issues(rows.issues, names, bad),
        sentiment=_level("sentiment", rows.sentiment, read_sentiment, names, bad),
        urgency=_level("urgency", rows.urgency, read_urgency, names, bad),
        columns={name: column_of(values) for name, values in rows.columns.items()},
        numbers=rows.numbers,
    )
    return Loaded(facts.where(~bad.rows) if bad.left_out else facts, tuple(bad.left_out))


def column_of(values: Iterable[Any]) -> Column:
    """Return a column of values as text; None, blanks and `none` are no value."""
    codes, distinct = coded(values)
    named: dict[str, int] = {}
    spots = [_spot(_text(value), named) for value in distinct]
    return Column(np.array(spots, dtype=np.int32)[codes], tuple(named))


def coded(values: Iterable[Any]) -> tuple[Ints, list[Any]]:
    """Return values as places in the list of the distinct ones."""
    seen: dict[Any, int] = {}
    codes = [seen.setdefault(_key(value), len(seen)) for value in values]
    return np.array(codes, dtype=np.int64), list(seen)


def _taxonomy(labels: Labels) -> Taxonomy:
    if isinstance(labels, Taxonomy):
        return labels
    return Taxonomy(tuple(Label(code, code, code) for code in labels))


def _spot(text: str, named: dict[str, int]) -> int:
    return UNKNOWN if text in ("", NOTHING) else named.setdefault(text, len(named))


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps is one of floats
    return "" if value is None else str(value).strip()


def _key(value: Any) -> Any:
    """Return a value, or what can stand in a set for it."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        return tuple(map(str, value))
    return str(value)


def _issues(values: Sequence[Any] | None, names: Names, bad: _Bad) -> Bools:
    codes = names.taxonomy.codes
    if values is None:
        return np.zeros((len(bad.rows), len(codes)), dtype=np.bool_)
    places, distinct = coded(values)
    found = [_read_issues(value, names) for value in distinct]
    wrong = np.array([isinstance(one, str) for one in found], dtype=np.bool_)
    bad.add("issues", wrong[places], lambda row: str(found[places[row]]))
    held = [[not isinstance(one, str) and code in one for code in codes] for one in found]
    matrix: Bools = np.array(held, dtype=np.bool_).reshape(len(found), len(codes))
    return matrix[places]


def _read_issues(value: Any, names: Names) -> tuple[str, ...] | str:
    """Return the labels of a cell, or what is wrong with it."""
    try:
        found = read_issues(value, names)
    except RecordError as error:
        return error.message
    if found.unknown:
        return f"{found.unknown[0]!r} is none of the labels {', '.join(names.taxonomy.codes)}."
    return found.codes or ()


def _level(
    name: str,
    values: Sequence[Any] | None,
    read: Callable[[Any, Names], int | None],
    names: Names,
    bad: _Bad,
) -> np.ndarray[Any, np.dtype[np.int8]]:
    if values is None:
        return np.full(len(bad.rows), UNKNOWN, dtype=np.int8)
    places, distinct = coded(values)
    levels = [_read_level(value, read, names) for value in distinct]
    found = np.array(levels, dtype=np.int8)[places]
    bad.add(name, found == _BAD, lambda row: f"{distinct[places[row]]!r} is no {name}.")
    return found


def _read_level(value: Any, read: Callable[[Any, Names], int | None], names: Names) -> int:
    try:
        level = read(value, names)
    except RecordError:
        return _BAD
    return UNKNOWN if level is None else level
