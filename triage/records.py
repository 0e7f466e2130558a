"""What goes in and what comes out: plain, frozen records."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

import orjson


def to_json(value: Any) -> bytes:
    """Return JSON; a lone surrogate (half an emoji) stays as an escape instead of an error."""
    try:
        return orjson.dumps(value, default=str)
    except TypeError:
        return json.dumps(value, ensure_ascii=True, default=str).encode()


Source = Literal["model", "signal"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One piece of feedback as the customer wrote it."""

    id: str
    text: str
    channel: str | None = None
    received_at: datetime | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of the original text that speaks for a label.

    `text == original[start:end]`, in characters; `weight` is the model's contribution
    in log-odds for source `model`, and 1.0 for source `signal`.
    """

    for_: str
    text: str
    start: int
    end: int
    weight: float
    source: Source = "model"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with `for` as the key."""
        return {
            "for": self.for_,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "weight": self.weight,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Scores:
    """What a scorer says of one text: probabilities, no decisions.

    `issues` in the order of the model's labels; `sentiment` has 5 entries for 1..5 and
    `urgency` 4 for 0..3, each summing to 1.
    """

    issues: tuple[float, ...]
    sentiment: tuple[float, ...]
    urgency: tuple[float, ...]
    scope: float = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A stretch of the original text and what it is: `text == original[start:end]`.

    `value` is what it amounts to, where that can be said: days waited, an amount, a date.
    """

    kind: str
    text: str
    start: int
    end: int
    value: str | float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "kind": self.kind,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """What else a careful reader sees: signals, wanted remedy, stage, facts, opinions, promises.

    An aspect's kind is an issue label and its value the polarity of the opinion, -1 or 1;
    a promise's value is when it falls due.
    """

    signals: tuple[Finding, ...] = ()
    remedy: tuple[Finding, ...] = ()
    stage: str = "unknown"
    entities: tuple[Finding, ...] = ()
    aspects: tuple[Finding, ...] = ()
    promises: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        lists = ("signals", "remedy", "entities", "aspects", "promises")
        found = {name: [item.to_dict() for item in getattr(self, name)] for name in lists}
        return {**found, "stage": self.stage}


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from scores and policy; see `triage.decide`."""

    issues: tuple[str, ...]
    suggested: tuple[str, ...]
    sentiment: int
    sentiment_score: float
    urgency: int
    review_reasons: tuple[str, ...]
    in_scope: bool = True


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model judged: name, version, and the hash of its files."""

    name: str
    version: str
    hash: str

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything decided about one piece of feedback, with reasons."""

    id: str
    issues: tuple[str, ...]
    suggested: tuple[str, ...]
    scores: Mapping[str, float]
    sentiment: int
    sentiment_score: float
    urgency: int
    urgency_scores: tuple[float, ...]
    review_reasons: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    script: str
    model: ModelName
    in_scope: bool = True
    reading: Reading = Reading()

    @property
    def review(self) -> bool:
        """Whether a person should look before anything is automated."""
        return bool(self.review_reasons)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: one line of `triage run`, one body of the service."""
        return {
            "id": self.id,
            "issues": list(self.issues),
            "suggested": list(self.suggested),
            "scores": dict(self.scores),
            "sentiment": self.sentiment,
            "sentiment_score": self.sentiment_score,
            "urgency": self.urgency,
            "urgency_scores": list(self.urgency_scores),
            "review": self.review,
            "review_reasons": list(self.review_reasons),
            "evidence": [item.to_dict() for item in self.evidence],
            **self.reading.to_dict(),
            "in_scope": self.in_scope,
            "script": self.script,
            "model": self.model.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that could not be judged, in its place in the output."""

    id: str
    code: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: the id and an `error`."""
        return {"id": self.id, "error": {"code": self.code, "message": self.message}}


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text. None where a label is not known (polarity collections)."""

    id: str
    text: str
    issues: tuple[str, ...] | None
    sentiment: int | None
    urgency: int | None
    source: str = ""
    kind: str = ""
    channel: str = ""
    turn: str = ""
    unsure: bool = False
    customer: str = ""
