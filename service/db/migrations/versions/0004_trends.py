"""What trends read: facts of tickets, topics, what came up, what two models said of the same."""

import sqlalchemy as sa
from alembic import op

from service.db import types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of trends; when customers left."""
    _emergences()
    _model_overlaps()
    _topic_history()
    _topic_states()
    _topics()
    _ticket_facts()
    _ticket_topics()
    _left_at()


def _emergences() -> None:
    op.create_table(
        "emergences",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("terms", types.Document(), nullable=False),
        sa.Column("body", types.Document(), nullable=False),
        sa.Column("closed_at", types.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergences")),
    )
    op.create_index("ix_emergences_day", "emergences", ["day"])


def _model_overlaps() -> None:
    op.create_table(
        "model_overlaps",
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("switched_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("since", types.UtcTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("counts", types.Document(), nullable=False),
        sa.Column("finished_at", types.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("before", "after", "switched_at", name=op.f("pk_model_overlaps")),
    )


def _topic_history() -> None:
    op.create_table(
        "topic_history",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("before", types.Document(), nullable=False),
        sa.Column("after", types.Document(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_history")),
    )
    op.create_index("ix_topic_history_topic_id", "topic_history", ["topic_id"])


def _topic_states() -> None:
    op.create_table(
        "topic_states",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topic_states")),
    )


def _topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("phrases", types.Document(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )


def _ticket_facts() -> None:
    op.create_table(
        "ticket_facts",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("changed", sa.String(length=32), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=50), nullable=False),
        sa.Column("channel", sa.String(length=50), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("customer_id", sa.String(length=32), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("tier", sa.String(length=50), nullable=True),
        sa.Column("model_hash", sa.String(length=64), nullable=True),
        sa.Column("model", sa.String(length=200), nullable=True),
        sa.Column("issues", sa.Text(), nullable=False),
        sa.Column("sentiment", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("first_reply_s", sa.Float(), nullable=True),
        sa.Column("first_reply_worked_s", sa.Float(), nullable=True),
        sa.Column("resolved_s", sa.Float(), nullable=True),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("first_contact", sa.Boolean(), nullable=True),
        sa.Column("asked_before_closing", sa.Boolean(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("handoffs", sa.Integer(), nullable=False),
        sa.Column("clocks_met", sa.Integer(), nullable=False),
        sa.Column("clocks_missed", sa.Integer(), nullable=False),
        sa.Column("promises_kept", sa.Integer(), nullable=False),
        sa.Column("promises_broken", sa.Integer(), nullable=False),
        sa.Column("satisfaction", sa.Float(), nullable=True),
        sa.Column("stays", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_facts_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_facts")),
    )
    op.create_index("ix_ticket_facts_changed", "ticket_facts", ["changed"])
    op.create_index("ix_ticket_facts_customer_id_at", "ticket_facts", ["customer_id", "at"])
    op.create_index("ix_ticket_facts_day", "ticket_facts", ["day"])


def _ticket_topics() -> None:
    op.create_table(
        "ticket_topics",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_topics_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_topics")),
    )
    op.create_index("ix_ticket_topics_at", "ticket_topics", ["at"])
    op.create_index("ix_ticket_topics_topic_id", "ticket_topics", ["topic_id"])


def _left_at() -> None:
    op.add_column("customers", sa.Column("left_at", types.UtcTime(timezone=True), nullable=True))
