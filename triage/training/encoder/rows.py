"""Texts as the fit of an encoder sees them: targets between 0 and 1, and what each weighs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from triage.engine import BATCH, Triage
from triage.errors import InputError
from triage.records import Example
from triage.scorers.adapted import columns, taken
from triage.scorers.base import Floats
from triage.scorers.encoder import as_read
from triage.scorers.steps import STEPS, probabilities
from triage.signals import find, vector
from triage.text.clean import Cleaned
from triage.text.clean_all import clean_all
from triage.text.script import all_simplified
from triage.training.encoder.settings import EncoderSettings
from triage.training.heads import known_outputs, targets
from triage.training.linear import Texts

Small = NDArray[np.float32]
LABELLED, POLARITY, OUTSIDE = range(3)
MORE = 2  # polarity and scope, after the steps


@dataclass(frozen=True, slots=True)
class Rows:
    """Cleaned texts as an encoder reads them, with what is known of each.

    `targets` and `weights` are n x outputs (labels, 4 sentiment steps, 3 urgency steps,
    polarity, scope); a weight of 0 is an output that is not known. `signals` is n x
    signals, `kinds` says which part of `Texts` a row is of, `balance` (2 x outputs) what a
    no and a yes weigh.
    """

    texts: tuple[str, ...]
    targets: Small
    weights: Small
    signals: Small
    kinds: NDArray[np.int8]
    balance: Small

    def __len__(self) -> int:
        return len(self.texts)


def rows_of(
    texts: Texts, labels: Sequence[str], *, settings: EncoderSettings, teacher: Triage | None = None
) -> Rows:
    """Return the rows of a fit, in canonical order, each side of an output by its rarity.

    Polarity texts have the teacher's probabilities for what nobody labelled, at the weight
    `settings.soft`. Raises InputError for a teacher that lacks a label.
    """
    ordered = texts.in_order()
    parts = (ordered.labelled, ordered.polarity, ordered.outside)
    examples = [example for part in parts for example in part]
    kinds = np.repeat(np.arange(3), [len(part) for part in parts]).astype(np.int8)
    cleaned = clean_all([example.text for example in examples])
    hard, known = _known(examples, kinds, labels)
    rows = _rows(cleaned, hard, known, kinds, _balance(hard, known, settings.cap))
    return _taught(rows, cleaned, teacher, labels, settings.soft) if teacher else rows


def rows_beside(examples: Sequence[Example], labels: Sequence[str], fitted: Rows) -> Rows:
    """Return labelled examples as rows, in the order given, balanced as those of the fit."""
    kinds = np.full(len(examples), LABELLED, dtype=np.int8)
    cleaned = clean_all([example.text for example in examples])
    hard, known = _known(examples, kinds, labels)
    return _rows(cleaned, hard, known, kinds, fitted.balance)


def signals_of(simplified: Sequence[str]) -> Small:
    """Return the signals of cleaned, Simplified texts as numbers: n x signals."""
    vectors = [vector(find(text)) for text in simplified]
    return np.array(vectors, dtype=np.float32).reshape(len(vectors), len(vector([])))


def _rows(
    cleaned: Sequence[Cleaned],
    hard: NDArray[np.bool_],
    known: NDArray[np.bool_],
    kinds: NDArray[np.int8],
    balance: Small,
) -> Rows:
    plain = [item.text for item in cleaned]
    weights = np.where(hard, balance[1], balance[0]) * known
    return Rows(
        tuple(as_read(plain)),
        hard.astype(np.float32),
        weights.astype(np.float32),
        signals_of(all_simplified(plain)),
        kinds,
        balance,
    )


def _known(
    examples: Sequence[Example], kinds: NDArray[np.int8], labels: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what holds of each example, and what of that is known: both n x outputs."""
    steps = len(labels) + STEPS
    hard = np.zeros((len(examples), steps + MORE), dtype=np.bool_)
    known = np.zeros_like(hard)
    labelled = kinds == LABELLED
    hard[:, :steps] = targets(examples, labels).reshape(-1, steps)
    # The sentiment of a polarity text stands for good or bad; how much so is not known.
    known[:, :steps] = known_outputs(examples, labels) & labelled[:, None]
    sentiments = np.array([example.sentiment or 3 for example in examples], dtype=np.int64)
    hard[:, steps], known[:, steps] = sentiments > 3, (sentiments != 3) & (kinds != OUTSIDE)
    hard[:, steps + 1], known[:, steps + 1] = kinds != OUTSIDE, True
    return hard, known


def _balance(hard: NDArray[np.bool_], known: NDArray[np.bool_], cap: float) -> Small:
    """Return what a no and a yes of each output weigh: 2 x outputs, the commoner side 1."""
    yes = (hard & known).sum(axis=0)
    sides = np.stack([known.sum(axis=0) - yes, yes]).astype(np.float64)
    rarity = np.sqrt(sides.max(axis=0) / np.maximum(sides, 1))
    balance: Small = np.clip(rarity, 1, cap).astype(np.float32)
    return balance


def _taught(
    rows: Rows, cleaned: Sequence[Cleaned], teacher: Triage, labels: Sequence[str], soft: float
) -> Rows:
    """Give the polarity texts the teacher's word on labels and steps."""
    unread = np.flatnonzero(rows.kinds == POLARITY)
    wanted, weights = rows.targets.copy(), rows.weights.copy()
    steps = len(labels) + STEPS
    for start in range(0, len(unread), BATCH):
        part = unread[start : start + BATCH]
        wanted[part, :steps] = _told([cleaned[k] for k in part], teacher, labels)
        weights[part, :steps] = soft
    return replace(rows, targets=wanted, weights=weights)


def _told(cleaned: Sequence[Cleaned], teacher: Triage, labels: Sequence[str]) -> Floats:
    source = columns(teacher.scorer.labels, labels)
    if missing := [label for label, place in zip(labels, source, strict=False) if place < 0]:
        raise InputError(
            f"The teacher does not know the label {missing[0]!r}.",
            remedy="Give a teacher trained with the same labels, or none.",
        )
    return taken(probabilities(teacher.scorer.score(cleaned)), source)
