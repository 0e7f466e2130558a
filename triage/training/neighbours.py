"""Near-duplicates: groups that must not be torn apart by a split, and their keys."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from triage.text.clean import clean
from triage.text.script import to_simplified

_SHINGLE = 4
_COMMON = 200  # a shingle of more texts than this tells nothing
SIMILAR = 0.5


def near_groups(texts: Sequence[str], *, similar: float = SIMILAR) -> list[int]:
    """Return a group number for each text; texts whose shingles overlap share one.

    Overlap is the Jaccard index of 4-character shingles after folding script, case,
    punctuation and blanks; groups are connected components.
    """
    index, parents = ShingleIndex(), list(range(len(texts)))
    for number, text in enumerate(texts):
        for other in index.near(text, similar=similar):
            parents[_root(parents, other)] = _root(parents, number)
        index.add(text)
    return [_root(parents, number) for number in range(len(texts))]


class ShingleIndex:
    """Finds, among the texts added to it, the near-duplicates of another."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._sizes: list[int] = []
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """Add a text; its number is the count of texts added before."""
        shingles = _shingles(text)
        for shingle in shingles:
            holders = self._holders[shingle]
            if len(holders) < _COMMON:
                holders.append(len(self._sizes))
        self._sizes.append(len(shingles))

    def near(self, text: str, *, similar: float = SIMILAR) -> list[int]:
        """Return the numbers of the texts that overlap with `text` at least `similar`."""
        shingles = _shingles(text)
        shared: Counter[int] = Counter()
        for shingle in shingles:
            shared.update(self._holders.get(shingle, ()))
        total = len(shingles)
        return [k for k, n in shared.items() if n / (total + self._sizes[k] - n) >= similar]


def _shingles(text: str) -> set[str]:
    plain = re.sub(r"[\W_]+", "", to_simplified(clean(text).text)).lower()
    return {plain[k : k + _SHINGLE] for k in range(max(1, len(plain) - _SHINGLE + 1))}


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number
