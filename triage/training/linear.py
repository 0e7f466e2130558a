"""Fit the word model: heads, networks on predictions out of fold, calibration."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from triage.features import BITS
from triage.labels import ISSUES
from triage.records import Example
from triage.scorers.base import Floats
from triage.scorers.linear import SENTIMENT_STEPS, LinearWeights
from triage.scorers.stage2 import Stage2
from triage.signals import find, vector
from triage.text.clean import clean
from triage.text.script import to_simplified
from triage.text.segment import Segmenter
from triage.training import heads as stage1
from triage.training.heads import Head, known_outputs, targets
from triage.training.matrix import Counts, count
from triage.training.second import always, calibrated, fit_networks

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be turned in the fit; the defaults were chosen in docs/decisions/0005."""

    seed: int = 0
    folds: int = 5
    strength: float = 1.0  # C of the heads
    polarity_strength: float = 0.3
    least_texts: int = 2  # a bucket is kept if so many labelled texts have it
    least_polarity_texts: int = 8
    rows: int = 360_000
    networks: int = 3
    hidden: int = 96
    decay: float = 0.3


@dataclass(frozen=True, slots=True)
class Texts:
    """What a fit sees: labelled texts, polarity-only ones, no-feedback ones, calibration."""

    labelled: Sequence[Example]
    polarity: Sequence[Example] = ()
    outside: Sequence[Example] = ()
    calibration: Sequence[Example] = ()

    def in_order(self) -> "Texts":
        """Return the same texts in canonical order, so that their order cannot matter."""
        parts = (self.labelled, self.polarity, self.outside, self.calibration)
        return Texts(*(sorted(part, key=lambda e: e.id) for part in parts))


@dataclass(frozen=True, slots=True)
class _Counted:
    """Counts of each part over the kept columns, with the weights of the columns."""

    kept: NDArray[np.uint32]
    idf: NDArray[np.float32]
    labelled: Counts
    polarity: Counts | None
    outside: Counts | None


def fit(
    texts: Texts | Sequence[Example],
    polarity: Sequence[Example] = (),
    segmenter: Segmenter | None = None,
    *,
    labels: Sequence[str] = ISSUES,
    settings: Settings | None = None,
    progress: Progress = lambda _: None,
) -> LinearWeights:
    """Fit a word model. The same inputs give the same numbers, whatever their order.

    `texts` may be a plain sequence of labelled examples, with `polarity` beside it.
    """
    given = texts if isinstance(texts, Texts) else Texts(texts, polarity)
    with threadpool_limits(1):
        run = _Fit(
            given.in_order(), segmenter or Segmenter(), tuple(labels), settings or Settings()
        )
        return run(progress)


class _Fit:
    """One fit: what it works on, and its steps."""

    def __init__(
        self, texts: Texts, segmenter: Segmenter, labels: tuple[str, ...], settings: Settings
    ) -> None:
        self.texts, self.segmenter = texts, segmenter
        self.labels, self.settings = labels, settings

    def __call__(self, progress: Progress) -> LinearWeights:
        progress("counting words and characters")
        counted = self._count()
        progress("fitting polarity")
        direction = self._polarity(counted)
        wanted = targets(self.texts.labelled, self.labels)
        progress("fitting heads out of fold")
        inside, outside = self._out_of_fold(counted, wanted, direction)
        progress("fitting the second stage")
        nets = self._networks(inside, outside, wanted)
        progress("fitting heads on everything")
        everything = self._heads(counted, wanted, direction)
        progress("calibrating")
        nets = self._calibrate(nets, everything, counted)
        coefficients, bias = stage1.stack(everything)
        table = (coefficients * counted.idf[:, None]).astype(np.float32)
        weights = LinearWeights(self.labels, counted.kept, counted.idf, table, bias, nets)
        return pruned(weights, self.settings.rows)

    def _count(self) -> _Counted:
        labelled = count([e.text for e in self.texts.labelled], self.segmenter)
        polar, outside = self._count_part(self.texts.polarity), self._count_part(self.texts.outside)
        own, other = document_frequency(labelled), document_frequency(polar)
        chosen = own >= self.settings.least_texts
        chosen |= other >= self.settings.least_polarity_texts
        kept = np.flatnonzero(chosen).astype(np.uint32)
        total = len(self.texts.labelled) + len(self.texts.polarity)
        idf = np.log((1 + total) / (1 + own[kept] + other[kept])) + 1
        # Stored in half precision: fit with the values that will be used.
        idf = idf.astype(np.float16).astype(np.float32)
        parts = [part.columns(kept) if part else None for part in (polar, outside)]
        return _Counted(kept, idf, labelled.columns(kept), *parts)

    def _count_part(self, examples: Sequence[Example]) -> Counts | None:
        return count([e.text for e in examples], self.segmenter) if examples else None

    def _polarity(self, counted: _Counted) -> Head:
        return stage1.polarity_head(
            counted.polarity,
            counted.labelled.normed(counted.idf),
            np.array([e.sentiment or 3 for e in self.texts.labelled]),
            np.array([(e.sentiment or 3) > 3 for e in self.texts.polarity], dtype=np.bool_),
            counted.idf,
            self.settings.polarity_strength,
            self.settings.seed,
        )

    def _heads(
        self,
        counted: _Counted,
        wanted: NDArray[np.bool_],
        direction: Head,
        *,
        use: NDArray[np.bool_] | None = None,
        use_outside: NDArray[np.bool_] | None = None,
    ) -> list[Head]:
        strength, seed = self.settings.strength, self.settings.seed
        matrix = counted.labelled.normed(counted.idf)
        outside = counted.outside.normed(counted.idf) if counted.outside else None
        known = known_outputs(self.texts.labelled, self.labels)
        if use is not None:
            matrix, wanted, known = matrix[use], wanted[use], known[use]
        if outside is not None and use_outside is not None:
            outside = outside[use_outside]
        heads = stage1.fit_heads(matrix, wanted, known, strength, seed)
        return [*heads, direction, stage1.scope_head(matrix, outside, strength, seed)]

    def _out_of_fold(
        self, counted: _Counted, wanted: NDArray[np.bool_], direction: Head
    ) -> tuple[Floats, Floats | None]:
        """Return second-stage features of each text from heads that did not see it."""
        k, seed = self.settings.folds, self.settings.seed
        fold = stage1.folds(len(wanted), k, seed)
        fold_outside = stage1.folds(len(self.texts.outside), k, seed)
        inside, outside = list[Floats](), list[Floats]()
        for number in range(k):
            use, use_outside = fold != number, fold_outside != number
            heads = self._heads(counted, wanted, direction, use=use, use_outside=use_outside)
            inside.append(stage1.features(counted.labelled, heads, counted.idf)[~use])
            if counted.outside:
                every = stage1.features(counted.outside, heads, counted.idf)
                outside.append(every[~use_outside])
        return _by_fold(inside, fold), _by_fold(outside, fold_outside) if outside else None

    def _networks(
        self, inside: Floats, outside: Floats | None, wanted: NDArray[np.bool_]
    ) -> dict[str, Stage2]:
        wide = np.concatenate([inside, _signals(self.texts.labelled)], axis=1)
        scope_inputs = inside if outside is None else np.concatenate([inside, outside])
        scope = np.arange(len(scope_inputs)) < len(inside)
        return {
            task: self._net((wide if task == "urgency" else inside)[use], wanted[use, part])
            for task, part, use in self._tasks(self.texts.labelled)
        } | {
            "scope": always(inside.shape[1])
            if outside is None  # nothing to tell feedback from
            else self._net(scope_inputs, scope[:, None], networks=1, hidden=16),
        }

    def _net(
        self,
        inputs: Floats,
        wanted: NDArray[np.bool_],
        *,
        networks: int | None = None,
        hidden: int | None = None,
    ) -> Stage2:
        chosen = self.settings
        return fit_networks(
            inputs,
            wanted,
            networks=networks or chosen.networks,
            hidden=hidden or chosen.hidden,
            decay=chosen.decay,
            seed=chosen.seed,
        )

    def _calibrate(
        self, nets: dict[str, Stage2], heads: list[Head], counted: _Counted
    ) -> dict[str, Stage2]:
        aside = self.texts.calibration
        if not aside:
            return nets
        counts = count([e.text for e in aside], self.segmenter).columns(counted.kept)
        inputs = stage1.features(counts, heads, counted.idf)
        wide = np.concatenate([inputs, _signals(aside)], axis=1)
        wanted = targets(aside, self.labels)
        return nets | {
            task: calibrated(
                nets[task], (wide if task == "urgency" else inputs)[use], wanted[use, part]
            )
            for task, part, use in self._tasks(aside)
        }

    def _tasks(self, examples: Sequence[Example]) -> Iterator[tuple[str, slice, NDArray[np.bool_]]]:
        """Yield each task, its columns of the targets, and the examples it is known of."""
        n, known = len(self.labels), known_outputs(examples, self.labels)
        steps = n + SENTIMENT_STEPS
        parts = (slice(0, n), slice(n, steps), slice(steps, None))
        for task, part in zip(("issues", "sentiment", "urgency"), parts, strict=True):
            yield task, part, known[:, part.start]


def document_frequency(counts: Counts | None) -> NDArray[np.int64]:
    """Return, per bucket, how many texts hold it; zeros where there are no texts."""
    if counts is None:
        return np.zeros(1 << BITS, dtype=np.int64)
    text = counts.text
    text.sum_duplicates()
    return np.bincount(text.indices, minlength=text.shape[1])


def _by_fold(parts: list[Floats], fold: NDArray[np.int64]) -> Floats:
    whole = np.zeros((len(fold), parts[0].shape[1]))
    for number, part in enumerate(parts):
        whole[fold == number] = part
    return whole


def _signals(examples: Sequence[Example]) -> Floats:
    return np.array([vector(find(to_simplified(clean(e.text).text))) for e in examples])


def pruned(weights: LinearWeights, rows: int) -> LinearWeights:
    """Keep the `rows` rows that can move a decision most."""
    if len(weights.kept) <= rows:
        return weights
    reach = np.abs(weights.heads).max(axis=1)
    best = np.sort(np.argsort(-reach, kind="stable")[:rows])
    return replace(
        weights, kept=weights.kept[best], idf=weights.idf[best], heads=weights.heads[best]
    )
