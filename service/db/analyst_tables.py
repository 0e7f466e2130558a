"""What analysts add: labels given outside the inbox, and what a candidate would have said."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from service.db.tables import metadata
from service.db.types import Document, UtcTime

_ID = String(32)
_NAME = String(200)

annotations = Table(
    "annotations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("source", String(50), nullable=False),  # labelstudio
    Column("external_id", _NAME, nullable=False),  # of the annotation, where it was made
    Column("task_id", _NAME, nullable=False),
    Column("ticket_id", ForeignKey("tickets.id"), index=True),  # where the text is a ticket's
    Column("text", Text, nullable=False),
    Column("issues", Document),
    Column("sentiment", Integer),
    Column("urgency", Integer),
    Column("spans", Document, nullable=False),  # evidence: for, start, end
    Column("model_hash", String(64)),  # of the prediction that was shown, where one was
    Column("by", _NAME, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("deleted", Boolean, nullable=False),
    Index("ix_annotations_source_external_id", "source", "external_id", unique=True),
)

shadow_verdicts = Table(
    "shadow_verdicts",
    metadata,
    Column("verdict_id", ForeignKey("verdicts.id"), primary_key=True),  # of the champion
    Column("model_hash", String(64), primary_key=True),  # of the candidate
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("model_name", _NAME, nullable=False),
    Column("model_version", _NAME, nullable=False),
    Column("differs", Document, nullable=False),  # the fields in which the two disagree
    Column("body", Document, nullable=False),
    Index("ix_shadow_verdicts_model_hash_at", "model_hash", "at"),
)
