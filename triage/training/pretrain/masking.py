"""Whole-word masking: the characters of a word of our segmentation are hidden together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage.text.segment import Segmenter

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Ints = NDArray[np.int64]
_CHUNK = 4096
MASKED, RANDOM = 0.8, 0.1  # of the hidden ones: shown as [MASK], shown as another; the rest as is


@dataclass(frozen=True, slots=True)
class Tokens:
    """Windows of all texts end to end: piece and number of its word (-1: a special).

    `starts` has the first position of each window, and the end of the last.
    """

    ids: NDArray[np.int32]
    words: NDArray[np.int32]
    starts: Ints

    @property
    def lengths(self) -> Ints:
        """Return how many tokens each window has."""
        lengths: Ints = np.diff(self.starts)
        return lengths


def tokenise(
    texts: Sequence[str], tokenizer: "PreTrainedTokenizerBase", segmenter: Segmenter, window: int
) -> Tokens:
    """Part texts into windows of at most `window` tokens, and say which word each is of."""
    ids: list[NDArray[np.int32]] = []
    words: list[NDArray[np.int32]] = []
    for k in range(0, len(texts), _CHUNK):
        chunk = list(texts[k : k + _CHUNK])
        found = tokenizer(
            chunk,
            truncation=True,
            max_length=window,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        numbers = [_word_numbers(segmenter.cut(text)) for text in chunk]
        owners = found["overflow_to_sample_mapping"]
        ids += [np.array(row, dtype=np.int32) for row in found["input_ids"]]
        words += [
            np.array([numbers[owner][a] if b > a else -1 for a, b in row], dtype=np.int32)
            for owner, row in zip(owners, found["offset_mapping"], strict=True)
        ]
    starts = np.cumsum([0, *map(len, ids)])
    return Tokens(np.concatenate(ids), np.concatenate(words), starts)


def _word_numbers(words: Sequence[str]) -> list[int]:
    """Return, per character of a text, the number of its word."""
    return [number for number, word in enumerate(words) for _ in word]


def batches(tokens: Tokens, size: int, rng: np.random.Generator) -> list[Ints]:
    """Return the windows in batches of about `size` tokens and like lengths, shuffled."""
    lengths = tokens.lengths
    order = np.argsort(lengths + rng.uniform(-4, 4, len(lengths)), kind="stable")
    filled = np.cumsum(lengths[order]) // size
    cuts = np.flatnonzero(np.diff(filled)) + 1
    parts = np.split(order, cuts)
    return [parts[k] for k in rng.permutation(len(parts))]


@dataclass(frozen=True, slots=True)
class Masked:
    """A batch: what is shown (n x t), which of it is text, and what was hidden where."""

    shown: Ints
    attention: Ints
    hidden: NDArray[np.bool_]
    answers: Ints


def mask(
    tokens: Tokens,
    rows: Ints,
    share: float,
    special: tuple[int, int, int],
    rng: np.random.Generator,
) -> Masked:
    """Hide `share` of the words of some windows, in each at least one.

    `special`: pad, [MASK] and the first plain piece; random pieces are drawn from there on.
    """
    pad, hide, first = special
    lengths = tokens.lengths[rows]
    shape = (len(rows), int(lengths.max()))
    attention = (np.arange(shape[1]) < lengths[:, None]).astype(np.int64)
    shown, words = np.full(shape, pad, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    for k, row in enumerate(rows):
        part = slice(tokens.starts[row], tokens.starts[row + 1])
        shown[k, : lengths[k]], words[k, : lengths[k]] = tokens.ids[part], tokens.words[part]
    hidden = _drawn(words, share, rng)
    answers = shown[hidden]
    dice = rng.random(len(answers))
    others = rng.integers(first, int(tokens.ids.max()) + 1, len(answers))
    shown[hidden] = np.where(dice < MASKED, hide, np.where(dice < MASKED + RANDOM, others, answers))
    return Masked(shown, attention, hidden, answers)


def _drawn(words: Ints, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Flag the characters of a random share of the words, in every window at least one word."""
    width = int(words.max()) + 1
    base = words.min(axis=1, where=words >= 0, initial=width, keepdims=True)
    place = np.where(words >= 0, words - base, 0)
    dice = rng.random((len(words), int(place.max()) + 1))
    drawn = np.take_along_axis(dice, place, axis=1)
    drawn[words < 0] = 2.0
    hidden: NDArray[np.bool_] = drawn < np.maximum(share, drawn.min(axis=1, keepdims=True) + 1e-12)
    return hidden & (words >= 0)
