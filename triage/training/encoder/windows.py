"""Texts as overlapping windows of token ids, all in one array."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of n texts: every token of every window, and where each begins.

    `tokens` holds the ids end to end; window k is `tokens[bounds[k]:bounds[k + 1]]`; text i
    has the windows `first[i]` to `first[i + 1] - 1`, at least one.
    """

    tokens: NDArray[np.int32]
    bounds: Ids
    first: Ids

    def __len__(self) -> int:
        return len(self.first) - 1

    @property
    def counts(self) -> Ids:
        """How many windows each text has."""
        return np.diff(self.first)

    def longest(self, texts: Ids) -> Ids:
        """Return how many tokens the longest window of each of some texts has."""
        # Every window but the last of a text is full, so the first is a longest one.
        first = self.first[texts]
        return self.bounds[first + 1] - self.bounds[first]

    def joined(self, other: "Windows") -> "Windows":
        """Return these texts with those of `other` after them."""
        return Windows(
            np.concatenate([self.tokens, other.tokens]),
            np.concatenate([self.bounds, other.bounds[1:] + self.bounds[-1]]),
            np.concatenate([self.first, other.first[1:] + self.first[-1]]),
        )

    def padded(self, texts: Ids, pad: int) -> tuple[Ids, Ids, Ids]:
        """Return ids and mask (windows x longest) of some texts, and the row each is of."""
        counts = self.counts[texts]
        owner = np.repeat(np.arange(len(texts)), counts)
        places = np.concatenate([np.arange(self.first[k], self.first[k + 1]) for k in texts])
        lengths = np.diff(self.bounds)[places]
        ids = np.full((len(places), _rounded(int(lengths.max()))), pad, dtype=np.int64)
        inside = np.arange(ids.shape[1]) < lengths[:, None]
        starts = self.bounds[places]
        ids[inside] = np.concatenate(
            [self.tokens[a : a + n] for a, n in zip(starts, lengths, strict=True)]
        )
        return ids, inside.astype(np.int64), owner


def _rounded(length: int) -> int:
    # Few different shapes: what is prepared for one of them is used again.
    return -(-length // 8) * 8


def windows_of(texts: Sequence[str], tokenizer: Any, *, window: int, stride: int) -> Windows:
    """Cut texts into windows of at most `window` tokens that share `stride` with the next.

    `tokenizer` is a fast one of transformers; its own settings stay as they are.
    """
    from tokenizers import Tokenizer

    cutter = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    cutter.no_padding()
    cutter.enable_truncation(max_length=window, stride=stride)
    cut = [piece for part in _parts(texts) for piece in _cut(cutter, part)]
    pieces = list(chain.from_iterable(cut))
    tokens = np.fromiter(chain.from_iterable(pieces), dtype=np.int32)
    return Windows(tokens, _sums(map(len, pieces)), _sums(map(len, cut)))


def _parts(texts: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(texts), _AT_ONCE):
        yield list(texts[start : start + _AT_ONCE])


def _cut(cutter: Any, texts: list[str]) -> Iterator[list[list[int]]]:
    for coded in cutter.encode_batch(texts):
        yield [coded.ids, *(more.ids for more in coded.overflowing)]


def _sums(sizes: Iterator[int]) -> Ids:
    counts = np.fromiter(sizes, dtype=np.int64)
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
