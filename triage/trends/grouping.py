"""Terms that burst in the same texts are one matter: gathered, ranked, without their pieces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

_SAME = 0.5  # of the texts of the rarer term, from which two terms are of one matter
_PIECE = 0.7  # of its texts lie in a longer term: it is a piece of that
_PART = 0.5  # of the texts of its part that a longer term needs to stand for itself
_SHOWN = 12  # terms of an alert
_MOST = 400  # terms that are compared with each other
_SEAM, _LONGEST = 2, 10  # characters that two terms share where they are one, and of a joined one


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that fires: its window, people in it and expected, p, the places of its texts."""

    term: int
    window: int
    n: float
    mean: float
    p: float
    docs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """Hits that belong together, and those of them that name the matter, the best first."""

    hits: tuple[Hit, ...]
    named: tuple[Hit, ...]


def groups(hits: Sequence[Hit], names: Sequence[str]) -> list[Matter]:
    """Return the hits gathered by the texts they share."""
    likely = sorted(hits, key=lambda hit: hit.p)[:_MOST]
    sets = [frozenset(hit.docs) for hit in likely]
    parent = list(range(len(likely)))
    for place, one in enumerate(sets):
        for other in range(place):
            if _same(one, sets[other]):
                parent[_root(parent, place)] = _root(parent, other)
    found: dict[int, list[Hit]] = {}
    for place, hit in enumerate(likely):
        found.setdefault(_root(parent, place), []).append(hit)
    return [Matter(tuple(group), _ranked(group, names)) for group in found.values()]


def _same(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= _SAME * min(len(one), len(other))


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _ranked(group: Sequence[Hit], names: Sequence[str]) -> tuple[Hit, ...]:
    """Return the terms that say most first: often here, seldom elsewhere (class-based TF-IDF)."""
    whole = _without_pieces(group, names)
    weights = {hit.term: _weight(hit, names[hit.term]) for hit in whole}
    return tuple(sorted(whole, key=lambda hit: (-weights[hit.term], hit.term)))[:_SHOWN]


def _weight(hit: Hit, name: str) -> float:
    # A phrase says more than a word: 暖风机冒烟 rather than 暖风机.
    return hit.n * log(1 + hit.n / (hit.mean + 0.1)) * log(1 + len(name))


def _without_pieces(group: Sequence[Hit], names: Sequence[str]) -> Iterable[Hit]:
    """Leave out words whose texts are those of a longer term, and phrases rarer than a part."""
    kept = []
    for hit in group:
        name, docs = names[hit.term], len(hit.docs)
        others = [(names[other.term], len(other.docs)) for other in group if other is not hit]
        piece = any(name in longer and n >= _PIECE * docs for longer, n in others)
        accident = any(part in name and docs < _PART * n for part, n in others)
        if not piece and not accident:
            kept.append(hit)
    return kept or group


def stitched(terms: Sequence[str]) -> tuple[str, ...]:
    """Return terms as people read them: 充电宝发 and 宝发烫 are 充电宝发烫.

    The words of a phrase are those of a dictionary, which cuts what it does not know.
    """
    told = list(terms)
    while pair := _seam(told):
        first, second, whole = pair
        told[told.index(first)] = whole
        told.remove(second)
    return tuple(dict.fromkeys(told))


def _seam(terms: Sequence[str]) -> tuple[str, str, str] | None:
    """Return two terms of which the first ends as the second begins, and both as one."""
    for first in terms:
        for second in terms:
            for shared in range(min(len(first), len(second)) - 1, _SEAM - 1, -1):
                whole = first + second[shared:]
                if first != second and first.endswith(second[:shared]) and len(whole) <= _LONGEST:
                    return first, second, whole
    return None
