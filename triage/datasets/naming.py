"""The labels of a dataset: which they are, what a map makes of other names, how to start."""

import re
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from triage.datasets.values import Names, folded, is_blank
from triage.datasets.words import NO_ISSUE
from triage.errors import DataError
from triage.files.writers import whole_file
from triage.labels import CHINESE
from triage.taxonomy import BUILT_IN, FILE, Taxonomy, load_taxonomy

_TAKEN = {"urgency", "sentiment", "polarity", "scope", "queue", "signal", "remedy", "promise"}
_SECTIONS = ("issues", "sentiment", "urgency")
_SHAPE = "A map holds lines of `their name: our code`; see docs/datasets.md."
_HEAD = """\
# 由 triage data import --new-labels 写成：数据里出现的标签，最常见的在前。
# Written by triage data import --new-labels: the labels that occur, the most frequent first.
# 第一次训练之前可以改 code（数据里的也要改）；给人看的是 zh 和 en。
# Before the first training a code may be changed (in the data too); people see zh and en.
"""


def settled(out: Path, given: Path | None, *, new_labels: bool) -> Taxonomy:
    """Return the labels that an import into `out` goes by. Raises DataError where they differ."""
    own = out / FILE
    if new_labels and given:
        raise DataError("--taxonomy and --new-labels exclude one another.", remedy="Give one.")
    if given is None:
        return load_taxonomy(own) if own.exists() else BUILT_IN
    taxonomy = load_taxonomy(given)
    if own.exists() and load_taxonomy(own) != taxonomy:
        raise DataError(
            f"{out} has other labels than {given}.",
            remedy=f"Edit {own}, or import into a new folder.",
        )
    return taxonomy


def keep_taxonomy(given: Path, out: Path) -> None:
    """Copy a taxonomy file into a dataset. Raises OutputError."""
    content = given.read_bytes()
    with whole_file(out / FILE) as file:
        file.write(content)


def read_map(path: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """Read a map: issues by default, or sections for issues, sentiment and urgency.

    Raises DataError for a file of another shape.
    """
    import yaml

    if path is None:
        return {}
    try:
        raw = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise DataError(f"Cannot read {path}: {error}.", remedy=_SHAPE) from error
    if not isinstance(raw, dict):
        raise DataError(f"{path} is no map.", remedy=_SHAPE)
    sections = (
        raw if any(isinstance(raw.get(name), dict) for name in _SECTIONS) else {"issues": raw}
    )
    for name, section in sections.items():
        if name not in _SECTIONS or not isinstance(section, dict):
            raise DataError(f"{path}: {name!r} is no section.", remedy=_SHAPE)
    return {
        name: {folded(key): value for key, value in section.items()}
        for name, section in sections.items()
    }


def names_of(taxonomy: Taxonomy, mapping: Mapping[str, Mapping[str, Any]]) -> Names:
    """Return what names mean. Raises DataError where a map names what is not there."""
    return Names(
        taxonomy,
        {key: _codes(key, value, taxonomy) for key, value in mapping.get("issues", {}).items()},
        {key: _level(key, value, 1, 5) for key, value in mapping.get("sentiment", {}).items()},
        {key: _level(key, value, 0, 3) for key, value in mapping.get("urgency", {}).items()},
    )


def _codes(key: str, value: Any, taxonomy: Taxonomy) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    if all(folded(name) in NO_ISSUE | {""} for name in names):
        return ()
    codes = [taxonomy.find(str(name)) for name in names]
    if None in codes:
        raise DataError(
            f"The map makes {names[codes.index(None)]!r} of {key!r}, which is no label.",
            remedy=f"Labels: {', '.join(taxonomy.codes)}; or `none`.",
        )
    return taxonomy.closed(code for code in codes if code)


def _level(key: str, value: Any, low: int, high: int) -> int | None:
    if is_blank(value):
        return None
    if str(value).isdecimal() and low <= int(value) <= high:
        return int(value)
    raise DataError(
        f"The map makes {value!r} of {key!r}.", remedy=f"A level is {low} to {high}, or null."
    )


def plain(name: str) -> str:
    """Return a name as the taxonomy compares names."""
    return re.sub(r"[\s_\-]+", "", folded(name))


def write_starter(out: Path, used: Set[str], unknown: Mapping[str, int]) -> Path:
    """Write a taxonomy of the labels that occur: those in the box, then the new ones.

    Raises DataError where the dataset has a taxonomy: what a person wrote is not rewritten.
    """
    import yaml

    path = out / FILE
    known = [{"code": code, "zh": CHINESE[code]} for code in BUILT_IN.codes if code in used]
    entries = _entries(_by_count(unknown), used)
    if path.exists():
        lines = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
        raise DataError(f"{path} is there already.", remedy=f"Add to it what is new:\n{lines}")
    text = yaml.safe_dump({"labels": known + entries}, allow_unicode=True, sort_keys=False)
    with whole_file(path) as file:
        file.write((_HEAD + text).encode())
    return path


def _by_count(unknown: Mapping[str, int]) -> Sequence[str]:
    return sorted(unknown, key=lambda name: (-unknown[name], name))


def _entries(names: Sequence[str], used: Set[str]) -> list[dict[str, str]]:
    """Name each label: an English name is its own code, a Chinese one gets a number."""
    taken, entries = {*used, *_TAKEN}, []
    for number, name in enumerate(names, 1):
        slug = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:40].strip("_")
        usable = name.isascii() and slug[:1].isalpha() and slug not in taken
        entries.append({"code": slug if usable else f"label_{number}", "zh": name})
        taken.add(slug)
    return entries
