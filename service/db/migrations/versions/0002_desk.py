"""The desk: promises, follow-up calls, corrections, webhooks."""

import sqlalchemy as sa
from alembic import op

from service.db import types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of the desk."""
    _endpoints()
    _outbox()
    _outbox_indexes()
    _follow_ups()
    _follow_ups_indexes()
    _promises()
    _promises_indexes()
    _satisfaction()
    _satisfaction_indexes()
    _corrections()
    _corrections_indexes()


def _endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secrets", types.Document(), nullable=False),
        sa.Column("kinds", types.Document(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoints_name")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("endpoint_id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("payload", types.Document(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("delivered_at", types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_outbox_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )


def _outbox_indexes() -> None:
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"], unique=False)


def _follow_ups() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("done_at", types.UtcTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_follow_ups_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )


def _follow_ups_indexes() -> None:
    op.create_index(
        "ix_follow_ups_outcome_due_at", "follow_ups", ["outcome", "due_at"], unique=False
    )
    op.create_index(op.f("ix_follow_ups_ticket_id"), "follow_ups", ["ticket_id"], unique=False)


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=200), nullable=True),
        sa.Column("made_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("due_at", types.UtcTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settled_at", types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_promises_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )


def _promises_indexes() -> None:
    op.create_index("ix_promises_state_due_at", "promises", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_promises_ticket_id"), "promises", ["ticket_id"], unique=False)


def _satisfaction() -> None:
    op.create_table(
        "satisfaction",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("perceived", sa.Float(), nullable=False),
        sa.Column("percent", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_satisfaction_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_satisfaction")),
    )


def _satisfaction_indexes() -> None:
    op.create_index(op.f("ix_satisfaction_ticket_id"), "satisfaction", ["ticket_id"], unique=False)


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("verdict_id", sa.String(length=32), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("before", types.Document(), nullable=False),
        sa.Column("after", types.Document(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_corrections_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_corrections_verdict_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )


def _corrections_indexes() -> None:
    op.create_index(op.f("ix_corrections_at"), "corrections", ["at"], unique=False)
    op.create_index(op.f("ix_corrections_ticket_id"), "corrections", ["ticket_id"], unique=False)
