"""False alarms and detections of `triage drift` on simulated desks, and what it costs.

    python benchmarks/drift.py [--desks 20] [--json]

A desk is simulated as counts: 26 weeks, of which the first four are the reference, seven
channels (or one), the 19 measures of a model with five labels. Nothing changes on a calm desk;
weeks of an uneven one differ more than chance (Dirichlet with a correlation of 0.005 within
weeks). On the others one thing changes at week 10 and stays.
"""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from triage.drift import Report, Row, Settings, State, Tally, watch
from triage.drift.measures import ISSUE, SCORE, measure_of
from triage.drift.shift import compare
from triage.labels import ISSUES

Shares = NDArray[np.float64]
FIRST = date(2026, 1, 5)
WEEKS, CHANGE = 26, 10
MODEL = "a" * 12
_LABELS = (0.20, 0.12, 0.25, 0.10, 0.06)
_FIXED: Mapping[str, tuple[float, ...]] = {
    "sentiment": (0.15, 0.35, 0.20, 0.20, 0.10),
    "urgency": (0.30, 0.50, 0.17, 0.03),
    "review": (0.75, 0.25),
    "corrected": (0.95, 0.05),
    "out_of_scope": (0.96, 0.04),
    "rejected": (0.99, 0.01),
    "script": (0.93, 0.04, 0.01, 0.02),
    "length": (0.12, 0.22, 0.30, 0.20, 0.10, 0.05, 0.01),
    "unknown": (0.55, 0.15, 0.15, 0.10, 0.04, 0.01),
}


def usual() -> dict[str, Shares]:
    """Return the shares of every measure on a calm desk."""
    found = {code: np.array(shares) for code, shares in _FIXED.items()}
    for label, share in zip(ISSUES, _LABELS, strict=True):
        found[f"{ISSUE}{label}"] = np.array([1 - share, share])
        low = (1 - share) * np.array([0.6, 0.2, 0.1, 0.06, 0.04])
        found[f"{SCORE}{label}"] = np.concatenate([low, np.full(5, share / 5)])
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """A simulated desk: texts a week and channel, channels, what changes at `CHANGE`."""

    n: int
    channels: int = 1
    change: Mapping[str, Shares] | None = None
    within: float = 0.0


def simulate(plan: Plan, rng: np.random.Generator) -> Tally:
    """Return the counts of a desk of `plan`."""
    tally, calm = Tally(), usual()
    for week in range(WEEKS):
        changed = plan.change if plan.change and week >= CHANGE else {}
        for channel in range(plan.channels):
            for code, shares in {**calm, **changed}.items():
                model = MODEL if measure_of(code).of_model else ""
                counts = _drawn(rng, plan, shares)
                tally.put(code, f"c{channel}", model, FIRST + timedelta(weeks=week), counts)
    return tally


def _drawn(rng: np.random.Generator, plan: Plan, shares: Shares) -> NDArray[np.int64]:
    if plan.within:
        shares = rng.dirichlet(shares * (1 / plan.within - 1))
    return rng.multinomial(plan.n, shares)


def judged(plan: Plan, seed: int, settings: Settings | None = None) -> Report:
    """Return the report on a simulated desk."""
    counts = simulate(plan, np.random.default_rng(seed)).counts
    return watch(counts, until=FIRST + timedelta(weeks=WEEKS + 2), settings=settings)


def false_alarms(plan: Plan, desks: int) -> dict[str, float]:
    """Return alerts, and weeks with one, for a desk and a year on which nothing changed."""
    bare = Settings(floor=0.0, floor_share=0.0)
    found = {"with the floor": Settings(), "without a floor": bare}
    weeks = WEEKS - Settings().reference_weeks
    told = {}
    for name, settings in found.items():
        alerts = [judged(plan, seed, settings).alerts for seed in range(desks)]
        told[name] = sum(map(len, alerts)) / desks / weeks * 52
    return told


def detection(plan: Plan, code: str, desks: int) -> dict[str, float]:
    """Return how often a change was seen in its first week, within 8, and the median delay."""
    delays = [_delay(judged(plan, seed), code) for seed in range(desks)]
    seen = [delay for delay in delays if delay is not None]
    return {
        "first week": float(np.mean([delay == 1 for delay in delays])),
        "within 8 weeks": float(np.mean([(delay or 99) <= 8 for delay in delays])),
        "median weeks": float(np.median(seen)) if seen else float("nan"),
    }


def _delay(report: Report, code: str) -> int | None:
    """Return after how many weeks of the change it was told of: 1 is the first of them."""
    points = next(one.points for one in report.series if one.measure.code == code)
    hits = [point.week for point in points if point.state is State.ALERT]
    after = [(week - FIRST).days // 7 - CHANGE + 1 for week in hits]
    return next((delay for delay in after if delay > 0), None)


def _share(to: float) -> Shares:
    return np.array([1 - to, to])


CHANGES: Mapping[str, tuple[str, Shares]] = {
    "a label 10 % -> 15 %": ("issue:follow_up_neglect", _share(0.15)),
    "a label 10 % -> 20 %": ("issue:follow_up_neglect", _share(0.20)),
    "a label 10 % -> 30 %": ("issue:follow_up_neglect", _share(0.30)),
    "unknown words: texts with over 10 %, 15 % -> 35 %": (
        "unknown",
        np.array([0.40, 0.12, 0.13, 0.22, 0.10, 0.03]),
    ),
    "script: Traditional 4 % -> 20 %": ("script", np.array([0.77, 0.20, 0.01, 0.02])),
}


def cost(texts: int) -> dict[str, float]:
    """Return the seconds that counting and comparing so many verdicts take."""
    rng = np.random.default_rng(0)
    rows = [_row(k % WEEKS, rng.random(5).tolist()) for k in range(texts)]
    compare.cache_clear()
    began = perf_counter()
    tally = Tally()
    tally.add(rows)
    counted = perf_counter()
    watch(tally.counts, until=FIRST + timedelta(weeks=WEEKS))
    compared = perf_counter()
    watch(tally.counts, until=FIRST + timedelta(weeks=WEEKS))
    again = perf_counter()
    return {"count": counted - began, "compare": compared - counted, "again": again - compared}


def _row(week: int, scores: list[float]) -> Row:
    verdict = {
        "issues": [label for label, score in zip(ISSUES, scores, strict=True) if score > 0.8],
        "scores": dict(zip(ISSUES, scores, strict=True)),
        "sentiment": 1 + int(scores[0] * 5),
        "urgency": int(scores[1] * 4),
        "review": scores[2] > 0.7,
        "script": "hans",
    }
    channel = f"c{int(scores[3] * 5)}"
    return Row(FIRST + timedelta(weeks=week), channel, MODEL, verdict, int(scores[4] * 200))


def measure(desks: int) -> dict[str, object]:
    """Return every figure."""
    calm = {
        f"{channels} channel(s), {n} a week{', uneven weeks' if within else ''}": false_alarms(
            Plan(n, channels, within=within), desks
        )
        for channels, n, within in (
            (1, 50, 0.0), (1, 200, 0.0), (1, 1000, 0.0), (1, 10_000, 0.0),
            (7, 50, 0.0), (7, 200, 0.0), (7, 1000, 0.0),
            (7, 200, 0.005), (7, 1000, 0.005),
        )
    }  # fmt: skip
    seen = {
        f"{name}, {n} a week": detection(Plan(n, change={code: shares}), code, desks)
        for name, (code, shares) in CHANGES.items()
        for n in (50, 200, 1000)
    }
    return {"false alarms a year": calm, "detection": seen, "seconds": cost(100_000)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--desks", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.desks)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for title, rows in found.items():
        print(f"\n{title}")
        assert isinstance(rows, dict)
        for name, value in rows.items():
            told = value if isinstance(value, dict) else {"": value}
            print(f"  {name:70}", *(f"{key} {number:.2f}" for key, number in told.items()))


if __name__ == "__main__":
    main()
