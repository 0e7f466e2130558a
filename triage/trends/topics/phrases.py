"""Words that stand together more often than chance: 充电器发热, 虚假宣传, 小区噪音扰民."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.trends.facts import Ints
from triage.trends.topics.words import BREAK

Row = Sequence[str]
Phrases = Mapping[tuple[str, ...], bool]  # whether it stands for itself, or is part of a longer one
LONGEST = 4  # words
_SAMPLE = 60_000  # texts that phrases are looked for in
_CERTAIN = 10.83  # of G², one degree of freedom: p < 0.001
_STRONGER = 5.0  # times as often together as chance would have it
_KEPT = 0.4  # of its rarer part: a longer phrase that is rarer is an accident of the shorter one
_FRAGMENT = 0.7  # of its occurrences lie in one longer phrase: it is a piece of that


@dataclass(frozen=True, slots=True)
class _Level:
    """Phrases of one length: which begins at each place (-1: none), their words and counts."""

    keys: Ints
    words: list[tuple[str, ...]]
    counts: Ints


def find_phrases(rows: Sequence[Row], *, least: int) -> dict[tuple[str, ...], bool]:
    """Return the phrases of two to four words that occur `least` times or more.

    Two words are one where they meet more often than chance (log-likelihood ratio) and markedly
    so; longer phrases are made of overlapping shorter ones, of which mere pieces are marked False.
    """
    codes, names = _codes(rows[:: max(1, len(rows) // _SAMPLE)])
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    level = _Level(codes, [(name,) for name in names], counts)
    found: dict[tuple[str, ...], bool] = {}
    for size in range(2, LONGEST + 1):
        if not level.words:
            break
        longer, whole = _longer(level, size, least)
        if size > 2:
            found |= dict(zip(level.words, whole.tolist(), strict=True))
        level = longer
    return found | dict.fromkeys(level.words, True)


def terms_of(row: Row, phrases: Phrases) -> Iterator[str]:
    """Yield the words of a text and the phrases that they make; a single character is no term."""
    for place, word in enumerate(row):
        if len(word) > 1:
            yield word
        for size in range(2, LONGEST + 1):
            part = tuple(row[place : place + size])
            if len(part) < size or part not in phrases:
                break
            if phrases[part]:
                yield "".join(part)


def _codes(rows: Iterable[Row]) -> tuple[Ints, list[str]]:
    """Number the words of all texts; -1 stands for a break, and between texts."""
    places: dict[str, int] = {BREAK: -1}
    codes: list[int] = []
    for row in rows:
        codes += [places.setdefault(word, len(places) - 1) for word in row]
        codes.append(-1)
    return np.array(codes, dtype=np.int64), list(places)[1:]


def _longer(level: _Level, size: int, least: int) -> tuple[_Level, NDArray[np.bool_]]:
    """Join each phrase to the one that begins a word later; tell which are no mere pieces."""
    many = np.int64(max(1, len(level.words)))
    left, right = level.keys[:-1], level.keys[1:]
    joined = np.where((left >= 0) & (right >= 0), left * many + right, -1)
    unique, inverse, n = np.unique(joined, return_inverse=True, return_counts=True)
    a, b = np.divmod(unique, many)
    real = unique >= 0
    n_a, n_b = np.where(real, level.counts[a], 1), np.where(real, level.counts[b], 1)
    kept = real & (n >= least) & _together(n, n_a, n_b, int(level.counts.sum()), size)
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    words = [(*level.words[i], level.words[j][-1]) for i, j in zip(a[kept], b[kept], strict=True)]
    whole = np.ones(len(level.words), dtype=np.bool_)
    whole[a[kept & (n >= _FRAGMENT * n_a)]] = False
    whole[b[kept & (n >= _FRAGMENT * n_b)]] = False
    return _Level(number[inverse], words, n[kept]), whole


def _together(n: Ints, a: Ints, b: Ints, total: int, size: int) -> NDArray[np.bool_]:
    if size > 2:
        longer: NDArray[np.bool_] = n >= _KEPT * np.minimum(a, b)
        return longer
    certain: NDArray[np.bool_] = _likelihood(n, a, b, total) >= _CERTAIN
    return certain & (n >= _STRONGER * a * (b / total))


def _likelihood(n: Ints, a: Ints, b: Ints, total: int) -> NDArray[np.float64]:
    """Return Dunning's G² of the four cells: both, one, the other, neither."""
    cells = (
        (n, a * (b / total)),
        (a - n, a * (1 - b / total)),
        (b - n, b * (1 - a / total)),
        (total - a - b + n, (total - a) * (1 - b / total)),
    )
    ratio = np.zeros(len(n))
    for seen, expected in cells:
        some = np.maximum(seen, 1e-9)
        ratio += some * np.log(some / np.maximum(expected, 1e-9))
    return 2 * ratio
