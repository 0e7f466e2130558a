"""What can be asked of the desk. Each command is checked whole before anything changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """Something to do, and by whom: `person:NAME` or `system`. `at` None means now."""

    actor: str
    at: datetime | None = None

    @property
    def tickets(self) -> tuple[str, ...]:
        """The existing tickets that this command touches."""
        return ()


@dataclass(frozen=True, slots=True)
class Person:
    """What the caller knows of the customer."""

    external_id: str | None = None
    phone: str | None = None
    name: str | None = None
    tier: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class OpenTicket(Command):
    """Open a ticket with the customer's first message."""

    text: str = ""
    source: str = "api"
    external_id: str | None = None
    key: str | None = None  # the Idempotency-Key
    channel: str | None = None
    subject: str | None = None
    product: str | None = None
    order: str | None = None
    customer: Person | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OnTicket(Command):
    """A command on one existing ticket."""

    ticket_id: str = ""

    @property
    def tickets(self) -> tuple[str, ...]:
        """The ticket."""
        return (self.ticket_id,)


@dataclass(frozen=True, slots=True)
class AddMessage(OnTicket):
    """Add a message of the customer, an agent, a machine, or a note."""

    author: str = "customer"
    text: str = ""
    name: str | None = None
    channel: str | None = None
    external_id: str | None = None
    key: str | None = None
    wait: bool = False  # after an agent's message: the customer is to answer
    handled: bool = False  # in a note: the department has done its part


@dataclass(frozen=True, slots=True)
class Close(OnTicket):
    """Call the work done; a complaint stays open to the customer's word (回访)."""

    note: str | None = None
    expected: float | None = None
    perceived: float | None = None


@dataclass(frozen=True, slots=True)
class Reopen(OnTicket):
    """Take a closed ticket up again."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Wait(OnTicket):
    """Wait for the customer: clocks that pause are paused."""


@dataclass(frozen=True, slots=True)
class Resume(OnTicket):
    """Go on without waiting longer."""


@dataclass(frozen=True, slots=True)
class Assign(OnTicket):
    """Give the ticket to a person; None takes it back."""

    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Tag(OnTicket):
    """Add and remove tags."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correct(OnTicket):
    """Correct labels of the verdict, for good. `changes` maps a field to its right value."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    note: str | None = None
    verdict_id: str | None = None  # the one that the person saw; None: the present one


@dataclass(frozen=True, slots=True)
class SelectForReview(OnTicket):
    """Ask a person to look, because the labels of this ticket would teach the model most.

    `zh` and `en` say why; `strategy` is how it was chosen, by which `model` (NAME@HASH).
    """

    zh: str = ""
    en: str = ""
    strategy: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class FinishFollowUp(OnTicket):
    """Say what the customer answered when asked."""

    outcome: str = ""
    note: str | None = None
    expected: float | None = None
    perceived: float | None = None


@dataclass(frozen=True, slots=True)
class SettlePromise(OnTicket):
    """Say of a promise whether it was kept."""

    promise_id: str = ""
    kept: bool = True


@dataclass(frozen=True, slots=True)
class Rate(OnTicket):
    """Keep a satisfaction answer."""

    expected: float = 0
    perceived: float = 0


@dataclass(frozen=True, slots=True)
class Merge(OnTicket):
    """Merge `source` into the ticket."""

    source: str = ""

    @property
    def tickets(self) -> tuple[str, ...]:
        """Both tickets."""
        return (self.ticket_id, self.source)


@dataclass(frozen=True, slots=True)
class Split(OnTicket):
    """Undo the merge of `source` into the ticket."""

    source: str = ""

    @property
    def tickets(self) -> tuple[str, ...]:
        """Both tickets."""
        return (self.ticket_id, self.source)


@dataclass(frozen=True, slots=True)
class Look(OnTicket):
    """Look at the clocks and promises of a ticket: something may have run out."""
