"""What is in a dataset: counts by label, level, channel, source, length, script, customer."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from triage.records import Example
from triage.taxonomy import Taxonomy
from triage.text.script import script_of
from triage.training.corpus import content_hash
from triage.training.splits import split

_QUANTILES = {"min": 0, "p10": 10, "median": 50, "p90": 90, "max": 100}
NONE = "(none)"


def stats(
    examples: Sequence[Example], taxonomy: Taxonomy, parts: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Return the counts as JSON-ready numbers; `parts` are the held-out ids.

    A null label counts under `known`, never as "no issue". Shares of `together` are of pairs
    of labels of which neither is above the other.
    """
    labelled = [e.issues for e in examples if e.issues is not None]
    counts = Counter(label for issues in labelled for label in issues)
    used = split(examples, parts)
    return {
        "n": len(examples),
        "hash": content_hash(examples),
        "known": {
            name: sum(getattr(e, name) is not None for e in examples)
            for name in ("issues", "sentiment", "urgency")
        },
        "issues": {code: counts[code] for code in taxonomy.codes},
        "no_issue": sum(not issues for issues in labelled),
        "together": _together(labelled, taxonomy),
        "sentiment": _levels((e.sentiment for e in examples), range(1, 6)),
        "urgency": _levels((e.urgency for e in examples), range(4)),
        "channel": _common(e.channel for e in examples),
        "source": _common(e.source for e in examples),
        "script": _common(str(script_of(e.text)) for e in examples),
        "length": _lengths(examples),
        "customers": _customers(examples),
        "unsure": sum(e.unsure for e in examples),
        "parts": {name: len(getattr(used, name)) for name in ("train", "dev", "test")},
    }


def _together(labelled: Iterable[Sequence[str]], taxonomy: Taxonomy) -> list[dict[str, Any]]:
    pairs = Counter(
        (one, two)
        for issues in labelled
        for one, two in combinations(issues, 2)
        if taxonomy.parents.get(two) != one
    )
    return [{"labels": list(pair), "n": n} for pair, n in pairs.most_common()]


def _levels(values: Iterable[int | None], levels: Iterable[int]) -> dict[str, int]:
    counts = Counter(values)
    return {str(level): counts[level] for level in levels}


def _common(values: Iterable[str]) -> dict[str, int]:
    return {name or NONE: n for name, n in Counter(values).most_common()}


def _lengths(examples: Sequence[Example]) -> dict[str, int]:
    lengths = [len(e.text) for e in examples]
    if not lengths:
        return {}
    points = np.percentile(lengths, list(_QUANTILES.values()))
    return {name: round(float(point)) for name, point in zip(_QUANTILES, points, strict=True)}


def _customers(examples: Sequence[Example]) -> dict[str, int]:
    counts = Counter(e.customer for e in examples if e.customer)
    return {
        "texts": counts.total(),
        "different": len(counts),
        "most": max(counts.values(), default=0),
    }
