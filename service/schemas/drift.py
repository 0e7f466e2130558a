"""What changed in the texts of the desk: weeks, series, alerts."""

from typing import Literal

from pydantic import BaseModel, Field

StateName = Literal["steady", "alert", "reference", "not_enough", "no_reference", "open"]


class DriftSettingsOut(BaseModel):
    """The budget of false alarms, and the least that counts."""

    budget: float = Field(description="一年容忍几次误报 false alarms a year that are accepted")
    reference_weeks: int
    least_week: int = Field(description="texts of a week below which nothing is said")
    least_reference: int
    floor: float = Field(description="least excess PSI of an alert on a distribution")
    floor_share: float = Field(description="the same for a share, which has two cells")


class DriftWeekOut(BaseModel):
    """One week: texts by model; how many tests it had, and the p-value below which is an alert."""

    week: str
    starts: str
    n: int
    models: dict[str, int]
    tests: int
    level: float | None


class BreakOut(BaseModel):
    """A week from which on another model judged most texts."""

    week: str
    from_: str = Field(alias="from")
    to: str


class DriftAlertOut(BaseModel):
    """A week outside the budget: which share each cell had in the reference, and has now."""

    week: str
    channel: str
    measure: str
    model: str
    cells: list[str]
    then: list[float]
    now: list[float]
    n: int
    excess: float
    low: float
    high: float
    p: float


class DriftReferenceOut(BaseModel):
    """What the weeks of a series are compared with."""

    weeks: list[str]
    n: int
    shares: list[float]


class DriftPointOut(BaseModel):
    """One week of a series; the figures are null where nothing was compared.

    `excess` is the PSI less what chance alone gives (`chance`), `low` and `high` its 95 %
    interval, `js` the Jensen-Shannon divergence in bits.
    """

    week: str
    n: int
    state: StateName
    shares: list[float]
    psi: float | None
    chance: float | None
    excess: float | None
    low: float | None
    high: float | None
    js: float | None
    p: float | None


class SeriesOut(BaseModel):
    """One measure in one channel (`*`: all of them), by one model ("": it does not matter)."""

    measure: str
    cells: list[str]
    channel: str
    model: str
    correlation: float = Field(description="of texts within a week, beyond chance")
    reference: DriftReferenceOut | None
    points: list[DriftPointOut]


class DriftOut(BaseModel):
    """The last weeks; the series are those of one channel, the alerts those of all."""

    settings: DriftSettingsOut
    channels: list[str]
    weeks: list[DriftWeekOut]
    breaks: list[BreakOut]
    alerts: list[DriftAlertOut]
    series: list[SeriesOut]
    undated: int
