"""What the gate looks at: figures on held-out texts, and the cases of the behavioural suite.

Pure functions: judged texts of two models in, checks with their probabilities out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from triage.registry import noise
from triage.training.behaviour import Case
from triage.training.bootstrap import Floats, figure
from triage.training.slices import SMALL
from triage.training.tally import CRITICAL, Bools, Ints, Tally, agreement

Code = Literal["overall", "label", "slice", "critical_recall", "behaviour", "capability"]
BOOTSTRAP = "paired bootstrap"
SIGN = "exact sign test"
# Which of issues, sentiment, urgency a figure is of: the columns of `Tally.known`.
OVERALL: Mapping[str, int] = {
    "macro_f1": 0,
    "micro_f1": 0,
    "exact_match": 0,
    "sentiment_kappa": 1,
    "urgency_kappa": 2,
}
# Micro, not macro: in a small slice a label of two texts would swing the mean of all.
IN_SLICES = ("micro_f1", "sentiment_kappa", "urgency_kappa")
IN_DIMENSIONS = ("script", "channel", "length")
_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a candidate, whether it is worse than the champion here, and the answer.

    `p` is the one-sided probability of such a loss between equal models and `least` the
    smallest it could have been; `spread` is the standard error of the change, None for cases
    that are lost or won. `n` counts texts, or the positives of a label.
    """

    code: Code
    figure: str
    n: int
    before: float
    after: float
    p: float
    least: float
    test: str
    spread: float | None = None
    dimension: str = ""
    value: str = ""
    lost: tuple[str, ...] = field(default=())
    won: tuple[str, ...] = field(default=())

    @property
    def change(self) -> float:
        """What the candidate adds, below 0 for a loss."""
        return self.after - self.before

    def seen_from(self, bound: float) -> float | None:
        """Return the loss that would be seen four times in five at this bound of `p`."""
        if not self.spread:
            return None
        return round(float(norm.ppf(1 - bound) + norm.ppf(_POWER)) * self.spread, 4)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self) | {"change": round(self.change, 4)}


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many paired draws of the texts are made, and from which seed."""

    times: int = 1000
    seed: int = 0


Groups = Mapping[str, Mapping[str, Ints]]


def text_checks(
    one: Tally, two: Tally, groups: Groups, sampling: Sampling | None = None
) -> list[Check]:
    """Return the checks on held-out texts: all, each label, each slice, the critical ones.

    `groups` are the rows of each slice by dimension and value. Nothing is asked of fewer than
    30 texts, or of a label with fewer positives; only critical recall is asked of any number.
    """
    plan = sampling or Sampling()
    checks = [*_overall(one, two, plan), *_critical(one, two)]
    for dimension in IN_DIMENSIONS:
        for value, rows in groups.get(dimension, {}).items():
            if SMALL <= len(rows) < len(one):
                both = _drawn(one.part(rows), two.part(rows), plan)
                checks += _figures(both, IN_SLICES, "slice", dimension, value)
    return checks


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Two models on the same texts, with every figure of both on the same draws."""

    one: Tally
    two: Tally
    before: Mapping[str, Floats]
    after: Mapping[str, Floats]


def _drawn(one: Tally, two: Tally, plan: Sampling) -> _Drawn:
    before, after = (agreement(t, times=plan.times, seed=plan.seed) for t in (one, two))
    return _Drawn(one, two, before, after)


def _overall(one: Tally, two: Tally, plan: Sampling) -> Iterator[Check]:
    both = _drawn(one, two, plan)
    yield from _figures(both, tuple(OVERALL), "overall")
    for k, label in enumerate(one.labels):
        positives = int(one.wanted[:, k].sum())
        if positives >= SMALL:
            differ = one.given[:, k] != two.given[:, k]
            name = f"{label}.f1"
            blank = Check("label", "f1", positives, 0, 0, 1, 1, BOOTSTRAP, None, "label", label)
            yield from _answered(blank, both.before[name], both.after[name], differ)


def _figures(
    both: _Drawn, names: Sequence[str], code: Code, dimension: str = "", value: str = ""
) -> Iterator[Check]:
    differing = _differing(both.one, both.two)
    for name in names:
        target = OVERALL[name]
        n = int(both.one.known[:, target].sum())
        if n >= SMALL:
            blank = Check(code, name, n, 0, 0, 1, 1, BOOTSTRAP, None, dimension, value)
            yield from _answered(blank, both.before[name], both.after[name], differing[target])


def _differing(one: Tally, two: Tally) -> tuple[Bools, Bools, Bools]:
    """Return which texts the two models judge differently in issues, sentiment, urgency."""
    return (
        (one.given != two.given).any(axis=1),
        (one.sentiment[:, 1] != two.sentiment[:, 1]) & one.known[:, 1],
        (one.urgency[:, 1] != two.urgency[:, 1]) & one.known[:, 2],
    )


def _answered(blank: Check, before: Floats, after: Floats, differ: Bools) -> Iterator[Check]:
    """Yield a check with its answer, none where a figure has no meaning."""
    changes, count = after - before, int(differ.sum())
    first, second = figure(before[:1]).value, figure(after[:1]).value
    if first is not None and second is not None:
        yield replace(
            blank,
            before=first,
            after=second,
            p=noise.worse_by_draws(changes, blank.n, count),
            least=noise.least(count),
            spread=noise.spread_of(changes),
        )


def _critical(one: Tally, two: Tally) -> Iterator[Check]:
    rows = (one.urgency[:, 0] == CRITICAL) & one.known[:, 2]
    if rows.any():
        before, after = (t.urgency[rows, 1] == CRITICAL for t in (one, two))
        yield _paired("critical_recall", "recall", before, after)


def _paired(code: Code, name: str, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Check:
    lost, won = int((before & ~after).sum()), int((~before & after).sum())
    return Check(
        code=code,
        figure=name,
        n=len(before),
        before=round(float(before.mean()), 4),
        after=round(float(after.mean()), 4),
        p=noise.worse_by_sign(lost, won),
        least=noise.least(lost + won),
        test=SIGN,
    )


def case_checks(
    cases: Sequence[Case], before: Sequence[bool], after: Sequence[bool]
) -> list[Check]:
    """Return the checks on the behavioural suite: all cases, and each capability of it.

    `before` and `after` say which cases each model passes.
    """
    places: defaultdict[str, list[int]] = defaultdict(list)
    for k, case in enumerate(cases):
        places[f"{case['suite']}/{case['capability']}"].append(k)
    whole = [_cases("behaviour", "", range(len(cases)), cases, before, after)] if cases else []
    return whole + [
        _cases("capability", name, rows, cases, before, after) for name, rows in places.items()
    ]


def _cases(
    code: Code,
    name: str,
    rows: Sequence[int],
    cases: Sequence[Case],
    before: Sequence[bool],
    after: Sequence[bool],
) -> Check:
    lost = tuple(cases[k]["id"] for k in rows if before[k] and not after[k])
    won = tuple(cases[k]["id"] for k in rows if after[k] and not before[k])
    return Check(
        code=code,
        figure="pass_rate",
        n=len(rows),
        before=round(sum(before[k] for k in rows) / len(rows), 4),
        after=round(sum(after[k] for k in rows) / len(rows), 4),
        p=noise.worse_by_sign(len(lost), len(won)),
        least=noise.least(len(lost) + len(won)),
        test=SIGN,
        dimension="capability" if name else "",
        value=name,
        lost=lost,
        won=won,
    )
