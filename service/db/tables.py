"""Every table of the inbox. `events` is append-only and the truth; the rest can be told from it.

Times are UTC. Identifiers are made by the application (service.tickets.ids) and sort by time.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from service.db.types import Document, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_ID = String(32)
_NAME = String(200)

customers = Table(
    "customers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("external_id", _NAME, unique=True),
    Column("phone_hash", String(64), unique=True),  # keyed: the number itself is not kept here
    Column("name", _NAME),
    Column("tier", String(50)),
    Column("region", _NAME),
    Column("created_at", UtcTime, nullable=False),
    Column("left_at", UtcTime),  # when the customer left, where the house says so
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), index=True),
    Column("source", String(50), nullable=False),
    Column("external_id", _NAME),
    Column("channel", String(50)),
    Column("subject", Text),
    Column("product", _NAME),
    Column("snippet", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("queue", String(50), nullable=False),
    Column("queue_by", _NAME, nullable=False),  # an actor; a person's choice stays
    Column("owner", _NAME),
    Column("priority", Integer, nullable=False),
    Column("sla", String(50), nullable=False),
    Column("tags", Document, nullable=False),
    Column("corrected", Document, nullable=False),  # fields that a person decided, for good
    Column("verdict_id", _ID),
    Column("sentiment", Integer),
    Column("urgency", Integer, nullable=False),
    Column("review", Boolean, nullable=False),
    Column("script", String(10)),
    Column("messages", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("similar_to", _ID),  # an open ticket that this one may belong to
    Column("merged_into", _ID, index=True),
    Column("last_by", String(20)),
    Column("waiting_since", UtcTime),  # the customer's first message without a reply
    Column("due_at", UtcTime),  # the nearest end of a running clock
    Column("due_clock", String(30)),
    Column("look_at", UtcTime),  # when the timer must look again
    Column("breached", Boolean, nullable=False),
    Column("neglected", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    UniqueConstraint("source", "external_id"),
    Index("ix_tickets_status_created_at", "status", "created_at"),
    Index("ix_tickets_queue_status", "queue", "status"),
    Index("ix_tickets_look_at", "look_at"),
    Index("ix_tickets_created_at", "created_at"),
)

ticket_issues = Table(
    "ticket_issues",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("issue", String(50), primary_key=True),
    Index("ix_ticket_issues_issue", "issue"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("author", String(20), nullable=False),  # customer, agent, auto, note
    Column("name", _NAME),
    Column("channel", String(50)),
    Column("external_id", _NAME),
    Column("text", Text, nullable=False),
    Column("settled", Boolean, nullable=False),  # the customer calls it over
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("ticket_id", "external_id"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("message_id", _ID, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("model_name", _NAME, nullable=False),
    Column("model_version", _NAME, nullable=False),
    Column("model_hash", String(64), nullable=False),
    Column("sentiment", Integer),  # none where the text could not be judged; body says why
    Column("urgency", Integer),
    Column("review", Boolean, nullable=False),
    Column("body", Document, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("seq", Integer, nullable=False),
    Column("kind", String(50), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("actor", _NAME, nullable=False),
    Column("data", Document, nullable=False),
    UniqueConstraint("ticket_id", "seq"),
    Index("ix_events_kind_at", "kind", "at"),
)

promises = Table(
    "promises",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("message_id", _ID, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("text", Text, nullable=False),
    Column("said_by", _NAME),
    Column("made_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("state", String(20), nullable=False),  # open, unconfirmed, kept, broken
    Column("settled_at", UtcTime),
    Index("ix_promises_state_due_at", "state", "due_at"),
)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("asked_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("outcome", String(20)),  # satisfied, unsatisfied, no_answer, withdrawn
    Column("note", Text),
    Column("by", _NAME),
    Index("ix_follow_ups_outcome_due_at", "outcome", "due_at"),
)

satisfaction = Table(
    "satisfaction",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("expected", Float, nullable=False),
    Column("perceived", Float, nullable=False),
    Column("percent", Float),  # none where nothing was expected
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("verdict_id", ForeignKey("verdicts.id"), nullable=False),
    Column("model_hash", String(64), nullable=False),
    Column("field", String(20), nullable=False),  # issues, sentiment, urgency, queue
    Column("before", Document, nullable=False),
    Column("after", Document, nullable=False),
    Column("reason", String(30), nullable=False),
    Column("note", Text),
    Column("by", _NAME, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)

identifiers = Table(
    "identifiers",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("hash", String(64), primary_key=True),
    Index("ix_identifiers_kind_hash", "kind", "hash"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("message_id", _ID),
    Column("at", UtcTime, nullable=False),
)

rule_counts = Table(
    "rule_counts",
    metadata,
    Column("rule", _NAME, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("hits", Integer, nullable=False),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", _NAME, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("secrets", Document, nullable=False),  # the newest first; several while rotating
    Column("kinds", Document, nullable=False),  # empty: every kind
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("endpoint_id", ForeignKey("endpoints.id"), nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("ticket_id", _ID),
    Column("kind", String(50), nullable=False),
    Column("payload", Document, nullable=False),
    Column("state", String(20), nullable=False),  # pending, delivered, dead
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Index("ix_outbox_state_next_at", "state", "next_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", _NAME, nullable=False),
    Column("role", String(20), nullable=False),
    Column("hash", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", _NAME, nullable=False),
    Column("revoked_at", UtcTime),
)
