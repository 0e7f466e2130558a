"""Traditional, Simplified or both; and one Simplified form of all of them."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

from triage.labels import Script

_HAN = (0x4E00, 0xA000)
# Words of their own in both scripts: evidence for neither.
_BOTH = (
    "后里干发台面只系谷松丑斗几云千冲舍范志胡准表复才曲朱了向郁御愿雕沈制回布余"
    "仆于佣吁佑家卷吊咽升占致蒙周托同注折岩背借征欲须采冬姜辟并秋杆夸当出累漓尸咸"
)


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


@cache
def _table(config: str) -> NDArray[np.uint32]:
    """Map each BMP code point to its single-character conversion under `config`."""
    table = np.arange(0x10000, dtype=np.uint32)
    chars = [chr(point) for point in range(*_HAN)]
    converted = _converter(config).convert("\n".join(chars)).split("\n")
    for char, to in zip(chars, converted, strict=True):
        if len(to) == 1 and ord(to) < 0x10000:
            table[ord(char)] = ord(to)
    return table


@cache
def _changed(config: str) -> NDArray[np.bool_]:
    table = _table(config)
    changed: NDArray[np.bool_] = table != np.arange(0x10000, dtype=np.uint32)
    return changed


@cache
def only_traditional() -> NDArray[np.bool_]:
    """Flag, per BMP code point, the characters that Simplified Chinese does not use."""
    return _changed("t2s")


@cache
def only_simplified() -> NDArray[np.bool_]:
    """Flag, per BMP code point, the characters that Traditional Chinese does not use."""
    # s2t also respells characters that both scripts use (后, 里, 了): not evidence.
    return _changed("s2t") & ~only_traditional() & ~_shared()


@cache
def _shared() -> NDArray[np.bool_]:
    """Flag characters that are words of their own in both scripts."""
    flags = np.zeros(0x10000, dtype=np.bool_)
    flags[[ord(char) for char in _BOTH]] = True
    return flags


def to_simplified(text: str) -> str:
    """Return `text` in Simplified characters, the same length, position by position.

    Only characters that Simplified does not use are replaced: the phrase rules of OpenCC
    also respell Simplified text (打坏 as 打坯), and a text must read the same in any company.
    """
    codes = _codes(text)
    foreign = only_traditional()[np.minimum(codes, 0xFFFF)]
    if not foreign.any():
        return text
    converted = _codes(_converter("t2s").convert(text))
    if len(converted) != len(codes):  # a phrase rule changed the length
        converted = _table("t2s")[np.minimum(codes, 0xFFFF)]
    return np.where(foreign, converted, codes).astype("<u4").tobytes().decode("utf-32-le")


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)


def all_simplified(texts: Sequence[str]) -> list[str]:
    """Return `to_simplified` of each text; one conversion for all. No text may hold a NUL."""
    return to_simplified("\x00".join(texts)).split("\x00") if texts else []


def script_of(text: str) -> Script:
    """Name the script of `text` from the characters that only one script uses."""
    codes = _codes(text)
    starts = np.zeros(1, dtype=np.int64)
    return scripts_of(codes, starts)[0]


def scripts_of(codes: NDArray[np.uint32], starts: NDArray[np.int64]) -> list[Script]:
    """Name the script of each document of a batch; `starts` are its first positions."""
    if not len(codes):
        return [Script.OTHER] * len(starts)
    low = np.minimum(codes, 0xFFFF)
    trad = np.add.reduceat(only_traditional()[low], starts, dtype=np.int64)
    simp = np.add.reduceat(only_simplified()[low], starts, dtype=np.int64)
    han = np.add.reduceat((low >= _HAN[0]) & (low < _HAN[1]), starts, dtype=np.int64)
    return [
        _name(*counts) for counts in zip(trad.tolist(), simp.tolist(), han.tolist(), strict=True)
    ]


def _name(trad: int, simp: int, han: int) -> Script:
    if not han:
        return Script.OTHER
    if not trad:
        return Script.HANS
    # One stray character of the other script is a typing accident, not a mixture.
    if simp <= trad * 0.1:
        return Script.HANT
    return Script.HANS if trad <= simp * 0.1 else Script.MIXED
