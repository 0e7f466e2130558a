"""A ticket with all that belongs to it, in memory: what handlers change and the store saves."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from service.routing.clocks import Clock
from service.routing.log import Event, Kind
from service.tickets.ids import new_id
from service.tickets.records import (
    Correction,
    Customer,
    FollowUp,
    Identifier,
    PromiseNote,
    Satisfaction,
    StoredVerdict,
    Ticket,
)
from service.tickets.thread import Message


@dataclass(slots=True)
class Notice:
    """A webhook that a rule asked for, beside those that endpoints subscribed to."""

    endpoint: str
    event: Event


@dataclass(slots=True)
class Fresh:
    """Rows that the store has still to write."""

    customer: str = ""  # new, changed
    ticket: bool = False
    messages: list[Message] = field(default_factory=list)
    events: list[tuple[str, Event]] = field(default_factory=list)
    verdicts: list[StoredVerdict] = field(default_factory=list)
    promises: list[PromiseNote] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    satisfaction: list[Satisfaction] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    issues: bool = False


@dataclass(slots=True)
class Case:
    """One ticket being worked on. `absorbed` are the events of tickets merged into it."""

    ticket: Ticket
    customer: Customer | None = None
    issues: tuple[str, ...] = ()
    messages: list[Message] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    absorbed: list[Event] = field(default_factory=list)
    verdict: StoredVerdict | None = None
    promises: list[PromiseNote] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    hashes: set[str] = field(default_factory=set)  # of the numbers it names
    clocks: tuple[Clock, ...] = ()  # as they stood when the ticket was last brought up to its log
    fresh: Fresh = field(default_factory=Fresh)

    @property
    def log(self) -> list[Event]:
        """Every event that clocks are computed from."""
        return [*self.events, *self.absorbed]

    def record(self, kind: Kind, at: datetime, actor: str, /, **data: Any) -> Event:
        """Append an event to the log and return it."""
        event = Event(kind, at, len(self.events) + 1, self.ticket.id, actor, data)
        self.events.append(event)
        self.fresh.events.append((new_id("e"), event))
        return event

    def quieten(self, event: Event) -> None:
        """Say of the event of a fresh message that it wants no answer."""
        assert isinstance(event.data, dict)
        event.data["no_reply"] = True

    def is_quiet(self, message: Message) -> bool:
        """Whether a message wants no answer."""
        events = (e for e in self.events if e.data.get("message") == message.id)
        return any(event.data.get("no_reply") for event in events)

    def add(self, message: Message) -> None:
        """Append a message."""
        self.messages.append(message)
        self.fresh.messages.append(message)
        self.ticket.messages += 1

    def absorb(self, source: "Case") -> None:
        """Take over the past of a ticket merged into this one, and what was promised on it."""
        self.absorbed += source.log
        self.messages = sorted(self.messages + source.messages, key=lambda m: (m.at, m.id))
        self.promises += source.promises

    def release(self, source: "Case") -> None:
        """Give back what was absorbed with `source`."""
        messages = {message.id for message in source.messages}
        self.messages = [message for message in self.messages if message.id not in messages]
        events = {event.ticket_id for event in source.log}
        self.absorbed = [event for event in self.absorbed if event.ticket_id not in events]
        promises = {promise.id for promise in source.promises}
        self.promises = [promise for promise in self.promises if promise.id not in promises]

    def settle(self, message_id: str) -> None:
        """Mark a message that has just come as one that calls the matter over."""
        for items in (self.messages, self.fresh.messages):
            for place, message in enumerate(items):
                if message.id == message_id:
                    items[place] = replace(message, settled=True)

    def judged(self, verdict: StoredVerdict) -> None:
        """Take a verdict as the present one."""
        self.verdict = verdict
        self.fresh.verdicts.append(verdict)
        self.ticket.verdict_id = verdict.id
