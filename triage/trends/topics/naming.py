"""What a topic is called: the phrases that are typical of it and frequent in it."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix

from triage.trends.facts import Floats, Ints
from triage.trends.topics.cluster import members
from triage.trends.topics.records import Weighted
from triage.trends.topics.vectors import Matrix

BETWEEN = " · "
NAMELESS = "…"
_KEPT = 10  # phrases of a topic
_PARTS = 3  # of them in its name
_OFTEN, _SELDOM = 0.1, 0.04  # of a topic's texts have a phrase of its first ones, of its last
_LONGER = 1.4  # a phrase says more than a word: worth so much more


def phrases_of(
    matrix: Matrix,
    terms: Sequence[str],
    groups: Ints,
    phrases: Iterable[str],
    weights: Floats | None = None,
) -> tuple[Weighted, ...]:
    """Return the phrases of each group, the heaviest first (class-based TF-IDF).

    The weight of a term is its share of the group's texts times ln(1 + A / f): f are its shares
    summed over the groups, A is the mean of these sums. `phrases`: terms of several words.
    `weights` take the place of that logarithm where the groups are too few to tell.
    """
    count = int(groups.max(initial=-1)) + 1
    if not count:
        return ()
    has = csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), matrix.shape)
    within = csr_matrix(members(groups, count) @ has)
    sizes = np.maximum(np.bincount(groups[groups >= 0], minlength=count), 1)
    shares = csr_matrix(within.multiply(1 / sizes[:, None]))
    whole = np.asarray(shares.sum(axis=0)).ravel()
    rare = np.log1p(whole.mean() / np.maximum(whole, 1e-12)) if weights is None else weights
    several = set(phrases)
    worth = np.array([_LONGER if term in several else 1.0 for term in terms])
    return tuple(_heaviest(shares[k], rare * worth, terms) for k in range(count))


def _heaviest(shares: csr_matrix, worth: Floats, terms: Sequence[str]) -> Weighted:
    """Choose the heaviest of the frequent terms, then of the rarer ones, none said twice."""
    weights = shares.data * worth[shares.indices]
    often = shares.data >= _OFTEN
    order = np.lexsort((shares.indices, -weights, ~often))
    kept: list[tuple[str, float]] = []
    for place in order[shares.data[order] >= _SELDOM]:
        term = terms[shares.indices[place]]
        if not any(overlap(term, other) for other, _ in kept):
            kept.append((term, round(float(weights[place]), 4)))
        if len(kept) == _KEPT:
            break
    return tuple(kept)


def overlap(one: str, other: str) -> bool:
    """Tell whether two phrases say the same: one in the other, or two characters in common."""
    short, long = sorted((one, other), key=len)
    return any(short[k : k + 2] in long for k in range(len(short) - 1))


def name_of(phrases: Weighted, taken: Iterable[str] = ()) -> str:
    """Return a name of the heaviest phrases; more of them, or a number, where it is `taken`."""
    told, others = [phrase for phrase, _ in phrases], set(taken)
    for parts in range(min(_PARTS, len(told)), len(told) + 1):
        name = BETWEEN.join(told[:parts]) or NAMELESS
        if name not in others:
            return name
    base = BETWEEN.join(told[:_PARTS]) or NAMELESS
    number = next(k for k in range(2, len(others) + 3) if f"{base} {k}" not in others)
    return f"{base} {number}"


def names_of(groups: Sequence[Weighted], taken: Iterable[str] = ()) -> list[str]:
    """Return a name for each group, no two alike."""
    names, others = [], set(taken)
    for phrases in groups:
        names.append(name_of(phrases, others))
        others.add(names[-1])
    return names
