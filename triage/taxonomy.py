"""The labels of a model: their codes, names and parents; the five in the box, or one's own.

A taxonomy file is YAML: `labels`, a list of entries with `code`, `zh`, `en`, `description`,
`phrases`, and `children` of the same shape (two levels at most). See docs/taxonomy.md.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from triage.errors import DataError
from triage.labels import CHINESE, ENGLISH, ISSUES

FILE = "taxonomy.yaml"
SEPARATOR = "/"  # between the code of a parent and that of its child
LONGEST = 50  # characters of a whole code: the inbox keeps no longer ones
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEYS = {"code", "zh", "en", "description", "phrases", "children"}
_RESERVED = {
    *("urgency", "sentiment", "polarity", "scope", "queue"),
    *("signal", "remedy", "promise"),  # what else a quote can speak for
}
_SHAPE = "See docs/taxonomy.md for the shape of the file."


@dataclass(frozen=True, slots=True)
class Label:
    """One label. `code` holds its parent's where it has one: `product_quality/overheating`."""

    code: str
    zh: str
    en: str
    description: str = ""
    phrases: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The code of the label above, or an empty string."""
        return self.code.rpartition(SEPARATOR)[0]


@dataclass(frozen=True)
class Taxonomy:
    """Labels in column order, each parent before its children."""

    labels: tuple[Label, ...]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes, in column order."""
        return tuple(label.code for label in self.labels)

    @cached_property
    def _by_code(self) -> Mapping[str, Label]:
        return {label.code: label for label in self.labels}

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The code above each code that has one here."""
        codes = set(self.codes)
        return {label.code: label.parent for label in self.labels if label.parent in codes}

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The codes of the upper level, in column order."""
        return tuple(code for code in self.codes if code not in self.parents)

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        """The code of every name, however it is written.

        Codes go before names, and names before the own part of a child's code; a part that two
        share is nobody's.
        """
        names: dict[str, str] = {}
        parts = Counter(_own_part(label.code) for label in self.labels)
        alone = (label for label in self.labels if parts[_own_part(label.code)] == 1)
        for claims in (
            ((label.code, label.code) for label in self.labels),
            ((name, label.code) for label in self.labels for name in (label.zh, label.en)),
            ((_own_part(label.code), label.code) for label in alone),
        ):
            for name, code in claims:
                names.setdefault(_folded(name), code)
        return names

    def find(self, name: str) -> str | None:
        """Return the code that a name stands for: a code, a Chinese or an English name."""
        return self._by_name.get(_folded(name))

    def root(self, code: str) -> str:
        """Return the code of the label above, or the code itself where there is none."""
        return self.parents.get(code, code)

    def zh(self, code: str) -> str:
        """Return the Chinese name, or the code where there is none."""
        return self._by_code[code].zh if code in self._by_code else CHINESE.get(code, code)

    def en(self, code: str) -> str:
        """Return the English name, or the code where there is none."""
        return self._by_code[code].en if code in self._by_code else ENGLISH.get(code, code)

    def closed(self, issues: Iterable[str]) -> tuple[str, ...]:
        """Return the issues with their parents, in column order."""
        given = set(issues)
        given |= {self.parents[code] for code in given if code in self.parents}
        return tuple(code for code in self.codes if code in given)

    def to_yaml(self) -> str:
        """Return the file that `load_taxonomy` reads as this."""
        import yaml

        entries: dict[str, dict[str, Any]] = {}
        for label in self.labels:
            entry: dict[str, Any] = {"code": _own_part(label.code), "zh": label.zh, "en": label.en}
            told = {"description": label.description, "phrases": list(label.phrases)}
            entries[label.code] = entry | {key: value for key, value in told.items() if value}
            if label.parent:
                entries[label.parent].setdefault("children", []).append(entries[label.code])
        tops = [entries[label.code] for label in self.labels if not label.parent]
        return str(yaml.safe_dump({"labels": tops}, allow_unicode=True, sort_keys=False))

    def to_list(self) -> list[dict[str, Any]]:
        """Return the JSON form, as a manifest keeps it."""
        return [asdict(label) | {"phrases": list(label.phrases)} for label in self.labels]


def of_codes(codes: Sequence[str]) -> Taxonomy:
    """Return a taxonomy of codes alone; those in the box have names."""
    return Taxonomy(tuple(Label(c, CHINESE.get(c, c), ENGLISH.get(c, c)) for c in codes))


def from_list(rows: Sequence[Mapping[str, Any]]) -> Taxonomy:
    """Make a taxonomy of what `to_list` gave. Raises DataError for anything else."""
    try:
        labels = [Label(**{**row, "phrases": tuple(row["phrases"])}) for row in rows]
    except (TypeError, KeyError) as error:
        raise DataError(f"This is no list of labels: {error}.", remedy=_SHAPE) from error
    return Taxonomy(tuple(labels))


BUILT_IN = of_codes(ISSUES)


def load_taxonomy(path: Path) -> Taxonomy:
    """Read a taxonomy file. Raises DataError that says what is wrong and where."""
    import yaml

    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"Cannot read {path}: {error.strerror}.", remedy=_SHAPE) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path} is not YAML: {error}.", remedy=_SHAPE) from error
    if not isinstance(raw, dict) or set(raw) != {"labels"} or not isinstance(raw["labels"], list):
        raise DataError(f"{path} must hold one key, `labels`, with a list.", remedy=_SHAPE)
    labels = tuple(_entries(raw["labels"], "", str(path)))
    _refuse_twice(labels, path)
    return Taxonomy(labels)


def _entries(rows: Sequence[Any], parent: str, place: str) -> Iterator[Label]:
    for number, row in enumerate(rows, 1):
        here = f"{place}, entry {number}"
        _check_entry(row, parent, here)
        code = f"{parent}{SEPARATOR}{row['code']}" if parent else row["code"]
        yield Label(
            code,
            row.get("zh") or CHINESE.get(code, code),
            row.get("en") or ENGLISH.get(code, code),
            row.get("description", ""),
            tuple(row.get("phrases", ())),
        )
        yield from _entries(row.get("children", ()), code, f"{here} ({row['code']})")


def _check_entry(row: Any, parent: str, place: str) -> None:
    if not isinstance(row, dict) or not _CODE.fullmatch(str(row.get("code", ""))):
        raise DataError(
            f"{place}: needs a code of small letters, digits and underscores.", remedy=_SHAPE
        )
    if unknown := set(map(str, row)) - _KEYS:
        known = ", ".join(sorted(_KEYS))
        raise DataError(f"{place}: unknown key {min(unknown)!r}.", remedy=f"Known: {known}.")
    if row["code"] in _RESERVED:
        raise DataError(f"{place}: {row['code']!r} means something else.", remedy="Rename it.")
    if parent and len(f"{parent}{SEPARATOR}{row['code']}") > LONGEST:
        remedy = f"A code with its parent's has at most {LONGEST} characters."
        raise DataError(f"{place}: the code is too long.", remedy=remedy)
    if parent and row.get("children"):
        raise DataError(f"{place}: a third level.", remedy="Two levels are the most.")
    _check_values(row, place)


def _check_values(row: Mapping[str, Any], place: str) -> None:
    for key in ("zh", "en", "description"):
        if not isinstance(row.get(key, ""), str):
            raise DataError(f"{place}: {key} must be text.", remedy=_SHAPE)
    for key, kind, what in (("phrases", str, "texts"), ("children", dict, "labels")):
        values = row.get(key, [])
        if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
            raise DataError(f"{place}: {key} must be a list of {what}.", remedy=_SHAPE)


def _refuse_twice(labels: Sequence[Label], path: Path) -> None:
    if not labels:
        raise DataError(f"{path} names no label.", remedy=_SHAPE)
    for what in ("code", "zh", "en"):
        names = Counter(_folded(getattr(label, what)) for label in labels)
        for label in labels:
            name = getattr(label, what)
            if names[_folded(name)] > 1:
                told = f"{path}: two labels have the {what} {name!r}."
                raise DataError(told, remedy="Name each label once, and by a name of its own.")


def _own_part(code: str) -> str:
    return code.rpartition(SEPARATOR)[2]


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).lower()
