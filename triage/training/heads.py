"""Stage one of the word model: linear heads, and their features out of fold."""

import warnings
from collections.abc import Sequence

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from triage.records import Example
from triage.scorers.base import Floats
from triage.training.matrix import Counts

Head = tuple[Floats, float]  # coefficients per row, bias
Weights = NDArray[np.float32]
_SMALL = 3000  # so few texts fit faster than processes start


def targets(examples: Sequence[Example], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Return examples x (labels, sentiment > 1..4, urgency > 0..2)."""
    return np.array([_target(example, labels) for example in examples], dtype=np.bool_)


def _target(example: Example, labels: Sequence[str]) -> list[bool]:
    issues, sentiment, urgency = example.issues or (), example.sentiment, example.urgency
    steps = [(sentiment or 3) > k for k in (1, 2, 3, 4)] + [(urgency or 0) > k for k in (0, 1, 2)]
    return [label in issues for label in labels] + steps


def known_outputs(examples: Sequence[Example], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Return, shaped as `targets`, what is known of each example; the rest teaches nothing."""
    rows = [
        [e.issues is not None] * len(labels)
        + [e.sentiment is not None] * 4
        + [e.urgency is not None] * 3
        for e in examples
    ]
    return np.array(rows, dtype=np.bool_).reshape(len(examples), len(labels) + 7)


def svc(matrix: csr_matrix, wanted: NDArray[np.bool_], strength: float, seed: int) -> Head:
    """Fit one linear head; a label that all or none have gets a constant."""
    if wanted.all() or not wanted.any():
        return np.zeros(matrix.shape[1]), 1.0 if wanted.any() else -1.0
    fitted = LinearSVC(C=strength, random_state=seed, dual=True, max_iter=2000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(matrix, wanted)
    return fitted.coef_[0], float(fitted.intercept_[0])


def fit_heads(
    matrix: csr_matrix,
    wanted: NDArray[np.bool_],
    known: NDArray[np.bool_],
    strength: float,
    seed: int,
) -> list[Head]:
    """Fit a head for each column of `wanted`, on the texts of which it is `known`."""
    # Processes, never threads: liblinear draws from one generator for the whole process,
    # so heads fitted side by side in threads would differ from run to run.
    jobs = 1 if matrix.shape[0] < _SMALL else 2
    tasks = (
        delayed(svc)(matrix if use.all() else matrix[use], column[use], strength, seed)
        for column, use in zip(wanted.T, known.T, strict=True)
    )
    return list(Parallel(n_jobs=jobs)(tasks))


def polarity_head(
    polar: Counts | None,
    labelled: csr_matrix,
    sentiments: NDArray[np.int64],
    positive: NDArray[np.bool_],
    idf: Weights,
    strength: float,
    seed: int,
) -> Head:
    """Fit positive against negative on the collections, or on the labelled where there are none."""
    if polar is None:
        clear = sentiments != 3
        return svc(labelled[clear], sentiments[clear] > 3, strength, seed)
    return svc(polar.normed(idf), positive, strength, seed)


def scope_head(inside: csr_matrix, outside: csr_matrix | None, strength: float, seed: int) -> Head:
    """Fit feedback against text that is none; without the latter everything is feedback."""
    if outside is None:
        return np.zeros(inside.shape[1]), 1.0
    wanted = np.arange(inside.shape[0] + outside.shape[0]) < inside.shape[0]
    return svc(vstack([inside, outside]).tocsr(), wanted, strength, seed)


def stack(heads: Sequence[Head]) -> tuple[Floats, Floats]:
    """Return coefficients (rows x heads) and biases of several heads."""
    return np.stack([head[0] for head in heads], axis=1), np.array([head[1] for head in heads])


def features(counts: Counts, heads: Sequence[Head], idf: Weights) -> Floats:
    """Return second-stage features of a set of texts under `heads`."""
    coefficients, bias = stack(heads)
    return counts.features(coefficients * idf[:, None], bias, idf)


def folds(n: int, k: int, seed: int) -> NDArray[np.int64]:
    """Return a fold number, 0 to k - 1, for each of n texts."""
    return np.random.default_rng(seed).permutation(n) % k
