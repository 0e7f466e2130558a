"""What every scorer promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from triage.labels import Script
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
    `clues(row, target, limit)` quotes the stretches that speak most for a target, heaviest
    first; it is a function because most rows are never asked.
    """

    issues: Floats
    sentiment: Floats
    urgency: Floats
    clues: Callable[[int, str, int], list[Clue]]
    scripts: Sequence[Script]


class Scorer(Protocol):
    """Reads cleaned, non-empty texts and returns numbers."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        ...

    def score(self, texts: Sequence[Cleaned]) -> ScoreBatch:
        """Return the scores of `texts`, one row each."""
        ...
