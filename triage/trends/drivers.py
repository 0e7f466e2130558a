"""What moves satisfaction, reopening, coming back and staying: effects with intervals.

How it is done, and why not otherwise: docs/decisions/0015-drivers.md.
"""

from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from scipy.special import stdtr, stdtrit

from triage.errors import InputError
from triage.trends.design import FAILURES, SLOW, Design, design
from triage.trends.driver_words import (
    FAILURE_NAMES,
    NOT_CAUSE,
    OUTCOMES,
    Names,
    Note,
    Outcome,
    few_customers,
    few_tickets,
    listed,
    selected,
    several,
    slow_from,
)
from triage.trends.facts import Bools, Facts, Filter, Floats, Ints
from triage.trends.measures import places, reopened_once
from triage.trends.ridge import Fit, Products, fit, products, separation

__all__ = ["FAILURE_NAMES", "OUTCOMES", "Drivers", "Effect", "Note", "Outcome", "drivers"]

PENALTY = 1.0  # on the square of each circumstance's coefficient: as one more ticket at the mean
_NEEDED = 200  # tickets with the outcome
_FEW = 50  # with a cause, and without it
_EACH = 20  # tickets of each result, where there are two
_CLUSTERS = 50
_HALF = 0.5
_INFLATED = 10.0
_ALPHA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """By how many points a cause moves the outcome, all else held equal, with 95 % interval.

    `kind` is issue or service; `n` tickets have it. `p_holm` is `p` after Holm's correction.
    `bare` is the mere difference of means. `inflation`: of the variance, by the other causes.
    """

    key: str
    kind: str
    n: int
    effect: float
    low: float
    high: float
    p: float
    p_holm: float
    bare: float
    inflation: float

    @property
    def moves(self) -> bool:
        """Whether the effect is more than chance, all causes looked at taken together."""
        return self.p_holm < _ALPHA


@dataclass(frozen=True, slots=True)
class Drivers:
    """What moves an outcome: those that do first, the strongest first. `base`: mean per cent."""

    outcome: Outcome
    n: int
    customers: int
    base: float
    effects: tuple[Effect, ...]
    notes: tuple[Note, ...]


def drivers(
    facts: Facts,
    outcome: str,
    *,
    zone: tzinfo,
    wanted: Filter | None = None,
    names: Names | None = None,
    slow_s: float | None = None,
) -> Drivers:
    """Return the effect of each issue and of each failure of the service on an outcome.

    Linear least squares with every other issue and failure, channel, queue, product, tier,
    urgency, month and weekday held equal; errors by customer. `names`: (Chinese, English) of
    issues for the notes; `slow_s`: seconds from which a first reply is slow, else the slowest
    quarter. Raises InputError for an unknown outcome or dimension.
    """
    if outcome not in OUTCOMES:
        raise InputError(f"There is no outcome {outcome!r}.", remedy=f"Give {', '.join(OUTCOMES)}.")
    mask = facts.mask(wanted or Filter())
    values = _values(facts, outcome)
    kept = places(mask & ~np.isnan(values))
    y = values[kept]
    if not _enough(y, outcome):
        base = float(y.mean()) if len(y) else np.nan
        note = few_tickets(len(y), _NEEDED)
        return Drivers(OUTCOMES[outcome], len(y), 0, base, (), (note, NOT_CAUSE))
    found = _Fitted(facts, kept, y, design(facts, kept, zone=zone, slow_s=slow_s))
    notes = found.notes(len(y) / int(mask.sum()), {**(names or {}), **FAILURE_NAMES})
    effects = tuple(sorted(found.effects(), key=lambda item: (not item.moves, -abs(item.effect))))
    return Drivers(
        OUTCOMES[outcome], len(y), found.fit.clusters, float(y.mean()), effects, tuple(notes)
    )


def _values(facts: Facts, outcome: str) -> Floats:
    """Return the outcome in per cent."""
    if outcome == "satisfaction":
        return facts.number(outcome)
    found = reopened_once(facts.number) if outcome == "reopened" else facts.number(outcome)
    return 100 * found


def _enough(y: Floats, outcome: str) -> bool:
    if len(y) < _NEEDED:
        return False
    if outcome == "satisfaction":
        return bool(y.std() > 0)
    hits = int(np.count_nonzero(y))
    return min(hits, len(y) - hits) >= _EACH


class _Fitted:
    """The fit of one outcome, and what it tells of each cause."""

    def __init__(self, facts: Facts, kept: Ints | slice, y: Floats, told: Design) -> None:
        self.labels, self.slow_s, self.names = facts.labels, told.slow_s, told.names
        self.y, self.middle = y, y.mean()
        centred = y - self.middle  # so that squares of large means do not swamp the rest
        self.known = products(told.blocks, centred)
        self.causes = np.flatnonzero([bool(name) for name in self.names])
        self.counts = self.known.gram[0, self.causes]
        self.common = np.minimum(self.counts, len(y) - self.counts) >= _FEW
        self._separate()
        self.fit = self._fit(told, centred, _clusters(facts.column("customer").codes[kept]))

    def _separate(self) -> None:
        """Choose the causes that can be told apart; the others are held equal like the rest."""
        n, gram = self.known.n, self.known.gram
        wanted = self.causes[self.common]
        found = separation(gram, self._penalty(wanted), wanted, n)
        self.apart, self.inflation = np.zeros(len(self.causes), dtype=bool), found.inflation
        self.apart[self.common] = found.apart
        self.inflation = found.inflation[found.apart]

    def _penalty(self, free: Ints) -> Floats:
        penalty = np.full(len(self.names), PENALTY)
        penalty[[0, *free]] = 0
        return penalty

    def _fit(self, told: Design, y: Floats, cluster: Ints) -> Fit:
        wanted = self.causes[self.apart]
        penalty = self._penalty(wanted)
        return fit(told.blocks, y, self.known, penalty=penalty, wanted=wanted, cluster=cluster)

    def keys(self, chosen: Bools) -> list[str]:
        """Return the names of the chosen causes."""
        return [self.names[at] for at in self.causes[chosen]]

    def effects(self) -> list[Effect]:
        """Return the effect of each cause that can be told."""
        df = max(self.fit.clusters - 1, 1)
        error = np.sqrt(np.diag(self.fit.covariance))
        half = stdtrit(df, 1 - _ALPHA / 2) * error
        p = 2 * stdtr(df, -np.abs(self.fit.values / error))
        columns = zip(
            self.keys(self.apart),
            self.counts[self.apart],
            self.fit.values,
            half,
            p,
            holm(p),
            bare(self.known, self.causes[self.apart]),
            self.inflation,
            strict=True,
        )
        return [_effect(*column) for column in columns]

    def notes(self, share: float, names: Names) -> list[Note]:
        """Return what a reader must know before believing the effects."""
        rare = [key for key in self.keys(~self.common) if key in (*self.labels, *FAILURES)]
        crowded = np.array(self.keys(self.apart))[self.inflation > _INFLATED].tolist()
        notes = [NOT_CAUSE, several(int(self.apart.sum()))]
        notes += [selected(share)] if share < _HALF else []
        notes += [few_customers(self.fit.clusters)] if self.fit.clusters < _CLUSTERS else []
        notes += [slow_from(self.slow_s)] if SLOW in self.keys(self.apart) else []
        notes += listed("rare", rare, names)
        notes += listed("inseparable", self.keys(self.common & ~self.apart), names)
        return notes + listed("collinear", crowded, names)


def _effect(
    key: str, n: float, value: float, half: float, p: float, p_holm: float, raw: float, vif: float
) -> Effect:
    return Effect(
        key=key,
        kind="service" if key in FAILURES else "issue",
        n=round(n),
        effect=float(value),
        low=float(value - half),
        high=float(value + half),
        p=float(p),
        p_holm=float(p_holm),
        bare=float(raw),
        inflation=float(vif),
    )


def bare(known: Products, columns: Ints) -> Floats:
    """Return the mere difference of means between tickets with a cause and those without."""
    n, sums = known.gram[0, columns], known.moment[columns]
    result: Floats = sums / n - (known.total - sums) / (known.n - n)
    return result


def holm(p: Floats) -> Floats:
    """Return Holm's adjusted p-values: below 0.05 for all that hold together at 5 %."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    result = np.empty(len(p))
    result[order] = np.minimum(steps, 1)
    return result


def _clusters(codes: np.ndarray[tuple[int], np.dtype[np.int32]]) -> Ints:
    """Return a code for each customer; whoever is not known is one of their own."""
    unknown = codes < 0
    cluster = codes.astype(np.int64)
    cluster[unknown] = codes.max(initial=0) + 1 + np.arange(np.count_nonzero(unknown))
    return cluster
