"""Everything a rule may ask about a ticket, in one frozen record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from triage import InputError, Verdict
from triage.text.script import to_simplified

Neglect = Literal["none", "unverified", "text", "log", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a ticket at the moment of `event`.

    `text` and the values of `entities` are kept in Simplified characters whatever was handed
    in, so that one rule fits both scripts. `at` is an aware time, that of the message;
    `waiting` how long the customer's last message has been unanswered; `repeats` counts
    earlier tickets of the customer within 90 days; `clock` is the name of the clock of a clock
    event. `queue` is where the ticket is now, "" where it has none. Raises InputError for a
    naive `at`.
    """

    id: str = ""
    event: str = "ticket.created"
    issues: frozenset[str] = frozenset()
    suggested: frozenset[str] = frozenset()
    scores: Mapping[str, float] = field(default_factory=dict)
    sentiment: int = 3
    urgency: int = 0
    review: bool = False
    in_scope: bool = True
    script: str = "hans"
    signals: frozenset[str] = frozenset()
    remedy: frozenset[str] = frozenset()
    stage: str = "unknown"
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channel: str = ""
    tier: str = ""
    at: datetime | None = None
    waiting: timedelta | None = None
    text: str = ""
    repeats: int = 0
    reopened: int = 0
    neglect: Neglect = "none"
    clock: str = ""
    queue: str = ""
    owner: str = ""
    status: str = "open"
    tags: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.at is not None and self.at.tzinfo is None:
            raise InputError(
                f"The time {self.at} has no time zone.", remedy="Give an aware time of the message."
            )
        object.__setattr__(self, "text", to_simplified(self.text))
        plain = {kind: tuple(map(to_simplified, told)) for kind, told in self.entities.items()}
        object.__setattr__(self, "entities", plain)

    @classmethod
    def of(cls, verdict: Verdict | Mapping[str, Any], **rest: Any) -> "Facts":
        """Return the facts of a verdict (or of its JSON form) and what else is known.

        `rest` holds any other field by name and wins over the verdict. Raises InputError
        where the JSON form lacks what every verdict has.
        """
        told = verdict.to_dict() if isinstance(verdict, Verdict) else verdict
        try:
            return cls(**(_of_verdict(told) | rest))
        except KeyError as error:
            raise InputError(
                f"The verdict has no field {error.args[0]!r}.",
                remedy="Give one as `triage run` writes it; see docs/verdict.md.",
            ) from error


def _of_verdict(told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(told.get("id", "")),
        "issues": frozenset(told["issues"]),
        "suggested": frozenset(told.get("suggested", ())),
        "scores": dict(told.get("scores", {})),
        "sentiment": told["sentiment"],
        "urgency": told["urgency"],
        "review": bool(told.get("review", False)),
        "in_scope": bool(told.get("in_scope", True)),
        "script": str(told.get("script", "hans")),
        "signals": _kinds(told.get("signals", ())),
        "remedy": _kinds(told.get("remedy", ())),
        "stage": str(told.get("stage", "unknown")),
        "entities": _values(told.get("entities", ())),
    }


def _kinds(found: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(item["kind"] for item in found)


def _values(found: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for item in found:
        value = item["text"] if item.get("value") is None else item["value"]
        values[item["kind"]] = (*values.get(item["kind"], ()), str(value))
    return values
