"""Draw and extend the held-out list of a dataset: what was once held out stays held out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from triage.errors import DataError
from triage.files.writers import whole_file
from triage.records import Example
from triage.training.corpus import read_examples
from triage.training.shares import wilson
from triage.training.splits import (
    DEV_PERCENT,
    HELD_OUT,
    TEST_PERCENT,
    groups,
    held_out,
    held_out_of,
    part_of,
    split,
)

TRAIN = "train"  # beside the contract's two lists: what was once given to training
SMALL = 200
_MOST = 90
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw did: the examples by part as training sees them, and how many are new.

    `aside` are neither trained on nor measured: they are close to a held-out text.
    """

    parts: Mapping[str, Sequence[Example]]
    added: Mapping[str, int]
    aside: int
    largest: int

    @property
    def n(self) -> int:
        """How many examples there are."""
        return sum(map(len, self.parts.values())) + self.aside


def extend(folder: Path, *, test: int = TEST_PERCENT, dev: int = DEV_PERCENT) -> Drawn:
    """Draw groups that are new and write the list, whole or not at all; shares in percent.

    A group (near-duplicates, one customer's texts) goes to one part as a whole. Where it has
    a held-out member its new ones go nowhere; where it was given to training they train.
    Raises DataError for unusable data or shares or where nothing is drawn for testing, and
    OutputError.
    """
    _check(folder, test, dev)
    examples = read_examples([folder])
    if not examples:
        raise DataError(f"{folder} holds no examples.", remedy="Import some: triage data import.")
    lists = own_lists(folder)
    held = {id_ for ids in held_out_of([folder]).values() for id_ in ids}
    found = groups(examples)
    added = _drawn(found, held, set(lists[TRAIN]), test, dev)
    if not added["test"] and not held & {example.id for example in examples}:
        _refuse(examples, found)
    _write(folder / HELD_OUT, {name: [*lists[name], *added[name]] for name in lists})
    parts = split(examples, held_out_of([folder]))
    named = {"train": parts.train, "dev": parts.dev, "test": parts.test}
    return Drawn(
        parts=named,
        added={name: len(ids) for name, ids in added.items()},
        aside=len(examples) - sum(map(len, named.values())),
        largest=max(map(len, found)),
    )


def _refuse(examples: Sequence[Example], found: Sequence[Sequence[Example]]) -> NoReturn:
    # Written down, the draw would bind these texts to training for good.
    raise DataError(
        f"No text fell into the test part; the largest group holds {max(map(len, found))} of "
        f"{len(examples)} texts.",
        remedy="Add data, raise --test, or import without the customer column: near-duplicates "
        "and one customer's texts go together.",
    )


def _check(folder: Path, test: int, dev: int) -> None:
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}.", remedy="Give the folder of a dataset.")
    if test < 1 or dev < 0 or test + dev > _MOST:
        raise DataError(
            f"{test} % for testing and {dev} % for development cannot be.",
            remedy=f"At least 1 % is for testing, and {100 - _MOST} % are left to train.",
        )


def own_lists(folder: Path) -> dict[str, list[str]]:
    """Return the lists of a dataset's own file: test, dev, and what was given to training."""
    path = folder / HELD_OUT
    if not path.exists():
        return {"test": [], "dev": [], TRAIN: []}
    trained = json.loads(path.read_text(encoding="utf-8")).get(TRAIN, []) if held_out(path) else []
    return {**held_out(path), TRAIN: [str(id_) for id_ in trained]}


def _drawn(
    found: Sequence[Sequence[Example]], held: set[str], trained: set[str], test: int, dev: int
) -> dict[str, list[str]]:
    added: dict[str, list[str]] = {"test": [], "dev": [], TRAIN: []}
    for members in found:
        ids = {example.id for example in members}
        if ids & held:
            continue
        # A group that a model has learnt from can no longer tell how good it is.
        part = TRAIN if ids & trained else part_of(ids, test=test, dev=dev) or TRAIN
        added[part] += ids - trained
    return added


def _write(path: Path, lists: Mapping[str, Sequence[str]]) -> None:
    content = {name: sorted(set(ids)) for name, ids in lists.items()}
    with whole_file(path) as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")


def interval(n: int) -> tuple[float, float]:
    """Return the 95 % interval (Wilson) of a share of 80 % that is measured on `n` texts."""
    figure = wilson(round(_SHARE * n), n)
    return figure.low or 0.0, figure.high or 1.0
