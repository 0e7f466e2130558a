"""Does what was exported decide as what was trained? Both judge the same texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from triage.engine import Triage
from triage.policy import Policy
from triage.records import Feedback, ModelName, Rejection, Verdict
from triage.scorers.base import Clue, Floats, ScoreBatch, Scorer
from triage.scorers.encoder import EncoderWeights, as_read, calibrated
from triage.scorers.linear import SENTIMENT_STEPS, URGENCY_STEPS, feedback_only, levels, read_texts
from triage.scorers.stage2 import sigmoid
from triage.signals import Signal, vector
from triage.text.clean import Cleaned
from triage.text.script import scripts_of
from triage.text.segment import Segmenter
from triage.training.encoder.compute import compute_of
from triage.training.encoder.fit import FittedEncoder
from triage.training.encoder.predict import log_odds, pad_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.windows import windows_of

MOST = 5000  # texts
ALLOWED = 0.01  # of the texts may be decided differently
_NONE = ModelName("agreement", "0", "")


@dataclass(frozen=True, slots=True)
class Agreement:
    """On how many of `texts` two models differ: in issues, sentiment or urgency, and in each."""

    texts: int
    differ: int
    issues: int
    sentiment: int
    urgency: int

    @property
    def share(self) -> float:
        """The share of texts decided differently; 0 of none."""
        return self.differ / self.texts if self.texts else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, in shares."""
        parts = {
            name: round(getattr(self, name) / max(self.texts, 1), 5)
            for name in ("issues", "sentiment", "urgency")
        }
        return {"texts": self.texts, "differ": round(self.share, 5), **parts}


def agreement(one: Scorer, other: Scorer, texts: Sequence[str], policy: Policy) -> Agreement:
    """Judge texts with two scorers under one policy; texts that cannot be judged do not count."""
    pairs = list(zip(_verdicts(one, texts, policy), _verdicts(other, texts, policy), strict=True))
    differ = [
        (a.issues != b.issues, a.sentiment != b.sentiment, a.urgency != b.urgency) for a, b in pairs
    ]
    parts = np.array(differ, dtype=np.bool_).reshape(-1, 3)
    return Agreement(len(pairs), int(parts.any(axis=1).sum()), *map(int, parts.sum(axis=0)))


def _verdicts(scorer: Scorer, texts: Sequence[str], policy: Policy) -> list[Verdict]:
    engine = Triage(scorer, policy, _NONE)
    results = engine.pipe(Feedback(str(k), text) for k, text in enumerate(texts))
    return [result for result in results if not isinstance(result, Rejection)]


class TorchScorer:
    """Scores texts with the model as torch runs it, in single precision: what export must match.

    Of `weights` only the calibration is used. It quotes nothing.
    """

    def __init__(self, fitted: FittedEncoder, weights: EncoderWeights) -> None:
        self._fitted, self._weights = fitted, weights
        self._segmenter = Segmenter()

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self._fitted.labels

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        given = read_texts(texts, signals, self._segmenter)
        odds = torch_odds(self._fitted, texts, given.found)
        outputs = sigmoid(calibrated(odds, self._weights))
        scripts = scripts_of(given.batch.raw, given.batch.docs)
        n, end = len(self.labels), len(self.labels) + SENTIMENT_STEPS
        return ScoreBatch(
            issues=outputs[:, :n],
            sentiment=levels(outputs[:, n:end]),
            urgency=levels(outputs[:, end : end + URGENCY_STEPS]),
            scope=feedback_only(outputs[:, -1], given.texts, scripts),
            clues=_no_clues,
            polarity=lambda _: _no_leaning,
            scripts=scripts,
        )


def _no_clues(row: int, target: str, limit: int) -> list[Clue]:
    return []


def _no_leaning(start: int, end: int) -> float:
    return 0.0


def torch_odds(
    fitted: FittedEncoder, texts: Sequence[Cleaned], found: Sequence[Sequence[Signal]]
) -> Floats:
    """Return the pooled log-odds of texts (n x outputs) as torch computes them on the CPU."""
    chosen = fitted.settings
    windows = windows_of(
        as_read([text.text for text in texts]),
        fitted.tokenizer,
        window=chosen.window,
        stride=chosen.stride,
    )
    facts = np.array([vector(row) for row in found], dtype=np.float32)
    plain = compute_of(EncoderSettings(device="cpu", precision="fp32"))
    return log_odds(fitted.model, windows, facts, plain, pad_of(fitted.tokenizer))
