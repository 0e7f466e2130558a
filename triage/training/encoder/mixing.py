"""How a cascade puts its two models together, and which texts the encoder reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triage.records import Example, Verdict
from triage.scorers.base import Floats
from triage.scorers.stage2 import sigmoid
from triage.training.metrics import measure

Bools = NDArray[np.bool_]
Judged = Sequence[tuple[Example, Verdict]]
POINTS = 0.3  # so much of the mean quality, in percent, may be lost for speed
_PULL = 20.0  # towards halves; as strong as some tens of texts
_HALVES = np.array([0.5, 0.5, 0.0])
_DIGITS = 4  # of a limit
_STEPS = 40  # shares of texts that are tried


def fit_mix(word: Floats, encoder: Floats, wanted: Bools, known: Bools) -> Floats:
    """Return a, b, c (3 x outputs): log-odds = a * word + b * encoder + c, a and b never below 0.

    All four are n x outputs, of texts that neither model learned from; where little is known
    of an output it stays near the mean of both.
    """
    columns = [_mix(word[use, k], encoder[use, k], wanted[use, k]) for k, use in enumerate(known.T)]
    return np.stack(columns, axis=1)


def _mix(word: Floats, encoder: Floats, wanted: Bools) -> Floats:
    inputs = np.stack([word, encoder, np.ones(len(word))], axis=1)

    def loss(mix: Floats) -> tuple[float, Floats]:
        odds, away = inputs @ mix, mix - _HALVES
        value = np.logaddexp(0, odds).sum() - odds[wanted].sum() + _PULL / 2 * (away @ away)
        slope = inputs.T @ (sigmoid(odds) - wanted) + _PULL * away
        return float(value), slope

    bounds = [(0, None), (0, None), (None, None)]
    found = minimize(loss, _HALVES, jac=True, method="L-BFGS-B", bounds=bounds)
    result: Floats = found.x
    return result


@dataclass(frozen=True, slots=True)
class Point:
    """A limit, the share of texts that the encoder then reads, and the quality in percent."""

    limit: float
    share: float
    quality: float

    def to_dict(self) -> dict[str, float | None]:
        """Return the JSON form; a limit that no text passes is null."""
        limit = None if self.limit == inf else self.limit
        return {"limit": limit, "share": round(self.share, 4), "quality": round(self.quality, 3)}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> "Point":
        """Return the point of a JSON form."""
        limit = inf if row["limit"] is None else row["limit"]
        return cls(limit, row["share"], row["quality"])


def curve(doubts: Floats, word: Judged, both: Judged, labels: Sequence[str]) -> list[Point]:
    """Return the quality for each share of texts that the encoder reads, from none to all.

    `doubts`: n entries; `word`, `both`: the same n texts, judged by the word model alone and
    with the encoder for all.
    """
    ranked = np.sort(doubts)[::-1]
    counts = sorted({round(len(ranked) * k / _STEPS) for k in range(_STEPS + 1)})
    return [_point(limit, doubts, word, both, labels) for limit in _limits(ranked, counts)]


def _limits(ranked: Floats, counts: Sequence[int]) -> list[float]:
    """Return a limit for each number of texts: between two doubts, so that rounding is harmless.

    Rounded as they are told, so that one can be taken from there later.
    """
    between = (float(ranked[n - 1] + ranked[n]) / 2 for n in counts if 0 < n < len(ranked))
    inner = [round(limit, _DIGITS) for limit in between]
    return [inf, *inner, -1.0]


def _point(
    limit: float, doubts: Floats, word: Judged, both: Judged, labels: Sequence[str]
) -> Point:
    reads = doubts > limit
    pairs = [two if read else one for one, two, read in zip(word, both, reads, strict=True)]
    return Point(limit, float(reads.mean()), quality(measure(pairs, labels)))


def quality(figures: Mapping[str, Any]) -> float:
    """Return the mean of issue macro-F1 and both kappas in percent, as far as known."""
    issues = figures["issues"]["macro_f1"]
    known = [issues, figures["sentiment_kappa"], figures["urgency_kappa"]]
    told = [value for value in known if value is not None]
    return 100 * sum(told) / len(told) if told else 0.0


def within(points: Sequence[Point], share: float) -> Point:
    """Return the point at which the encoder reads most without reading more than `share`."""
    return [point for point in points if point.share <= share][-1]


def cheapest(points: Sequence[Point], *, points_lost: float = POINTS) -> Point:
    """Return the point of the least cost that keeps the quality of reading everything.

    Every dearer point must keep it too: one lucky dip on few texts is no plan.
    """
    floor = points[-1].quality - points_lost
    chosen = points[-1]
    for point in reversed(points):
        if point.quality < floor:
            break
        chosen = point
    return chosen
