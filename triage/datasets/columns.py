"""Which column of a stranger's table holds what: by option, by name, by what is in it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from triage.datasets.values import Names, folded, is_blank, read_flag, read_issues
from triage.datasets.words import COLUMN_NAMES, COLUMN_PARTS
from triage.errors import FileFormatError, RecordError

Row = Mapping[str, Any]
_SAMPLE = 200
_LEAST_HAN = 4  # characters, on average, of a column that can be the text
_SURELY_TEXT = 8
_READABLE = 0.6


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that a person named; None: find them."""

    text: str | None = None
    id: str | None = None
    issues: str | None = None
    sentiment: str | None = None
    urgency: str | None = None
    customer: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each role; `flags` are columns of yes and no, each with its code."""

    text: str
    id: str | None = None
    issues: str | None = None
    sentiment: str | None = None
    urgency: str | None = None
    customer: str | None = None
    channel: str | None = None
    flags: tuple[tuple[str, str], ...] = ()

    @property
    def has_labels(self) -> bool:
        """Whether anything is said of any label."""
        return bool(self.issues or self.flags or self.sentiment or self.urgency)

    def to_dict(self) -> dict[str, str]:
        """Return the roles that were found, each with its column."""
        roles = {f.name: getattr(self, f.name) for f in fields(Wanted)}
        if self.flags:
            roles["issues"] = "、".join(column for column, _ in self.flags)
        return {role: column for role, column in roles.items() if column}


def choose(
    columns: Sequence[str], rows: Sequence[Row], wanted: Wanted, names: Names, place: str
) -> Columns:
    """Find the column of each role. Raises FileFormatError that names the columns there are.

    A table must have a text and at least one kind of label.
    """
    sample = rows[:_SAMPLE]
    taken = _named(columns, wanted, place)
    for finder in (_by_name, _by_part):
        for role in COLUMN_NAMES:
            if role not in taken:
                free = [name for name in columns if name not in taken.values()]
                taken |= finder(role, free, sample, names)
    free = [name for name in columns if name not in taken.values()]
    flags = () if "issues" in taken else _flags(free, sample, names)
    if "issues" not in taken and not flags:
        taken |= _issues_by_content(free, sample, names)
    if "text" not in taken:
        taken |= _text_by_content([n for n in free if n not in taken.values()], sample)
    return _checked(taken, flags, columns, place)


def _named(columns: Sequence[str], wanted: Wanted, place: str) -> dict[str, str]:
    named = {f.name: getattr(wanted, f.name) for f in fields(wanted)}
    taken = {role: column for role, column in named.items() if column is not None}
    for role, column in taken.items():
        if column not in columns:
            raise FileFormatError(
                f"{place} has no column {column!r}. Its columns: {_list(columns)}.",
                remedy=f"Mend --{role}-field, or leave it out and let it be found.",
            )
    return taken


def _key(name: str) -> str:
    """Return a column's name without blanks, marks and what is in parentheses."""
    return re.sub(r"\(.*?\)|\[.*?\]|【.*?】|[\s_\-*:·.]+", "", folded(name))


def _by_name(role: str, free: Sequence[str], sample: Sequence[Row], names: Names) -> dict[str, str]:
    keys = [_key(name) for name in COLUMN_NAMES[role]]
    found = sorted(
        (name for name in free if _key(name) in keys), key=lambda name: keys.index(_key(name))
    )
    if role == "issues" and len(found) > 1:  # 类型 may be the kind of goods: ask the cells
        found.sort(key=lambda name: -_readable(name, sample, names))
    return {role: found[0]} if found else {}


def _by_part(role: str, free: Sequence[str], sample: Sequence[Row], names: Names) -> dict[str, str]:
    parts = COLUMN_PARTS.get(role, ())
    found = [name for name in free if any(part in _key(name) for part in parts)]
    if role == "text":
        found = [name for name in found if _han(name, sample) >= _LEAST_HAN]
    return {role: found[0]} if len(found) == 1 else {}


def _readable(column: str, sample: Sequence[Row], names: Names) -> float:
    """Return the share of the cells in use that name known issues, or none at all."""
    cells = [row[column] for row in sample if not is_blank(row.get(column))]
    return sum(_reads(cell, names) for cell in cells) / len(cells) if cells else 0.0


def _reads(cell: Any, names: Names) -> bool:
    try:
        return not read_issues(cell, names).unknown
    except RecordError:
        return False


def _issues_by_content(free: Sequence[str], sample: Sequence[Row], names: Names) -> dict[str, str]:
    shares = {name: _readable(name, sample, names) for name in free if _any(name, sample, names)}
    best = max(shares, key=lambda name: shares[name], default=None)
    return {"issues": best} if best is not None and shares[best] >= _READABLE else {}


def _any(column: str, sample: Sequence[Row], names: Names) -> bool:
    """Whether any cell names an issue: a column of nothing but 无 may be about anything."""
    cells = (row.get(column) for row in sample)
    return any(_reads(cell, names) and read_issues(cell, names).codes for cell in cells)


def _flags(free: Sequence[str], sample: Sequence[Row], names: Names) -> tuple[tuple[str, str], ...]:
    """Return the columns that bear the name of a label and hold yes and no."""
    found = [(name, codes[0]) for name in free if (codes := names.codes(name))]
    return tuple((name, code) for name, code in found if _holds_flags(name, sample))


def _holds_flags(column: str, sample: Sequence[Row]) -> bool:
    cells = [row[column] for row in sample if not is_blank(row.get(column))]
    return all(read_flag(cell) is not None for cell in cells)


def _han(column: str, sample: Sequence[Row]) -> float:
    """Return how many Chinese characters a cell has on average."""
    cells = [str(row[column]) for row in sample if not is_blank(row.get(column))]
    return sum(len(re.findall("[一-鿿]", cell)) for cell in cells) / max(len(cells), 1)


def _text_by_content(free: Sequence[str], sample: Sequence[Row]) -> dict[str, str]:
    found = [name for name in free if _han(name, sample) >= _SURELY_TEXT]
    return {"text": found[0]} if len(found) == 1 else {}


def _checked(
    taken: Mapping[str, str], flags: tuple[tuple[str, str], ...], columns: Sequence[str], place: str
) -> Columns:
    if "text" not in taken:
        raise FileFormatError(
            f"{place} has no column that looks like a text. Its columns: {_list(columns)}.",
            remedy="Name the column of the text with --text-field.",
        )
    chosen = Columns(**taken, flags=flags)
    if not chosen.has_labels:
        raise FileFormatError(
            f"{place} has no column that looks like labels. Its columns: {_list(columns)}.",
            remedy="Name it with --issues-field, --sentiment-field or --urgency-field.",
        )
    return chosen


def _list(columns: Sequence[str]) -> str:
    return "、".join(columns) or "none"
