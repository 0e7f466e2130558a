"""What trends are counted from: one row a text, kept as columns of small numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COLUMNS = ("channel", "product", "region", "tier", "queue", "model", "topic")
MANY, LEVELS = "issue", ("sentiment", "urgency")
DIMENSIONS = (MANY, *LEVELS, *COLUMNS)
SENTIMENTS, URGENCIES = (1, 2, 3, 4, 5), (0, 1, 2, 3)
NOTHING = "none"  # stands for texts without a value, in filters and in answers
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Column:
    """A dimension with one value a text: `codes` point into `values`, -1 where there is none."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def where(self, rows: NDArray[np.generic]) -> "Column":
        """Return the chosen rows."""
        return replace(self, codes=self.codes[rows])

    def among(self, wanted: Sequence[str]) -> Bools:
        """Tell of each text whether its value is one of those wanted (`none`: it has none)."""
        chosen = set(wanted)
        found = [place for place, value in enumerate(self.values) if value in chosen]
        if NOTHING in chosen:
            found.append(UNKNOWN)
        result: Bools = np.isin(self.codes, found)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which texts to count: from `start` to before `end`, with one of the values of each key.

    Keys are dimensions (`DIMENSIONS`); levels are written as numbers: ("1", "2").
    """

    start: datetime | None = None
    end: datetime | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """n texts, or tickets, in any order.

    `at`: seconds since 1970 in UTC. `columns`: by name, COLUMNS and `customer`; missing ones
    hold nothing. `issues`: n x labels. `sentiment`: 1 to 5, `urgency`: 0 to 3, both -1 where
    unknown. `numbers`: measures by name, NaN where unknown (see triage.trends.measures).
    """

    at: Ints
    labels: tuple[str, ...]
    issues: Bools
    sentiment: NDArray[np.int8]
    urgency: NDArray[np.int8]
    columns: Mapping[str, Column] = field(default_factory=dict)
    numbers: Mapping[str, NDArray[np.floating[Any]]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self.at)

    def column(self, name: str) -> Column:
        """Return a column; one that nobody filled holds nothing."""
        empty = Column(np.full(len(self), UNKNOWN, dtype=np.int32), ())
        return self.columns.get(name, empty)

    def number(self, name: str) -> Floats:
        """Return a measure of each text; NaN throughout where nobody filled it."""
        if name not in self.numbers:
            return np.full(len(self), np.nan)
        return self.numbers[name].astype(np.float64, copy=False)

    def where(self, rows: NDArray[np.generic]) -> "Facts":
        """Return the chosen rows: a mask, or their places."""
        return replace(
            self,
            at=self.at[rows],
            issues=self.issues[rows],
            sentiment=self.sentiment[rows],
            urgency=self.urgency[rows],
            columns={name: column.where(rows) for name, column in self.columns.items()},
            numbers={name: values[rows] for name, values in self.numbers.items()},
        )

    def mask(self, wanted: Filter) -> Bools:
        """Tell of each text whether it is wanted.

        Raises InputError for an unknown dimension, for what is no level, and for naive times.
        """
        kept = np.ones(len(self), dtype=np.bool_)
        if wanted.start is not None:
            kept &= self.at >= ceil(stamp(wanted.start))
        if wanted.end is not None:
            kept &= self.at < ceil(stamp(wanted.end))
        for name, values in wanted.values.items():
            kept &= self._among(name, values)
        return kept

    def narrowed(self, wanted: Filter) -> "Facts":
        """Return the texts that are wanted. Raises InputError as `mask` does."""
        kept = self.mask(wanted)
        return self if kept.all() else self.where(kept)

    def _among(self, name: str, values: Sequence[str]) -> Bools:
        if name == MANY:
            return self._with_issue(values)
        if name in LEVELS:
            levels = self.sentiment if name == "sentiment" else self.urgency
            result: Bools = np.isin(levels, [level_of(name, value) for value in values])
            return result
        if name in COLUMNS:
            return self.column(name).among(values)
        raise InputError(f"There is no dimension {name!r}.", remedy=f"Give {_LISTED}.")

    def _with_issue(self, values: Sequence[str]) -> Bools:
        found = self._any_of([place for place, label in enumerate(self.labels) if label in values])
        if NOTHING in values:
            found |= ~self._any_of(range(len(self.labels)))
        return found

    def _any_of(self, places: Iterable[int]) -> Bools:
        # Column by column: a sum along short rows takes ten times as long.
        found = np.zeros(len(self), dtype=np.bool_)
        for place in places:
            found |= self.issues[:, place]
        return found


def stamp(moment: datetime) -> float:
    """Return seconds since 1970 in UTC. Raises InputError for a time without a zone."""
    if moment.tzinfo is None:
        raise InputError(f"{moment} has no time zone.", remedy="Give an aware time.")
    return moment.timestamp()


def level_of(name: str, value: str) -> int:
    """Return a level as a number, -1 for `none`. Raises InputError."""
    if value == NOTHING:
        return UNKNOWN
    levels = SENTIMENTS if name == "sentiment" else URGENCIES
    if not value.isdecimal() or int(value) not in levels:
        raise InputError(
            f"{name}: {value!r} is no level.", remedy=f"Give {levels[0]} to {levels[-1]}."
        )
    return int(value)


_LISTED = ", ".join(DIMENSIONS)
