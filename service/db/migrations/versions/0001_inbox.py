"""The inbox: customers, tickets, messages, verdicts, events."""

import sqlalchemy as sa
from alembic import op

from service.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of the inbox."""
    _api_keys()
    _customers()
    _rule_counts()
    _tickets()
    _tickets_indexes()
    _events()
    _events_indexes()
    _idempotency()
    _identifiers()
    _identifiers_indexes()
    _messages()
    _ticket_issues()
    _ticket_issues_indexes()
    _verdicts()
    _verdicts_indexes()


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", types.UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("tier", sa.String(length=50), nullable=True),
        sa.Column("region", sa.String(length=200), nullable=True),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customers_external_id")),
        sa.UniqueConstraint("phone_hash", name=op.f("uq_customers_phone_hash")),
    )


def _rule_counts() -> None:
    op.create_table(
        "rule_counts",
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", name=op.f("pk_rule_counts")),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=50), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("product", sa.String(length=200), nullable=True),
        sa.Column("snippet", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("queue", sa.String(length=50), nullable=False),
        sa.Column("queue_by", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("sla", sa.String(length=50), nullable=False),
        sa.Column("tags", types.Document(), nullable=False),
        sa.Column("corrected", types.Document(), nullable=False),
        sa.Column("verdict_id", sa.String(length=32), nullable=True),
        sa.Column("sentiment", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("script", sa.String(length=10), nullable=True),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("similar_to", sa.String(length=32), nullable=True),
        sa.Column("merged_into", sa.String(length=32), nullable=True),
        sa.Column("last_by", sa.String(length=20), nullable=True),
        sa.Column("waiting_since", types.UtcTime(timezone=True), nullable=True),
        sa.Column("due_at", types.UtcTime(timezone=True), nullable=True),
        sa.Column("due_clock", sa.String(length=30), nullable=True),
        sa.Column("look_at", types.UtcTime(timezone=True), nullable=True),
        sa.Column("breached", sa.Boolean(), nullable=False),
        sa.Column("neglected", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("updated_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("closed_at", types.UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_tickets_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("source", "external_id", name=op.f("uq_tickets_source_external_id")),
    )


def _tickets_indexes() -> None:
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"], unique=False)
    op.create_index(op.f("ix_tickets_customer_id"), "tickets", ["customer_id"], unique=False)
    op.create_index("ix_tickets_look_at", "tickets", ["look_at"], unique=False)
    op.create_index(op.f("ix_tickets_merged_into"), "tickets", ["merged_into"], unique=False)
    op.create_index("ix_tickets_queue_status", "tickets", ["queue", "status"], unique=False)
    op.create_index(
        "ix_tickets_status_created_at", "tickets", ["status", "created_at"], unique=False
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("recorded_at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("data", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_events_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("ticket_id", "seq", name=op.f("uq_events_ticket_id_seq")),
    )


def _events_indexes() -> None:
    op.create_index("ix_events_kind_at", "events", ["kind", "at"], unique=False)


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=True),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_idempotency_ticket_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_idempotency")),
    )


def _identifiers() -> None:
    op.create_table(
        "identifiers",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_identifiers_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "kind", "hash", name=op.f("pk_identifiers")),
    )


def _identifiers_indexes() -> None:
    op.create_index("ix_identifiers_kind_hash", "identifiers", ["kind", "hash"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("author", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=50), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_messages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "ticket_id", "external_id", name=op.f("uq_messages_ticket_id_external_id")
        ),
    )


def _ticket_issues() -> None:
    op.create_table(
        "ticket_issues",
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("issue", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_issues_ticket_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", "issue", name=op.f("pk_ticket_issues")),
    )


def _ticket_issues_indexes() -> None:
    op.create_index("ix_ticket_issues_issue", "ticket_issues", ["issue"], unique=False)


def _verdicts() -> None:
    op.create_table(
        "verdicts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=32), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("model_name", sa.String(length=200), nullable=False),
        sa.Column("model_version", sa.String(length=200), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("sentiment", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("review", sa.Boolean(), nullable=False),
        sa.Column("body", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_verdicts_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )


def _verdicts_indexes() -> None:
    op.create_index(op.f("ix_verdicts_ticket_id"), "verdicts", ["ticket_id"], unique=False)
