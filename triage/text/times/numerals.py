"""Numbers as customers write them: 1,699, 3.5万, 二十三, 八千六, 幺八三."""

import re
from functools import cache

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "幺": 1,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


@cache
def _arabic() -> re.Pattern[str]:
    return re.compile(
        r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?([十百千万亿]{0,2})([0-9一二三四五六七八九])?"
    )


def number(text: str) -> float | None:
    """Read a number of digits or Chinese numerals; None where it is none.

    八千六 is 8600 and 一百二 is 120, as they are said; 三四 and 三五 are approximate and
    give the larger figure; other rows of digits are read place by place: 二零二四.
    """
    if text.isascii() and text.isdecimal():
        return float(text)
    if text == "半":
        return 0.5
    if text[:1].isdecimal():
        return _mixed(text)
    if len(text) > 1 and all(char in _DIGITS for char in text):
        return _row([_DIGITS[char] for char in text])
    return _chinese(text)


def _mixed(text: str) -> float | None:
    head, myriads, rest = text.partition("万")
    if len(rest) > 1:  # 3万5千
        high, low = number(head), number(rest)
        return None if high is None or low is None else high * _MYRIADS[myriads] + low
    match = _arabic().fullmatch(text)
    if match is None or (match[4] and not match[3]):
        return None
    scale = _scale(match[3])
    tail = number(match[4]) if match[4] else 0
    return round(float(match[1].replace(",", "") + (match[2] or "")) * scale, 2) + (
        (tail or 0) * scale / 10
    )


def _scale(units: str) -> int:
    scale = 1
    for unit in units:
        scale *= _UNITS.get(unit) or _MYRIADS[unit]
    return scale


def _row(digits: list[int]) -> float:
    if len(digits) == 2 and _approximate(*digits):
        return float(digits[1])
    return float("".join(map(str, digits)))


def _approximate(first: int, second: int) -> bool:
    return first > 0 and (second == first + 1 or (first, second) == (3, 5))


def _chinese(text: str) -> float | None:
    total, section, digit = 0, 0, -1  # -1: no digit waits for its unit
    unit = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            unit = unit if digit else 1  # 一百零二: the tail after a zero is plain
        elif char in _UNITS:
            unit = _UNITS[char]
            section, digit = section + (digit if digit > 0 else 1) * unit, -1
        elif char in _MYRIADS:
            unit = _MYRIADS[char]
            total, section, digit = _myriads(total, section + max(digit, 0), unit), 0, -1
        else:
            return None
    if digit > 0 and unit >= 100:
        digit *= unit // 10
    return float(total + section + max(digit, 0)) if text else None


def _myriads(total: int, section: int, unit: int) -> int:
    """Close a section: 亿 multiplies all that came before it, 万 only its own section."""
    if unit == _MYRIADS["亿"]:
        return (total + section or 1) * unit
    return total + (section or 1) * unit
