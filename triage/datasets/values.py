"""What a cell of a stranger's table says: issues, sentiment, urgency, yes or no.

Every reader takes text, numbers, JSON lists and what Label Studio writes. None stands for
"not known"; what cannot be read is told apart from that.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.datasets.words import (
    NO_ISSUE,
    NO_WORDS,
    NOT_KNOWN,
    SENTIMENT_WORDS,
    URGENCY_WORDS,
    YES_WORDS,
)
from triage.errors import RecordError
from triage.taxonomy import BUILT_IN, Taxonomy
from triage.text.script import to_simplified

_NUMBER = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)(?:星级?|颗星|分|级|stars?|points?)?")
_BETWEEN = re.compile(r"[、,;|\n]+")
_SLASH = re.compile(r"[/>]")
_NUMERALS = str.maketrans("一二三四五", "12345")
_STAR = "★⭐"
_STARS = re.compile(r"(?=.*[★⭐])[★⭐☆✩\ufe0f]+")


@dataclass(frozen=True, slots=True)
class Names:
    """What names mean: those of the labels, and what a map file says of others.

    `issues` maps a folded name to codes, `sentiment` and `urgency` to levels.
    """

    taxonomy: Taxonomy = BUILT_IN
    issues: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sentiment: Mapping[str, int | None] = field(default_factory=dict)
    urgency: Mapping[str, int | None] = field(default_factory=dict)

    def codes(self, name: str) -> tuple[str, ...] | None:
        """Return the codes that a name stands for: () for no issue, None where unknown."""
        if (mapped := self.issues.get(folded(name))) is not None:
            return mapped
        code = self.taxonomy.find(name) or self.taxonomy.find(folded(name))
        if code is not None:
            return (code,)
        return () if folded(name) in NO_ISSUE else None


@dataclass(frozen=True, slots=True)
class Issues:
    """What a cell says of the issues: codes, or None; and the names that nobody knows."""

    codes: tuple[str, ...] | None
    unknown: tuple[str, ...] = ()


def folded(value: Any) -> str:
    """Return a value as text in one form: width, script, case and outer blanks do not count."""
    text = unicodedata.normalize("NFKC", str(value)).replace("\x00", "")
    return to_simplified(text).strip().lower()


def is_blank(value: Any) -> bool:
    """Whether a cell is empty or says that nothing is known."""
    return value is None or (isinstance(value, str | float) and folded(value) in NOT_KNOWN)


def read_issues(cell: Any, names: Names) -> Issues:
    """Read the issues of a cell: one name or several, or words for none at all.

    An empty cell is not known; an empty list, and a word like 无, is no issue.
    Raises RecordError where "no issue" stands beside an issue.
    """
    if is_blank(cell):
        return Issues(None)
    found = [(name, names.codes(name)) for name in _names(cell, names)]
    unknown = tuple(name for name, codes in found if codes is None)
    codes = {code for _, some in found for code in some or ()}
    if codes and any(some == () and folded(name) in NO_ISSUE for name, some in found):
        raise RecordError(
            f"{cell!r} says both no issue and an issue.",
            remedy="Keep the one that is right.",
            code="contradiction",
        )
    return Issues(names.taxonomy.closed(codes), unknown)


def _names(cell: Any, names: Names) -> Iterator[str]:
    for item in _items(cell):
        if names.codes(item) is not None:
            yield item
            continue
        for piece in filter(None, map(str.strip, _BETWEEN.split(_narrow(item)))):
            yield from _within(piece, names)


def _items(cell: Any) -> list[str]:
    """Return the parts of a list, however it is written; a plain text is a list of one."""
    if isinstance(cell, Mapping):
        cell = cell.get("choices", [])
    if isinstance(cell, str) and cell.strip().startswith("["):
        cell = _listed(cell.strip())
    items = cell if isinstance(cell, list | tuple) else [cell]
    return [part for item in items for part in (_items(item) if _nested(item) else [str(item)])]


def _nested(item: Any) -> bool:
    return isinstance(item, list | tuple | Mapping)


def _listed(text: str) -> list[Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):  # as Python prints a list
        return [part.strip(" '\"") for part in text.strip("[]").split(",") if part.strip(" '\"")]
    return parsed if isinstance(parsed, list) else [parsed]


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _within(piece: str, names: Names) -> Iterator[str]:
    """Part at a slash what no name is as a whole, and at blanks where that gives only names."""
    if names.codes(piece) is not None:
        yield piece
        return
    for part in filter(None, map(str.strip, _SLASH.split(piece))):
        words = part.split()
        known = all(names.codes(word) is not None for word in words)
        yield from words if known else [part]


def read_sentiment(cell: Any, names: Names) -> int | None:
    """Read a sentiment of 1 to 5. Raises RecordError for anything else that is not blank."""
    return _level(cell, {**SENTIMENT_WORDS, **names.sentiment}, 1, 5, "sentiment")


def read_urgency(cell: Any, names: Names) -> int | None:
    """Read an urgency of 0 to 3. Raises RecordError for anything else that is not blank."""
    return _level(cell, {**URGENCY_WORDS, **names.urgency}, 0, 3, "urgency")


def _level(
    cell: Any, words: Mapping[str, int | None], low: int, high: int, what: str
) -> int | None:
    value = _single(cell)
    if is_blank(value):
        return None
    for name in (folded(value), *folded(value).split()[:1]):  # `3 紧急` says 3
        if name in words:
            return words[name]
        number = number_of(name)
        if number is not None and number.is_integer() and low <= number <= high:
            return int(number)
    raise RecordError(
        f"The {what} {str(value)[:40]!r} is none of {low} to {high} and no known word.",
        remedy=f"Say what it means in a --map file, under `{what}`.",
        code=f"bad_{what}",
    )


def _single(cell: Any) -> Any:
    """Return the one value of what Label Studio writes for a choice or a rating."""
    while isinstance(cell, list | tuple) and len(cell) <= 1:
        cell = cell[0] if cell else None
    if isinstance(cell, Mapping):
        return _single(cell.get("rating", cell.get("choices")))
    return cell


def number_of(cell: Any) -> float | None:
    """Return the number a cell says: 4, 4.0, 4分, 四星, ★★★★☆; None where it says none."""
    name = folded(_single(cell))
    if _STARS.fullmatch(name):
        return float(sum(name.count(star) for star in _STAR))
    if "星" in name or "分" in name:
        name = name.translate(_NUMERALS)
    match = _NUMBER.fullmatch(name)
    return float(match[1]) if match else None


def read_flag(cell: Any) -> bool | None:
    """Read a yes or a no; None for anything else."""
    name = folded(cell) if cell is not None else ""
    if name in YES_WORDS:
        return True
    return False if name in NO_WORDS else None
