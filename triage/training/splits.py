"""The frozen held-out split: 20 % test and 10 % dev of the first texts, by near-duplicate group.

The ids are written down once (`data/splits/heldout.json`) and never change: a figure of
next year must be about the same texts. What is added later trains, unless it is a
near-duplicate of a held-out text.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.records import Example
from triage.resources import resource
from triage.training.neighbours import ShingleIndex, near_groups

_SALT = "fenzhen-1:"
TEST_PERCENT, DEV_PERCENT = 20, 10


@dataclass(frozen=True, slots=True)
class Split:
    """Examples by use. `train` is free of near-duplicates of the other two."""

    train: list[Example]
    dev: list[Example]
    test: list[Example]


def default_split_file() -> Path:
    """Return the list of held-out ids in the box."""
    return resource("data", "splits", "heldout.json")


def draw(examples: Sequence[Example]) -> dict[str, list[str]]:
    """Draw a held-out list: whole near-duplicate groups, by a hash of their first id."""
    members: defaultdict[int, list[str]] = defaultdict(list)
    for example, group in zip(examples, near_groups([e.text for e in examples]), strict=True):
        members[group].append(example.id)
    parts: dict[str, list[str]] = {"test": [], "dev": []}
    for ids in members.values():
        point = int(hashlib.sha256((_SALT + min(ids)).encode()).hexdigest(), 16) % 100
        if point < TEST_PERCENT + DEV_PERCENT:
            parts["test" if point < TEST_PERCENT else "dev"] += ids
    return {name: sorted(ids) for name, ids in parts.items()}


def held_out(path: Path | None = None) -> Mapping[str, list[str]]:
    """Read the held-out ids: `test` and `dev`."""
    source = path or default_split_file()
    parts: Mapping[str, list[str]] = json.loads(source.read_text(encoding="utf-8"))
    return parts


def split(examples: Iterable[Example], parts: Mapping[str, list[str]]) -> Split:
    """Part `examples` by the held-out ids; the rest trains unless it is a near-duplicate."""
    test_ids, dev_ids = set(parts["test"]), set(parts["dev"])
    rows = list(examples)
    test = [e for e in rows if e.id in test_ids]
    dev = [e for e in rows if e.id in dev_ids]
    rest = [e for e in rows if e.id not in test_ids and e.id not in dev_ids]
    return Split(without_near(rest, test + dev), dev, test)


def without_near(examples: Iterable[Example], held: Sequence[Example]) -> list[Example]:
    """Return the examples that are no near-duplicate of a held-out text."""
    index = ShingleIndex([example.text for example in held])
    return [example for example in examples if not index.near(example.text)]
