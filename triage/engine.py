"""Triage: load once, then call it for one text or pipe many through it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from triage.artifact import bands, load
from triage.decide import decide
from triage.errors import InputError, RecordError
from triage.policy import Policy
from triage.reading import read_all
from triage.records import (
    Decision,
    Evidence,
    Feedback,
    ModelName,
    Rejection,
    Scores,
    Verdict,
)
from triage.resources import default_model
from triage.scorers.base import URGENCY, Clue, ScoreBatch, Scorer
from triage.scorers.levels import lifted
from triage.signals import Signal, find
from triage.taxonomy import Taxonomy, of_codes
from triage.text.clean import Cleaned
from triage.text.clean_all import clean_all
from triage.text.script import all_simplified

Record = Feedback | Rejection
BATCH = 1024
_REMEDIES = {
    "not_a_string": "Give the text as a string.",
    "text_too_long": "Shorten it, or raise max_chars in the policy.",
    "empty_text": "Give what the customer wrote.",
    "no_content": "Give at least one word.",
}


@dataclass(frozen=True, slots=True)
class _Ready:
    feedback: Feedback
    cleaned: Cleaned
    simplified: str
    signals: list[Signal]


class Triage:
    """Turns feedback into verdicts with one scorer and one policy. Safe to share by threads."""

    def __init__(
        self, scorer: Scorer, policy: Policy, name: ModelName, taxonomy: Taxonomy | None = None
    ) -> None:
        self.scorer = scorer
        self.policy = policy
        self.name = name
        self.taxonomy = taxonomy or of_codes(scorer.labels)
        if set(self.taxonomy.codes) != set(scorer.labels):
            raise InputError(
                "The scorer and the taxonomy have different labels.",
                remedy="Give the taxonomy that the model was trained with.",
            )

    @classmethod
    def load(cls, path: str | Path | None = None, *, policy: str | Path | None = None) -> "Triage":
        """Load a model folder (None: the one in the box) and a policy file (likewise).

        Labels that the policy does not name have the thresholds that the model brings.
        Raises ModelError for a missing or tampered folder, TokeniserMismatchError for one
        made with other words, PolicyError for an unusable policy.
        """
        model = load(Path(path) if path else default_model())
        rules = Policy.load(Path(policy) if policy else None).with_bands(bands(model.manifest))
        return cls(model.scorer, rules, model.name, model.taxonomy)

    def __call__(self, feedback: Feedback) -> Verdict:
        """Return the verdict on one piece of feedback. Raises RecordError if it has none."""
        result = next(self.pipe([feedback]))
        if isinstance(result, Rejection):
            remedy = _REMEDIES.get(result.code, "Mend the record.")
            raise RecordError(result.message, remedy=remedy, code=result.code)
        return result

    def pipe(
        self, records: Iterable[Record], *, batch: int = BATCH
    ) -> Iterator[Verdict | Rejection]:
        """Yield a verdict or a rejection for each record, in order; never raises for one.

        A Rejection among the records (a broken line of a file) passes through in its place.
        """
        if batch < 1:
            raise InputError(f"A batch of {batch} records.", remedy="Give at least 1.")
        return self._stream(iter(records), batch)

    def _stream(self, iterator: Iterator[Record], batch: int) -> Iterator[Verdict | Rejection]:
        while chunk := list(islice(iterator, batch)):
            yield from self._judge(chunk)

    def _judge(self, chunk: Sequence[Record]) -> list[Verdict | Rejection]:
        checked = [self._check(record) for record in chunk]
        cleaned = iter(clean_all([item.text for item in checked if isinstance(item, Feedback)]))
        prepared = [
            item if isinstance(item, Rejection) else _with_content(item, next(cleaned))
            for item in checked
        ]
        usable = [item for item in prepared if not isinstance(item, Rejection)]
        verdicts = iter(self._verdicts(_ready(usable)) if usable else ())
        return [item if isinstance(item, Rejection) else next(verdicts) for item in prepared]

    def _check(self, record: Record) -> Record:
        if isinstance(record, Rejection):
            return record
        text: object = record.text
        if not isinstance(text, str):
            kind = type(text).__name__
            return Rejection(record.id, "not_a_string", f"The text is a {kind}, not a string.")
        if len(text) > self.policy.max_chars:
            return Rejection(record.id, "text_too_long", self._too_long(len(text)))
        return record

    def _too_long(self, length: int) -> str:
        return (
            f"The text has {length} characters; the limit is {self.policy.max_chars}. "
            f"{_REMEDIES['text_too_long']}"
        )

    def _verdicts(self, ready: Sequence[_Ready]) -> list[Verdict]:
        cleaned, signals = [item.cleaned for item in ready], [item.signals for item in ready]
        raw = self.scorer.score(cleaned, signals)
        scores = lifted(raw, self.scorer.labels, self.taxonomy.parents)
        rows = zip(
            scores.issues.round(4).tolist(),
            scores.sentiment.round(4).tolist(),
            scores.urgency.round(4).tolist(),
            scores.scope.round(4).tolist(),
            strict=True,
        )
        return [
            self._verdict(item, k, Scores(*row), scores)
            for k, (item, row) in enumerate(zip(ready, rows, strict=True))
        ]

    def _verdict(self, item: _Ready, row: int, scores: Scores, batch: ScoreBatch) -> Verdict:
        level = max((signal.level for signal in item.signals), default=0)
        settled = any(signal.kind == "settled" for signal in item.signals)
        decision = decide(
            scores,
            self.scorer.labels,
            self.policy,
            parents=self.taxonomy.parents,
            signal_level=level,
            settled=settled,
        )
        return Verdict(
            id=item.feedback.id,
            issues=decision.issues,
            suggested=decision.suggested,
            scores=dict(zip(self.scorer.labels, scores.issues, strict=True)),
            sentiment=decision.sentiment,
            sentiment_score=round(decision.sentiment_score, 4),
            urgency=decision.urgency,
            urgency_scores=tuple(scores.urgency),
            review_reasons=decision.review_reasons,
            evidence=self._evidence(item, row, decision, batch),
            script=batch.scripts[row].value,
            model=self.name,
            in_scope=decision.in_scope,
            reading=read_all(
                item.feedback.text,
                item.cleaned,
                item.simplified,
                item.signals,
                batch.polarity(row),
                item.feedback.received_at,
            ),
        )

    def _evidence(
        self, item: _Ready, row: int, decision: Decision, batch: ScoreBatch
    ) -> tuple[Evidence, ...]:
        targets = decision.issues + decision.suggested
        if decision.urgency >= 2:
            targets += (URGENCY,)
        limit = self.policy.evidence_per_label
        clues = (clue for target in targets for clue in batch.clues(row, target, limit))
        evidence = [_quote(clue, item) for clue in clues]
        if decision.urgency >= 2:
            evidence += [_fact(s, item) for s in item.signals if s.level >= decision.urgency]
        return tuple(evidence)


def _with_content(feedback: Feedback, cleaned: Cleaned) -> tuple[Feedback, Cleaned] | Rejection:
    if any(map(_is_content, cleaned.text)):
        return feedback, cleaned
    return Rejection(feedback.id, *_empty(feedback.text))


def _ready(usable: Sequence[tuple[Feedback, Cleaned]]) -> list[_Ready]:
    simplified = all_simplified([cleaned.text for _, cleaned in usable])
    return [
        _Ready(feedback, cleaned, text, find(text, feedback.received_at))
        for (feedback, cleaned), text in zip(usable, simplified, strict=True)
    ]


def _quote(clue: Clue, item: _Ready) -> Evidence:
    start, end = item.cleaned.span(clue.start, clue.end)
    return Evidence(clue.target, item.feedback.text[start:end], start, end, clue.weight)


def _fact(signal: Signal, item: _Ready) -> Evidence:
    start, end = item.cleaned.span(signal.start, signal.end)
    return Evidence(URGENCY, item.feedback.text[start:end], start, end, 1.0, "signal")


def _is_content(char: str) -> bool:
    """Letters, digits and pictures say something; punctuation and blanks do not."""
    return char.isalnum() or (char > "\u2190" and not char.isspace() and not _is_mark(char))


def _is_mark(char: str) -> bool:
    from unicodedata import category

    return category(char)[0] in "PZC" or char == "\ufffd"


def _empty(text: str) -> tuple[str, str]:
    if not text.strip():
        return "empty_text", "The text is empty or blank."
    return "no_content", "The text holds only punctuation, mark-up or unreadable characters."


def as_feedback(value: Mapping[str, Any] | str, *, id_: str) -> Feedback:
    """Make feedback of a plain string or of a mapping with a `text` (and maybe an `id`)."""
    if isinstance(value, str):
        return Feedback(id_, value)
    made = Feedback(str(value.get("id", id_)), value.get("text", ""), value.get("channel"))
    return replace(made, received_at=value.get("received_at"))
