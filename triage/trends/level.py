"""What is normal for many series at once, from the past alone: a level times known effects.

Each series has a slow level (a gamma with a memory), times a factor for each group that its
day belongs to (a weekday, an hour, a holiday, a promotion), times its exposure. Factors are
shrunk to 1, the more the fewer counts they were learnt from. What is uncertain yet widens the
forecast, so that the first 双十一 of a desk is no alarm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from triage.trends.facts import Bools, Floats, Ints

_FIRST = 0.5  # counts that the level is worth before any came
_CLIP = 3.0  # standard deviations beyond which a burst teaches the level no more
_CLIP_SPREAD = 4.0
_FAR = 1.5  # standard deviations that make a day high or low
_PACE = 0.15  # of the streak: five days in a row make 0.56
_LASTING, _HASTE = 0.5, 20.0
_SURE = 0.5  # of the variance of the days: with more doubt nothing is learnt of it
_MOST = 2.0  # dispersion
_BELIEF_STEPS = 15  # that what is expected of the dispersion is worth at least


@dataclass(frozen=True, slots=True)
class Group:
    """Steps that share a factor: `codes` by step, -1 where it does not apply.

    `priors`, by code: counts at factor 1 that are taken for granted; the relative standard
    deviation of the factor is about 1 / sqrt(prior). `memory`: half-life in steps, 0 for ever.
    `parent`: the place of the group whose factor is what is expected of this one (双十一 is
    first taken for a promotion like others); `child` points back, and only it counts.
    """

    codes: Ints
    priors: tuple[float, ...]
    memory: float = 0.0
    parent: int = -1
    child: int = -1


@dataclass(frozen=True, slots=True)
class Plan:
    """How series are followed. `weights`: how much each step teaches the level, 0 to 1.

    `marks` come first: on their days they, and not the level, learn what is unusual.
    `memory`: half-life of the level in steps. `dispersion`: what is expected of it, worth
    `belief` (its relative precision).
    """

    marks: tuple[Group, ...]
    profile: tuple[Group, ...]
    weights: Floats
    memory: float
    dispersion: float
    belief: float

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, in the order in which they learn."""
        return self.marks + self.profile


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected: mean of the count, relative variance of that mean, dispersion.

    One value a series; NaN before anything is known.
    """

    mean: Floats
    unsure: Floats
    dispersion: Floats

    @property
    def spread(self) -> Floats:
        """The dispersion of the count: that of the days and that of what is not known."""
        return self.unsure + self.dispersion

    @property
    def deviation(self) -> Floats:
        """The standard deviation of the count."""
        result: Floats = np.sqrt(self.mean + self.mean**2 * self.spread)
        return result


def together(forecasts: Sequence[Forecast]) -> Forecast:
    """Return the forecast of a sum of steps, all made at the same time.

    Days vary each for itself; what is not known of the level is wrong on all of them.
    """
    means = np.array([one.mean for one in forecasts])
    whole = means.sum(axis=0)
    safe = np.maximum(whole, 1e-12)
    unsure = (means * [one.unsure for one in forecasts]).sum(axis=0) / safe
    own = (means**2 * [one.dispersion for one in forecasts]).sum(axis=0) / safe**2
    return Forecast(whole, unsure, own)


@dataclass(slots=True)
class Level:
    """The state of S series after some steps; `after` makes the next one, nothing is changed."""

    plan: Plan
    counts: Floats  # discounted sums: of counts, and of what they were counted over
    over: Floats
    factors: tuple[tuple[Floats, Floats], ...]  # of each group: counts and expected, S x codes
    spread: tuple[Floats, Floats, Floats]  # sums of the regression that gives the dispersion
    streak: Floats  # -1 to 1: how steadily the counts were low or high of late

    @classmethod
    def start(cls, plan: Plan, series: int) -> "Level":
        """Return the state before the first step."""
        sizes = [len(group.priors) for group in plan.groups]
        factors = tuple((np.zeros((series, n)), np.zeros((series, n))) for n in sizes)
        zeros = np.zeros(series)
        return cls(plan, zeros, zeros, factors, (zeros, zeros, zeros), zeros)

    def forecast(self, step: int, exposure: Floats) -> Forecast:
        """Return what is expected of a step that is not seen yet."""
        product, doubt = self._effects(step)
        unsure = 1 / (self.counts + _FIRST) + doubt
        return Forecast(self._rate() * product * exposure, unsure, self.dispersion)

    @property
    def dispersion(self) -> Floats:
        """How much more than chance the counts vary, as learnt so far."""
        above, below, steps = self.spread
        plan = self.plan
        # Of great counts each step tells much, and yet a few steps are no sample.
        belief = plan.belief + _BELIEF_STEPS * below / np.maximum(steps, 1.0)
        found = (above + belief * plan.dispersion) / (below + belief)
        result: Floats = np.clip(found, 0.0, _MOST)
        return result

    def after(self, step: int, counts: Floats, exposure: Floats) -> "Level":
        """Return the state once a step was seen; NaN: it was not."""
        told = self.forecast(step, exposure)
        seen = ~np.isnan(counts) & (exposure > 0)
        known = seen & ~np.isnan(told.mean)
        # Days vary more than chance: so many counts of one day are worth fewer of many.
        worth = 1 / (1 + told.dispersion * np.where(known, told.mean, np.nan_to_num(counts)))
        streak = self._streak(counts, told, known)
        # What lasts is no burst: the level has changed, and is learnt as it comes.
        lasting = np.maximum(np.abs(streak) - _LASTING, 0.0) * _HASTE
        taught = _clipped(counts, told, known, _CLIP * (1 + lasting)) * worth
        over = exposure * worth
        spread = self._spread(_clipped(counts, told, known, _CLIP_SPREAD), told, known)
        state = replace(self, spread=spread, streak=streak)
        usual = np.where(known, told.mean * worth, 0.0)
        state = state._marked(step, np.where(known, taught, 0.0), usual)
        product, _ = state._effects(step)
        state = state._levelled(step, taught, over * product, np.where(seen, 1 + lasting, 0.0))
        return state._profiled(step, taught, over * product, known)

    def _marked(self, step: int, counts: Floats, usual: Floats) -> "Level":
        """Teach holidays and promotions what they did to the usual."""
        marks = range(len(self.plan.marks))
        active = [place for place in marks if self.plan.groups[place].codes[step] >= 0]
        state = self
        for place in active:
            child = self.plan.groups[place].child
            factor, _ = self._factor(place if child < 0 else child, step)
            state = state._learnt(place, step, counts, usual / factor)
        return state

    def _profiled(self, step: int, counts: Floats, over: Floats, known: Bools) -> "Level":
        """Teach the weekday, then the hour what is left."""
        state = self
        for place in range(len(self.plan.marks), len(self.factors)):
            factor, _ = state._factor(place, step)
            usual = np.where(known, state._rate() * over / factor, 0.0)
            state = state._learnt(place, step, np.where(known, counts, 0.0), usual)
            over = over * state._factor(place, step)[0] / factor
        return state

    def _rate(self) -> Floats:
        return (self.counts + _FIRST) / np.where(self.over > 0, self.over, np.nan)

    def _effects(self, step: int) -> tuple[Floats, Floats]:
        """Return the product of all factors of a step, and its relative variance."""
        product, doubt = np.ones_like(self.counts), np.zeros_like(self.counts)
        for place, group in enumerate(self.plan.groups):
            if group.codes[step] >= 0 and group.child < 0:
                factor, more = self._factor(place, step)
                product, doubt = product * factor, doubt + more
        return product, doubt

    def _factor(self, place: int, step: int) -> tuple[Floats, Floats]:
        group = self.plan.groups[place]
        code = int(group.codes[step])
        usual, doubt = np.ones_like(self.counts), np.zeros_like(self.counts)
        if group.parent >= 0:
            usual, doubt = self._factor(group.parent, step)
        counts, over = self.factors[place]
        prior = group.priors[code]
        worth, base = counts[:, code] + prior * usual, over[:, code] + prior
        return worth / base, 1 / worth + (prior / base) ** 2 * doubt

    def _learnt(self, place: int, step: int, counts: Floats, usual: Floats) -> "Level":
        group = self.plan.groups[place]
        code, kept = int(group.codes[step]), _kept(group.memory)
        had, over = (one.copy() for one in self.factors[place])
        had[:, code] = had[:, code] * kept + counts
        over[:, code] = over[:, code] * kept + usual
        changed = (*self.factors[:place], (had, over), *self.factors[place + 1 :])
        return replace(self, factors=changed)

    def _levelled(self, step: int, counts: Floats, over: Floats, haste: Floats) -> "Level":
        """Teach the level; `haste`: 1 usually, more where it has changed, 0 for what is unseen."""
        # A step that teaches half as much also forgets half as much.
        weight = self.plan.weights[step] * haste
        taught = np.minimum(weight, self.plan.weights[step])
        kept = _kept(self.plan.memory) ** weight
        more = np.where(haste > 0, taught * counts, 0.0)
        under = np.where(haste > 0, taught * over, 0.0)
        return replace(self, counts=self.counts * kept + more, over=self.over * kept + under)

    def _streak(self, counts: Floats, told: Forecast, known: Bools) -> Floats:
        beyond = np.where(known, counts - told.mean, 0.0)
        far = np.abs(beyond) > _FAR * np.where(known, told.deviation, 1.0)
        moved = self.streak * (1 - _PACE) + _PACE * np.sign(beyond) * far
        result: Floats = np.where(known, moved, self.streak)
        return result

    def _spread(
        self, counts: Floats, told: Forecast, known: Bools
    ) -> tuple[Floats, Floats, Floats]:
        mean = np.where(known, np.maximum(told.mean, 1e-9), 1.0)
        # Doubt that was not borne out would be taken for days that vary too little.
        sure = known & (told.unsure < _SURE * (self.plan.dispersion + 1 / mean))
        scale = mean + self.plan.dispersion * mean**2
        beyond = (np.where(sure, counts, mean) - mean) ** 2 - mean - mean**2 * told.unsure
        above, below = beyond / scale, mean**2 / scale
        kept = _kept(self.plan.memory * 4)
        more = (above * below, below**2, np.ones_like(mean))
        first, second, steps = (
            had * kept + np.where(sure, new, 0.0)
            for had, new in zip(self.spread, more, strict=True)
        )
        return first, second, steps


def _clipped(counts: Floats, told: Forecast, known: Bools, limit: Floats | float) -> Floats:
    reach = limit * told.deviation
    inside = np.clip(counts, told.mean - reach, told.mean + reach)
    result: Floats = np.where(known, np.maximum(inside, 0.0), counts)
    return result


def _kept(memory: float) -> float:
    return float(0.5 ** (1 / memory)) if memory else 1.0
