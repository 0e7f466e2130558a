"""Compare every week with its reference, inside one budget of false alarms."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import numpy as np

from triage.drift.measures import Measure, measure_of, order
from triage.drift.psi import Floats
from triage.drift.records import Point, Reference, Report, Series, State, Week
from triage.drift.settings import Settings
from triage.drift.shift import Shift, compare
from triage.drift.spread import correlation, effective
from triage.drift.tally import ALL, Cells, Counts, Key, with_all
from triage.drift.weeks import WEEK

Weeks = Mapping[date, Cells]
Chosen = tuple[date, date] | Counts | None
RIPE = timedelta(days=7)  # after a week's end its corrections are waited for so long


@dataclass(frozen=True, slots=True)
class _Made:
    """A series before its weeks are compared."""

    key: Key
    measure: Measure
    weeks: Weeks
    reference: Reference | None
    correlation: float
    states: Mapping[date, State]


def watch(
    counts: Counts,
    *,
    until: date,
    settings: Settings | None = None,
    reference: Chosen = None,
    undated: int = 0,
) -> Report:
    """Return what became of every measure, week by week and channel by channel.

    `until`: the first Monday whose week is not over. `reference`: the first and the last week
    to compare with, or counts of another file; None: the first full weeks of the same model.
    """
    rules = settings or Settings()
    whole = with_all(counts)
    made = _prepare(whole, until, rules, reference)
    tests = Counter(
        week for one in made for week, state in one.states.items() if state is State.STEADY
    )
    series = [_compared(one, tests, rules) for one in made]
    series.sort(key=lambda one: (one.channel != ALL, one.channel, order(one.measure.code)))
    channels = sorted({one.channel for one in series}, key=lambda name: (name != ALL, name))
    weeks = _weeks(whole, tests, rules)
    return Report(weeks, tuple(channels), tuple(series), rules, undated)


def _prepare(whole: Counts, until: date, rules: Settings, chosen: Chosen) -> list[_Made]:
    given = with_all(chosen) if isinstance(chosen, Mapping) else None
    keys = [key for key in whole if key[1] == ALL or _large(whole[key], rules)]
    rows = {key: _of_reference(key, whole, given, until, rules, chosen) for key in keys}
    within = _correlations(rows)
    return [
        _made(key, whole[key], rows[key], within[_kind(key)], until, rules, given is not None)
        for key in keys
    ]


def _large(weeks: Weeks, rules: Settings) -> bool:
    """Whether a channel has a week about which anything can be said."""
    return any(int(cells.sum()) >= rules.least_week for cells in weeks.values())


def _of_reference(
    key: Key, whole: Counts, given: Counts | None, until: date, rules: Settings, chosen: Chosen
) -> dict[date, Cells]:
    """Return the weeks of the reference of a series; empty where there is none."""
    if given is not None:
        return dict(given.get(key, {}))
    weeks = whole[key]
    over = [week for week in sorted(weeks) if week < _end(key, until)]
    if isinstance(chosen, tuple):
        return {week: weeks[week] for week in over if chosen[0] <= week <= chosen[1]}
    full = set(_full_weeks(whole, key[2])) if key[2] else set(over)
    first = [week for week in over if week in full][: rules.reference_weeks]
    return {week: weeks[week] for week in first}


def _end(key: Key, until: date) -> date:
    """Return the first week that is open for a measure: corrections come later than texts."""
    return until - RIPE if key[0] == "corrected" else until


def _full_weeks(whole: Counts, model: str) -> Iterable[date]:
    """Yield the weeks that one model judged alone."""
    judged = _judged(whole)
    return (week for week, models in judged.items() if list(models) == [model])


def _judged(whole: Counts) -> dict[date, dict[str, int]]:
    """Return, for each week in order, how many texts each model judged."""
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for (code, channel, model), weeks in whole.items():
        if code == "sentiment" and channel == ALL:
            for week, cells in weeks.items():
                found[week][model] = int(cells.sum())
    return dict(sorted(found.items()))


def _kind(key: Key) -> tuple[str, str, bool]:
    """Return what shares one correlation: all labels, all scores, each other measure.

    Apart for each model, and for `*`: what is uneven in one channel is evened out in all.
    """
    return key[0].partition(":")[0], key[2], key[1] == ALL


def _correlations(rows: Mapping[Key, Weeks]) -> dict[tuple[str, str, bool], float]:
    tables: dict[tuple[str, str, bool], list[Floats]] = defaultdict(list)
    for key, weeks in rows.items():
        tables[_kind(key)] += [_table(weeks)] if weeks else []
    own = {kind: correlation(some) for kind, some in tables.items()}
    # Few weeks say little of one measure: it is taken to be no evener than all together.
    usual = {
        whole: correlation(chain.from_iterable(tables[kind] for kind in tables if kind[2] is whole))
        for whole in (True, False)
    }
    return {kind: max(usual[kind[2]], within) for kind, within in own.items()}


def _table(weeks: Weeks) -> Floats:
    return np.array(list(weeks.values()), dtype=np.float64)


def _made(
    key: Key,
    weeks: Weeks,
    rows: Weeks,
    within: float,
    until: date,
    rules: Settings,
    apart: bool,
) -> _Made:
    reference = _reference(rows, within)
    known = reference is not None and reference.n >= rules.least_reference
    own = frozenset() if apart else frozenset(rows)
    states = {}
    for week, cells in sorted(weeks.items()):
        if week >= _end(key, until):
            states[week] = State.OPEN
        elif week in own:
            states[week] = State.REFERENCE
        elif reference is None:
            states[week] = State.NO_REFERENCE
        elif not known or int(cells.sum()) < rules.least_week:
            states[week] = State.NOT_ENOUGH
        else:
            states[week] = State.STEADY
    return _Made(key, measure_of(key[0]), weeks, reference, within, states)


def _reference(rows: Weeks, within: float) -> Reference | None:
    if not rows:
        return None
    counts = np.sum(list(rows.values()), axis=0)
    size = sum(effective(float(cells.sum()), within) for cells in rows.values())
    return Reference(tuple(sorted(rows)), tuple(map(int, counts)), max(1, round(size)))


def _compared(one: _Made, tests: Mapping[date, int], rules: Settings) -> Series:
    points = tuple(_point(one, week, state, tests, rules) for week, state in one.states.items())
    return Series(one.measure, one.key[1], one.key[2], one.reference, one.correlation, points)


def _point(
    one: _Made, week: date, state: State, tests: Mapping[date, int], rules: Settings
) -> Point:
    counts = tuple(map(int, one.weeks[week]))
    if state is not State.STEADY or one.reference is None:
        return Point(week, counts, state)
    level = rules.level(tests[week])
    shift = _shift(one, counts, level, rules)
    alert = shift.p <= level and shift.excess >= _floor(one.measure, rules)
    return Point(week, counts, State.ALERT if alert else State.STEADY, shift)


def _shift(one: _Made, counts: Sequence[int], level: float, rules: Settings) -> Shift:
    assert one.reference is not None
    size = max(1, round(effective(sum(counts), one.correlation)))
    return compare(
        tuple(counts),
        one.reference.counts,
        (size, one.reference.size),
        level=level,
        floor=_floor(one.measure, rules),
    )


def _floor(measure: Measure, rules: Settings) -> float:
    return rules.floor_share if measure.is_share else rules.floor


def _weeks(whole: Counts, tests: Mapping[date, int], rules: Settings) -> tuple[Week, ...]:
    judged = _judged(whole)
    texts = whole.get(("rejected", ALL, ""), {})
    return tuple(
        Week(
            week,
            int(texts[week].sum()) if week in texts else 0,
            judged.get(week, {}),
            tests[week],
            rules.level(tests[week]) if tests[week] else None,
        )
        for week in _span({*judged, *texts})
    )


def _span(known: set[date]) -> list[date]:
    """Return every week from the first to the last, those without a text too."""
    if not known:
        return []
    first, last = min(known), max(known)
    return [first + WEEK * k for k in range((last - first).days // 7 + 1)]
