"""From a batch to per-clause sparse counts, and from per-clause scores to per-text features.

A linear score is a sum over features, so it splits exactly into clauses. That gives the
evidence for free and lets the second stage see one complaining clause in a long e-mail.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.features import BITS, Batch, View, buckets, views
from triage.scorers.base import Floats

Slots = NDArray[np.int32]


def slot_table(kept: NDArray[np.uint32]) -> Slots:
    """Return the row of each bucket, -1 for buckets that are not `kept` (sorted)."""
    table = np.full(1 << BITS, -1, dtype=np.int32)
    table[kept] = np.arange(len(kept), dtype=np.int32)
    return table


def counts(batch: Batch, slots: Slots, width: int) -> Iterator[csr_matrix]:
    """Yield, per view, the clauses x rows matrix of occurrences (duplicates unsummed)."""
    number = np.zeros(len(batch.codes), dtype=np.int32)
    number[batch.clauses[1:]] = 1
    clause_at = np.cumsum(number, dtype=np.int64)
    for view in views(batch):
        yield _view_counts(view, slots, clause_at, (len(batch.clauses), width))


def _view_counts(
    view: View, slots: Slots, clause_at: NDArray[np.int64], shape: tuple[int, int]
) -> csr_matrix:
    rows = slots[buckets(view.hashes)]
    known = rows >= 0
    per_clause = np.bincount(clause_at[view.positions[known]], minlength=shape[0])
    ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(per_clause)])
    ones = np.ones(int(ends[-1]), dtype=np.float32)
    return csr_matrix((ones, rows[known], ends.astype(np.int32)), shape=shape)


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
