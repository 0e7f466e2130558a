"""Learners for the learning curve: from rows of the pool to scores of every part."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from triage.labels import ISSUES
from triage.records import Example
from triage.scorers.adapted import AdaptedScorer
from triage.scorers.base import Floats, Scorer
from triage.scorers.linear import SENTIMENT_STEPS, LinearScorer, levels
from triage.scorers.stage2 import sigmoid
from triage.scorers.steps import as_log_odds
from triage.selection.quick import fit_output, inputs_of
from triage.selection.scoring import Judged
from triage.taxonomy import BUILT_IN
from triage.text.clean_all import clean_all
from triage.text.segment import Segmenter
from triage.training.adapt import fit_adapter
from triage.training.corpus import read_examples
from triage.training.heads import targets
from triage.training.linear import fit
from triage.training.metrics import is_authored
from triage.training.splits import held_out, split

_BATCH = 1024
_OTHERS = 2000  # authored texts that the adapter's gate is shown


@dataclass(frozen=True)
class Texts:
    """Authored texts for the start, the pool, and real held-out texts."""

    authored: Sequence[Example]
    pool: Sequence[Example]
    dev: Sequence[Example]
    test: Sequence[Example]

    def on_dev(self) -> "Texts":
        """Return the same with the second half of dev in the place of test."""
        half = len(self.dev) // 2
        return replace(self, dev=self.dev[:half], test=self.dev[half:])


@dataclass(frozen=True)
class Scored:
    """What a learner says of each part."""

    pool: Judged
    dev: Judged
    test: Judged


Learner = Callable[[Sequence[int], int], Scored]


def prepare(collections: Path) -> Texts:
    """Read and part the texts; what is near a held-out text is in no pool."""
    data = [Path("data/seed"), Path("data/annotations")]
    parts = split(read_examples(data, collections=collections), held_out())
    real = [
        [e for e in part if not is_authored(e)] for part in (parts.train, parts.dev, parts.test)
    ]
    return Texts([e for e in parts.train if is_authored(e)], *real)


def _start(texts: Texts) -> LinearScorer:
    segmenter = Segmenter()
    return LinearScorer(fit(texts.authored, segmenter=segmenter), segmenter)


def _judged(scorer: Scorer, texts: Sequence[str]) -> Judged:
    parts = [
        scorer.score(clean_all(texts[start : start + _BATCH]))
        for start in range(0, len(texts), _BATCH)
    ]
    names = ("issues", "sentiment", "urgency", "scope")
    return Judged(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class Quick:
    """Logistic regressions on hashed words, with the start model's log-odds among the inputs."""

    def __init__(self, texts: Texts) -> None:
        self.sizes = [len(texts.pool), len(texts.dev), len(texts.test)]
        every = [*texts.pool, *texts.dev, *texts.test]
        words = [example.text for example in every]
        self.start = _judged(_start(texts), words)
        # Rarity is counted over texts without their labels; the test texts are 6 % of them.
        self.inputs = inputs_of(words, base=as_log_odds(self.start)).matrix
        self.wanted = targets(texts.pool, ISSUES)

    def __call__(self, rows: Sequence[int], seed: int) -> Scored:
        """Fit on rows of the pool and judge everything; without any the start model judges."""
        if not rows:
            return self._parts(self.start)
        chosen = np.array(rows)
        columns = [
            self._column(chosen, self.wanted[chosen, output], seed)
            for output in range(self.wanted.shape[1])
        ]
        return self._parts(_judged_of(np.column_stack(columns)))

    def _column(self, rows: np.ndarray, wanted: np.ndarray, seed: int) -> Floats:
        coefficients, bias = fit_output(self.inputs[rows], wanted, seed=seed)
        return sigmoid(self.inputs @ coefficients + bias)

    def _parts(self, judged: Judged) -> Scored:
        ends = np.cumsum([0, *self.sizes])
        names = ("issues", "sentiment", "urgency", "scope")
        parts = [
            Judged(*(getattr(judged, name)[a:b] for name in names))
            for a, b in pairwise(ends.tolist())
        ]
        return Scored(*parts)


def _judged_of(outputs: Floats) -> Judged:
    n = len(ISSUES)
    sentiment, urgency = outputs[:, n : n + SENTIMENT_STEPS], outputs[:, n + SENTIMENT_STEPS :]
    return Judged(outputs[:, :n], levels(sentiment), levels(urgency), np.ones(len(outputs)))


class Adapt:
    """The start model with an adapter, as `triage train --base` makes it."""

    def __init__(self, texts: Texts) -> None:
        self.texts, self.base = texts, _start(texts)
        self.others = sorted(texts.authored, key=lambda e: e.id)[
            :: max(1, len(texts.authored) // _OTHERS)
        ]

    def __call__(self, rows: Sequence[int], seed: int) -> Scored:
        """Fit on rows of the pool and judge everything; without any the start model judges."""
        scorer: Scorer = self.base
        if rows:
            examples = [self.texts.pool[row] for row in rows]
            scorer = AdaptedScorer(
                self.base, fit_adapter(self.base, examples, self.others, BUILT_IN)
            )
        parts = (self.texts.pool, self.texts.dev, self.texts.test)
        return Scored(*(_judged(scorer, [e.text for e in part]) for part in parts))


LEARNERS: Mapping[str, Callable[[Texts], Learner]] = {"quick": Quick, "adapt": Adapt}
