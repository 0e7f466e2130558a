"""What trends read: one row a ticket with all that is counted, topics, what came up.

Everything here can be told anew from the tickets and their log, except the names that people
gave to topics.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from service.db.tables import metadata
from service.db.types import Document, UtcTime

_ID = String(32)
_NAME = String(200)

ticket_facts = Table(
    "ticket_facts",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("changed", _ID, nullable=False, index=True),  # sorts by when the row was written
    Column("form", String(80), nullable=False),  # how the row was told: version and time zone
    Column("at", UtcTime, nullable=False),  # when the ticket was opened
    Column("day", Date, nullable=False, index=True),  # in the zone of the desk
    Column("hour", Integer, nullable=False),
    Column("status", String(20), nullable=False),
    Column("queue", String(50), nullable=False),
    Column("channel", String(50)),
    Column("product", _NAME),
    Column("customer_id", _ID),
    Column("region", _NAME),
    Column("tier", String(50)),
    Column("model_hash", String(64)),
    Column("model", _NAME),  # name and version, for people
    Column("issues", Text, nullable=False),  # ",delivery,other,": sorted, "" for none
    Column("sentiment", Integer),
    Column("urgency", Integer),
    Column("review", Boolean, nullable=False),
    Column("first_reply_s", Float),  # seconds of real time to the first reply of a person
    Column("first_reply_worked_s", Float),  # the same in working time
    Column("resolved_s", Float),  # to the last closing
    Column("questions", Integer, nullable=False),  # messages of the customer
    Column("replies", Integer, nullable=False),  # messages of people to the customer
    Column("first_contact", Boolean),  # solved with one reply and never reopened; none: not over
    Column("asked_before_closing", Boolean),  # 回访; none: no complaint, not solved, not due
    Column("reopened", Integer, nullable=False),
    Column("handoffs", Integer, nullable=False),
    Column("clocks_met", Integer, nullable=False),
    Column("clocks_missed", Integer, nullable=False),
    Column("promises_kept", Integer, nullable=False),
    Column("promises_broken", Integer, nullable=False),
    Column("satisfaction", Float),  # per cent
    Column("stays", Document, nullable=False),  # [[queue, seconds], ...] of stays that are over
)

topics = Table(
    "topics",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # never given twice
    Column("name", _NAME),  # that a person gave; none: its own phrases
    Column("phrases", Document, nullable=False),  # [[phrase, weight], ...], the heaviest first
    Column("hidden", Boolean, nullable=False),
    Column("merged_into", Integer),
    Column("size", Integer, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

topic_history = Table(
    "topic_history",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("topic_id", Integer, nullable=False, index=True),
    Column("what", String(20), nullable=False),  # created, renamed, merged, split, hidden, shown
    Column("before", Document, nullable=False),
    Column("after", Document, nullable=False),
    Column("by", _NAME, nullable=False),
    Column("at", UtcTime, nullable=False),
)

topic_states = Table(
    "topic_states",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("body", LargeBinary, nullable=False),  # what the clustering goes on from
)

ticket_topics = Table(
    "ticket_topics",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("topic_id", Integer, nullable=False, index=True),  # as first given, before any merge
    Column("at", UtcTime, nullable=False, index=True),  # when it was given
)

emergences = Table(
    "emergences",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("day", Date, nullable=False, index=True),  # on which the alert was raised
    Column("at", UtcTime, nullable=False),
    Column("terms", Document, nullable=False),
    Column("body", Document, nullable=False),  # counts, rates, p, products, first seen, examples
    Column("closed_at", UtcTime),
    Column("closed_by", _NAME),
    Column("verdict", String(20)),  # useful, false_alarm, known: what a person thought of it
)

model_overlaps = Table(
    "model_overlaps",
    metadata,
    Column("before", String(64), primary_key=True),  # hash of the model that was served
    Column("after", String(64), primary_key=True),  # of the one that took over
    Column("switched_at", UtcTime, primary_key=True),
    Column("since", UtcTime, nullable=False),  # from where both have judged
    Column("wanted", Integer, nullable=False),  # tickets that both are to judge
    Column("done", Integer, nullable=False),
    Column("counts", Document, nullable=False),  # {measure: [n, before, after, both]}
    Column("finished_at", UtcTime),
)

Index("ix_ticket_facts_customer_id_at", ticket_facts.c.customer_id, ticket_facts.c.at)
