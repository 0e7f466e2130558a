"""Judged texts as arrays, and the figures of agreement that follow from counts of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from triage.errors import DataError
from triage.records import Example, Verdict
from triage.training.bootstrap import TIMES, Floats, divide, resample

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Pairs = Sequence[tuple[Example, Verdict]]
SENTIMENTS, URGENCIES = 5, 4
CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What was wanted of each text and what was given, row by row.

    `sentiment` and `urgency` hold the wanted level in column 0 and the given one in
    column 1, both counted from 0. `known` says whether the issues, the sentiment and the
    urgency of a text are known (columns 0 to 2): what is not known holds nothing here and
    counts in no figure.
    """

    labels: tuple[str, ...]
    wanted: Bools
    given: Bools
    scores: Floats
    sentiment: Ints
    urgency: Ints
    critical: Floats
    review: Bools
    known: Bools

    def __len__(self) -> int:
        return len(self.wanted)

    def part(self, rows: Ints) -> "Tally":
        """Return the tally of these rows only."""
        names = (item.name for item in fields(self) if item.name != "labels")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    @property
    def any_wrong(self) -> Floats:
        """Whether any known issue of a text is wrong, as 0 or 1."""
        wrong: Floats = (self.wanted != self.given).any(axis=1).astype(np.float64)
        return wrong

    @property
    def share_wrong(self) -> Floats:
        """Which share of the labels of a text is wrong."""
        share: Floats = (self.wanted != self.given).mean(axis=1)
        return share


def tally(pairs: Pairs, labels: Sequence[str]) -> Tally:
    """Line up labelled texts and their verdicts. Raises DataError where no issues are known."""
    _check(pairs)
    known = np.array([_known(e) for e, _ in pairs])
    given = np.array([[label in v.issues for label in labels] for _, v in pairs])
    return Tally(
        labels=tuple(labels),
        wanted=np.array([[label in (e.issues or ()) for label in labels] for e, _ in pairs]),
        given=given & known[:, :1],
        scores=np.array([[v.scores[label] for label in labels] for _, v in pairs]),
        sentiment=np.array([((e.sentiment or 1) - 1, v.sentiment - 1) for e, v in pairs]),
        urgency=np.array([(e.urgency or 0, v.urgency) for e, v in pairs]),
        critical=np.array([v.urgency_scores[CRITICAL] for _, v in pairs]),
        review=np.array([v.review for _, v in pairs]),
        known=known,
    )


def _known(example: Example) -> tuple[bool, bool, bool]:
    values = example.issues, example.sentiment, example.urgency
    issues, sentiment, urgency = (value is not None for value in values)
    return issues, sentiment, urgency


def _check(pairs: Pairs) -> None:
    if not pairs:
        raise DataError("There is no judged text to measure on.", remedy="Check the data.")
    if all(e.issues is None for e, _ in pairs):
        raise DataError(
            f"Of none of the {len(pairs)} texts the issues are known.",
            remedy="Measure on texts with issues; polarity alone is not enough.",
        )


def agreement(part: Tally, *, times: int = TIMES, seed: int = 0) -> dict[str, Floats]:
    """Return every figure that counts give, of the texts (row 0) and of `times` draws of them.

    Figures of one label are named `label.precision`, `label.recall` and `label.f1`.
    """
    counts = _counts(part)
    sums = resample(len(part), lambda weights: weights @ counts, times=times, seed=seed)
    size = len(part.labels)
    hits, wanted, given, rest, sentiment, urgency = np.split(
        sums, np.cumsum([size, size, size, 7, SENTIMENTS**2]), axis=1
    )
    return {
        **_issue_figures(hits, wanted, given, part.labels),
        **_text_figures(rest),
        "sentiment_kappa": kappa(sentiment.reshape(-1, SENTIMENTS, SENTIMENTS)),
        "urgency_kappa": kappa(urgency.reshape(-1, URGENCIES, URGENCIES)),
        **_critical_figures(urgency.reshape(-1, URGENCIES, URGENCIES)),
    }


def _counts(part: Tally) -> Floats:
    """Return one row of counts per text; every figure is a function of their sums."""
    alone = (~part.review).astype(np.float64)
    issues, sentiment, urgency = part.known.T.astype(np.float64)
    ones, sure = np.ones(len(part)), alone * issues
    exact = issues * (1 - part.any_wrong)
    texts = [ones, issues, exact, alone, sure, sure * part.any_wrong, sure * part.share_wrong]
    return np.hstack(
        [
            part.wanted & part.given,
            part.wanted,
            part.given,
            np.stack(texts, axis=1),
            _cells(part.sentiment, SENTIMENTS) * sentiment[:, None],
            _cells(part.urgency, URGENCIES) * urgency[:, None],
        ]
    )


def _cells(levels: Ints, size: int) -> Floats:
    cells: Floats = np.eye(size * size)[levels[:, 0] * size + levels[:, 1]]
    return cells


def _issue_figures(
    hits: Floats, wanted: Floats, given: Floats, labels: Sequence[str]
) -> dict[str, Floats]:
    columns = {
        "precision": divide(hits, given),
        "recall": divide(hits, wanted),
        "f1": divide(2 * hits, wanted + given),
    }
    figures = {
        f"{label}.{name}": values[:, k]
        for k, label in enumerate(labels)
        for name, values in columns.items()
    }
    # A label that nobody wanted has no F1 worth a share of the mean.
    macro = _mean(columns["f1"][:, wanted[0] > 0])
    micro = divide(2 * hits.sum(axis=1), (wanted + given).sum(axis=1))
    return {"macro_f1": macro, "micro_f1": micro, **figures}


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return divide(np.where(known, values, 0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def _text_figures(sums: Floats) -> dict[str, Floats]:
    n, known, exact, alone, sure, any_wrong, share_wrong = sums.T
    return {
        "exact_match": divide(exact, known),
        "automated": alone / n,
        "automated_any_error": divide(any_wrong, sure),
        "automated_label_error": divide(share_wrong, sure),
    }


def _critical_figures(tables: Floats) -> dict[str, Floats]:
    hits = tables[:, CRITICAL, CRITICAL]
    return {
        "critical_recall": divide(hits, tables[:, CRITICAL, :].sum(axis=1)),
        "critical_precision": divide(hits, tables[:, :, CRITICAL].sum(axis=1)),
    }


def kappa(tables: Floats) -> Floats:
    """Return the quadratically weighted kappa of each table (wanted down, given across).

    No number where all texts have one level: nothing could have been got wrong by chance.
    """
    levels = np.arange(tables.shape[-1])
    cost = (levels[:, None] - levels) ** 2
    wanted, given = tables.sum(axis=2), tables.sum(axis=1)
    seen = (tables * cost).sum(axis=(1, 2))
    by_chance = divide(np.einsum("ti,ij,tj->t", wanted, cost, given), wanted.sum(axis=1))
    return 1 - divide(seen, by_chance)


def confusion(levels: Ints, size: int) -> list[list[int]]:
    """Return how often each given level (across) met each wanted one (down)."""
    table = _cells(levels, size).sum(axis=0).reshape(size, size)
    return [[int(cell) for cell in row] for row in table]
