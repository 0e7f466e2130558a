"""What came up: alerts with their terms, figures and examples."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

StateShown = Literal["open", "all"]
Opinion = Literal["useful", "false_alarm", "known"]


class CloseIn(BaseModel):
    """What a person thinks of an alert."""

    model_config = ConfigDict(extra="forbid")

    verdict: Opinion = Field(description="有用、误报、已知 useful, a false alarm, known before")


class KeyedOut(BaseModel):
    """A value that is over-represented, with how many tickets have it."""

    key: str
    n: int


class ExampleOut(BaseModel):
    """A ticket of an alert; personal data masked for everyone."""

    ticket_id: str
    at: datetime
    text: str


class EmergenceOut(BaseModel):
    """One alert: `n` customers wrote of it in the last `window` days, where `expected` would."""

    id: str
    day: date = Field(description="on which it was raised")
    last_day: date = Field(description="on which it was last seen to go on")
    at: datetime
    terms: list[str] = Field(description="说得最多的在前 those that say most first")
    topic: int | None
    n: int
    window: int = Field(description="days that n and expected are of")
    expected: float
    ratio: float | None
    p: float
    first_seen: date
    products: list[KeyedOut]
    channels: list[KeyedOut]
    tickets: int
    examples: list[ExampleOut]
    state: Literal["open", "calm", "closed"]
    verdict: Opinion | None
    closed_by: str | None
    closed_at: datetime | None


class BudgetOut(BaseModel):
    """How many false alarms are accepted."""

    per_month: float


class EmergencesOut(BaseModel):
    """Alerts, the newest first."""

    budget: BudgetOut
    alerts: list[EmergenceOut]
