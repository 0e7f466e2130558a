"""Feedback in, verdicts out; and the one shape of errors."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class FeedbackIn(BaseModel):
    """One piece of feedback to judge."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"id": "a1", "text": "等了三天还没发货，客服也不回。"}]}
    )

    id: str = Field(default="1", max_length=200)
    text: str = Field(description="原文 the text as the customer wrote it")
    channel: str | None = Field(default=None, max_length=50)
    received_at: datetime | None = None


class BatchIn(BaseModel):
    """Several pieces of feedback; each is judged on its own, a bad one loses no other."""

    items: list[Any] = Field(min_length=1, description="objects like FeedbackIn")


class EvidenceOut(BaseModel):
    """A stretch of the original text: `text == original[start:end]`, in characters."""

    for_: str = Field(serialization_alias="for")
    text: str
    start: int
    end: int
    weight: float
    source: Literal["model", "signal"]


class FindingOut(BaseModel):
    """A fact read by rule: `text == original[start:end]`, with what it amounts to."""

    kind: str
    text: str
    start: int
    end: int
    value: str | float | None


class ModelOut(BaseModel):
    """Which model judged."""

    name: str
    version: str
    hash: str


class VerdictOut(BaseModel):
    """Everything decided about one piece of feedback, with reasons."""

    id: str
    issues: list[str]
    suggested: list[str]
    scores: dict[str, float]
    sentiment: int = Field(ge=1, le=5)
    sentiment_score: float = Field(ge=-1, le=1)
    urgency: int = Field(ge=0, le=3)
    urgency_scores: list[float]
    review: bool
    review_reasons: list[str]
    evidence: list[EvidenceOut]
    signals: list[FindingOut]
    remedy: list[FindingOut]
    entities: list[FindingOut]
    aspects: list[FindingOut]
    promises: list[FindingOut]
    stage: str
    in_scope: bool
    script: str
    model: ModelOut


class LabelOut(BaseModel):
    """A label with its names; `parent` is the code of the one above it, or empty."""

    code: str
    zh: str
    en: str
    parent: str = ""
    description: str = ""


class LabelsOut(BaseModel):
    """Every label a verdict can hold."""

    issues: list[LabelOut]
    sentiment: list[LabelOut]
    urgency: list[LabelOut]


class ErrorBody(BaseModel):
    """What went wrong, and what to do."""

    code: str
    message: str
    remedy: str


class ErrorBrief(BaseModel):
    """What was wrong with one record of many."""

    code: str
    message: str


class RejectionOut(BaseModel):
    """A record that could not be judged, in its place."""

    id: str
    error: ErrorBrief


class BatchOut(BaseModel):
    """A verdict or a rejection for each item, in order."""

    results: list[VerdictOut | RejectionOut]


class HealthOut(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class ReadyOut(BaseModel):
    """Whether the model is loaded and warm."""

    status: Literal["ready", "loading"]
    model: ModelOut | None = None
    problem: str | None = Field(default=None, description="新模型载入失败的代码 see GET /v1/models")


class ErrorOut(BaseModel):
    """The one shape of every error."""

    error: ErrorBody
