"""The frozen held-out split: 20 % test and 10 % dev of the first texts, by whole groups.

A group are texts that are near-duplicates or of one customer. The ids are written down once
(`data/splits/heldout.json`, or `heldout.json` of a dataset) and never change: a figure of
next year must be about the same texts. What is added later trains, unless it is a
near-duplicate of a held-out text or of its customer.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from triage.errors import DataError
from triage.records import Example
from triage.resources import resource
from triage.training.corpus import folders_of
from triage.training.neighbours import ShingleIndex, near_groups

_SALT = "fenzhen-1:"
TEST_PERCENT, DEV_PERCENT = 20, 10
PARTS = ("test", "dev")
HELD_OUT = "heldout.json"
_SHAPE = 'It must hold {"test": [ids], "dev": [ids]}, as `triage data split` writes it.'


@dataclass(frozen=True, slots=True)
class Split:
    """Examples by use. `train` is free of near-duplicates of the other two."""

    train: list[Example]
    dev: list[Example]
    test: list[Example]


def default_split_file() -> Path:
    """Return the list of held-out ids in the box."""
    return resource("data", "splits", "heldout.json")


def draw(
    examples: Sequence[Example], *, test: int = TEST_PERCENT, dev: int = DEV_PERCENT
) -> dict[str, list[str]]:
    """Draw a held-out list: whole groups, by a hash of their first id; shares in percent."""
    parts: dict[str, list[str]] = {"test": [], "dev": []}
    for members in groups(examples):
        ids = [example.id for example in members]
        if part := part_of(ids, test=test, dev=dev):
            parts[part] += ids
    return {name: sorted(set(ids)) for name, ids in parts.items()}


def part_of(
    ids: Iterable[str], *, test: int = TEST_PERCENT, dev: int = DEV_PERCENT
) -> Literal["test", "dev", ""]:
    """Return the part that a group falls into, by a hash of its first id; "" is training."""
    point = int(hashlib.sha256((_SALT + min(ids)).encode()).hexdigest(), 16) % 100
    if point < test:
        return "test"
    return "dev" if point < test + dev else ""


def groups(examples: Sequence[Example]) -> list[list[Example]]:
    """Return what no split may tear apart: near-duplicates, and the texts of one customer."""
    near = near_groups([example.text for example in examples])
    names = dict.fromkeys(example.customer for example in examples if example.customer)
    numbers = {name: len(examples) + k for k, name in enumerate(names)}
    of_customer = [
        numbers.get(example.customer, group) for example, group in zip(examples, near, strict=True)
    ]
    size = len(examples) + len(numbers)
    links = coo_matrix((np.ones(len(near)), (near, of_customer)), shape=(size, size))
    _, parts = connected_components(links, directed=False)
    members: defaultdict[int, list[Example]] = defaultdict(list)
    for example, group in zip(examples, near, strict=True):
        members[parts[group]].append(example)
    return list(members.values())


def held_out(path: Path | None = None) -> dict[str, list[str]]:
    """Read the held-out ids of a file, or those in the box: `test` and `dev`.

    Raises DataError for a file of another shape.
    """
    source = path or default_split_file()
    try:
        raw = json.loads(source.read_text(encoding="utf-8"))
        parts = {name: raw[name] for name in PARTS}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"Cannot read {source}: {error!r}.", remedy=_SHAPE) from error
    if not all(isinstance(ids, list) for ids in parts.values()):
        raise DataError(f"{source} holds no lists of ids.", remedy=_SHAPE)
    return {name: [str(id_) for id_ in ids] for name, ids in parts.items()}


def held_out_of(paths: Iterable[Path]) -> dict[str, list[str]]:
    """Return the held-out ids that bind these paths: the box's, and those of each dataset.

    A file is bound by the `heldout.json` of the folder it is in. What any list has for
    testing is for testing only.
    """
    own = [folder / HELD_OUT for folder in folders_of(paths) if (folder / HELD_OUT).exists()]
    lists = [held_out(), *map(held_out, own)]
    test, dev = ({id_ for parts in lists for id_ in parts[name]} for name in PARTS)
    return {"test": sorted(test), "dev": sorted(dev - test)}


def split(examples: Iterable[Example], parts: Mapping[str, list[str]]) -> Split:
    """Part `examples` by the held-out ids; the rest trains unless it is close to a held-out one.

    Close are a near-duplicate and another text of the same customer.
    """
    test_ids, dev_ids = set(parts["test"]), set(parts["dev"])
    rows = list(examples)
    test = [e for e in rows if e.id in test_ids]
    dev = [e for e in rows if e.id in dev_ids]
    customers = {e.customer for e in test + dev if e.customer}
    held = test_ids | dev_ids
    rest = [e for e in rows if e.id not in held and e.customer not in customers]
    return Split(without_near(rest, test + dev), dev, test)


def without_near(examples: Iterable[Example], held: Sequence[Example]) -> list[Example]:
    """Return the examples that are no near-duplicate of a held-out text."""
    index = ShingleIndex([example.text for example in held])
    return [example for example in examples if not index.near(example.text)]
