"""Answers about trends: counts, expectations, today against normal, service measures."""

from typing import Literal

from pydantic import BaseModel, Field

Series = list[float | None]
PeriodName = Literal["hour", "day", "week"]


class SaidOut(BaseModel):
    """The same in Chinese and in English."""

    zh: str
    en: str


class Interval(BaseModel):
    """A share or another figure with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None


class WindowOut(BaseModel):
    """Tickets opened from `from` to before `to`."""

    from_: str = Field(alias="from")
    to: str


class GroupOut(SaidOut):
    """One group: whole, and by period."""

    key: str
    n: int
    share: float | None
    share_low: float | None
    share_high: float | None
    counts: list[int]
    shares: Series
    low: Series
    high: Series


class TrendModelOut(BaseModel):
    """A model that judged tickets of the window."""

    hash: str
    name: str
    n: int
    first: str
    last: str


class TrendRatioOut(BaseModel):
    """How often the later model finds a label for each time that the earlier one does."""

    ratio: float | None
    low: float | None
    high: float | None
    n: int
    before: int
    after: int
    differs: bool


class TrendOverlapOut(BaseModel):
    """The tickets that both models judged."""

    since: str
    n: int
    done: int
    finished: bool


class TrendBreakOut(BaseModel):
    """Another model took over."""

    at: str
    before: str
    after: str
    name_before: str
    name_after: str
    overlap: TrendOverlapOut | None
    ratios: dict[str, TrendRatioOut]
    levels: dict[str, TrendRatioOut]


class DayOut(SaidOut):
    """A holiday, a make-up workday or a promotion; `window`: day, or what leads up to it."""

    day: str
    window: str
    kind: Literal["holiday", "workday", "promotion"]


class CountsOut(WindowOut):
    """Counts and shares by group; `first` and `last`: the reach of all tickets."""

    period: PeriodName
    zone: str
    by: str
    buckets: list[str]
    total: list[int]
    n: int
    groups: list[GroupOut]
    models: list[TrendModelOut]
    breaks: list[TrendBreakOut]
    days: list[DayOut]
    first: str | None
    last: str | None
    data: dict[str, str]


class ExpectedOut(WindowOut):
    """What was to be expected; none where too little came before. `part`: of the last period."""

    period: PeriodName
    by: str
    key: str
    part: float
    buckets: list[str]
    n: list[int]
    expected: Series
    low: Series
    high: Series
    p: Series
    unusual: list[bool]
    level: float


class TodayOut(BaseModel):
    """A count of today so far; `part` of a day's volume is usually in by now."""

    n: int
    expected: float | None
    low: float | None
    high: float | None
    unusual: bool
    part: float | None


class TodayGroupOut(TodayOut, SaidOut):
    """The same of one issue."""

    key: str


class FigureOut(Interval):
    """A figure, and how many tickets it rests on."""

    n: int


class MeasureName(SaidOut):
    """A service measure; `better`: up or down."""

    key: str
    unit: Literal["s", "share", "count", "percent"]
    better: Literal["up", "down"]


class ComparedOut(MeasureName, FigureOut):
    """A measure of the last seven days, beside the seven before."""

    before: FigureOut


class OverviewOut(BaseModel):
    """Today against normal, and the last seven days against the seven before."""

    now: str
    today: TodayOut
    issues: list[TodayGroupOut]
    service: list[ComparedOut]
    service_from: str


class MeasureOut(MeasureName):
    """A measure by period, and as a whole."""

    definition: SaidOut
    n: list[int]
    value: Series
    low: Series
    high: Series
    whole: FigureOut


class HopOut(SaidOut):
    """How long tickets stay in a queue."""

    queue: str
    n: int
    median_s: float | None
    low_s: float | None
    high_s: float | None
    p90_s: float | None


class ServiceOut(WindowOut):
    """How well the desk works."""

    period: PeriodName
    buckets: list[str]
    measures: list[MeasureOut]
    queues: list[HopOut]
