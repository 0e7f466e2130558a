"""How much a model doubts a text, label by label, against the thresholds where it decides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.policy import Policy
from triage.scorers.base import URGENCY, Floats
from triage.scorers.stage2 import log_odds, sigmoid
from triage.selection.scoring import Judged

SENTIMENT = "sentiment"
_CRITICAL = 3
# A column that is hardly ever in doubt must not win on noise: its mean counts as this at least.
_LEAST_MEAN = 0.02


@dataclass(frozen=True, slots=True)
class Doubts:
    """Doubt of n texts about c things: the labels, `urgency` 3, `sentiment`.

    `score` and `threshold` hold the probability and the one from which it is decided (for
    sentiment: the two likeliest levels' probabilities). `doubt`, n x c, is the entropy in bits,
    1 where the score meets its threshold; `share` is the same over the mean of its column, so
    that a rare label's doubt counts as much as a common one's.
    """

    names: tuple[str, ...]
    score: Floats
    threshold: Floats
    doubt: Floats
    share: Floats

    @property
    def total(self) -> Floats:
        """The doubt of each text over all columns, n."""
        result: Floats = self.share.sum(axis=1)
        return result


def doubts(judged: Judged, labels: Sequence[str], policy: Policy) -> Doubts:
    """Return the doubts of a model whose scores are `judged`, under the thresholds of `policy`."""
    bands = [policy.band_of(label).assign for label in labels]
    limits = np.array([*bands, policy.urgency[_CRITICAL - 1]])
    scores = np.column_stack([judged.issues, judged.urgency[:, _CRITICAL]])
    best = np.sort(judged.sentiment, axis=1)[:, ::-1]
    mood = _entropy(judged.sentiment) / np.log2(judged.sentiment.shape[1])
    doubt = np.column_stack([binary_entropy(scores, limits), mood])
    means = np.maximum(doubt.mean(axis=0), _LEAST_MEAN)
    return Doubts(
        names=(*labels, URGENCY, SENTIMENT),
        score=np.column_stack([scores, best[:, 0]]),
        threshold=np.column_stack([np.broadcast_to(limits, scores.shape), best[:, 1]]),
        doubt=doubt,
        share=doubt / means,
    )


def binary_entropy(scores: Floats, thresholds: Floats) -> Floats:
    """Return the entropy in bits of each score, its odds taken relative to its threshold's.

    So it falls with the margin to the threshold, and is 1 where there is none.
    """
    p = sigmoid(log_odds(scores) - log_odds(thresholds))
    return _entropy(np.stack([p, 1 - p], axis=-1))


def _entropy(probabilities: Floats) -> Floats:
    safe = np.clip(probabilities, 1e-12, 1)
    result: Floats = -(probabilities * np.log2(safe)).sum(axis=-1)
    return result


def most_doubtful(found: Doubts, allowed: NDArray[np.bool_], count: int) -> list[int]:
    """Return up to `count` of the `allowed` rows: half by total doubt, half label by label.

    The rotation gives each column, however rare its label, its own share of the places.
    """
    order = [row for row in np.argsort(-found.total, kind="stable").tolist() if allowed[row]]
    chosen = dict.fromkeys(order[: (count + 1) // 2])
    by_column = [
        iter([row for row in np.argsort(-column, kind="stable").tolist() if allowed[row]])
        for column in found.doubt.T
    ]
    wanted = min(count, len(order))
    while len(chosen) < wanted:
        for rows in by_column:
            row = next((row for row in rows if row not in chosen), None)
            if row is not None and len(chosen) < wanted:
                chosen[row] = None
    return list(chosen)
