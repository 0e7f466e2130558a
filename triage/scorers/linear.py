"""The word model: one sparse-by-dense product per batch, then small second-stage networks.

Stage one: linear heads over hashed words and characters, summed per clause. Stage two:
small networks over those sums and their extremes (for urgency also the signals found by
rule), which turn them into probabilities; a last calibration on texts of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from triage.features import BREAKS, Batch, View, read, views
from triage.labels import Script
from triage.scorers.base import URGENCY, Clue, Floats, ScoreBatch
from triage.scorers.clauses import counts, first_clauses, pool, slot_table
from triage.scorers.stage2 import Stage2
from triage.signals import Signal, find, vector
from triage.text.clean import Cleaned
from triage.text.script import all_simplified, scripts_of
from triage.text.segment import Segmenter

SENTIMENT_STEPS = 4  # P(sentiment > 1) … P(sentiment > 4)
URGENCY_STEPS = 3
TASKS = ("issues", "sentiment", "urgency", "scope")
_POLARITY = "polarity"
_WORDS = 4  # so many letters are words, not an interjection
_EVIDENCE_SHARE = 0.5  # a second clause is quoted if it weighs at least half of the first


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """The numbers of a word model.

    `kept`: sorted buckets (rows); `idf`: per row; `heads`: rows x heads, idf already in;
    `bias`: per head. Heads are the issues, 4 sentiment steps, 3 urgency steps, polarity,
    scope. `stage2` holds one network a task, in `TASKS`.
    """

    labels: tuple[str, ...]
    kept: NDArray[np.uint32]
    idf: NDArray[np.float32]
    heads: NDArray[np.float32]
    bias: Floats
    stage2: Mapping[str, Stage2]


@dataclass(frozen=True, slots=True)
class Read:
    """Texts as a scorer sees them: laid out, with their signals, clauses and features."""

    texts: Sequence[Cleaned]
    found: Sequence[Sequence[Signal]]
    batch: Batch
    first: NDArray[np.int64]
    views: Sequence[View]


def read_texts(
    texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None, segmenter: Segmenter
) -> Read:
    """Lay texts (cleaned, none empty) out; signals are found where they are not given."""
    found = signals or [find(text) for text in all_simplified([t.text for t in texts])]
    batch = read([item.text for item in texts], segmenter)
    return Read(texts, found, batch, first_clauses(batch), tuple(views(batch)))


def check_shapes(weights: LinearWeights) -> None:
    """Raise ValueError where the parts of a model do not fit together."""
    rows, labels = len(weights.kept), len(weights.labels)
    heads = labels + SENTIMENT_STEPS + URGENCY_STEPS + 2
    outputs = {"issues": labels, "sentiment": SENTIMENT_STEPS, "urgency": URGENCY_STEPS, "scope": 1}
    found = {task: weights.stage2[task].b2.shape[1] for task in TASKS}
    fits = weights.heads.shape == (rows, heads) and weights.idf.shape == (rows,)
    if not fits or weights.bias.shape != (heads,) or found != outputs:
        raise ValueError(f"the shapes do not fit {labels} labels and {rows} rows")


class LinearScorer:
    """Scores texts with `LinearWeights`; holds one table from bucket to row."""

    def __init__(self, weights: LinearWeights, segmenter: Segmenter) -> None:
        self._weights = weights
        self._segmenter = segmenter
        self._slots = slot_table(weights.kept)
        self._table = np.concatenate([weights.heads, weights.idf[:, None] ** 2], axis=1)

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self._weights.labels

    @property
    def segmenter(self) -> Segmenter:
        """What parts texts into words."""
        return self._segmenter

    @property
    def weights(self) -> LinearWeights:
        """The numbers, as they are stored."""
        return self._weights

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        return self.judge(self.read(texts, signals))[0]

    def read(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> Read:
        """Read texts once, for this scorer and whatever is built upon it."""
        return read_texts(texts, signals, self._segmenter)

    def judge(self, given: Read) -> tuple[ScoreBatch, Floats]:
        """Return the scores of texts, and the share of each clause in each head."""
        share, features = self._features(given)
        wide = np.concatenate([features, np.array([vector(row) for row in given.found])], axis=1)
        stage2 = self._weights.stage2
        quotes = Quotes(given, share, self.labels)
        scripts = scripts_of(given.batch.raw, given.batch.docs)
        scores = ScoreBatch(
            issues=stage2["issues"](features),
            sentiment=levels(stage2["sentiment"](features)),
            urgency=levels(stage2["urgency"](wide)),
            scope=feedback_only(stage2["scope"](features)[:, 0], given.texts, scripts),
            clues=quotes,
            polarity=quotes.polarity,
            scripts=scripts,
        )
        return scores, share

    def _features(self, given: Read) -> tuple[Floats, Floats]:
        clauses = given.batch.clauses
        sums = np.zeros((len(clauses), self._table.shape[1]), dtype=np.float32)
        for matrix in counts(given.views, self._slots, clauses, len(self._table)):
            sums += matrix @ self._table
        squares = np.add.reduceat(sums[:, -1].astype(np.float64), given.first)
        return pool(sums[:, :-1].astype(np.float64), given.first, squares, self._weights.bias)


def feedback_only(scores: Floats, texts: Sequence[Cleaned], scripts: Sequence[Script]) -> Floats:
    """Return the scope scores; words without a Chinese character are another language."""
    foreign = [
        script is Script.OTHER and sum(map(str.isalpha, item.text)) >= _WORDS
        for script, item in zip(scripts, texts, strict=True)
    ]
    return np.where(foreign, 0.0, scores)


class Quotes:
    """Finds, when asked, the clauses of a text that weigh most for a target.

    `share` is clauses x heads; the heads after the urgency steps are polarity and scope.
    """

    def __init__(self, given: Read, share: Floats, labels: Sequence[str]) -> None:
        self._texts, self._batch = given.texts, given.batch
        self._share, self._starts = share, given.first
        # Of urgency the step to 2; polarity comes after the steps.
        skipped = [""] * (SENTIMENT_STEPS + 1)
        names = (*labels, *skipped, URGENCY, "", _POLARITY)
        self._names = names[: share.shape[1]]

    # Plain lists, made when first asked: most clauses are few, and arrays cost more than
    # they save on them.
    @cached_property
    def _docs(self) -> list[int]:
        docs: list[int] = self._batch.docs.tolist()
        return docs

    @cached_property
    def _first(self) -> list[int]:
        return [*self._starts.tolist(), len(self._share)]

    @cached_property
    def _clauses(self) -> list[int]:
        return [*self._batch.clauses.tolist(), len(self._batch.codes)]

    @cached_property
    def _weights(self) -> dict[str, list[float]]:
        return {name: self._share[:, k].tolist() for k, name in enumerate(self._names) if name}

    def __call__(self, row: int, target: str, limit: int) -> list[Clue]:
        """Return the clauses of a text that weigh most for `target`, the heaviest first."""
        start, end = self._first[row], self._first[row + 1]
        weights = self._weights[target]
        order = sorted(range(start, end), key=weights.__getitem__, reverse=True)[:limit]
        floor = max(0.0, weights[order[0]] * _EVIDENCE_SHARE)
        chosen = [k for k in order if weights[k] >= floor] or order[:1]
        clues = [self._clue(row, target, k, weights[k]) for k in chosen]
        return [clue for clue in clues if clue.end > clue.start]

    def polarity(self, row: int) -> Callable[[int, int], float]:
        """Return what says how positive a stretch of a text is: its clauses' mean leaning."""
        first, last, base = self._first[row], self._first[row + 1], self._docs[row]
        bounds, weights = self._clauses, self._weights[_POLARITY]

        def leaning(start: int, end: int) -> float:
            inside = [
                weights[k]
                for k in range(first, last)
                if bounds[k] - base < end and bounds[k + 1] - base > start
            ]
            return sum(inside) / len(inside) if inside else 0.0

        return leaning

    def _clue(self, row: int, target: str, clause: int, weight: float) -> Clue:
        base, text = self._docs[row], self._texts[row].text
        start, end = self._clauses[clause] - base, self._clauses[clause + 1] - base
        quote = text[start:end].lstrip(BREAKS)
        begin = min(end, len(text)) - len(quote)
        return Clue(target, begin, begin + len(quote.rstrip(BREAKS)), round(weight, 3))


def levels(above: Floats) -> Floats:
    """Turn P(level > k) for each k into a distribution over the levels."""
    falling = np.minimum.accumulate(above, axis=1)
    ones, zeros = np.ones((len(above), 1)), np.zeros((len(above), 1))
    return np.abs(np.diff(np.concatenate([ones, falling, zeros], axis=1), axis=1))
