"""Sparse counts of a training set: per clause, and per text with its norm."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, vstack

from triage.features import BITS, read, views
from triage.scorers.base import Floats
from triage.scorers.clauses import Slots, counts, first_clauses, pool
from triage.text.clean import clean
from triage.text.segment import Segmenter

_CHUNK = 1024
_BLANK = "。"  # keeps a row for a text that cleaning empties


@dataclass(frozen=True)
class Counts:
    """Occurrences of a set of texts: `clause` is clauses x buckets, `first` per text."""

    clause: csr_matrix
    first: NDArray[np.int64]

    @cached_property
    def text(self) -> csr_matrix:
        """Texts x buckets: the clauses of each text added up."""
        rows, width = len(self.first), self.clause.shape[0]
        ones = np.ones(width, dtype=np.float32)
        ends = np.append(self.first, width)
        return csr_matrix((ones, np.arange(width), ends), shape=(rows, width)) @ self.clause

    def columns(self, kept: NDArray[np.uint32]) -> "Counts":
        """Return the same texts over fewer columns."""
        return Counts(self.clause[:, kept].tocsr(), self.first)

    def squares(self, idf: NDArray[np.float32]) -> Floats:
        """Return the squared norm of each text, occurrence by occurrence."""
        return np.asarray(self.text @ (idf**2), dtype=np.float64)

    def normed(self, idf: NDArray[np.float32]) -> csr_matrix:
        """Return texts x columns, weighted by `idf` and divided by the norms."""
        norm = 1 / np.sqrt(np.maximum(self.squares(idf), 1e-6))
        return csr_matrix(diags(norm) @ self.text @ diags(idf.astype(np.float64)))

    def features(self, heads: Floats, bias: Floats, idf: NDArray[np.float32]) -> Floats:
        """Return the second-stage features under `heads` (idf already in)."""
        sums = np.asarray(self.clause @ heads.astype(np.float32), dtype=np.float64)
        return pool(sums, self.first, self.squares(idf), bias)[1]


def count(texts: Sequence[str], segmenter: Segmenter) -> Counts:
    """Count every bucket of `texts`; the columns are all 2**BITS buckets."""
    every: Slots = np.arange(1 << BITS, dtype=np.int32)
    matrices, firsts, total = [], [], 0
    for start in range(0, len(texts), _CHUNK):
        chunk = [clean(text).text or _BLANK for text in texts[start : start + _CHUNK]]
        batch = read(chunk, segmenter)
        matrices.append(csr_matrix(sum(counts(views(batch), every, batch.clauses, 1 << BITS))))
        firsts.append(first_clauses(batch) + total)
        total += len(batch.clauses)
    return Counts(vstack(matrices).tocsr(), np.concatenate(firsts))
