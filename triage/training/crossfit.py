"""Probabilities for each labelled text from models that saw neither it nor a near-duplicate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from triage.engine import Triage
from triage.features import BREAKS, read
from triage.records import Example
from triage.scorers.base import Floats
from triage.scorers.stage2 import sigmoid
from triage.selection.quick import Inputs, base_columns, fit_output, inputs_of
from triage.text.clean import clean
from triage.text.segment import Segmenter
from triage.training.neighbours import near_groups

Bools = NDArray[np.bool_]
FOLDS = 5
SENTIMENTS, URGENCIES = (1, 2, 3, 4, 5), (0, 1, 2, 3)


@dataclass(frozen=True, slots=True)
class CrossFit:
    """Out-of-fold probabilities of n texts: issues n x labels, sentiment n x 5, urgency n x 4.

    `clauses` (clauses x outputs) says how much each clause speaks for an output; `first` is
    the first clause of each text.
    """

    issues: Floats
    sentiment: Floats
    urgency: Floats
    clauses: Floats
    first: NDArray[np.int64]

    def quote(self, row: int, text: str, output: int, *, against: bool = False) -> str:
        """Return the clause of a text that speaks most for an output, or most against it."""
        end = self.first[row + 1] if row + 1 < len(self.first) else len(self.clauses)
        weights = self.clauses[self.first[row] : end, output]
        place = int(np.argmin(weights) if against else np.argmax(weights))
        words = clean(text).text
        batch = read([words], Segmenter())
        bounds = [*batch.clauses.tolist(), len(words)]
        return words[bounds[place] : bounds[place + 1]].strip(BREAKS)


def cross_fit(
    examples: Sequence[Example],
    labels: Sequence[str],
    *,
    base: Triage | None = None,
    seed: int = 0,
) -> CrossFit:
    """Fit on four fifths, judge the fifth, in turn; near-duplicates are kept together.

    A null label is not learned from. `base` must not have been trained on these examples:
    its scores are inputs, and would give the labels away.
    """
    texts = [example.text for example in examples]
    inputs = inputs_of(texts, base=base_columns(base, texts) if base else None)
    wanted, known = _wanted(examples, labels), _known(examples, len(labels))
    fold = _folds(texts, seed)
    found = np.zeros(wanted.shape)
    shares = np.zeros((inputs.counts.clause.shape[0], wanted.shape[1]))
    with threadpool_limits(1):
        for number in range(fold.max() + 1):
            _fill(found, shares, inputs, wanted, known, fold == number, seed)
    issues, sentiment, urgency = np.split(found, np.cumsum([len(labels), len(SENTIMENTS)]), axis=1)
    first = inputs.counts.first
    return CrossFit(issues, _shared(sentiment), _shared(urgency), shares, first)


def _shared(rows: Floats) -> Floats:
    """Return each level's probability, told on its own, as a share of all."""
    safe = np.maximum(rows, 1e-9)
    result: Floats = safe / safe.sum(axis=1, keepdims=True)
    return result


def _wanted(examples: Sequence[Example], labels: Sequence[str]) -> Bools:
    """Return, n x (labels, 5, 4), what holds of each text."""
    rows = [
        [label in (e.issues or ()) for label in labels]
        + [e.sentiment == level for level in SENTIMENTS]
        + [e.urgency == level for level in URGENCIES]
        for e in examples
    ]
    return np.array(rows, dtype=np.bool_)


def _known(examples: Sequence[Example], labels: int) -> Bools:
    rows = [
        [e.issues is not None] * labels
        + [e.sentiment is not None] * len(SENTIMENTS)
        + [e.urgency is not None] * len(URGENCIES)
        for e in examples
    ]
    return np.array(rows, dtype=np.bool_)


def _folds(texts: Sequence[str], seed: int) -> NDArray[np.int64]:
    groups = near_groups(texts)
    folds = np.zeros(len(texts), dtype=np.int64)
    count = min(FOLDS, len(set(groups)))
    splitter = GroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, aside) in enumerate(splitter.split(texts, groups=groups)):
        folds[aside] = number
    return folds


def _fill(
    found: Floats,
    shares: Floats,
    inputs: Inputs,
    wanted: Bools,
    known: Bools,
    aside: Bools,
    seed: int,
) -> None:
    """Fill in what models of the other folds say of the rows `aside`, and of their clauses."""
    clauses = np.repeat(aside, np.diff(np.append(inputs.counts.first, len(shares))))
    rows, parts = inputs.matrix[aside], inputs.counts.clause[clauses]
    for output in range(wanted.shape[1]):
        use = ~aside & known[:, output]
        coefficients, bias = fit_output(inputs.matrix[use], wanted[use, output], seed=seed)
        found[aside, output] = sigmoid(rows @ coefficients + bias)
        shares[clauses, output] = parts @ (coefficients[: len(inputs.weight)] * inputs.weight)
