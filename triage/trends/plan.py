"""Which steps share a factor: weekdays, hours, holidays, the windows of promotions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from triage.trends.calendar import MAIN, Kind, Mark, after_holidays
from triage.trends.facts import Floats, Ints
from triage.trends.level import Group, Plan
from triage.trends.periods import Period

_FRIDAY = 4
_DAY = {Period.HOUR: 24.0, Period.DAY: 1.0, Period.WEEK: 1 / 7}  # steps of a day
_MEMORY = 30.0  # days until a count is worth half
_PROFILE = 180.0  # the same of a weekday
_DISPERSION, _BELIEF = 0.04, 300.0
# Counts at factor 1 taken for granted: few where much may happen. Shares move less.
_PRIORS = {
    False: {"weekday": 10.0, "hour": 5.0, "kind": 3.0, "mark": 6.0, "main": 2.0},
    True: {"weekday": 40.0, "hour": 20.0, "kind": 12.0, "mark": 25.0, "main": 8.0},
}
_TAUGHT = {True: 0.3, False: 0.7}  # how much the main days and other marked days teach the level


def plan_of(
    days: Sequence[date],
    *,
    marks: Sequence[Mark] = (),
    hours: Sequence[int] | None = None,
    period: Period = Period.DAY,
    shared: bool = False,
    dispersion: float = _DISPERSION,
) -> Plan:
    """Return how series over these steps are followed; `shared`: with an exposure."""
    prior, per_day = _PRIORS[shared], _DAY[period]
    layers = _layers(days, marks, period)
    weekdays = _weekdays(days, marks)
    profile = []
    if period is not Period.WEEK:
        profile.append(Group(weekdays, (prior["weekday"],) * 7, _PROFILE * per_day))
    if hours is not None:
        slots = np.asarray(hours, dtype=np.int64) + 24 * (weekdays > _FRIDAY)
        profile.append(Group(slots, (prior["hour"],) * 48, _PROFILE * per_day))
    return Plan(
        marks=_groups([layer for layer in layers if layer], prior, len(days)),
        profile=tuple(profile),
        weights=_weights(len(days), layers),
        memory=max(_MEMORY * per_day, 4.0),
        dispersion=dispersion,
        belief=_BELIEF,
    )


def _weekdays(days: Sequence[date], marks: Sequence[Mark]) -> Ints:
    """Return the weekday of each step; a Saturday on which people work is a Friday."""
    worked = {mark.day for mark in marks if mark.kind is Kind.WORKDAY}
    found = [_FRIDAY if day in worked else day.weekday() for day in days]
    return np.array(found, dtype=np.int64)


_Layer = Mapping[int, tuple[str, str]]  # step -> its kind, its name


def _layers(days: Sequence[date], marks: Sequence[Mark], period: Period) -> tuple[_Layer, ...]:
    """Return for each layer which steps are special: holidays, then promotions."""
    span = 7 if period is Period.WEEK else 1
    by_day: dict[date, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_day[mark.day].append(mark)
    after = after_holidays(marks)
    layers: tuple[dict[int, tuple[str, str]], ...] = ({}, {})
    for step, first in enumerate(days):
        for day in (first + timedelta(k) for k in range(span)):
            for layer, kind, name in _special(by_day.get(day, ()), day in after):
                layers[layer].setdefault(step, (kind, name))
    return layers


def _special(marks: Sequence[Mark], after: bool) -> list[tuple[int, str, str]]:
    """Return layer, kind and name of what one day is: its first holiday, its first promotion."""
    off = [mark.key for mark in marks if mark.kind is Kind.HOLIDAY]
    told = [mark for mark in marks if mark.kind is Kind.PROMOTION]
    told.sort(key=lambda mark: mark.window != MAIN)
    found = [(0, MAIN, off[0])] if off else []
    if after and not off:
        found.append((0, "after", "after"))
    if told:
        found.append((1, told[0].window, f"{told[0].key}/{told[0].window}"))
    return found


def _groups(layers: Sequence[_Layer], prior: Mapping[str, float], steps: int) -> tuple[Group, ...]:
    """Return two groups a layer: kinds (what a promotion usually does), and each by its name."""
    found: list[Group] = []
    for layer in layers:
        kinds = sorted({kind for kind, _ in layer.values()})
        names = sorted({name: kind for kind, name in layer.values()}.items())
        codes = np.full((2, steps), -1, dtype=np.int64)
        for step, (kind, name) in layer.items():
            codes[:, step] = kinds.index(kind), names.index((name, kind))
        place = len(found)
        mine = tuple(prior["main" if kind == MAIN else "kind"] for kind in kinds)
        theirs = tuple(prior["main" if kind == MAIN else "mark"] for _, kind in names)
        found.append(Group(codes[0], mine, child=place + 1))
        found.append(Group(codes[1], theirs, parent=place))
    return tuple(found)


def _weights(steps: int, layers: Sequence[_Layer]) -> Floats:
    weights = np.ones(steps)
    for layer in layers:
        for step, (kind, _) in layer.items():
            weights[step] = min(weights[step], _TAUGHT[kind == MAIN])
    return weights
