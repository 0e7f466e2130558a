"""A quick learner: logistic regressions on hashed words, beside what a base model says."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from triage.engine import Triage
from triage.scorers.base import Floats
from triage.scorers.steps import as_log_odds
from triage.selection.scoring import judge_numbers
from triage.text.segment import Segmenter
from triage.training.linear import document_frequency
from triage.training.matrix import Counts, count

Bools = NDArray[np.bool_]
_STRENGTH = 3.0  # C
_BASE_SCALE = 0.3  # log-odds beside words, whose rows have length 1
_BASE_FAR = 6.0
_LEAST_TEXTS = 2


@dataclass(frozen=True)
class Inputs:
    """Texts as a learner sees them.

    `matrix` is n x (words and base columns), `counts` the words by clause, `weight` what turns
    a clause's counts into its part of the row before the norm, `norm` the rows' norms.
    """

    matrix: csr_matrix
    counts: Counts
    weight: NDArray[np.float32]
    norm: Floats


def inputs_of(texts: Sequence[str], *, base: Floats | None = None) -> Inputs:
    """Return the inputs of `texts`; `base` are log-odds of a base model, n x anything."""
    whole = count(texts, Segmenter())
    seen = document_frequency(whole)
    kept = np.flatnonzero(seen >= min(_LEAST_TEXTS, len(texts))).astype(np.uint32)
    counts = whole.columns(kept)
    weight = (np.log((1 + len(texts)) / (1 + seen[kept])) + 1).astype(np.float32)
    parts = [counts.normed(weight)]
    if base is not None:
        parts.append(csr_matrix(_BASE_SCALE * np.clip(base, -_BASE_FAR, _BASE_FAR)))
    norm = np.sqrt(np.maximum(counts.squares(weight), 1e-6))
    return Inputs(hstack(parts).tocsr(), counts, weight, norm)


def base_columns(engine: Triage, texts: Sequence[str]) -> Floats:
    """Return what an engine says of texts as log-odds: labels, sentiment > 1..4, urgency > 0..2."""
    return as_log_odds(judge_numbers(engine, texts))


def fit_output(matrix: csr_matrix, wanted: Bools, *, seed: int = 0) -> tuple[Floats, float]:
    """Return coefficients and bias of one logistic regression; a constant where all agree."""
    if wanted.all() or not wanted.any():
        rate = (wanted.sum() + 0.5) / (len(wanted) + 1)
        return np.zeros(matrix.shape[1]), float(np.log(rate / (1 - rate)))
    used = np.unique(matrix.indices)
    model = LogisticRegression(
        C=_STRENGTH, solver="liblinear", dual=True, tol=1e-2, max_iter=200, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix[:, used], wanted)
    coefficients = np.zeros(matrix.shape[1])
    coefficients[used] = model.coef_[0]
    return coefficients, float(model.intercept_[0])
