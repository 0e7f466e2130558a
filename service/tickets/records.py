"""What the desk keeps, one record for each row; names are those of the columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    WAITING = "waiting"  # for the customer
    RESOLVED = "resolved"  # by the desk; the customer has still to be asked (回访)
    CLOSED = "closed"
    MERGED = "merged"


LIVE = frozenset({Status.OPEN, Status.WAITING})


class Author(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    AGENT = "agent"
    AUTO = "auto"  # a machine's receipt: no reply
    NOTE = "note"  # among colleagues


class Outcome(StrEnum):
    """What the customer said when asked."""

    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    NO_ANSWER = "no_answer"


class Reason(StrEnum):
    """Why a person corrects a label."""

    MISSED_ISSUE = "missed_issue"
    WRONG_ISSUE = "wrong_issue"
    SARCASM = "sarcasm"
    WRONG_MOOD = "wrong_mood"
    WRONG_URGENCY = "wrong_urgency"
    WRONG_QUEUE = "wrong_queue"
    SETTLED = "settled"
    NOT_FEEDBACK = "not_feedback"
    CONFIRMED = "confirmed"  # the machine was right: worth as much to the next training
    OTHER = "other"


@dataclass(slots=True)
class Customer:
    """One person who writes to the desk."""

    id: str
    external_id: str | None
    phone_hash: str | None
    name: str | None
    tier: str | None
    region: str | None
    created_at: datetime
    left_at: datetime | None = None


@dataclass(slots=True)
class Ticket:
    """The present state of a ticket, told from its events."""

    id: str
    customer_id: str | None
    source: str
    external_id: str | None
    channel: str | None
    subject: str | None
    product: str | None
    snippet: str
    created_at: datetime
    updated_at: datetime
    status: str = Status.OPEN
    queue: str = ""
    queue_by: str = "system"
    owner: str | None = None
    priority: int = 1
    sla: str = ""
    tags: list[str] = field(default_factory=list)
    corrected: dict[str, Any] = field(default_factory=dict)
    verdict_id: str | None = None
    sentiment: int | None = None
    urgency: int = 1
    review: bool = False
    script: str | None = None
    messages: int = 0
    repeats: int = 0
    reopened: int = 0
    similar_to: str | None = None
    merged_into: str | None = None
    last_by: str | None = None
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    due_clock: str | None = None
    look_at: datetime | None = None
    breached: bool = False
    neglected: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredVerdict:
    """A verdict as it was given. `body` is the JSON form, or says why there is none: `unjudged`."""

    id: str
    ticket_id: str
    message_id: str
    at: datetime
    model_name: str
    model_version: str
    model_hash: str
    sentiment: int | None
    urgency: int | None
    review: bool
    body: Mapping[str, Any]


@dataclass(slots=True)
class PromiseNote:
    """A promise of an agent. `state` is open, unconfirmed, kept or broken."""

    id: str
    ticket_id: str
    message_id: str
    kind: str
    text: str
    said_by: str | None
    made_at: datetime
    due_at: datetime | None
    state: str = "open"
    settled_at: datetime | None = None


@dataclass(slots=True)
class FollowUp:
    """A call to ask whether the customer is content (回访)."""

    id: str
    ticket_id: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    outcome: str | None = None
    note: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What the customer expected and perceived; `percent` = perceived / expected x 100."""

    id: str
    ticket_id: str
    at: datetime
    expected: float
    perceived: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's word over the machine's, tied to the verdict it corrects."""

    id: str
    ticket_id: str
    verdict_id: str
    model_hash: str
    field: str
    before: Any
    after: Any
    reason: str
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that tells that two tickets belong together, as a keyed hash."""

    ticket_id: str
    kind: str
    hash: str


def satisfaction_percent(perceived: float, expected: float) -> float | None:
    """Return perceived / expected x 100, None where nothing was expected."""
    return round(100 * perceived / expected, 1) if expected > 0 else None
