"""Fit the word model: linear heads, then the second stage on predictions out of fold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from triage.labels import ISSUES
from triage.records import Example
from triage.scorers.base import Floats
from triage.scorers.linear import LinearWeights, Stage2
from triage.text.segment import Segmenter
from triage.training.matrix import Counts, count

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be turned in the fit; the defaults were chosen on the dev split."""

    seed: int = 0
    folds: int = 5
    strength: float = 1.0  # C of the heads
    polarity_strength: float = 0.3
    least_texts: int = 2  # a bucket is kept if so many labelled texts have it
    least_polarity_texts: int = 8
    rows: int = 360_000
    networks: int = 6
    hidden: int = 48
    decay: float = 3.0


def fit(
    examples: Sequence[Example],
    polarity: Sequence[Example],
    segmenter: Segmenter,
    *,
    labels: Sequence[str] = ISSUES,
    settings: Settings | None = None,
    progress: Progress = lambda _: None,
) -> LinearWeights:
    """Fit a word model on fully labelled examples and polarity-only ones (may be none).

    The same inputs give the same numbers: every seed is fixed, linear algebra runs on one
    thread, and the order of the examples is made canonical first.
    """
    chosen = settings or Settings()
    rows = sorted(examples, key=lambda e: e.id)
    extra = sorted(polarity, key=lambda e: e.id)
    with threadpool_limits(1):
        return _fit(rows, extra, segmenter, tuple(labels), chosen, progress)


def _fit(
    rows: list[Example],
    extra: list[Example],
    segmenter: Segmenter,
    labels: tuple[str, ...],
    settings: Settings,
    progress: Progress,
) -> LinearWeights:
    progress("counting words and characters")
    labelled, kept, idf, polar = _count_all(rows, extra, segmenter, settings)
    progress("fitting polarity")
    direction = _polarity_head(polar, labelled.normed(idf), rows, extra, idf, settings)
    wanted = targets(rows, labels)
    progress("fitting heads out of fold")
    matrix = labelled.normed(idf)
    stacked = _out_of_fold(labelled, matrix, idf, wanted, direction, settings)
    progress("fitting the second stage")
    stage2 = _second_stage(stacked, wanted, settings)
    progress("fitting heads on everything")
    coefficients, bias = _with(_heads(matrix, wanted, settings), direction)
    heads = (coefficients * idf[:, None]).astype(np.float32)
    return _pruned(LinearWeights(labels, kept, idf, heads, bias, stage2), settings.rows)


def targets(examples: Sequence[Example], labels: Sequence[str]) -> NDArray[np.bool_]:
    """Return examples x (labels, sentiment > 1..4, urgency > 0..2)."""
    rows = []
    for example in examples:
        issues, sentiment, urgency = (
            example.issues or (),
            example.sentiment or 3,
            example.urgency or 0,
        )
        steps = [sentiment > k for k in (1, 2, 3, 4)] + [urgency > k for k in (0, 1, 2)]
        rows.append([label in issues for label in labels] + steps)
    return np.array(rows, dtype=np.bool_)


def _count_all(
    rows: list[Example], extra: list[Example], segmenter: Segmenter, settings: Settings
) -> tuple[Counts, NDArray[np.uint32], NDArray[np.float32], Counts | None]:
    labelled = count([e.text for e in rows], segmenter)
    polar = count([e.text for e in extra], segmenter) if extra else None
    own = _document_frequency(labelled)
    other = _document_frequency(polar) if polar else np.zeros_like(own)
    chosen = (own >= settings.least_texts) | (other >= settings.least_polarity_texts)
    kept = np.flatnonzero(chosen).astype(np.uint32)
    total = len(rows) + len(extra)
    idf = np.log((1 + total) / (1 + own[kept] + other[kept])) + 1
    # Stored in half precision: fit with the values that will be used.
    idf = idf.astype(np.float16).astype(np.float32)
    return labelled.columns(kept), kept, idf, polar.columns(kept) if polar else None


def _document_frequency(counts: Counts) -> NDArray[np.int64]:
    text = counts.text
    text.sum_duplicates()
    return np.bincount(text.indices, minlength=text.shape[1])


Head = tuple[Floats, float]  # coefficients per row, bias


def _polarity_head(
    polar: Counts | None,
    labelled: csr_matrix,
    rows: list[Example],
    extra: list[Example],
    idf: NDArray[np.float32],
    settings: Settings,
) -> Head:
    """Fit positive against negative on the collections, or on the labelled where there are none."""
    if polar is None:
        clear = np.array([e.sentiment != 3 for e in rows])
        positive = np.array([(e.sentiment or 3) > 3 for e in rows])[clear]
        return _svc(labelled[clear], positive, settings.polarity_strength, settings.seed)
    positive = np.array([(e.sentiment or 3) > 3 for e in extra])
    return _svc(polar.normed(idf), positive, settings.polarity_strength, settings.seed)


def _svc(matrix: csr_matrix, wanted: NDArray[np.bool_], strength: float, seed: int) -> Head:
    if wanted.all() or not wanted.any():  # a label nobody has yet: never, or always
        return np.zeros(matrix.shape[1]), 1.0 if wanted.all() else -1.0
    fitted = LinearSVC(C=strength, random_state=seed, dual=True, max_iter=2000).fit(matrix, wanted)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _heads(matrix: csr_matrix, wanted: NDArray[np.bool_], settings: Settings) -> list[Head]:
    tasks = (delayed(_svc)(matrix, column, settings.strength, settings.seed) for column in wanted.T)
    return list(Parallel(n_jobs=2, prefer="threads")(tasks))


def _with(heads: list[Head], direction: Head) -> tuple[Floats, Floats]:
    every = [*heads, direction]
    return np.stack([head[0] for head in every], axis=1), np.array([head[1] for head in every])


def _out_of_fold(
    labelled: Counts,
    matrix: csr_matrix,
    idf: NDArray[np.float32],
    wanted: NDArray[np.bool_],
    direction: Head,
    settings: Settings,
) -> Floats:
    """Return second-stage features of each text from heads that did not see it."""
    fold = np.random.default_rng(settings.seed).permutation(len(wanted)) % settings.folds
    stacked: Floats | None = None
    for k in range(settings.folds):
        heads = _heads(matrix[fold != k], wanted[fold != k], settings)
        coefficients, bias = _with(heads, direction)
        features = labelled.features(coefficients * idf[:, None], bias, idf)
        stacked = np.zeros_like(features) if stacked is None else stacked
        stacked[fold == k] = features[fold == k]
    assert stacked is not None
    return stacked


def _second_stage(features: Floats, wanted: NDArray[np.bool_], settings: Settings) -> Stage2:
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    inputs = np.clip((features - mean) / scale, -8, 8)
    seeds = range(settings.seed, settings.seed + settings.networks)
    nets = [_network(inputs, wanted, seed, settings) for seed in seeds]
    stack = [np.stack(parts) for parts in zip(*nets, strict=True)]
    return Stage2(mean, scale, *stack)


def _network(
    inputs: Floats, wanted: NDArray[np.bool_], seed: int, settings: Settings
) -> tuple[Floats, Floats, Floats, Floats]:
    net = MLPClassifier(
        (settings.hidden,),
        alpha=settings.decay,
        early_stopping=len(inputs) >= 100,
        random_state=seed,
        max_iter=100,
    )
    net.fit(inputs, wanted.astype(np.int64))
    (w1, w2), (b1, b2) = net.coefs_, net.intercepts_
    return w1, b1, w2, b2


def _pruned(weights: LinearWeights, rows: int) -> LinearWeights:
    """Keep the `rows` rows that can move a decision most."""
    if len(weights.kept) <= rows:
        return weights
    reach = np.abs(weights.heads).max(axis=1)
    best = np.sort(np.argsort(-reach, kind="stable")[:rows])
    return LinearWeights(
        weights.labels,
        weights.kept[best],
        weights.idf[best],
        weights.heads[best],
        weights.bias,
        weights.stage2,
    )
