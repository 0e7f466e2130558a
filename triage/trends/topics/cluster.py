"""Groups of like points: spherical k-means with too many groups, of which the like are joined."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from triage.trends.facts import Floats, Ints
from triage.trends.topics.vectors import Points, unit

_ROUNDS = 25
_STARTS, _FEW = 5, 5000
_BATCH = 20_000  # points compared with all centres at once
_FROM = 30_000  # points that the centres are found from


def k_means(points: Points, count: int, *, seed: int, before: Ints | None = None) -> Ints:
    """Return the group of each point of length 1, 0 to count - 1; some groups may be empty.

    Begins from the groups there were `before` (-1: of none) and from points far from these and
    each other (k-means++), ends when nothing moves. Of several beginnings that with the nearest
    centres counts, where points are so few that chance decides much.
    """
    rng = np.random.default_rng(seed)
    some = points[rng.choice(len(points), _FROM, replace=False)] if len(points) > _FROM else points
    old = points[:0] if before is None else _means(points, before)
    found = [_centres(some, old, count, rng) for _ in range(1 if len(some) > _FEW else _STARTS)]
    best = max(found, key=lambda centres: float((some @ centres.T).max(axis=1).sum()))
    return _nearest(points, best)


def _means(points: Points, groups: Ints) -> Points:
    known, places = np.unique(groups, return_inverse=True)
    return unit(members(places - int(known[0] < 0), len(known) - int(known[0] < 0)) @ points)


def _centres(points: Points, old: Points, count: int, rng: np.random.Generator) -> Points:
    centres = _apart(points, old, count, rng)
    groups = np.full(len(points), -1, dtype=np.int64)
    for _ in range(_ROUNDS):
        new = _nearest(points, centres)
        if np.array_equal(new, groups):
            break
        groups = new
        centres = _moved(points, groups, centres)
    return centres


def members(groups: Ints, count: int) -> csr_matrix:
    """Return groups x points, 1 where a point is of a group; a point of group -1 is of none."""
    inside = np.flatnonzero(groups >= 0)
    ones = np.ones(len(inside), dtype=np.float32)
    return csr_matrix((ones, (groups[inside], inside)), shape=(count, len(groups)))


def joined(points: Points, groups: Ints, *, alike: float) -> Ints:
    """Return the groups, numbered anew, after those were joined that are like each other.

    Two groups are joined while the mean cosine of a point of one with a point of the other is
    `alike` times that within the looser of them, or more: average linkage, the likest first.
    """
    count = int(groups.max()) + 1
    sums = np.asarray(members(groups, count) @ points, dtype=np.float64)
    sizes = np.bincount(groups, minlength=count).astype(np.float64)
    products, home = sums @ sums.T, np.arange(count)
    while (pair := _likest(products, sizes, alike)) is not None:
        a, b = pair
        products[a] += products[b]
        products[:, a] += products[:, b]
        products[b] = products[:, b] = 0
        sizes[a], sizes[b] = sizes[a] + sizes[b], 0
        home[home == b] = a
    return np.unique(home[groups], return_inverse=True)[1].astype(np.int64)


def _nearest(points: Points, centres: Points) -> Ints:
    parts = [
        (points[start : start + _BATCH] @ centres.T).argmax(axis=1)
        for start in range(0, len(points), _BATCH)
    ]
    return np.concatenate(parts).astype(np.int64)


def _apart(points: Points, old: Points, count: int, rng: np.random.Generator) -> Points:
    chosen = [*old] or [points[int(rng.integers(len(points)))]]
    gap = 1 - (points @ np.array(chosen).T).max(axis=1)
    while len(chosen) < count:
        odds = np.maximum(gap, 0).astype(np.float64)
        if odds.sum() < 1e-6:  # every point lies on a chosen one
            break
        chosen.append(points[int(rng.choice(len(points), p=odds / odds.sum()))])
        gap = np.minimum(gap, 1 - points @ chosen[-1])
    return np.array(chosen)


def _moved(points: Points, groups: Ints, centres: Points) -> Points:
    sums = members(groups, len(centres)) @ points
    empty = np.bincount(groups, minlength=len(centres)) == 0
    sums[empty] = centres[empty]
    return unit(sums)


def _likest(products: NDArray[np.float64], sizes: Floats, alike: float) -> tuple[int, int] | None:
    between = products / np.maximum(np.outer(sizes, sizes), 1)
    own = (np.diag(products) - sizes) / np.maximum(sizes * (sizes - 1), 1)
    within = np.where(sizes > 1, own, 1)
    ratio = between / np.maximum(np.minimum.outer(within, within), 1e-9)
    ratio[sizes == 0], ratio[:, sizes == 0] = -1, -1
    np.fill_diagonal(ratio, -1)
    a, b = np.unravel_index(int(ratio.argmax()), ratio.shape)
    return (int(min(a, b)), int(max(a, b))) if ratio[a, b] >= alike else None
