"""Fit an adapter: what a desk's own examples add to a base model, in seconds.

Two steps. The gate learns to tell the desk's texts from others (the authored ones in the box).
Then, for each output, an offset regression learns what must be added to the base's log-odds,
scaled by the gate; so the base is corrected where its texts are like the examples.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack, vstack
from threadpoolctl import threadpool_limits

from triage.records import Example
from triage.scorers.adapted import (
    Adapter,
    BaseScorer,
    columns,
    norms,
    taken,
)
from triage.scorers.base import Floats
from triage.scorers.stage2 import sigmoid
from triage.scorers.steps import as_log_odds
from triage.taxonomy import Label, Taxonomy
from triage.text.clean_all import clean_all
from triage.training.heads import folds, known_outputs, targets
from triage.training.linear import document_frequency
from triage.training.matrix import Counts, count
from triage.training.offset import Problem, fit_offset

Progress = Callable[[str], None]
_BATCH = 1024
_LOOSE = 100.0  # C where there are two numbers to fit
_OPEN = 12.0  # log-odds as good as certain
_SMALL = 1500  # so few texts fit faster than processes start


@dataclass(frozen=True, slots=True)
class AdaptSettings:
    """What can be turned; the defaults were chosen in docs/decisions/0014."""

    seed: int = 0
    others: int = 3000  # texts of no desk, to tell the desk's from
    folds: int = 3
    # C of the outputs for `usual_texts`; it grows with the root of the number of texts …
    strength: float = 10.0
    usual_texts: int = 300
    most_strength: float = 4.0  # … up to so many times itself
    # A label that the base does not know has only its examples to go by.
    new_strength: float = 150.0
    least_of_new: int = 8  # examples of it, and others: to scale its word by cross-validation
    gate_strength: float = 100.0  # C of the gate
    # A bucket is kept if so many texts have it, by how many texts there are.
    least_texts: tuple[tuple[int, int], ...] = ((500, 1), (1500, 2), (5000, 3))
    least_of_many: int = 5
    heaviest: float = 8.0  # the most that rarity makes of a word
    unknown: float = 0.01  # how likely a label is that the base does not know, off the desk
    phrase_weight: float = 0.5  # of a key phrase beside a whole example


@dataclass(frozen=True, slots=True)
class _Part:
    """Some texts: their counts, base log-odds (n x outputs) and norms."""

    counts: Counts
    odds: Floats
    norm: Floats


def fit_adapter(
    base: BaseScorer,
    examples: Sequence[Example],
    others: Sequence[Example],
    taxonomy: Taxonomy,
    *,
    settings: AdaptSettings | None = None,
    progress: Progress = lambda _: None,
) -> Adapter:
    """Fit what `examples` add to `base`; `others` are texts of no desk, whatever their labels.

    The same inputs give the same numbers, whatever their order. Labels of the taxonomy that
    the base lacks start from their phrases and examples alone.
    """
    own, other = (sorted(part, key=lambda e: e.id) for part in (examples, others))
    with threadpool_limits(1):
        return _Adaptation(base, own, other, taxonomy, settings or AdaptSettings())(progress)


class _Adaptation:
    """One fit: what it works on, and its steps."""

    def __init__(
        self,
        base: BaseScorer,
        examples: Sequence[Example],
        others: Sequence[Example],
        taxonomy: Taxonomy,
        settings: AdaptSettings,
    ) -> None:
        self.base, self.examples, self.others = base, examples, others
        self.taxonomy, self.settings = taxonomy, settings
        self.source = columns(base.labels, taxonomy.codes)

    def __call__(self, progress: Progress) -> Adapter:
        progress("reading the texts")
        own = self._part([example.text for example in self.examples])
        kept, idf = self._vocabulary(own.counts)
        inside = _matrix(own, kept, idf)
        progress("learning which texts are the desk's")
        gate, likely = self._gate(inside, kept, idf)
        progress("learning what they add")
        table = np.column_stack([self._outputs(own, inside, likely, kept, idf), gate])
        return Adapter(
            labels=self.taxonomy.codes,
            kept=kept,
            table=(table[:-1] * idf[:, None]).astype(np.float32),
            inner=table[-1],
            gain=(self.source >= 0).astype(np.float64),
            bias=self._bias,
        )

    @cached_property
    def _bias(self) -> Floats:
        unknown = self.settings.unknown
        return np.where(self.source >= 0, 0.0, np.log(unknown / (1 - unknown)))

    def _part(self, texts: Sequence[str]) -> _Part:
        cleaned = clean_all(texts)
        odds, norm = list[Floats](), list[Floats]()
        for start in range(0, len(cleaned), _BATCH):
            given = self.base.read(cleaned[start : start + _BATCH])
            odds.append(taken(as_log_odds(self.base.judge(given)[0]), self.source))
            norm.append(norms(given.batch))
        return _Part(count(texts, self.base.segmenter), np.concatenate(odds), np.concatenate(norm))

    def _vocabulary(self, own: Counts) -> tuple[NDArray[np.uint32], Floats]:
        n, chosen = len(self.examples), self.settings
        bounds = (least for size, least in chosen.least_texts if n < size)
        least = next(bounds, chosen.least_of_many)
        seen = document_frequency(own)
        kept = np.flatnonzero(seen >= least).astype(np.uint32)
        idf = np.log((1 + n) / (1 + seen[kept])) + 1
        return kept, np.minimum(idf, chosen.heaviest)

    def _gate(
        self, inside: csr_matrix, kept: NDArray[np.uint32], idf: Floats
    ) -> tuple[Floats, Floats]:
        """Return the gate's coefficients, and its word on each example, told out of fold."""
        if not self.others:  # nothing to tell the desk's texts from: open to all
            return np.append(np.zeros(len(kept)), _OPEN), np.ones(inside.shape[0])
        chosen = self.settings
        outside = _matrix(self._part([example.text for example in self.others]), kept, idf)
        fold = folds(inside.shape[0], chosen.folds, chosen.seed)
        fold_outside = folds(outside.shape[0], chosen.folds, chosen.seed)
        likely = np.zeros(inside.shape[0])
        for number in range(min(chosen.folds, inside.shape[0])):
            aside = fold == number
            learned = self._gate_of(inside[~aside], outside[fold_outside != number])
            likely[aside] = sigmoid(inside[aside] @ learned)
        return self._gate_of(inside, outside), likely

    def _gate_of(self, inside: csr_matrix, outside: csr_matrix) -> Floats:
        n, rest = inside.shape[0], outside.shape[0]
        # Learned beside the odds of the two sizes: how many examples there are says nothing.
        odds = np.full(n + rest, np.log(n / rest))
        both = vstack([inside, outside]).tocsr()
        problem = Problem(both, odds, np.arange(n + rest) < n, np.ones(n + rest))
        return fit_offset(problem, self.settings.gate_strength)

    def _outputs(
        self, own: _Part, inside: csr_matrix, likely: Floats, kept: NDArray[np.uint32], idf: Floats
    ) -> Floats:
        """Return the coefficients of every output: (rows and inner) x outputs."""
        gated = csr_matrix(diags(likely) @ inside)
        wanted = targets(self.examples, self.taxonomy.codes)
        odds, known = own.odds + self._bias, known_outputs(self.examples, self.taxonomy.codes)
        problems = [
            Problem(gated[use], odds[use, k], wanted[use, k], np.ones(int(use.sum())))
            for k, use in enumerate(known.T)
        ]
        for k, label in enumerate(self.taxonomy.labels):
            if self.source[k] < 0 and (words := _words_of(label)):
                problems[k] = self._with_phrases(problems[k], words, k, kept, idf)
        n, chosen = int(known.any(axis=1).sum()), self.settings
        growth = np.clip(np.sqrt(n / chosen.usual_texts), 1.0, chosen.most_strength)
        fits = (
            delayed(fit_offset)(problem, chosen.strength * growth)
            if source >= 0
            else delayed(fit_new)(problem, chosen.new_strength * growth, chosen)
            for problem, source in zip(problems, self.source, strict=True)
        )
        jobs = 1 if n < _SMALL else 2
        return np.stack(list(Parallel(n_jobs=jobs)(fits)), axis=1)

    def _with_phrases(
        self,
        problem: Problem,
        phrases: Sequence[str],
        output: int,
        kept: NDArray[np.uint32],
        idf: Floats,
    ) -> Problem:
        """Add what is said of a label as short examples of it, each of less weight."""
        part, n = self._part(phrases), len(phrases)
        return Problem(
            vstack([problem.matrix, _matrix(part, kept, idf)]).tocsr(),
            np.concatenate([problem.offset, np.full(n, self._bias[output])]),
            np.concatenate([problem.wanted, np.ones(n, dtype=np.bool_)]),
            np.concatenate([problem.weight, np.full(n, self.settings.phrase_weight)]),
        )


def fit_new(problem: Problem, strength: float, settings: AdaptSettings) -> Floats:
    """Fit an output that the base does not know, and scale it by what it says of unseen texts.

    What is learned of few examples is timid on texts it has not seen; the scale and the shift
    that would have been right there, told out of fold, are folded into the coefficients.
    """
    learned = fit_offset(problem, strength)
    yes = int(problem.wanted.sum())
    if min(yes, len(problem.wanted) - yes) < settings.least_of_new:
        return learned
    fold = folds(len(problem.wanted), settings.folds, settings.seed)
    told = np.zeros(len(fold))
    for number in range(settings.folds):
        aside = fold == number
        told[aside] = problem.matrix[aside] @ fit_offset(problem.part(~aside), strength)
    both = np.column_stack([told, problem.matrix[:, [-1]].toarray()[:, 0]])
    seen = Problem(csr_matrix(both), problem.offset, problem.wanted, problem.weight)
    scale, shift = fit_offset(seen, _LOOSE)
    if scale <= 0:
        return learned
    learned *= scale
    learned[-1] += shift
    return learned


def _words_of(label: Label) -> tuple[str, ...]:
    """Return what its author says of a label: its phrases, and its description."""
    said = (*label.phrases, label.description)
    return tuple(text for text in said if any(map(str.isalnum, text)))


def _matrix(part: _Part, kept: NDArray[np.uint32], idf: Floats) -> csr_matrix:
    """Return texts x (rows and a one), as the scorer will weigh them."""
    weighed = diags(1 / part.norm) @ part.counts.columns(kept).text @ diags(idf)
    return hstack([weighed, np.ones((len(part.norm), 1))]).tocsr()
