"""Answers about what moves outcomes, who is silent, and how good the model is."""

from pydantic import BaseModel

from service.schemas.trends import Interval, SaidOut, TrendBreakOut, WindowOut


class EffectOut(SaidOut):
    """By how many points something moves the outcome; `bare`: the mere difference."""

    key: str
    kind: str
    n: int
    effect: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    bare: float | None
    inflation: float | None
    moves: bool


class OutcomeName(SaidOut):
    """An outcome that can be asked for."""

    key: str
    better: str


class DriversOut(WindowOut, SaidOut):
    """What moves an outcome; `base` is its mean, in per cent."""

    outcome: str
    unit: str
    better: str
    n: int
    customers: int
    base: float | None
    effects: list[EffectOut]
    notes: list[SaidOut]
    outcomes: list[OutcomeName]


class SilentEstimate(BaseModel):
    """How many dissatisfied customers there are if a source is right."""

    source: str
    customers: float | None
    low: float | None
    high: float | None


class SilentSource(SaidOut):
    """A figure that the field quotes, and who says so."""

    key: str
    complain: float
    said_by: SaidOut


class SilentOut(WindowOut):
    """Complaints, and under a named assumption the range of those that never wrote."""

    complaints: int
    assumption: str | None
    said: SaidOut | None
    low: float | None
    high: float | None
    estimates: list[SilentEstimate]
    sources: list[SilentSource]


class ShareOut(BaseModel):
    """A share of n with its 95 % interval."""

    n: int
    share: float | None
    low: float | None
    high: float | None


class FieldOut(ShareOut, SaidOut):
    """How many of the tickets that were looked at were corrected in a field."""

    key: str
    corrected: int


class LabelOut(SaidOut):
    """A label on the tickets that were looked at: kept, removed, added."""

    key: str
    kept: int
    removed: int
    added: int
    precision: Interval
    recall: Interval


class ModelQualityOut(BaseModel):
    """What people said of one model's verdicts."""

    hash: str
    name: str
    n: int
    review: ShareOut
    looked: int
    fields: list[FieldOut]
    labels: list[LabelOut]


class QualityTimesOut(BaseModel):
    """The same by period: tickets, to be reviewed, looked at, corrected."""

    buckets: list[str]
    n: list[int]
    review: list[int]
    looked: list[int]
    corrected: list[int]


class QualityOut(WindowOut):
    """Quality by model and over time."""

    models: list[ModelQualityOut]
    over_time: QualityTimesOut
    notes: list[SaidOut]
    breaks: list[TrendBreakOut]
