"""Put together what rules see in one text, with spans on the original characters."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from triage.readings import (
    find_entities,
    find_promises,
    find_remedies,
    split,
    stage_of,
    topic_of,
)
from triage.records import Finding, Reading
from triage.signals import Signal
from triage.text.clean import Cleaned

Polarity = Callable[[int, int], float]
_CLEAR = 0.15  # a clause whose polarity is weaker than this is no opinion


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def read_all(
    original: str,
    cleaned: Cleaned,
    simplified: str,
    signals: Sequence[Signal],
    polarity: Polarity,
    received_at: datetime | None = None,
) -> Reading:
    """Return everything the rules see in one text.

    `simplified` is the cleaned text in Simplified characters, position by position;
    `polarity(start, end)` says how positive the model finds a stretch, above or below 0.
    """

    def finding(kind: str, item: _Span, value: str | float | None = None) -> Finding:
        start, end = cleaned.span(item.start, item.end)
        return Finding(kind, original[start:end], start, end, value)

    return Reading(
        signals=tuple(finding(s.kind, s, _value(s)) for s in signals),
        remedy=tuple(finding(r.kind, r) for r in find_remedies(simplified)),
        stage=stage_of(simplified).kind,
        entities=tuple(finding(e.kind, e, e.value) for e in find_entities(simplified, received_at)),
        aspects=tuple(_aspects(simplified, polarity, finding)),
        promises=tuple(
            finding(p.kind, p, p.due.isoformat() if p.due else None)
            for p in find_promises(simplified, received_at)
        ),
    )


def _value(signal: Signal) -> str | float | None:
    if signal.kind == "deadline" and signal.due:
        return signal.due.isoformat()
    return signal.days


def _aspects(text: str, polarity: Polarity, finding: Callable[..., Finding]) -> Iterable[Finding]:
    for clause in split(text):
        topic = topic_of(text[clause.start : clause.end])
        if topic is None:
            continue
        leaning = polarity(clause.start, clause.end)
        if abs(leaning) >= _CLEAR:
            yield finding(topic, clause, 1.0 if leaning > 0 else -1.0)
