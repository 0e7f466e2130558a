"""Confident learning: which given labels a model that did not see them finds suspicious.

For each label (and for sentiment and urgency as classes) out-of-fold probabilities go to
cleanlab, which estimates how often each label is confused and flags about as many.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.engine import Triage
from triage.errors import DataError
from triage.records import Example
from triage.scorers.base import Floats
from triage.taxonomy import Taxonomy
from triage.training.crossfit import SENTIMENTS, URGENCIES, CrossFit, cross_fit

LEAST = 20  # texts on each side of a label, or of a level
_LEVELS = {"sentiment": SENTIMENTS, "urgency": URGENCIES}
_STEP = {"sentiment": 2, "urgency": 1}  # a mood one level off is a matter of taste
_FIELD_ZH = {"sentiment": "情绪", "urgency": "紧急程度"}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A label that looks wrong. `given` and `proposed` are `yes`/`no` for an issue, else levels.

    `quality` is the probability of the given label, by models that did not see the text.
    """

    id: str
    field: str
    label: str
    given: str
    proposed: str
    quality: float
    zh: str
    en: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A label or level that was not audited, and why."""

    field: str
    label: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The suspicions, the most suspicious first, what was not audited, and how many texts were."""

    suspicions: tuple[Suspicion, ...]
    skipped: tuple[Skipped, ...]
    texts: int


def audit(
    examples: Sequence[Example], taxonomy: Taxonomy, *, base: Triage | None = None, seed: int = 0
) -> Audit:
    """Return the suspicious labels of `examples`. Raises DataError where there is nothing to audit.

    `base`, a model that was not trained on these examples, makes it sharper.
    """
    if not examples:
        raise DataError("There is no labelled text to audit.", remedy="Give a labelled dataset.")
    work = _Work(examples, taxonomy)
    wanted = [field for field in ("issues", *_LEVELS) if work.can(field)]
    if wanted:
        fitted = cross_fit(examples, taxonomy.codes, base=base, seed=seed)
        for field in wanted:
            work.look(field, fitted)
    ranked = sorted(work.found, key=lambda one: (one.quality, one.id, one.field, one.label))
    return Audit(tuple(ranked), tuple(work.skipped), len(examples))


class _Work:
    """One audit: what it looks at, and what it has found so far."""

    def __init__(self, examples: Sequence[Example], taxonomy: Taxonomy) -> None:
        self.examples, self.taxonomy = examples, taxonomy
        self.found: list[Suspicion] = []
        self.skipped: list[Skipped] = []
        self.labels = [code for code in taxonomy.codes if self._has_enough(code)]
        self.levels = {field: self._enough_levels(field) for field in _LEVELS}

    def can(self, field: str) -> bool:
        """Whether anything of a field has enough examples."""
        return bool(self.labels) if field == "issues" else len(self.levels[field]) > 1

    def look(self, field: str, fitted: CrossFit) -> None:
        """Add what is suspicious of a field."""
        self.found += self._issues(fitted) if field == "issues" else self._classes(field, fitted)

    def _has_enough(self, code: str) -> bool:
        told = [code in e.issues for e in self.examples if e.issues is not None]
        yes, no = sum(told), len(told) - sum(told)
        if min(yes, no) >= LEAST:
            return True
        self._skip(
            "issues",
            code,
            self.taxonomy.zh(code),
            f"有 yes {yes}，没有 no {no}",
            f"{yes} with, {no} without",
        )
        return False

    def _enough_levels(self, field: str) -> list[int]:
        given = [getattr(example, field) for example in self.examples]
        counts = {level: given.count(level) for level in _LEVELS[field]}
        for level, n in counts.items():
            if n < LEAST:
                zh = f"{_FIELD_ZH[field]} {level}"
                self._skip(field, str(level), zh, f"{n} 条", f"{n} texts")
        return [level for level, n in counts.items() if n >= LEAST]

    def _skip(self, field: str, label: str, name: str, zh: str, en: str) -> None:
        told_zh = f"{name}：样本不足（{zh}，两边各要 {LEAST} 条），不审"
        told_en = f"{label}: not enough examples ({en}; {LEAST} of each needed), not audited"
        self.skipped.append(Skipped(field, label, told_zh, told_en))

    def _issues(self, fitted: CrossFit) -> Iterator[Suspicion]:
        rows = [k for k, example in enumerate(self.examples) if example.issues is not None]
        for code in self.labels:
            output = self.taxonomy.codes.index(code)
            given = np.array([code in (self.examples[k].issues or ()) for k in rows])
            scores = fitted.issues[rows, output]
            for place in flagged(given.astype(np.int64), np.column_stack([1 - scores, scores])):
                yield self._issue(rows[place], output, float(scores[place]), fitted)

    def _issue(self, row: int, output: int, score: float, fitted: CrossFit) -> Suspicion:
        example, code = self.examples[row], self.taxonomy.codes[output]
        given = code in (example.issues or ())
        quote = fitted.quote(row, example.text, output, against=given)
        told = f"{score:.2f}"
        zh_way, en_way = ("最不像", "least") if given else ("最像", "most")
        return Suspicion(
            example.id,
            "issues",
            code,
            "yes" if given else "no",
            "no" if given else "yes",
            round(score if given else 1 - score, 4),
            f"没见过这条的模型给{self.taxonomy.zh(code)} {told}；{zh_way}的一句“{quote}”",
            f"a model that did not see it gives {told}; {en_way} like it: “{quote}”",
            example.text,
        )

    def _classes(self, field: str, fitted: CrossFit) -> Iterator[Suspicion]:
        """Compare the levels that have enough texts among themselves."""
        enough = self.levels[field]
        rows = [k for k, e in enumerate(self.examples) if getattr(e, field) in enough]
        columns = [_LEVELS[field].index(level) for level in enough]
        scores = getattr(fitted, field)[np.ix_(rows, columns)]
        scores = scores / scores.sum(axis=1, keepdims=True)
        given = np.array([enough.index(getattr(self.examples[k], field)) for k in rows])
        for place in flagged(given, scores):
            example, best = self.examples[rows[place]], int(scores[place].argmax())
            told = float(scores[place, given[place]]), float(scores[place, best])
            if abs(enough[given[place]] - enough[best]) >= _STEP[field]:
                yield _level(example, field, enough[given[place]], enough[best], told)


def _level(
    example: Example, field: str, given: int, proposed: int, told: tuple[float, float]
) -> Suspicion:
    of_given, of_best = f"{told[0]:.2f}", f"{told[1]:.2f}"
    return Suspicion(
        example.id,
        field,
        field,
        str(given),
        str(proposed),
        round(told[0], 4),
        f"没见过这条的模型：{_FIELD_ZH[field]} {given} 只有 {of_given}，{proposed} 有 {of_best}",
        f"a model that did not see it: {of_given} for {given}, {of_best} for {proposed}",
        example.text,
    )


def flagged(given: NDArray[np.int64], scores: Floats) -> list[int]:
    """Return the rows whose given class confident learning finds wrong, the worst first.

    `given` are class numbers, n; `scores` out-of-fold probabilities, n x classes.
    """
    with warnings.catch_warnings():
        # In a notebook the progress bars that cleanlab brings ask for widgets; it shows none here.
        warnings.simplefilter("ignore")
        from cleanlab.filter import find_label_issues
    found = find_label_issues(
        given, scores, return_indices_ranked_by="self_confidence", n_jobs=1, filter_by="both"
    )
    return [int(row) for row in found]
