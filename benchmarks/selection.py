"""How many labels our selection saves: learning curves on held-out real text, against random.

    python -m benchmarks.selection --collections FOLDER [--seeds 5] [--learner adapt]

The start model knows the authored texts alone. The pool are the real annotated texts that may
train; batches go from it to the labelled side, and after each the learner is fitted again and
judged on the real test ids of data/splits/heldout.json. Two figures: macro-F1 at the thresholds
of the default policy, and at thresholds tuned on the real dev texts. The second is fair to
random batches, too: a selected batch has more positives of rare labels, which lowers a
threshold as well as tuning does.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from benchmarks.support.learners import LEARNERS, Learner, Texts, prepare
from triage.labels import ISSUES
from triage.policy import Policy
from triage.scorers.base import Floats
from triage.selection.batch import Mix, Pool, choose
from triage.selection.diverse import points
from triage.selection.scoring import Judged
from triage.selection.uncertain import doubts
from triage.text.segment import Segmenter

Rows = list[int]
Arm = Callable[["Setting", Judged, Rows, int, int], Rows]
RARE = ("staff_attitude", "follow_up_neglect", "delivery")
TARGETS = (500, 1000, 1500, 2000)
GRID = np.linspace(0.1, 0.7, 25)


@dataclass(frozen=True)
class Setting:
    """What every run shares: the texts, their points, the policy, the mix."""

    texts: Texts
    places: np.ndarray
    policy: Policy
    mix: Mix


def at_random(setting: Setting, judged: Judged, done: Rows, n: int, seed: int) -> Rows:
    """Choose rows of the pool at random."""
    left = np.setdiff1d(np.arange(len(setting.texts.pool)), done)
    chosen = np.random.default_rng([seed, len(done)]).choice(left, n, replace=False)
    return [int(row) for row in chosen]


def ours(setting: Setting, judged: Judged, done: Rows, n: int, seed: int) -> Rows:
    """Choose as `triage select` does."""
    left = np.setdiff1d(np.arange(len(setting.texts.pool)), done)
    names = ("issues", "sentiment", "urgency", "scope")
    part = Judged(*(getattr(judged, name)[left] for name in names))
    pool = Pool(
        [setting.texts.pool[row].text for row in left],
        setting.places[left],
        doubts(part, ISSUES, setting.policy),
        np.ones(len(left), dtype=np.bool_),
        [setting.texts.pool[row].text for row in done],
        setting.places[done],
    )
    picks = choose(pool, n, mix=setting.mix, seed=seed * 1000 + len(done))
    return [int(left[pick.row]) for pick in picks]


def least_margin(setting: Setting, judged: Judged, done: Rows, n: int, seed: int) -> Rows:
    """Choose the rows with any label nearest to its threshold: plain uncertainty sampling."""
    limits = np.array([setting.policy.band_of(label).assign for label in ISSUES])
    margin = np.abs(judged.issues - limits).min(axis=1)
    margin[done] = np.inf
    return [int(row) for row in np.argsort(margin, kind="stable")[:n]]


ARMS: dict[str, Arm] = {"random": at_random, "ours": ours, "margin": least_margin}


@dataclass(frozen=True)
class Curve:
    """F1 by batch and label, sizes x labels, both ways; and what was labelled."""

    policy: Floats
    tuned: Floats
    characters: Floats
    positives: Floats


def run(setting: Setting, learner: Learner, arm: str, sizes: Sequence[int], seed: int) -> Curve:
    """Return the curve of one arm and seed."""
    done: Rows = []
    rows: list[tuple[Floats, Floats, float, Floats]] = []
    with threadpool_limits(1):
        judged = learner((), seed)
        for size in sizes:
            done += ARMS[arm](setting, judged.pool, done, size - len(done), seed)
            judged = learner(done, seed)
            examples = [setting.texts.pool[row] for row in done]
            share = np.array([np.mean([label in e.issues for e in examples]) for label in ISSUES])
            length = float(np.mean([len(e.text) for e in examples]))
            rows.append((*_f1(setting, judged.dev, judged.test), length, share))
    return Curve(*(np.array(column) for column in zip(*rows, strict=True)))


def _f1(setting: Setting, dev: Judged, test: Judged) -> tuple[Floats, Floats]:
    """Return F1 per label at the policy's thresholds, and at those tuned on dev."""
    limits = [setting.policy.band_of(label).assign for label in ISSUES]
    wanted = [_wanted(part) for part in (setting.texts.dev, setting.texts.test)]
    tuned = [_best(wanted[0][:, k], dev.issues[:, k]) for k in range(len(ISSUES))]
    return (
        _scores(wanted[1], test.issues, limits),
        _scores(wanted[1], test.issues, tuned),
    )


def _wanted(examples: Sequence[object]) -> np.ndarray:
    return np.array([[label in e.issues for label in ISSUES] for e in examples])


def _best(wanted: np.ndarray, scores: Floats) -> float:
    found = [f1(wanted, scores >= limit) for limit in GRID]
    return float(GRID[int(np.argmax(found))])


def _scores(wanted: np.ndarray, scores: Floats, limits: Sequence[float]) -> Floats:
    given = scores >= np.array(limits)
    pairs = zip(wanted.T, given.T, strict=True)
    return np.array([f1(one, other) for one, other in pairs])


def f1(wanted: np.ndarray, given: np.ndarray) -> float:
    """Return F1, 0 where nothing is right."""
    return float(2 * (wanted & given).sum() / max(1, wanted.sum() + given.sum()))


def needed(sizes: Sequence[int], curve: Floats, target: float) -> float:
    """Return the labels with which a curve first reaches a target, between sizes by proportion.

    Infinite where it never does.
    """
    above = np.flatnonzero(curve >= target)
    if not len(above):
        return float("inf")
    k = int(above[0])
    if k == 0:
        return float(sizes[0])
    low, high = curve[k - 1], curve[k]
    return float(sizes[k - 1] + (target - low) / (high - low) * (sizes[k] - sizes[k - 1]))


def report(
    curves: dict[str, list[Curve]], sizes: Sequence[int], mode: str, columns: Sequence[int]
) -> dict[str, object]:
    """Return mean and sd of F1 by size, and the labels that reach what random reaches."""
    values = {
        arm: np.array([getattr(curve, mode)[:, columns].mean(axis=1) for curve in found])
        for arm, found in curves.items()
    }
    told: dict[str, object] = {"labels": list(sizes)}
    for arm, rows in values.items():
        told[arm] = [f"{m:.3f} ± {s:.3f}" for m, s in zip(rows.mean(0), rows.std(0), strict=True)]
    means = {arm: rows.mean(axis=0) for arm, rows in values.items()}
    for arm in values.keys() - {"random"}:
        told[f"{arm} needs"] = {
            f"what random has with {size}": _saving(sizes, means, arm, size)
            for size in TARGETS
            if size in sizes
        }
    return told


def _saving(
    sizes: Sequence[int], means: dict[str, Floats], arm: str, size: int
) -> dict[str, object]:
    target = float(means["random"][list(sizes).index(size)])
    labels = needed(sizes, means[arm], target)
    if not np.isfinite(labels):
        return {"f1": round(target, 4), "labels": "not reached"}
    return {"f1": round(target, 4), "labels": round(labels), "saved": f"{1 - labels / size:.0%}"}


def main() -> None:
    """Run the arms and print JSON."""
    options = _options()
    began = perf_counter()
    texts = prepare(options.collections)
    if options.dev:  # for choosing settings: the test texts are not touched
        texts = texts.on_dev()
    learner = LEARNERS[options.learner](texts)
    places = points([example.text for example in texts.pool], Segmenter())
    setting = Setting(
        texts, places, Policy.load(), Mix.parse(options.mix) if options.mix else Mix()
    )
    sizes = list(range(options.batch, options.most + 1, options.batch))
    jobs = [(arm, seed) for arm in options.arms for seed in range(options.seeds)]
    # The adapter's base holds a tokeniser, which cannot be sent to another process.
    processes = 1 if options.learner == "adapt" else options.jobs
    found = Parallel(n_jobs=processes)(
        delayed(run)(setting, learner, arm, sizes, seed) for arm, seed in jobs
    )
    curves: dict[str, list[Curve]] = {arm: [] for arm in options.arms}
    for (arm, _), curve in zip(jobs, found, strict=True):
        curves[arm].append(curve)
    print(json.dumps(_whole(curves, sizes, setting, options, began), ensure_ascii=False, indent=1))


def _whole(
    curves: dict[str, list[Curve]],
    sizes: Sequence[int],
    setting: Setting,
    options: argparse.Namespace,
    began: float,
) -> dict[str, object]:
    every = list(range(len(ISSUES)))
    columns = {"macro": every} | {label: [ISSUES.index(label)] for label in RARE}
    return {
        "pool": len(setting.texts.pool),
        "test": len(setting.texts.test),
        "learner": options.learner,
        "mix": str(setting.mix),
        "seeds": options.seeds,
        "seconds": round(perf_counter() - began),
        "mean characters of a labelled text": {
            arm: round(float(np.mean([c.characters[-1] for c in found])), 1)
            for arm, found in curves.items()
        },
        "share of positives among the labelled": {
            arm: dict(
                zip(
                    ISSUES,
                    np.mean([c.positives[-1] for c in found], 0).round(3).tolist(),
                    strict=True,
                )
            )
            for arm, found in curves.items()
        },
        **{
            f"{name}, {mode} thresholds": report(curves, sizes, mode, chosen)
            for mode in ("policy", "tuned")
            for name, chosen in columns.items()
        },
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--mix", default="")
    parser.add_argument("--learner", choices=sorted(LEARNERS), default="quick")
    parser.add_argument("--arms", nargs="+", choices=sorted(ARMS), default=["random", "ours"])
    parser.add_argument(
        "--dev", action="store_true", help="tune on one half of dev, judge on the other"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
