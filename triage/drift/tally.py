"""Count texts by week, channel and model; all that is compared later are these counts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.drift.measures import (
    ISSUE,
    SCORE,
    SCORE_BINS,
    SCRIPTS,
    Measure,
    length_band,
    measure_of,
)

Cells = NDArray[np.int64]
Key = tuple[str, str, str]  # measure, channel, model: "" where the model does not matter
Counts = Mapping[Key, Mapping[date, Cells]]
ALL = "*"  # every channel together
NO_CHANNEL = "none"
_SCRIPTS = {script: place for place, script in enumerate(SCRIPTS)}


@dataclass(frozen=True, slots=True)
class Row:
    """One text. `verdict` has the JSON form, None where the text could not be judged.

    `length` in characters, None where the text is not at hand; `week` is a Monday.
    """

    week: date
    channel: str
    model: str
    verdict: Mapping[str, Any] | None
    length: int | None = None


class Tally:
    """Counts that grow as texts come; the same texts in any order give the same counts."""

    def __init__(self) -> None:
        self._counts: dict[Key, dict[date, Cells]] = {}

    @property
    def counts(self) -> Counts:
        """The counts, by measure, channel, model and week."""
        return self._counts

    def copy(self) -> "Tally":
        """Return a tally of its own with the same counts."""
        other = Tally()
        other._counts = {key: dict(weeks) for key, weeks in self._counts.items()}
        return other

    def merge(self, other: "Tally") -> None:
        """Add the counts of another tally."""
        for (code, channel, model), weeks in other.counts.items():
            for week, cells in weeks.items():
                self.put(code, channel, model, week, cells)

    def add(self, rows: Iterable[Row]) -> None:
        """Count rows in every measure that they tell of."""
        by_model: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_model[row.model].append(row)
        for model, some in by_model.items():
            self._block(model, some)

    def put(self, code: str, channel: str, model: str, week: date, counts: Cells) -> None:
        """Add counts of one measure that were made elsewhere."""
        weeks = self._counts.setdefault((code, channel, model), {})
        weeks[week] = weeks[week] + counts if week in weeks else counts

    def _block(self, model: str, rows: Sequence[Row]) -> None:
        places: dict[tuple[date, str], int] = {}
        numbers = [places.setdefault((row.week, row.channel), len(places)) for row in rows]
        where = np.array(numbers, dtype=np.int64)
        for code, cells in _columns(rows):
            self._count(measure_of(code), model, where, cells, list(places))

    def _count(
        self,
        measure: Measure,
        model: str,
        where: Cells,
        cells: Cells,
        places: Sequence[tuple[date, str]],
    ) -> None:
        width, told = len(measure.cells), cells >= 0
        flat = where[told] * width + cells[told]
        table = np.bincount(flat, minlength=len(places) * width).reshape(-1, width)
        for (week, channel), counts in zip(places, table, strict=True):
            if counts.any():
                self.put(measure.code, channel, model if measure.of_model else "", week, counts)


def _columns(rows: Sequence[Row]) -> Iterator[tuple[str, Cells]]:
    """Yield each measure with the cell of each row, -1 where it has none."""
    judged = np.array([row.verdict is not None for row in rows])
    yield "rejected", (~judged).astype(np.int64)
    bands = [-1 if row.length is None else length_band(row.length) for row in rows]
    yield "length", np.array(bands, dtype=np.int64)
    verdicts = [row.verdict for row in rows if row.verdict is not None]
    for code, values in _of_verdicts(verdicts):
        cells = np.full(len(rows), -1, dtype=np.int64)
        cells[judged] = values
        yield code, cells


def _of_verdicts(verdicts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Cells]]:
    if not verdicts:
        return
    yield "script", np.array([_SCRIPTS.get(v.get("script", ""), -1) for v in verdicts])
    yield "sentiment", np.array([v["sentiment"] - 1 for v in verdicts])
    yield "urgency", np.array([v["urgency"] for v in verdicts])
    yield "review", np.array([int(v["review"]) for v in verdicts])
    yield "out_of_scope", np.array([int(not v.get("in_scope", True)) for v in verdicts])
    labels = tuple(verdicts[0]["scores"])  # one model has one set of labels
    scores = np.array([[v["scores"][label] for label in labels] for v in verdicts], dtype=float)
    bins = np.clip((scores * SCORE_BINS).astype(np.int64), 0, SCORE_BINS - 1)
    for place, label in enumerate(labels):
        yield f"{ISSUE}{label}", np.array([int(label in v["issues"]) for v in verdicts])
        yield f"{SCORE}{label}", bins[:, place]


def with_all(counts: Counts) -> dict[Key, dict[date, Cells]]:
    """Return the counts with a channel `*` that holds all, where there are several channels.

    Of a single channel the two would say the same twice, and each test costs budget: then `*`
    stands for it.
    """
    channels = {channel for _, channel, _ in counts}
    whole = Tally()
    for (code, _, model), weeks in counts.items():
        for week, cells in weeks.items():
            whole.put(code, ALL, model, week, cells)
    alone = {} if len(channels) == 1 else {key: dict(weeks) for key, weeks in counts.items()}
    return {**alone, **{key: dict(weeks) for key, weeks in whole.counts.items()}}
