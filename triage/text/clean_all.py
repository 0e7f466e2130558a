"""Clean a whole batch: most texts need no more than one table lookup for all of them."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from triage.text.clean import WIDE_RESPELT, Cleaned, clean, needs_work, one_to_one

_KEPT_RUNS = "0123456789*"
_RUN = 4
_WIDE = 0x10000


def clean_all(texts: Sequence[str]) -> list[Cleaned]:
    """Return `clean` of each text."""
    if not texts:
        return []
    joined = "\x00".join([*texts, ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    low = np.minimum(codes, _WIDE - 1)
    folded = np.where(codes < _WIDE, _folds()[low], codes)
    ends = np.cumsum([len(text) + 1 for text in texts])
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1]])
    # The separators are marked too, so the positions of a text stop short of them.
    work = _works()[low] | _wide_works(codes) | _runs(folded)
    work[ends - 1] = False
    flags = np.logical_or.reduceat(work, starts).tolist()
    plain = folded.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    rows = zip(texts, flags, starts.tolist(), ends.tolist(), strict=True)
    return [clean(t) if flag else Cleaned(plain[a : b - 1]) for t, flag, a, b in rows]


@cache
def _folds() -> NDArray[np.uint32]:
    table = np.arange(_WIDE, dtype=np.uint32)
    for point, char in one_to_one().items():
        table[point] = ord(char)
    return table


@cache
def _works() -> NDArray[np.bool_]:
    """Flag, per BMP code point before folding, what `clean` must look at."""
    pattern = needs_work()
    chars = (chr(point) for point in range(_WIDE))
    folds = one_to_one()
    return np.array([bool(pattern.match(folds.get(ord(c), c))) for c in chars], dtype=np.bool_)


def _wide_works(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    flags = np.zeros(len(codes), dtype=np.bool_)
    for first, last in WIDE_RESPELT:
        flags |= (codes >= first) & (codes <= last)
    return flags


def _runs(folded: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Flag the first of four equal characters in a row, digits and stars apart."""
    flags = np.zeros(len(folded), dtype=np.bool_)
    if len(folded) >= _RUN:
        same = folded[1:] == folded[:-1]
        flags[: -(_RUN - 1)] = same[:-2] & same[1:-1] & same[2:]
        flags &= ~np.isin(folded, [ord(char) for char in _KEPT_RUNS])
    return flags
