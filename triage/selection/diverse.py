"""Texts as points whose distance says how different they are, and the farthest of them first."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack
from threadpoolctl import threadpool_limits

from triage.features import Batch, buckets, read, views
from triage.scorers.base import Floats
from triage.text.clean_all import clean_all
from triage.text.segment import Segmenter

Points = NDArray[np.float32]
_BATCH = 1024
_COLUMNS = 1 << 16  # the buckets, folded: for likeness a few collisions do not matter
_VIEWS = ("c2", "w1")
_DIMENSIONS = 64
_SAMPLE = 20_000  # so many texts tell the directions of all
_BLANK = "。"
_CHUNK = 2048


def points(texts: Sequence[str], segmenter: Segmenter, *, seed: int = 0) -> Points:
    """Return n x 64 points of length 1 (fewer columns for few texts): latent semantic analysis.

    Words and character pairs, weighted by rarity, reduced by a truncated SVD.
    """
    matrix = _weighted(vstack([_counts(part, segmenter) for part in _parts(texts)]).tocsr())
    with threadpool_limits(1):
        reduced = _reduced(matrix[:, np.unique(matrix.indices)], seed).astype(np.float32)
    length = np.linalg.norm(reduced, axis=1, keepdims=True)
    return np.asarray(reduced / np.maximum(length, 1e-9), dtype=np.float32)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))


def _counts(texts: Sequence[str], segmenter: Segmenter) -> csr_matrix:
    batch = read([item.text or _BLANK for item in clean_all(texts)], segmenter)
    matrix = csr_matrix((len(texts), _COLUMNS), dtype=np.float32)
    for view in views(batch):
        if view.name in _VIEWS:
            matrix = matrix + _view(batch, view.positions, buckets(view.hashes), len(texts))
    return matrix


def _view(
    batch: Batch, positions: NDArray[np.int64], found: NDArray[np.int64], rows: int
) -> csr_matrix:
    text = np.searchsorted(batch.docs, positions, side="right") - 1
    ones = np.ones(len(positions), dtype=np.float32)
    return csr_matrix((ones, (text, found % _COLUMNS)), shape=(rows, _COLUMNS))


def _weighted(matrix: csr_matrix) -> csr_matrix:
    seen = np.bincount(matrix.indices, minlength=_COLUMNS)
    idf = (np.log((1 + matrix.shape[0]) / (1 + seen)) + 1).astype(np.float32)
    weighted = matrix @ diags(idf)
    norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return csr_matrix(diags(1 / np.maximum(norm, 1e-9)) @ weighted)


def _reduced(matrix: csr_matrix, seed: int) -> Floats:
    from sklearn.decomposition import TruncatedSVD

    rows = matrix.shape[0]
    if rows <= _DIMENSIONS:  # nothing to gain, and no room for so many directions
        few: Floats = np.asarray(matrix.todense(), dtype=np.float64)
        return few
    chosen = np.random.default_rng(seed).permutation(rows)[:_SAMPLE]
    fitted = TruncatedSVD(_DIMENSIONS, random_state=seed, n_iter=3).fit(matrix[np.sort(chosen)])
    reduced: Floats = fitted.transform(matrix)
    return reduced


def nearest(these: Points, others: Points) -> Floats:
    """Return the cosine distance, 0 to 2, of each point to the nearest of `others`; 2 if none."""
    found = np.full(len(these), 2.0)
    for start in range(0, len(others), _CHUNK):
        likeness = these @ others[start : start + _CHUNK].T
        found = np.minimum(found, 1 - likeness.max(axis=1))
    return found


def farthest_first(
    these: Points, seen: Points, *, weight: Floats | None = None
) -> Iterator[tuple[int, float]]:
    """Yield every row once, each the farthest from `seen` and from those before it (k-center).

    With the row comes that distance. `weight`, 0 to 1 a row, shortens it where a row matters
    less. A row must not be drawn for those after it to be computed.
    """
    distance = nearest(these, seen)
    scale = np.ones(len(these)) if weight is None else weight
    left = np.ones(len(these), dtype=np.bool_)
    while left.any():
        row = int(np.argmax(np.where(left, distance * scale, -1.0)))
        left[row] = False
        yield row, float(max(distance[row], 0.0))
        distance = np.minimum(distance, 1 - these @ these[row])
