"""How far two models agree: shares with their Wilson intervals, and per label who found what."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from service.models.comparing import FIELDS, GAINED, LOST
from triage.training.shares import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """`agreed` of `n`, and the 95 % interval of the share; None where nothing was counted."""

    agreed: int
    n: int
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LabelShare:
    """One label: found by both, by the candidate alone, by the champion alone.

    `agreement` is of the verdicts in which either found it: that most texts lack a rare label
    in both says nothing.
    """

    code: str
    both: int
    gained: int
    lost: int
    agreement: Share


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that two models said of the same conversations."""

    whole: Share
    fields: Mapping[str, Share]
    labels: tuple[LabelShare, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def share_of(agreed: int, n: int) -> Share:
    """Return the share with the interval of Wilson."""
    figure = wilson(agreed, n)
    return Share(agreed, n, figure.value, figure.low, figure.high)


def agreement(counts: Iterable[Mapping[Any, Any]], codes: Sequence[str]) -> Agreement:
    """Sum up outcomes: rows of `differs`, the candidate's `issues`, and how often: `n`.

    Labels come in the order of `codes`, those that only the candidate has behind them.
    """
    words: Counter[str] = Counter()
    found: Counter[str] = Counter()
    total = same = 0
    for row in counts:
        total += row["n"]
        same += 0 if row["differs"] else row["n"]
        words.update(dict.fromkeys(row["differs"], row["n"]))
        found.update(dict.fromkeys(row["issues"] or (), row["n"]))
    fields = {name: share_of(total - words[name], total) for name in FIELDS}
    named = {word[1:] for word in words if word[0] in (GAINED, LOST)} | found.keys()
    order = [*codes, *sorted(named - set(codes))]
    labels = tuple(_label(code, found[code], words) for code in order)
    return Agreement(share_of(same, total), fields, labels)


def _label(code: str, found: int, words: Mapping[str, int]) -> LabelShare:
    gained, lost = words[GAINED + code], words[LOST + code]
    both = found - gained
    return LabelShare(code, both, gained, lost, share_of(both, both + gained + lost))
