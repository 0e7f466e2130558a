"""The record of the event log and the closed set of its kinds: clocks are computed from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What can happen to a ticket, or to the desk. Names are those of webhooks and of the API."""

    TICKET_CREATED = "ticket.created"
    MESSAGE_RECEIVED = "message.received"  # from the customer; data: no_reply where none is due
    MESSAGE_SENT = "message.sent"  # from an agent to the customer, by any channel
    MESSAGE_AUTOMATIC = "message.automatic"  # from a machine: no reply in the sense of clocks
    NOTE_ADDED = "note.added"  # among colleagues
    VERDICT_CHANGED = "verdict.changed"
    LABEL_CORRECTED = "label.corrected"
    REVIEW_SELECTED = "review.selected"  # to be labelled; data: reason, zh, en, strategy, model
    QUEUE_CHANGED = "queue.changed"  # data: queue, previous, rule
    SLA_CHANGED = "sla.changed"  # data: sla
    PRIORITY_CHANGED = "priority.changed"
    OWNER_CHANGED = "owner.changed"
    TAGS_CHANGED = "tags.changed"
    TICKET_WAITING = "ticket.waiting"  # for the customer: clocks that pause are paused
    TICKET_RESUMED = "ticket.resumed"
    TICKET_CLOSED = "ticket.closed"
    TICKET_REOPENED = "ticket.reopened"
    TICKET_MERGED = "ticket.merged"  # on the one that stays; data: source
    TICKET_MERGED_AWAY = "ticket.merged_away"  # on the one that goes; data: target
    TICKET_SPLIT = "ticket.split"  # undoes a merge, on both; data: source, target
    TICKET_NEGLECTED = "ticket.neglected"
    CLOCK_WARNING = "clock.warning"  # data: clock, started_at, due_at
    CLOCK_BREACHED = "clock.breached"
    PROMISE_MADE = "promise.made"
    PROMISE_DUE = "promise.due"  # time is up, and our log cannot tell whether it was kept
    PROMISE_KEPT = "promise.kept"
    PROMISE_BROKEN = "promise.broken"
    FOLLOW_UP_ASKED = "follow_up.asked"  # 回访
    FOLLOW_UP_DONE = "follow_up.done"
    SATISFACTION_ANSWERED = "satisfaction.answered"
    NOTIFIED = "notified"
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    ENDPOINT_CREATED = "endpoint.created"
    ENDPOINT_REMOVED = "endpoint.removed"
    RULES_LOADED = "rules.loaded"
    MODEL_ROLLED_BACK = "model.rolled_back"
    CUSTOMER_CHANGED = "customer.changed"  # data: customer, before, after
    TOPIC_EMERGING = "topic.emerging"
    DRIFT_ALERT = "drift.alert"  # of the desk; data: week, alerts


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `at` is an aware time; `seq` orders what shares a moment.

    `actor` names who did it: `person:NAME`, `model:NAME@HASH`, `rule:NAME` or `system`.
    """

    kind: Kind
    at: datetime
    seq: int = 0
    ticket_id: str = ""
    actor: str = "system"
    data: Mapping[str, Any] = field(default_factory=dict)
