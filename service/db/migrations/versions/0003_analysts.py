"""Labels given outside the inbox, and the verdicts of a candidate beside the champion's."""

import sqlalchemy as sa
from alembic import op

from service.db import types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of the analysts."""
    _annotations()
    _annotations_indexes()
    _shadow_verdicts()
    _shadow_verdicts_indexes()


def _annotations() -> None:
    op.create_table(
        "annotations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("task_id", sa.String(length=200), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("issues", types.Document(), nullable=True),
        sa.Column("sentiment", sa.Integer(), nullable=True),
        sa.Column("urgency", sa.Integer(), nullable=True),
        sa.Column("spans", types.Document(), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_annotations_ticket_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotations")),
    )


def _annotations_indexes() -> None:
    op.create_index("ix_annotations_at", "annotations", ["at"])
    op.create_index("ix_annotations_ticket_id", "annotations", ["ticket_id"])
    op.create_index(
        "ix_annotations_source_external_id", "annotations", ["source", "external_id"], unique=True
    )


def _shadow_verdicts() -> None:
    op.create_table(
        "shadow_verdicts",
        sa.Column("verdict_id", sa.String(length=32), nullable=False),
        sa.Column("model_hash", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=32), nullable=False),
        sa.Column("at", types.UtcTime(timezone=True), nullable=False),
        sa.Column("model_name", sa.String(length=200), nullable=False),
        sa.Column("model_version", sa.String(length=200), nullable=False),
        sa.Column("differs", types.Document(), nullable=False),
        sa.Column("body", types.Document(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_shadow_verdicts_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_shadow_verdicts_verdict_id")
        ),
        sa.PrimaryKeyConstraint("verdict_id", "model_hash", name=op.f("pk_shadow_verdicts")),
    )


def _shadow_verdicts_indexes() -> None:
    op.create_index("ix_shadow_verdicts_ticket_id", "shadow_verdicts", ["ticket_id"])
    op.create_index("ix_shadow_verdicts_model_hash_at", "shadow_verdicts", ["model_hash", "at"])
