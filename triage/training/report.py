"""The evaluation report: every figure with its interval, as JSON, Markdown and one page.

`make` counts, `write` lays out. A report made with `texts=False` holds ids, labels and
numbers only: texts of public collections must not travel with their figures.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from triage.artifact import writing
from triage.records import Example, Verdict
from triage.taxonomy import BUILT_IN, Taxonomy
from triage.training import chapters, pages, plots
from triage.training.bootstrap import TIMES, Floats, figure, resample
from triage.training.corpus import content_hash
from triage.training.ranking import confidence, recall_at, risk
from triage.training.reliability import log_loss, per_label, worst
from triage.training.slices import SMALL, slices
from triage.training.tally import (
    CRITICAL,
    SENTIMENTS,
    URGENCIES,
    Ints,
    Pairs,
    Tally,
    agreement,
    confusion,
    tally,
)

FORMAT = "fenzhen-report-1"
JSON, MARKDOWN, PAGE = "report.json", "report.md", "index.html"
WORST = 50
COVERAGE, PRECISION = 0.7, 0.6
SLICE_FIGURES = ("macro_f1", "micro_f1", "exact_match", "sentiment_kappa", "urgency_kappa")


def make(
    pairs: Pairs,
    labels: Sequence[str],
    *,
    taxonomy: Taxonomy = BUILT_IN,
    texts: bool = True,
    left_out: int = 0,
    times: int = TIMES,
    seed: int = 0,
) -> dict[str, Any]:
    """Return the whole report as JSON-ready figures. Raises DataError for unusable pairs.

    `taxonomy` names the labels. With `texts=False` no text and no quote is in it. `left_out`
    says how many texts could not be judged.
    """
    part = tally(pairs, labels)
    groups = slices(pairs)
    values = agreement(part, times=times, seed=seed)
    return {
        "format": FORMAT,
        "model": pairs[0][1].model.to_dict(),
        "n": len(pairs),
        "left_out": left_out,
        "data_hash": content_hash(example for example, _ in pairs),
        "texts": texts,
        "names": {label: taxonomy.zh(label) for label in labels},
        "bootstrap": {"times": times, "seed": seed},
        "overall": {name: figure(values[name]).to_dict() for name in SLICE_FIGURES},
        "issues": _issues(part, values),
        "confusion": {
            "sentiment": confusion(part.sentiment[part.known[:, 1]], SENTIMENTS),
            "urgency": confusion(part.urgency[part.known[:, 2]], URGENCIES),
        },
        "calibration": per_label(part, groups["script"]),
        "coverage": _coverage(part, values, times, seed),
        "critical": _critical(part, values, times, seed),
        "slices": _slices(part, groups, times, seed),
        "worst": _worst(pairs, part, texts),
    }


def _issues(part: Tally, values: dict[str, Floats]) -> dict[str, Any]:
    return {
        label: {
            "n": int(part.wanted[:, k].sum()),
            "given": int(part.given[:, k].sum()),
            **{
                name: figure(values[f"{label}.{name}"]).to_dict()
                for name in ("precision", "recall", "f1")
            },
        }
        for k, label in enumerate(part.labels)
    }


def _coverage(part: Tally, values: dict[str, Floats], times: int, seed: int) -> dict[str, Any]:
    sure, known = confidence(part.scores), part.known[:, 0]
    errors = {"any_error": part.any_wrong, "label_error": part.share_wrong}

    def at_70(error: Floats) -> Floats:
        def one(weights: Floats) -> Floats:
            return risk(weights * known, sure, error, COVERAGE)

        return resample(len(part), one, times=times, seed=seed)

    named = {"coverage": "automated", **{name: f"automated_{name}" for name in errors}}
    return {
        "curve": _curve(sure[known], {name: error[known] for name, error in errors.items()}),
        "at_70": {name: figure(at_70(error)).to_dict() for name, error in errors.items()},
        "review": {name: figure(values[key]).to_dict() for name, key in named.items()},
    }


def _curve(sure: Floats, errors: dict[str, Floats]) -> list[dict[str, float]]:
    once = np.ones((1, len(sure)))
    ordered = np.sort(sure)[::-1]
    return [
        {
            "coverage": percent / 100,
            "confidence": float(ordered[-(-percent * len(sure) // 100) - 1]),
        }
        | {
            name: round(float(risk(once, sure, error, percent / 100)[0]), 4)
            for name, error in errors.items()
        }
        for percent in range(1, 101)
    ]


def _critical(part: Tally, values: dict[str, Floats], times: int, seed: int) -> dict[str, Any]:
    known = part.known[:, 2]
    wanted, given = ((part.urgency == CRITICAL) & known[:, None]).T
    best = resample(
        len(part),
        lambda weights: recall_at(weights * known, part.critical, wanted, PRECISION),
        times=times,
        seed=seed,
    )
    return {
        "n": int(wanted.sum()),
        "given": int(given.sum()),
        "recall": figure(values["critical_recall"]).to_dict(),
        "precision": figure(values["critical_precision"]).to_dict(),
        "recall_at_precision_60": figure(best).to_dict(),
    }


def _slices(
    part: Tally, groups: dict[str, dict[str, Ints]], times: int, seed: int
) -> dict[str, Any]:
    return {
        dimension: {name: _slice(part.part(rows), times, seed) for name, rows in named.items()}
        for dimension, named in groups.items()
    }


def _slice(part: Tally, times: int, seed: int) -> dict[str, Any]:
    """Return the figures of a slice; a small one gets no intervals that would flatter it."""
    small = len(part) < SMALL
    values = agreement(part, times=0 if small else times, seed=seed)
    figures = {name: figure(values[name]).to_dict() for name in SLICE_FIGURES}
    return {"n": len(part), "small": small, **figures}


def _worst(pairs: Pairs, part: Tally, texts: bool) -> list[dict[str, Any]]:
    losses = log_loss(part)
    return [_error(*pairs[row], round(float(losses[row]), 4), texts) for row in worst(part, WORST)]


def _error(example: Example, verdict: Verdict, loss: float, texts: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": example.id,
        "source": example.source,
        "wanted": list(example.issues or ()),
        "given": list(verdict.issues),
        "scores": dict(verdict.scores),
        "loss": loss,
        "review": verdict.review,
    }
    if texts:
        quotes = [{"for": item.for_, "quote": item.text} for item in verdict.evidence]
        row |= {"text": example.text, "evidence": quotes}
    return row


def write(folder: Path, figures: dict[str, Any]) -> None:
    """Write report.json, report.md, index.html and the plots. Raises OutputError.

    The page holds its plots in itself: it can be mailed or archived as one file.
    """
    images = plots.draw(figures)
    title, sections = chapters.title(figures), chapters.sections(figures)
    files = {
        JSON: _json(figures),
        MARKDOWN: pages.markdown(title, sections).encode("utf-8", "replace"),
        PAGE: pages.html(title, sections, images).encode("utf-8", "replace"),
        **images,
    }
    with writing(f"the report to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)


def _json(figures: dict[str, Any]) -> bytes:
    return (json.dumps(figures, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
