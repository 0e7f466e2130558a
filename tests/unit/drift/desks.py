"""Simulated desks: counts of weeks, drawn with a seed, and one thing that changes."""

from datetime import date, timedelta

import numpy as np

from triage.drift import Row, Tally, watch

FIRST = date(2026, 1, 5)
OLD, NEW = "a" * 12, "b" * 12
LABEL, OTHER = "issue:delivery", "issue:other"
USUAL = {
    LABEL: (0.9, 0.1),
    OTHER: (0.8, 0.2),
    "sentiment": (0.15, 0.35, 0.2, 0.2, 0.1),
    "rejected": (0.99, 0.01),
    "script": (0.93, 0.04, 0.01, 0.02),
    "length": (0.12, 0.22, 0.3, 0.2, 0.1, 0.05, 0.01),
    "unknown": (0.55, 0.15, 0.15, 0.1, 0.04, 0.01),
}
OF_NO_MODEL = {"rejected", "script", "length", "unknown"}


def monday(week):
    return FIRST + timedelta(weeks=week)


def desk(n=200, *, weeks=12, channels=("app",), change=None, at=8, seed=0, model=None, within=0):
    """Count a desk; `change` holds other shares from week `at` on, `model(week)` who judges."""
    rng, tally = np.random.default_rng(seed), Tally()
    for week in range(weeks):
        shares = {**USUAL, **(change or {})} if week >= at else USUAL
        for channel in channels:
            for code, usual in shares.items():
                own = rng.dirichlet(np.array(usual) * (1 / within - 1)) if within else usual
                judge = "" if code in OF_NO_MODEL else model(week) if model else OLD
                tally.put(code, channel, judge, monday(week), rng.multinomial(n, own))
    return tally.counts


def report(counts, *, weeks=12, **options):
    return watch(counts, until=monday(weeks + 1), **options)


def series(told, code, channel="*", model=None):
    """The only series of a measure in a channel."""
    (found,) = [
        one
        for one in told.series
        if (one.measure.code, one.channel) == (code, channel) and model in (None, one.model)
    ]
    return found


def states(one):
    return [point.state.value for point in one.points]


def verdict(issues=(), **more):
    """The JSON form of a verdict, as far as it is counted."""
    scores = {label: 0.95 if label in issues else 0.05 for label in ("delivery", "other")}
    usual = {"sentiment": 2, "urgency": 1, "review": False, "script": "hans", "in_scope": True}
    return {"issues": list(issues), "scores": scores, **usual, **more}


def row(week=0, channel="app", model=OLD, length=12, **more):
    return Row(monday(week), channel, model, verdict(**more), length)
