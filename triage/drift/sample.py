"""A sample of the texts of each week and channel: the same whatever order they come in."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from hashlib import blake2b

import numpy as np

from triage.drift.measures import measure_of, unknown_band
from triage.drift.tally import Cells
from triage.scorers.unknown import Unknown

MOST = 500  # texts of a week and channel
Place = tuple[date, str]


class Sample:
    """Keeps, of each week and channel, the texts whose hashed ids are smallest.

    What is held is a text, or whatever it can be found by.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: dict[Place, list[tuple[int, str]]] = {}

    def add(self, week: date, channel: str, id_: str, held: str) -> None:
        """Offer a text; the week is part of what is hashed."""
        heap = self._held.setdefault((week, channel), [])
        entry = (-_hash(f"{week.isoformat()} {id_}"), held)
        if len(heap) < self._most:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)

    def merged(self, other: "Sample") -> "Sample":
        """Return a sample of both."""
        both = Sample(self._most)
        for place in self._held.keys() | other._held.keys():
            entries = self._held.get(place, []) + other._held.get(place, [])
            both._held[place] = heapq.nlargest(self._most, entries)
            heapq.heapify(both._held[place])
        return both

    def __iter__(self) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """Yield each week and channel with what is held of it, in an order that stays."""
        for place in sorted(self._held):
            yield place, tuple(held for _, held in sorted(self._held[place], reverse=True))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


def unknown_counts(unknown: Unknown, texts: Sequence[str]) -> Cells:
    """Return how many texts fall in each band of unknown words; those without a word in none."""
    shares = unknown.shares(texts)
    return banded(shares[~np.isnan(shares)].tolist())


def banded(shares: Iterable[float]) -> Cells:
    """Return how many shares fall in each band."""
    width = len(measure_of("unknown").cells)
    bands = np.array([unknown_band(share) for share in shares], dtype=np.int64)
    return np.bincount(bands, minlength=width)
