"""A model corrected by a desk's own examples, where a text is like those of the desk.

For each output (labels, 4 sentiment steps, 3 urgency steps) the log-odds are

    gain * base + bias + gate * (inner + the text's rows of the table / norm)

`gate` is the probability that the text is one of the desk's, by the same words: elsewhere the
base speaks alone, so what it knew is not forgotten. See docs/decisions/0014.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from triage.features import Batch
from triage.scorers.base import Floats, ScoreBatch
from triage.scorers.cascade import CascadeScorer
from triage.scorers.clauses import counts, slot_table
from triage.scorers.encoder import EncoderScorer
from triage.scorers.linear import SENTIMENT_STEPS, LinearScorer, Quotes, Read, levels
from triage.scorers.stage2 import sigmoid
from triage.scorers.steps import STEPS, as_log_odds
from triage.signals import Signal
from triage.text.clean import Cleaned

BaseScorer = LinearScorer | EncoderScorer | CascadeScorer
# About the squared norm of a text's weighted words, per character: the sums of a text are of
# size 1, whatever its length.
PER_CHARACTER = 200.0


@dataclass(frozen=True, slots=True)
class Adapter:
    """The numbers that correct a base model.

    `kept`: sorted buckets (rows); `table`: rows x (outputs, gate), weights of the words in it;
    `inner`: outputs and gate; `gain`, `bias`: outputs. Outputs are the labels, 4 sentiment and
    3 urgency steps. A label that the base does not know has gain 0.
    """

    labels: tuple[str, ...]
    kept: NDArray[np.uint32]
    table: NDArray[np.float32]
    inner: Floats
    gain: Floats
    bias: Floats


def check_adapter(adapter: Adapter) -> None:
    """Raise ValueError where the parts of an adapter do not fit together."""
    rows, outputs = len(adapter.kept), len(adapter.labels) + STEPS
    shapes = tuple(getattr(adapter, key).shape for key in ("table", "inner", "gain", "bias"))
    if shapes != ((rows, outputs + 1), (outputs + 1,), (outputs,), (outputs,)):
        raise ValueError(f"the shapes do not fit {len(adapter.labels)} labels and {rows} rows")


def norms(batch: Batch) -> Floats:
    """Return what the sums of each text are divided by; its length alone decides."""
    ends = np.append(batch.docs[1:], len(batch.codes))
    result: Floats = np.sqrt(PER_CHARACTER * (ends - batch.docs))
    return result


def columns(have: Sequence[str], want: Sequence[str]) -> NDArray[np.int64]:
    """Return, for each output over the labels `want`, its column over `have`, or -1."""
    place = {label: k for k, label in enumerate(have)}
    steps = range(len(have), len(have) + STEPS)
    return np.array([*(place.get(label, -1) for label in want), *steps], dtype=np.int64)


def taken(values: Floats, source: NDArray[np.int64]) -> Floats:
    """Return the columns `source` of `values`; zeros for -1."""
    result: Floats = np.where(source >= 0, values[:, np.maximum(source, 0)], 0.0)
    return result


class AdaptedScorer:
    """Scores texts with a base and an adapter; scope and polarity are the base's."""

    def __init__(self, base: BaseScorer, adapter: Adapter) -> None:
        self.base, self.adapter = base, adapter
        self._slots = slot_table(adapter.kept)
        self._source = columns(base.labels, adapter.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self.adapter.labels

    def score(
        self, texts: Sequence[Cleaned], signals: Sequence[Sequence[Signal]] | None = None
    ) -> ScoreBatch:
        """Return the scores of `texts` (cleaned, none empty), one row each."""
        given = self.base.read(texts, signals)
        scores, share = self.base.judge(given)
        own, gate = self._own(given)
        odds = self.adapter.gain * taken(as_log_odds(scores), self._source) + self.adapter.bias
        odds += gate[:, None] * self.adapter.inner[:-1] + np.add.reduceat(own, given.first)
        return self._scores(given, scores, sigmoid(odds), taken(share, self._source) + own)

    def _own(self, given: Read) -> tuple[Floats, Floats]:
        """Return what each clause adds to each output, and the gate of each text."""
        clauses, adapter = given.batch.clauses, self.adapter
        sums = np.zeros((len(clauses), adapter.table.shape[1]), dtype=np.float32)
        for matrix in counts(given.views, self._slots, clauses, len(adapter.kept)):
            sums += matrix @ adapter.table
        sizes = np.diff(np.append(given.first, len(sums)))
        norm: Floats = np.repeat(norms(given.batch), sizes)
        shares: Floats = sums.astype(np.float64) / norm[:, None]
        gate = sigmoid(np.add.reduceat(shares[:, -1], given.first) + adapter.inner[-1])
        return shares[:, :-1] * np.repeat(gate, sizes)[:, None], gate

    def _scores(
        self, given: Read, scores: ScoreBatch, outputs: Floats, share: Floats
    ) -> ScoreBatch:
        n = len(self.labels)
        return replace(
            scores,
            issues=outputs[:, :n],
            sentiment=levels(outputs[:, n : n + SENTIMENT_STEPS]),
            urgency=levels(outputs[:, n + SENTIMENT_STEPS :]),
            clues=Quotes(given, share, self.labels),
        )
