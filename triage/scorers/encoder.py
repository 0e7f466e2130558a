"""The encoder: a transformer reads each window of a text; its tokens are pooled into scores."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from triage.scorers.base import Floats, ScoreBatch
from triage.scorers.linear import (
    SENTIMENT_STEPS,
    URGENCY_STEPS,
    Quotes,
    Read,
    feedback_only,
    levels,
    read_texts,
)
from triage.scorers.network import Network
from triage.scorers.pooling import Places, pooled, summed
from triage.scorers.stage2 import sigmoid
from triage.signals import Signal, vector
from triage.text.clean import Cleaned
from triage.text.denial import mark_denied
from triage.text.script import all_simplified, scripts_of
from triage.text.segment import Segmenter

_TOGETHER = 64  # texts pooled at once: enough to be fast, few enough for long ones
_LONGEST = 8192  # tokens of a window; no encoder that is at hand reads more


@dataclass(frozen=True, slots=True)
class EncoderWeights:
    """The numbers of an encoder.

    `graph`: an ONNX file, from `input_ids` and `attention_mask` (n x t) to `weight` and `value`
    (n x t x outputs); `tokenizer`: a tokenizer.json. Outputs are the labels, 4 sentiment steps,
    3 urgency steps, polarity, scope. A text is read in windows of `window` tokens that overlap
    by `stride`. `signals`: signals x 3, what the facts found by rule add to the log-odds of the
    urgency steps; `slope`, `shift`: one per output, they calibrate the pooled log-odds.
    """

    labels: tuple[str, ...]
    graph: bytes
    tokenizer: bytes
    window: int
    stride: int
    signals: Floats
    slope: Floats
    shift: Floats

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return len(self.labels) + SENTIMENT_STEPS + URGENCY_STEPS + 2


def check_encoder(weights: EncoderWeights) -> None:
    """Raise ValueError where the parts of an encoder do not fit together."""
    shapes = tuple(part.shape for part in (weights.signals, weights.slope, weights.shift))
    outputs = weights.outputs
    if shapes != ((len(vector(())), URGENCY_STEPS), (outputs,), (outputs,)):
        raise ValueError(f"the shapes do not fit {len(weights.labels)} labels")
    if not 0 < weights.window <= _LONGEST:
        raise ValueError(f"a window of {weights.window} tokens")


def as_read(texts: Sequence[str]) -> list[str]:
    """Return cleaned texts as an encoder reads them, in fitting and in service: the same lengths.

    Simplified, with denied faults marked as the word model has them: an encoder that has met few
    denials takes 一点都不慢 for a complaint.
    """
    return [mark_denied(text) for text in all_simplified(texts)]


def calibrated(odds: Floats, weights: EncoderWeights) -> Floats:
    """Return the log-odds after slope and shift, n x outputs."""
    return weights.slope * odds + weights.shift


class EncoderScorer:
    """Scores texts with `EncoderWeights`. Safe to share by threads."""

    def __init__(self, weights: EncoderWeights, segmenter: Segmenter | None = None) -> None:
        """Open the network; `segmenter` (None: the one in the box) only says where quotes end.

        Raises ModelError for a graph or a tokenizer that cannot be used, InputError where
        onnxruntime or tokenizers is not installed.
        """
        self._weights = weights
        self._segmenter = segmenter or Segmenter()
        self._network = Network(
            weights.graph,
            weights.tokenizer,
            window=weights.window,
            stride=weights.stride,
            outputs=weights.outputs,
        )

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self._weights.labels

    @property
    def weights(self) -> EncoderWeights:
        """The numbers, as they are stored."""
        return self._weights

    @property
    def segmenter(self) -> Segmenter:
        """What parts texts into words, for quotes and for what is built upon this scorer."""
        return self._segmenter

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        return self.judge(self.read(texts, signals))[0]

    def log_odds(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> Floats:
        """Return the pooled log-odds of `texts`, n x outputs, signals added, not calibrated."""
        return self.attend(self.read(texts, signals), np.arange(len(texts)))[0]

    def read(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> Read:
        """Read texts once, for this scorer and whatever is built upon it."""
        return read_texts(texts, signals, self._segmenter)

    def judge(self, given: Read) -> tuple[ScoreBatch, Floats]:
        """Return the scores of texts, and the share of each clause in each output."""
        odds, share = self.attend(given, np.arange(len(given.texts)))
        outputs = sigmoid(calibrated(odds, self._weights))
        quotes = Quotes(given, share, self.labels)
        scripts = scripts_of(given.batch.raw, given.batch.docs)[: len(given.texts)]
        n, end = len(self.labels), len(self.labels) + SENTIMENT_STEPS
        scores = ScoreBatch(
            issues=outputs[:, :n],
            sentiment=levels(outputs[:, n:end]),
            urgency=levels(outputs[:, end : end + URGENCY_STEPS]),
            scope=feedback_only(outputs[:, -1], given.texts, scripts),
            clues=quotes,
            polarity=quotes.polarity,
            scripts=scripts,
        )
        return scores, share

    def attend(self, given: Read, rows: Places) -> tuple[Floats, Floats]:
        """Read some texts of a batch: their log-odds, and each clause's share of them.

        `rows`: which texts, ascending. The log-odds (rows x outputs) have the signals added and
        are not calibrated; the shares (all clauses x outputs) are of the calibrated ones.
        """
        odds = np.zeros((len(rows), self._weights.outputs))
        share = np.zeros((len(given.batch.clauses), self._weights.outputs))
        for start in range(0, len(rows), _TOGETHER):
            part = slice(start, start + _TOGETHER)
            odds[part], added = self._some(given, rows[part])
            share += added
        steps = len(self.labels) + SENTIMENT_STEPS
        for k, row in enumerate(rows):
            facts = np.array(vector(given.found[row]))
            odds[k, steps : steps + URGENCY_STEPS] += facts @ self._weights.signals
        return odds, share * self._weights.slope

    def _some(self, given: Read, rows: Places) -> tuple[Floats, Floats]:
        """Return the pooled log-odds of a few texts, and every clause's share of them."""
        texts = as_read([given.texts[row].text for row in rows])
        tokens = self._network.read(texts)
        odds, shares = pooled(tokens.weight, tokens.value, tokens.owner, len(rows))
        stands = tokens.spans[:, 1] > tokens.spans[:, 0]
        where = given.batch.docs[rows[tokens.owner[stands]]] + tokens.spans[stands, 0]
        clause = np.searchsorted(given.batch.clauses, where, side="right") - 1
        return odds, summed(shares[stands], clause, len(given.batch.clauses))
