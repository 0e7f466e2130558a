"""From a batch to per-clause sparse counts, and from per-clause scores to per-text features.

A linear score is a sum over features, so it splits exactly into clauses. That gives the
evidence for free and lets the second stage see one complaining clause in a long e-mail.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.features import BITS, Batch, View, buckets
from triage.scorers.base import Floats

Slots = NDArray[np.int32]


def slot_table(kept: NDArray[np.uint32]) -> Slots:
    """Return the row of each bucket, -1 for buckets that are not `kept` (sorted)."""
    table = np.full(1 << BITS, -1, dtype=np.int32)
    table[kept] = np.arange(len(kept), dtype=np.int32)
    return table


def counts(
    seen: Iterable[View], slots: Slots, clauses: NDArray[np.int64], width: int
) -> Iterator[csr_matrix]:
    """Yield, per view, the clauses x rows matrix of occurrences (duplicates unsummed)."""
    for view in seen:
        yield _view_counts(view, slots, clauses, width)


def _view_counts(view: View, slots: Slots, clauses: NDArray[np.int64], width: int) -> csr_matrix:
    rows = slots[buckets(view.hashes)]
    known = np.flatnonzero(rows >= 0)
    # Occurrences come in order of position, so a clause is a stretch of them.
    ends = np.empty(len(clauses) + 1, dtype=np.int32)
    ends[:-1] = np.searchsorted(view.positions[known], clauses)
    ends[-1] = len(known)
    ones = np.ones(len(known), dtype=np.float32)
    return csr_matrix((ones, rows[known], ends), shape=(len(clauses), width))


def first_clauses(batch: Batch) -> NDArray[np.int64]:
    """Return, for each text, the number of its first clause."""
    return np.searchsorted(batch.clauses, batch.docs)


def pool(
    sums: Floats, first: NDArray[np.int64], squares: Floats, bias: Floats
) -> tuple[Floats, Floats]:
    """Return each clause's share of its text's decision, and second-stage features.

    `sums` are per-clause sums (clauses x heads), `squares` the squared norms of the texts,
    `bias` one value per head. The features (n x wide) are the decision values, the largest,
    smallest, first and last clause of each head, and two measures of length.
    """
    sizes = np.diff(np.append(first, len(sums)))
    norm = np.repeat(1 / np.sqrt(np.maximum(squares, 1e-6)), sizes)
    share = sums * norm[:, None]
    last = share[np.append(first[1:], len(share)) - 1]
    parts = (
        np.add.reduceat(share, first) + bias,
        np.maximum.reduceat(share, first),
        np.minimum.reduceat(share, first),
        share[first],
        last,
        np.log(squares + 1)[:, None],
        np.log(sizes)[:, None],
    )
    return share, np.concatenate(parts, axis=1)
