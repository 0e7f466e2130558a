"""The cascade: the word model answers where it is sure, the encoder reads the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from triage.scorers.base import Floats, ScoreBatch
from triage.scorers.encoder import EncoderScorer, EncoderWeights, calibrated, check_encoder
from triage.scorers.linear import (
    SENTIMENT_STEPS,
    LinearScorer,
    LinearWeights,
    Quotes,
    Read,
    feedback_only,
    levels,
)
from triage.scorers.pooling import Places
from triage.scorers.stage2 import log_odds, sigmoid
from triage.scorers.steps import STEPS, Scored, as_log_odds, probabilities
from triage.signals import Signal
from triage.text.clean import Cleaned
from triage.text.segment import Segmenter


@dataclass(frozen=True, slots=True)
class CascadeWeights:
    """The numbers of a word model, of an encoder, and of how they are put together.

    `mix`: 3 x (labels, 4 sentiment steps, 3 urgency steps, scope), rows a, b, c: where both have
    read a text, its log-odds are a * word + b * encoder + c. The encoder reads a text if the
    word model's doubt is above `limit`: -1 for every text, infinity for none.
    """

    word: LinearWeights
    encoder: EncoderWeights
    mix: Floats
    limit: float

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self.word.labels


def check_cascade(weights: CascadeWeights) -> None:
    """Raise ValueError where the parts of a cascade do not fit together."""
    check_encoder(weights.encoder)
    if weights.encoder.labels != weights.word.labels:
        raise ValueError("the word model and the encoder have different labels")
    if weights.mix.shape != (3, len(weights.labels) + STEPS + 1):
        raise ValueError(f"the mix does not fit {len(weights.labels)} labels")
    if np.isnan(weights.limit):
        raise ValueError("the limit is no number")


def doubts(scored: Scored) -> Floats:
    """Return how many of a text's labels and steps are expected to be wrong, n entries."""
    likely = probabilities(scored)
    result: Floats = np.minimum(likely, 1 - likely).sum(axis=1)
    return result


def word_outputs(scores: ScoreBatch) -> Floats:
    """Return the log-odds that a word model brings to the mix: n x (labels, steps, scope)."""
    return np.concatenate([as_log_odds(scores), log_odds(scores.scope)[:, None]], axis=1)


def encoder_outputs(odds: Floats, weights: EncoderWeights) -> Floats:
    """Return the calibrated log-odds that an encoder brings to the mix, shaped likewise.

    `odds`: what `EncoderScorer.log_odds` gives, n x outputs.
    """
    polarity = len(weights.labels) + STEPS
    return np.delete(calibrated(odds, weights), polarity, axis=1)


def mixed(word: Floats, encoder: Floats, mix: Floats) -> Floats:
    """Return n x (labels, steps, scope) probabilities from the log-odds of both."""
    return sigmoid(mix[0] * word + mix[1] * encoder + mix[2])


class CascadeScorer:
    """Scores texts with a word model, and those it doubts with an encoder too."""

    def __init__(self, word: LinearScorer, weights: CascadeWeights) -> None:
        self.word, self._weights = word, weights
        self.encoder = EncoderScorer(weights.encoder, word.segmenter)

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self._weights.labels

    @property
    def weights(self) -> CascadeWeights:
        """The numbers, as they are stored."""
        return self._weights

    @property
    def segmenter(self) -> Segmenter:
        """What parts texts into words."""
        return self.word.segmenter

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        return self.judge(self.read(texts, signals))[0]

    def read(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> Read:
        """Read texts once, for this scorer and whatever is built upon it."""
        return self.word.read(texts, signals)

    def judge(self, given: Read) -> tuple[ScoreBatch, Floats]:
        """Return the scores of texts, and the share of each clause in each output."""
        if not given.texts:
            return self.encoder.judge(given)
        scores, share = self.word.judge(given)
        rows = np.flatnonzero(doubts(scores) > self._weights.limit)
        if not len(rows):
            return scores, share
        odds, quoted = self.encoder.attend(given, rows)
        brought = encoder_outputs(odds, self._weights.encoder)
        outputs = mixed(word_outputs(scores)[rows], brought, self._weights.mix)
        sizes = np.diff(np.append(given.first, len(share)))
        share = np.where(np.repeat(_flags(rows, len(sizes)), sizes)[:, None], quoted, share)
        quotes = Quotes(given, share, self.labels)
        scores = replace(scores, clues=quotes, polarity=quotes.polarity)
        return _with(scores, rows, outputs, given), share


def _flags(rows: Places, n: int) -> NDArray[np.bool_]:
    flags = np.zeros(n, dtype=np.bool_)
    flags[rows] = True
    return flags


def _with(scores: ScoreBatch, rows: Places, outputs: Floats, given: Read) -> ScoreBatch:
    """Return the scores with those of `rows` replaced by `outputs`: labels, steps, scope."""
    n = scores.issues.shape[1]
    end = n + SENTIMENT_STEPS
    scope = _put(scores.scope, rows, outputs[:, -1])
    return replace(
        scores,
        issues=_put(scores.issues, rows, outputs[:, :n]),
        sentiment=_put(scores.sentiment, rows, levels(outputs[:, n:end])),
        urgency=_put(scores.urgency, rows, levels(outputs[:, end:-1])),
        scope=feedback_only(scope, given.texts, scores.scripts),
    )


def _put(values: Floats, rows: Places, new: Floats) -> Floats:
    changed = values.copy()
    changed[rows] = new
    return changed
