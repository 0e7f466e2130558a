"""Figures of merit on held-out texts: F1 per issue, ordinal agreement, the critical messages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support

from triage.engine import Triage
from triage.records import Example, Feedback, Verdict
from triage.training import ranking

Slices = Mapping[str, Callable[[Example], bool]]
SLICES: Slices = {
    "real": lambda e: not is_authored(e),
    "authored": lambda e: is_authored(e),
}

_NO_ISSUES: Mapping[str, Any] = {"macro_f1": None, "micro_f1": None, "per_label": {}}


def is_authored(example: Example) -> bool:
    """Whether no customer wrote the text (ids of the seed begin with `seed-`)."""
    return example.id.startswith("seed-")


def judge(engine: Triage, examples: Iterable[Example]) -> list[tuple[Example, Verdict]]:
    """Return the examples that can be judged, each with its verdict."""
    rows = list(examples)
    results = engine.pipe(Feedback(e.id, e.text, e.channel or None) for e in rows)
    pairs = zip(rows, results, strict=True)
    return [(e, verdict) for e, verdict in pairs if isinstance(verdict, Verdict)]


def measure(pairs: Sequence[tuple[Example, Verdict]], labels: Sequence[str]) -> dict[str, Any]:
    """Return every figure for labelled texts and their verdicts.

    A text whose label is not known counts in no figure of that label; `known` says how many
    texts each kind of label is known of.
    """
    if not pairs:
        return {"n": 0}
    labelled = [(set(e.issues), v) for e, v in pairs if e.issues is not None]
    wanted = np.array([[label in issues for label in labels] for issues, _ in labelled])
    given = np.array([[label in v.issues for label in labels] for _, v in labelled])
    sentiment = [(e.sentiment, v.sentiment) for e, v in pairs if e.sentiment is not None]
    urgency = [(e.urgency, v.urgency) for e, v in pairs if e.urgency is not None]
    critical = np.array([v.urgency_scores[3] for e, v in pairs if e.urgency is not None])
    return {
        "n": len(pairs),
        "known": {"issues": len(labelled), "sentiment": len(sentiment), "urgency": len(urgency)},
        "issues": _issues(wanted, given, labels) if labelled else dict(_NO_ISSUES),
        "sentiment_kappa": _kappa(sentiment, range(1, 6)),
        "urgency_kappa": _kappa(urgency, range(4)),
        "critical": _critical(urgency, critical),
        "exact_match": _r((wanted == given).all(axis=1).mean()) if labelled else None,
        "review_share": round(sum(v.review for _, v in pairs) / len(pairs), 4),
    }


def by_slice(
    pairs: Sequence[tuple[Example, Verdict]], labels: Sequence[str], slices: Slices = SLICES
) -> dict[str, Any]:
    """Return the figures of each slice that holds any text."""
    parts = {name: [pair for pair in pairs if test(pair[0])] for name, test in slices.items()}
    return {name: measure(part, labels) for name, part in parts.items() if part}


def _issues(
    wanted: NDArray[np.bool_], given: NDArray[np.bool_], labels: Sequence[str]
) -> dict[str, Any]:
    # A column is added in front and dropped: of one column alone the library takes no labels.
    none = np.zeros((len(wanted), 1), dtype=np.bool_)
    sides = np.hstack([none, wanted]), np.hstack([none, given])
    figures = precision_recall_fscore_support(*sides, zero_division=0)
    rows = zip(labels, *(column[1:] for column in figures), strict=True)
    per_label = {
        label: {"precision": _r(p), "recall": _r(r), "f1": _r(f), "n": int(n)}
        for label, p, r, f, n in rows
    }
    micro = precision_recall_fscore_support(*sides, average="micro", zero_division=0)
    # A label that no text has has no F1 worth a share of the mean.
    shown = [row["f1"] for row in per_label.values() if row["n"]]
    macro = sum(shown) / len(shown) if shown else 0.0
    return {"macro_f1": _r(macro), "micro_f1": _r(micro[2]), "per_label": per_label}


def _kappa(pairs: Sequence[tuple[int, int]], levels: Sequence[int]) -> float | None:
    """Return the quadratically weighted kappa over all `levels`; None where all are one."""
    if len({level for pair in pairs for level in pair}) < 2:
        return None
    wanted, given = zip(*pairs, strict=True)
    # Without the levels an absent one would shorten the distance between its neighbours.
    return _r(cohen_kappa_score(wanted, given, labels=list(levels), weights="quadratic"))


def _critical(pairs: Sequence[tuple[int, int]], scores: NDArray[np.float64]) -> dict[str, Any]:
    wanted = np.array([level == 3 for level, _ in pairs], dtype=np.bool_)
    given = np.array([level == 3 for _, level in pairs], dtype=np.bool_)
    hits = int((wanted & given).sum())
    return {
        "n": int(wanted.sum()),
        "recall": _r(hits / wanted.sum()) if wanted.any() else None,
        "precision": _r(hits / given.sum()) if given.any() else None,
        "recall_at_precision_60": recall_at(wanted, scores, 0.6),
    }


def recall_at(
    wanted: NDArray[np.bool_], scores: NDArray[np.float64], precision: float
) -> float | None:
    """Return the best recall of any threshold whose precision is at least `precision`."""
    if not wanted.any():
        return None
    every = np.ones((1, len(wanted)))
    return _r(float(ranking.recall_at(every, scores, wanted, precision)[0]))


def _r(value: float) -> float:
    return round(float(value), 4)
