"""The word model: one sparse-by-dense product per batch, then a small second stage.

Stage one: linear heads over hashed words and characters, summed per clause. Stage two:
small networks over those sums and their extremes, which turn them into probabilities.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.features import Batch, is_break, read
from triage.scorers.base import URGENCY, Clue, Floats, ScoreBatch
from triage.scorers.clauses import counts, first_clauses, pool, slot_table
from triage.text.clean import Cleaned
from triage.text.script import scripts_of
from triage.text.segment import Segmenter

SENTIMENT_STEPS = 4  # P(sentiment > 1) … P(sentiment > 4)
URGENCY_STEPS = 3
_EVIDENCE_SHARE = 0.5  # a second clause is quoted if it weighs at least half of the first


@dataclass(frozen=True, slots=True)
class Stage2:
    """Equal small networks whose outputs are averaged; one hidden layer each.

    Shapes for k networks: `mean`, `scale` (z), `w1` (k, z, h), `b1` (k, h), `w2` (k, h, t),
    `b2` (k, t). Outputs are t logistic probabilities.
    """

    mean: Floats
    scale: Floats
    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats

    def __call__(self, features: Floats) -> Floats:
        """Return n x t probabilities for n x z features."""
        inputs = np.clip((features - self.mean) / self.scale, -8, 8)
        total = np.zeros((len(features), self.b2.shape[1]))
        for w1, b1, w2, b2 in zip(self.w1, self.b1, self.w2, self.b2, strict=True):
            hidden = np.maximum(inputs @ w1 + b1, 0)
            total += 1 / (1 + np.exp(-(hidden @ w2 + b2)))
        return total / len(self.w1)


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """The numbers of a word model.

    `kept`: sorted buckets (rows); `idf`: per row; `heads`: rows x heads, idf already in;
    `bias`: per head. Heads are the issues, 4 sentiment steps, 3 urgency steps, polarity.
    """

    labels: tuple[str, ...]
    kept: NDArray[np.uint32]
    idf: NDArray[np.float32]
    heads: NDArray[np.float32]
    bias: Floats
    stage2: Stage2


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

    def score(self, texts: Sequence[Cleaned]) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        batch = read([item.text for item in texts], self._segmenter)
        first = first_clauses(batch)
        share, features = self._features(batch, first)
        issues, sentiment, urgency = split_levels(self._weights.stage2(features), len(self.labels))
        quotes = _Quotes(batch, share, first, self.labels)
        return ScoreBatch(issues, sentiment, urgency, quotes, scripts_of(batch.raw, batch.docs))

    def _features(self, batch: Batch, first: NDArray[np.int64]) -> tuple[Floats, Floats]:
        sums = np.zeros((len(batch.clauses), self._table.shape[1]), dtype=np.float32)
        for matrix in counts(batch, self._slots, len(self._table)):
            sums += matrix @ self._table
        squares = np.add.reduceat(sums[:, -1].astype(np.float64), first)
        return pool(sums[:, :-1].astype(np.float64), first, squares, self._weights.bias)


def split_levels(probabilities: Floats, labels: int) -> tuple[Floats, Floats, Floats]:
    """Split second-stage outputs into issues, sentiment levels and urgency levels."""
    steps = labels + SENTIMENT_STEPS
    sentiment = _levels(probabilities[:, labels:steps])
    urgency = _levels(probabilities[:, steps : steps + URGENCY_STEPS])
    return probabilities[:, :labels], sentiment, urgency


class _Quotes:
    """Finds, when asked, the clauses of a text that weigh most for a target."""

    def __init__(
        self, batch: Batch, share: Floats, first: NDArray[np.int64], labels: Sequence[str]
    ) -> None:
        self._batch, self._share, self._first = batch, share, first
        names = (*labels, *[""] * (SENTIMENT_STEPS + 1), URGENCY)  # urgency: the step to 2
        self._column = {name: k for k, name in enumerate(names) if name}

    def __call__(self, row: int, target: str, limit: int) -> list[Clue]:
        start = int(self._first[row])
        end = int(self._first[row + 1]) if row + 1 < len(self._first) else len(self._share)
        weights = self._share[start:end, self._column[target]].tolist()
        order = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)[:limit]
        floor = max(0.0, weights[order[0]] * _EVIDENCE_SHARE)
        chosen = [k for k in order if weights[k] >= floor] or order[:1]
        clues = [self._clue(row, target, start + k, weights[k]) for k in chosen]
        return [clue for clue in clues if clue.end > clue.start]

    def _clue(self, row: int, target: str, clause: int, weight: float) -> Clue:
        codes, clauses = self._batch.codes, self._batch.clauses
        start = int(clauses[clause])
        end = int(clauses[clause + 1]) if clause + 1 < len(clauses) else len(codes)
        solid = np.flatnonzero(~is_break()[codes[start:end]])
        if not len(solid):
            return Clue(target, 0, 0, weight)
        base = start - int(self._batch.docs[row])
        return Clue(target, base + int(solid[0]), base + int(solid[-1]) + 1, round(weight, 3))


def _levels(above: Floats) -> Floats:
    """Turn P(level > k) for each k into a distribution over the levels."""
    falling = np.minimum.accumulate(above, axis=1)
    ones, zeros = np.ones((len(above), 1)), np.zeros((len(above), 1))
    return np.abs(np.diff(np.concatenate([ones, falling, zeros], axis=1), axis=1))
