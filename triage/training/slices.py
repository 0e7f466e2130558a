"""The groups of texts that a report looks at one by one."""

from collections import defaultdict
from collections.abc import Callable, Mapping

import numpy as np

from triage.records import Example, Verdict
from triage.training.metrics import is_authored
from triage.training.tally import Ints, Pairs

SMALL = 30  # a group of fewer texts is shown, but proves nothing
NONE = "(none)"
_BANDS = ((10, "<=10"), (30, "11-30"), (100, "31-100"), (300, "101-300"))
_LONGEST = ">300"


def length_band(text: str) -> str:
    """Return the band of lengths, in characters, that a text falls into."""
    return next((name for limit, name in _BANDS if len(text) <= limit), _LONGEST)


DIMENSIONS: Mapping[str, Callable[[Example, Verdict], str]] = {
    "source": lambda e, v: e.source,
    "channel": lambda e, v: e.channel,
    "length": lambda e, v: length_band(e.text),
    "script": lambda e, v: v.script,
    "turn": lambda e, v: e.turn,
    "author": lambda e, v: "authored" if is_authored(e) else "real",
    "issues": lambda e, v: "" if e.issues is None else str(len(e.issues)),
}
_IN_ORDER = {
    "length": [*(name for _, name in _BANDS), _LONGEST],
    "issues": [str(number) for number in range(100)],
}


def slices(pairs: Pairs) -> dict[str, dict[str, Ints]]:
    """Return, per dimension and value, the rows of its texts; the largest group first."""
    return {name: _grouped(pairs, name) for name in DIMENSIONS}


def _grouped(pairs: Pairs, dimension: str) -> dict[str, Ints]:
    key = DIMENSIONS[dimension]
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, (example, verdict) in enumerate(pairs):
        rows[key(example, verdict) or NONE].append(row)
    order = _IN_ORDER.get(dimension) or sorted(rows, key=lambda name: (-len(rows[name]), name))
    return {name: np.array(rows[name]) for name in order if name in rows}
