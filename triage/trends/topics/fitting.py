"""One fit: from texts to groups, their centres, and how near a text must be to belong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, vstack

from triage.errors import InputError
from triage.trends.facts import Floats, Ints
from triage.trends.topics.cluster import joined, k_means, members
from triage.trends.topics.naming import phrases_of
from triage.trends.topics.phrases import Phrases, Row, find_phrases, terms_of
from triage.trends.topics.records import NO_TOPIC, Options, Weighted
from triage.trends.topics.vectors import Matrix, Points, Vocabulary, learn, project, scaled

FEWEST = 10  # texts: fewer make no topics
_NUMBERS = 64  # a text becomes
_TERMS = 400  # of a centre that count
_FOREIGN = 0.99  # of the texts of other topics lie below the floor of a topic
_LOOSE, _TIGHT = 0.5, 0.75  # times the usual nearness of its own texts: bounds of the floor
_CHUNK = 20_000
_SETTLING = 3  # rounds of giving texts to topics, after which few move


@dataclass(frozen=True, slots=True)
class Space:
    """What texts are measured with: phrases and weighted terms."""

    phrases: Phrases
    vocabulary: Vocabulary

    def matrix(self, rows: Sequence[Row]) -> Matrix:
        """Return texts x terms of the telling words of texts."""
        return self.vocabulary.matrix([list(terms_of(row, self.phrases)) for row in rows])

    def grown(self, other: "Space") -> "Space":
        """Return this space with what another knows besides."""
        phrases = {**other.phrases, **self.phrases}
        return Space(phrases, self.vocabulary.grown(other.vocabulary))


@dataclass(frozen=True, slots=True)
class Centres:
    """k topics in a space: their centres (k x terms, rows of length 1), and their floors."""

    matrix: Matrix
    floors: Floats

    def nearest(self, texts: Matrix) -> tuple[Ints, Floats]:
        """Return the topic of each text, -1 where it is below the floor, and the cosine."""
        wide = _padded(self.matrix, texts.shape[1]).T.tocsc()
        groups = np.full(texts.shape[0], NO_TOPIC, dtype=np.int64)
        cosines = np.zeros(texts.shape[0])
        for start in range(0, texts.shape[0] if len(self.floors) else 0, _CHUNK):
            part = slice(start, start + _CHUNK)
            found = (texts[part] @ wide).toarray()
            best = found.argmax(axis=1)
            cosines[part] = found.max(axis=1)
            groups[part] = np.where(cosines[part] >= self.floors[best], best, NO_TOPIC)
        return groups, cosines

    def grown(self, other: "Centres", places: Ints, width: int) -> "Centres":
        """Return these centres and, after them, others, whose terms stand at `places`."""
        new = other.matrix
        moved = csr_matrix((new.data, places[new.indices], new.indptr), (new.shape[0], width))
        matrix = vstack([_padded(self.matrix, width), moved], format="csr")
        return Centres(matrix, np.concatenate([self.floors, other.floors]))


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit found: the space, k centres, phrases of each, the group of each text."""

    space: Space
    centres: Centres
    phrases: tuple[Weighted, ...]
    assigned: Ints


def space_of(rows: Sequence[Row], known: Vocabulary | None = None) -> Space:
    """Learn phrases and terms from the telling words of texts. Raises InputError for too few.

    What much of them say tells nothing apart, unless the texts are of one kind: then `known`,
    learnt from other texts, says what a term weighs.
    """
    if sum(map(bool, rows)) < FEWEST:
        raise InputError(
            f"{sum(map(bool, rows))} texts that say something make no topics.",
            remedy=f"Give {FEWEST} or more.",
        )
    phrases = find_phrases(rows, least=max(3, len(rows) // 10_000))
    terms = [list(terms_of(row, phrases)) for row in rows]
    least = 2 if len(rows) < 1000 else max(3, len(rows) // 20_000)
    if known is None:
        return Space(phrases, learn(terms, least=least))
    return Space(phrases, learn(terms, least=least, common=1.0).weighed_as(known))


def fit_rows(
    rows: Sequence[Row],
    options: Options,
    *,
    before: Ints | None = None,
    known: Vocabulary | None = None,
) -> Fit:
    """Group texts by their telling words, beginning from the groups there were `before`.

    `known` is given where one kind of text may be most of them: see `space_of`. Raises
    InputError for too few texts.
    """
    space = space_of(rows, known)
    matrix = space.matrix(rows)
    groups = np.full(len(rows), NO_TOPIC, dtype=np.int64)
    inside = np.flatnonzero(np.diff(matrix.indptr))
    if len(inside):
        points = points_of(matrix[inside], options, centred=known is None)
        old = None if before is None else before[inside]
        first = k_means(points, options.groups(len(points)), seed=options.seed, before=old)
        groups[inside] = joined(points, first, alike=options.alike)
    return _settled(space, matrix, groups, options, own=known is None)


def fit_groups(
    rows: Sequence[Row], groups: Ints, options: Options, *, known: Vocabulary | None = None
) -> Fit:
    """Make topics of groups that were found in another way. Raises InputError for too few."""
    space = space_of(rows, known)
    return _settled(space, space.matrix(rows), groups, options, own=known is None)


def points_of(matrix: Matrix, options: Options, *, centred: bool = True) -> Points:
    """Return each text as a point of few numbers, of length 1."""
    return project(matrix, _NUMBERS, seed=options.seed, centred=centred)


def _settled(space: Space, matrix: Matrix, groups: Ints, options: Options, *, own: bool) -> Fit:
    """Give each text to the nearest topic, or to none; leave out topics that are too small.

    `own`: how telling a term is follows from these topics, else from its weight.
    """
    least, assigned = options.smallest(matrix.shape[0]), groups
    for _ in range(_SETTLING):
        assigned = _renumbered(_centres(matrix, assigned).nearest(matrix)[0], least)
    weights = None if own else space.vocabulary.weights
    several = ["".join(words) for words in space.phrases]
    named = phrases_of(matrix, list(space.vocabulary.places), assigned, several, weights)
    return Fit(space, _centres(matrix, assigned), named, assigned)


def _renumbered(groups: Ints, least: int) -> Ints:
    """Number the groups that are large enough, the largest first; the others are none."""
    counts = np.bincount(groups[groups >= 0], minlength=1)
    order = [g for g in np.lexsort((np.arange(len(counts)), -counts)) if counts[g] >= least]
    places = np.full(len(counts) + 1, NO_TOPIC, dtype=np.int64)  # the last place is that of -1
    places[order] = np.arange(len(order))
    return places[groups]


def _centres(matrix: Matrix, groups: Ints) -> Centres:
    count = int(groups.max(initial=-1)) + 1
    centres = _sparse(scaled(csr_matrix(members(groups, count) @ matrix)))
    return Centres(centres, _floors(matrix, centres, groups))


def _floors(matrix: Matrix, centres: Matrix, groups: Ints) -> Floats:
    """Return how near a text must be: nearer than nearly all texts of other topics."""
    count = centres.shape[0]
    some = matrix[:: max(1, matrix.shape[0] // _CHUNK)]
    home = groups[:: max(1, matrix.shape[0] // _CHUNK)]
    cosines = (some @ centres.T).toarray()
    floors = np.zeros(count)
    for k in range(count):
        own, foreign = cosines[home == k, k], cosines[(home != k) & (home >= 0), k]
        usual = float(np.median(own)) if len(own) else 0.0
        above = float(np.quantile(foreign, _FOREIGN)) if len(foreign) else 0.0
        # Near copies have others nowhere near them, and kindred topics have them everywhere.
        floors[k] = max(min(above, _TIGHT * usual), _LOOSE * usual, 1e-6)
    return floors


def _sparse(centres: Matrix) -> Matrix:
    """Keep the heaviest terms of each centre: the rest is chance, and slow."""
    kept = []
    for k in range(centres.shape[0]):
        row = centres[k]
        if row.nnz > _TERMS:
            row.data[row.data < np.partition(row.data, -_TERMS)[-_TERMS]] = 0
            row.eliminate_zeros()
        kept.append(row)
    return scaled(vstack(kept, format="csr")) if kept else centres


def _padded(matrix: Matrix, width: int) -> Matrix:
    shape = (matrix.shape[0], width)
    return csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=shape)
