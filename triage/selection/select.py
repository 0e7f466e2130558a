"""From a pool of texts and what is labelled already to the batch to label next."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.records import Feedback, Rejection, Verdict
from triage.selection.batch import Mix, Pick, Pool, Strategy, choose
from triage.selection.diverse import points
from triage.selection.reasons import Reason, reasons_of
from triage.selection.scoring import Judged, judge_numbers
from triage.selection.uncertain import Doubts, doubts
from triage.text.segment import Segmenter
from triage.training.corpus import text_hash

Progress = Callable[[str], None]
_NO_POOL = "Give texts that are not labelled yet."


@dataclass(frozen=True, slots=True)
class Labelled:
    """What is labelled already: texts, and the ids under which they are known."""

    texts: Sequence[str] = ()
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """A chosen text: why, by which strategy, and what the model says of it.

    `chance` is the probability with which an audit item was drawn, None for others; `copies`
    says how often the pool holds this very text.
    """

    feedback: Feedback
    strategy: Strategy
    reasons: tuple[Reason, ...]
    verdict: Verdict
    chance: float | None = None
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Selection:
    """The batch, how many texts it was chosen among, and how many were left out and why."""

    items: tuple[Item, ...]
    pool: int
    left_out: Counter[str] = field(default_factory=Counter)


def select(
    engine: Triage,
    records: Iterable[Feedback | Rejection],
    n: int,
    *,
    labelled: Labelled | None = None,
    mix: Mix | None = None,
    seed: int = 0,
    progress: Progress = lambda _: None,
) -> Selection:
    """Choose `n` texts to label next. Raises InputError for no places, DataError for no texts."""
    if n < 1:
        raise InputError(f"A batch of {n} texts.", remedy="Choose at least 1.")
    known = labelled or Labelled()
    progress("reading the pool")
    pool = _Texts(known, engine.policy.max_chars)
    pool.read(records)
    if not pool.kept:
        told = ", ".join(f"{count} {why}" for why, count in pool.left_out.items()) or "none given"
        raise DataError(f"No text is left to choose from ({told}).", remedy=_NO_POOL)
    judged, ready = _ready(engine, [item.text for item in pool.kept], known.texts, seed, progress)
    progress("choosing")
    picks = choose(ready, n, mix=mix, seed=seed)
    items = _items(engine, picks, pool, ready.doubts, judged)
    return Selection(tuple(items), len(pool.kept), pool.left_out)


class _Texts:
    """The texts of a pool that can be chosen, each once, and how many were left out."""

    def __init__(self, known: Labelled, longest: int) -> None:
        self._ids, self._longest = known.ids, longest
        self._labelled = {_key(text) for text in known.texts}
        self.kept: list[Feedback] = []
        self.copies: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def read(self, records: Iterable[Feedback | Rejection]) -> None:
        """Take what can be chosen."""
        for record in records:
            if why := self._fault(record):
                self.left_out[why] += 1
            elif isinstance(record, Feedback):
                self.kept.append(record)

    def _fault(self, record: Feedback | Rejection) -> str:
        text: object = record.text if isinstance(record, Feedback) else None
        if not isinstance(text, str) or len(text) > self._longest or not _says_something(text):
            return "unreadable"
        key = _key(text)
        if record.id in self._ids or key in self._labelled:
            return "labelled"
        self.copies[key] += 1
        return "copy" if self.copies[key] > 1 else ""


def _key(text: str) -> str:
    return text_hash("".join(text.split()))


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _ready(
    engine: Triage, texts: Sequence[str], seen: Sequence[str], seed: int, progress: Progress
) -> tuple[Judged, Pool]:
    progress("judging the pool")
    judged = judge_numbers(engine, texts)
    progress("comparing the texts")
    places = points([*texts, *seen], Segmenter(), seed=seed)
    found = doubts(judged, engine.scorer.labels, engine.policy)
    usable = np.asarray(judged.scope >= engine.policy.outside)
    return judged, Pool(texts, places[: len(texts)], found, usable, seen, places[len(texts) :])


def _items(
    engine: Triage, picks: Sequence[Pick], pool: _Texts, found: Doubts, judged: Judged
) -> list[Item]:
    chosen = [pool.kept[pick.row] for pick in picks]
    return [
        Item(
            feedback,
            pick.strategy,
            reasons_of(pick, found, judged, engine.taxonomy),
            verdict,
            pick.chance,
            pool.copies[_key(feedback.text)],
        )
        for pick, feedback, verdict in zip(picks, chosen, engine.pipe(chosen), strict=True)
        if isinstance(verdict, Verdict)  # nothing is left of mark-up alone
    ]
