"""What every scorer promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from triage.labels import Script
from triage.signals import Signal
from triage.text.clean import Cleaned

Floats = NDArray[np.float64]
URGENCY = "urgency"


@dataclass(frozen=True, slots=True)
class Clue:
    """A stretch of a cleaned text that speaks for a target, with its weight in log-odds."""

    target: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class ScoreBatch:
    """Scores of n texts, row by row.

    `issues` is n x labels, `sentiment` n x 5, `urgency` n x 4, all probabilities.
    `scope` holds P(this is customer feedback), n entries.
    `clues(row, target, limit)` quotes the stretches that speak most for a target, heaviest
    first; `polarity(row)(start, end)` says how positive a stretch is found, above or below
    0. Both are functions because most rows are never asked.
    """

    issues: Floats
    sentiment: Floats
    urgency: Floats
    scope: Floats
    clues: Callable[[int, str, int], list[Clue]]
    polarity: Callable[[int], Callable[[int, int], float]]
    scripts: Sequence[Script]


class Scorer(Protocol):
    """Reads cleaned, non-empty texts and returns numbers."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        ...

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts`, one row each; signals are found where not given."""
        ...
