"""Hashed features of a whole batch at once: characters, words, word pairs.

A batch is one long row of code points. Every substring's hash is a difference of prefix
sums, so a view of the batch (all 3-grams, all words) is a few array operations, not a loop.
Training and judging both come through here, so the two cannot drift apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from triage.text.denial import mark_denied
from triage.text.script import to_simplified
from triage.text.segment import Segmenter

NAME = "clause-hash-2"
BITS = 22
SEPARATOR = "\x00"
VIEWS = ("c1", "c2", "c3", "c4", "w1", "w2")
BREAKS = "，。！？；：、,.!?;:~～…\n \x00()（）【】[]“”\"'|/\\"
_LONGEST_CLAUSE = 24
_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)
_SALT = {
    view: np.uint64(0xD6E8FEB86659FD93 * (k + 1) & (2**64 - 1)) for k, view in enumerate(VIEWS)
}

Codes = NDArray[np.uint32]
Hashes = NDArray[np.uint64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents laid end to end, each closed by a separator.

    `raw` are their code points, `codes` the folded ones (Simplified, lower case, digits as
    0). `docs`, `clauses`, `words` are first positions; `words` has the end as a last entry.
    """

    raw: Codes
    codes: Codes
    docs: Positions
    clauses: Positions
    words: Positions


@dataclass(frozen=True, slots=True)
class View:
    """One kind of feature over a batch: where each occurrence starts, and its hash."""

    name: str
    positions: Positions
    hashes: Hashes


def read(texts: Sequence[str], segmenter: Segmenter) -> Batch:
    """Lay cleaned, non-empty `texts` out as one batch."""
    joined = SEPARATOR.join(texts) + SEPARATOR
    raw = _codes(joined)
    joined = to_simplified(joined)
    if "*" in joined or raw.max() >= _PICTURES:
        joined = _plain(joined)
    joined = mark_denied(joined)
    codes = _fold()[np.minimum(_codes(joined), 0xFFFF)]
    lengths = np.fromiter(map(len, segmenter.cut(joined)), dtype=np.int64)
    words = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    ends = np.flatnonzero(codes == 0)
    docs = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])
    return Batch(raw, codes, docs, _clauses(codes, words), words)


_PICTURES = 0x1F000
_PICTURE = re.compile("[\U0001f000-\U0001faff]")
_GLAD = dict.fromkeys("👍👏🎉💯😍🥰💖💕💓🌹🎊🙌💪🤩😘", "赞")
_ANGRY = dict.fromkeys("👎😡🤬😠🤮💩😤🖕😭😢💔", "怒")
_MASKED = re.compile(r"(?<=\d)\*+|\*+(?=\d)")


def _plain(text: str) -> str:
    """Read clear pictures as words, others as blanks; masked digits as digits. Same length."""
    text = _MASKED.sub(lambda match: "0" * len(match.group()), text)
    return _PICTURE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    return _GLAD.get(match.group()) or _ANGRY.get(match.group()) or " "


def views(batch: Batch) -> Iterator[View]:
    """Yield every view of the batch, occurrences in order of position."""
    sums, inverse = _prefix_sums(batch.codes)
    blank = (batch.codes == 0) | (batch.codes == 0x20)  # no feature reaches across
    sep = np.cumsum(blank)
    for size in (1, 2, 3, 4):
        yield _character_view(sums, inverse, blank, sep, size)
    yield from _word_views(batch, sums, inverse)


def buckets(hashes: Hashes) -> NDArray[np.int64]:
    """Return the bucket of each hash, 0 to 2**BITS - 1."""
    return (hashes >> np.uint64(64 - BITS)).astype(np.int64)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


@cache
def _fold() -> Codes:
    """Lower case and one digit for all, per BMP code point; the separator stays 0."""
    table = np.arange(0x10000, dtype=np.uint32)
    for point in (*range(0x41, 0x5B), *range(0xC0, 0x0590)):
        lower = chr(point).lower()
        table[point] = ord(lower) if len(lower) == 1 else point
    table[0x30:0x3A] = 0x30
    return table


@cache
def _is_break() -> NDArray[np.bool_]:
    flags = np.zeros(0x10000, dtype=np.bool_)
    flags[[ord(char) for char in BREAKS]] = True
    return flags


@cache
def _is_letter() -> NDArray[np.bool_]:
    return np.array([chr(point).isalnum() for point in range(0x10000)], dtype=np.bool_)


def _clauses(codes: Codes, words: Positions) -> Positions:
    """Return first positions of clauses: after punctuation, or a word in a long stretch."""
    breaks = _is_break()[codes]
    number = codes == 0x30
    breaks[1:-1] &= ~(number[:-2] & number[2:])  # 3.5 and 12:30 are one thing
    first = np.concatenate([[True], breaks[:-1] & ~breaks[1:]])
    first[np.flatnonzero(codes == 0)[:-1] + 1] = True
    starts = _with_words(np.flatnonzero(first), codes)
    # A split lies within a clause, so no position comes twice.
    return np.sort(np.concatenate([starts, _long_splits(starts, words[:-1])]))


def _with_words(starts: Positions, codes: Codes) -> Positions:
    """Drop clauses of signs and pictures alone: they belong to the clause before them."""
    says = np.add.reduceat(_is_letter()[codes], starts, dtype=np.int64) > 0
    opens = np.concatenate([[True], codes[starts[1:] - 1] == 0])
    kept: Positions = starts[says | opens]
    return kept


def _long_splits(starts: Positions, words: Positions) -> Positions:
    clause = np.searchsorted(starts, words, side="right") - 1
    step = (words - starts[clause]) // _LONGEST_CLAUSE
    splits: Positions = words[1:][(np.diff(step) > 0) & (np.diff(clause) == 0)]
    return splits


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    inverse = np.uint64(pow(int(_BASE), -1, 2**64))
    ones = np.ones(1, dtype=np.uint64)
    up = np.concatenate([ones, np.cumprod(np.full(size, _BASE))])
    down = np.concatenate([ones, np.cumprod(np.full(size, inverse))])
    return up, down


def _prefix_sums(codes: Codes) -> tuple[Hashes, Hashes]:
    size = 1 << max(12, int(len(codes) + 1).bit_length())  # few sizes, so the cache hits
    up, down = _powers(size)
    weighted = (codes.astype(np.uint64) + np.uint64(1)) * up[: len(codes)]
    return np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(weighted)]), down


def _substring(sums: Hashes, inverse: Hashes, start: Positions, end: Positions) -> Hashes:
    return (sums[end] - sums[start]) * inverse[start]


def _mix(hashes: Hashes, salt: np.uint64) -> Hashes:
    """Spread every bit over the word (the finaliser of splitmix64)."""
    mixed = hashes ^ salt
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _character_view(
    sums: Hashes, inverse: Hashes, blank: NDArray[np.bool_], sep: Positions, size: int
) -> View:
    count = max(0, len(blank) - size + 1)
    hashes = (sums[size:][:count] - sums[:count]) * inverse[:count]
    before = sep[:count] - blank[:count]
    inside = np.flatnonzero(sep[size - 1 :][:count] == before)
    return View(f"c{size}", inside, _mix(hashes[inside], _SALT[f"c{size}"]))


def _word_views(batch: Batch, sums: Hashes, inverse: Hashes) -> Iterator[View]:
    start, end = batch.words[:-1], batch.words[1:]
    keep = (batch.codes[start] != 0) & (batch.codes[start] != 0x20)
    plain = _substring(sums, inverse, start, end)
    single = _mix(plain, _SALT["w1"])
    yield View("w1", start[keep], single[keep])
    both = keep[:-1] & keep[1:]
    pairs = _mix(single[:-1][both] * _BASE + single[1:][both], _SALT["w2"])
    yield View("w2", start[:-1][both], pairs)
