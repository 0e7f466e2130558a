"""Texts as weighted terms (TF-IDF), and as few numbers (truncated SVD)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.trends.facts import Floats, Ints

Terms = Sequence[Sequence[str]]
Matrix: TypeAlias = csr_matrix
Points = NDArray[np.float32]
_MOST = 30_000  # terms
COMMON = 0.25  # of all texts: what more of them have in common tells nothing apart
_RARE = float(np.log1p(50))
_POWER = 2  # rounds that sharpen the randomised SVD
_SPARE = 10


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Known terms, by place, and what each weighs; a rarer term weighs more.

    A term that is not known weighs as much as the heaviest: it is rarer than all of them.
    """

    places: Mapping[str, int]
    weights: Floats

    def is_rare(self, term: str) -> bool:
        """Tell whether a term is not known, or was in less than one text of 50."""
        return term not in self.places or bool(self.weights[self.places[term]] > _RARE)

    def matrix(self, terms: Terms) -> Matrix:
        """Return texts x terms. A row has length 1 less what terms that are not known weigh."""
        columns: list[int] = []
        ends, unknown = [0], []
        for row in terms:
            known = {self.places[term] for term in row if term in self.places}
            columns += sorted(known)
            ends.append(len(columns))
            unknown.append(len({term for term in row if term not in self.places}))
        where = np.array(columns, dtype=np.int32)
        shape = (len(terms), len(self.weights))
        matrix = csr_matrix((self.weights[where], where, np.array(ends)), shape=shape)
        heaviest = float(self.weights.max(initial=0.0))
        return scaled(matrix, heaviest**2 * np.array(unknown, dtype=np.float64))

    def weighed_as(self, known: "Vocabulary") -> "Vocabulary":
        """Return the same terms with the weights that another gives them."""
        heaviest = known.weights.max(initial=1.0)
        weights = [
            known.weights[known.places[term]] if term in known.places else heaviest
            for term in self.places
        ]
        return Vocabulary(self.places, np.array(weights))

    def grown(self, other: "Vocabulary") -> "Vocabulary":
        """Return this one with those terms of another that it lacks, after its own."""
        new = [term for term in other.places if term not in self.places]
        more = other.weights[[other.places[term] for term in new]]
        places = {**self.places} | {t: k for k, t in enumerate(new, len(self.places))}
        return Vocabulary(places, np.concatenate([self.weights, more]))

    def places_in(self, other: "Vocabulary") -> Ints:
        """Return where each of its terms stands in another vocabulary that has them all."""
        return np.array([other.places[term] for term in self.places], dtype=np.int64)


def learn(terms: Terms, *, least: int, common: float = COMMON) -> Vocabulary:
    """Return the terms of at least `least` texts, and at most a share of `common` of them.

    Of too many terms those in most texts are kept.
    """
    counts = Counter(term for row in terms for term in set(row))
    ceiling = max(common * len(terms), least)
    chosen = [(n, term) for term, n in counts.items() if least <= n <= ceiling]
    chosen = sorted(chosen, key=lambda item: (-item[0], item[1]))[:_MOST]
    found = np.array([n for n, _ in chosen], dtype=np.float64)
    places = {term: place for place, (_, term) in enumerate(chosen)}
    return Vocabulary(places, np.log1p(len(terms) / found))


def project(matrix: Matrix, size: int, *, seed: int, centred: bool = True) -> Points:
    """Return the texts as `size` numbers each, of length 1: a randomised truncated SVD.

    `centred`: what all texts share is taken out, their mean. Halko, Martinsson and Tropp (2011),
    algorithms 4.4 and 5.1.
    """
    narrow = scaled(matrix).astype(np.float32)
    width = min(size + _SPARE, *matrix.shape)
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((matrix.shape[1], width), dtype=np.float32)
    for _ in range(_POWER):
        basis, _ = np.linalg.qr(narrow.T @ (narrow @ basis))
    space, _ = np.linalg.qr(narrow @ basis)
    left, values, _ = np.linalg.svd((narrow.T @ space).T, full_matrices=False)
    points = space @ (left[:, :size] * values[:size])
    return unit(points - points.mean(axis=0) if centred else points)


def unit(points: NDArray[np.float32]) -> Points:
    """Return rows of length 1; a row of nothing stays one."""
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    result: Points = points / np.maximum(lengths, 1e-12)
    return result


def scaled(matrix: Matrix, more: Floats | float = 0.0) -> Matrix:
    """Return a matrix with rows of length 1, `more` being added to the square of the length."""
    lengths = np.sqrt(squares(matrix) + more)
    data = matrix.data * np.repeat(1 / np.maximum(lengths, 1e-12), np.diff(matrix.indptr))
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def squares(matrix: Matrix) -> Floats:
    """Return the squared length of each row."""
    result: Floats = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()
    return result
