"""What the desk tells beside its tickets: customers, tasks, corrections, queues, rules, imports."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from service.schemas.kinds import Name, Short, When
from service.schemas.tickets import TicketPage
from service.schemas.triage import ErrorBrief


class CustomerOut(BaseModel):
    """A customer; of their phone number only a keyed hash is kept, and never shown."""

    id: str
    external_id: str | None
    name: str | None
    tier: str | None
    region: str | None
    created_at: datetime
    left_at: datetime | None = Field(description="何时离开 when the customer left, if told")


class CustomerChange(BaseModel):
    """What the house knows of a customer. What is left out stays as it is; null takes it back."""

    left_at: When | None = Field(default=None, description="何时离开 when the customer left")
    tier: Short | None = Field(default=None, description="等级 tier")
    region: Name | None = Field(default=None, description="地区 region")


class AnswerOut(BaseModel):
    """What a customer expected and perceived; `percent` is null where nothing was expected."""

    id: str
    ticket_id: str
    at: datetime
    expected: float
    perceived: float
    percent: float | None


class SatisfactionOut(BaseModel):
    """满意度 = 感受 / 期望 × 100 %."""

    mean: float | None
    answers: list[AnswerOut]


class PromiseOut(BaseModel):
    """A promise read from an agent's reply."""

    id: str
    ticket_id: str
    message_id: str
    kind: str
    text: str
    said_by: str | None
    made_at: datetime
    due_at: datetime | None
    state: str
    settled_at: datetime | None


class FollowUpOut(BaseModel):
    """A follow-up call (回访); `outcome` is null until it is made."""

    id: str
    ticket_id: str
    asked_at: datetime
    due_at: datetime
    done_at: datetime | None
    outcome: str | None
    note: str | None
    by: str | None


class CustomerFile(BaseModel):
    """One customer, with all that the desk knows of them."""

    customer: CustomerOut
    tickets: TicketPage
    issues: dict[str, int]
    promises: list[PromiseOut]
    follow_ups: list[FollowUpOut]
    satisfaction: SatisfactionOut


class ListedFollowUp(FollowUpOut):
    """A follow-up call with its ticket."""

    snippet: str
    queue: str
    customer_id: str | None


class FollowUpPage(BaseModel):
    """Calls to be made, the earliest due first."""

    items: list[ListedFollowUp]


class ListedPromise(PromiseOut):
    """A promise with its ticket."""

    snippet: str
    queue: str


class PromisePage(BaseModel):
    """Promises in one state, the earliest due first."""

    items: list[ListedPromise]
    counts: dict[str, int]
    kept_share: float | None = Field(description="履约率 kept / (kept + broken)")


class CorrectionOut(BaseModel):
    """One field that a person corrected, tied to the verdict and the model."""

    id: str
    ticket_id: str
    verdict_id: str
    message_id: str
    model_name: str
    model_hash: str
    field: str
    before: Any
    after: Any
    reason: str
    note: str | None
    by: str
    at: datetime


class CorrectionPage(BaseModel):
    """Corrections in their order; `next` goes into `after`, null where the page is empty."""

    items: list[CorrectionOut]
    next: str | None


class QueueOut(BaseModel):
    """A queue and what it holds."""

    queue: str
    zh: str
    en: str
    live: int
    breached: int
    review: int
    waiting: int


class QueuesOut(BaseModel):
    """Every queue of the rules."""

    items: list[QueueOut]


class SaidOut(BaseModel):
    """A condition in words."""

    zh: str
    en: str


class RuleOut(BaseModel):
    """A rule, in words, with its hits of 30 days."""

    name: str
    about: str
    on: list[str]
    if_: SaidOut = Field(alias="if")
    order: int
    stops: bool
    hits: int


class RulesOut(BaseModel):
    """The rules as they are read, in their order."""

    file: str
    digest: str
    warnings: list[str]
    calendars_valid_until: str | None
    rules: list[RuleOut]


class RejectedOut(BaseModel):
    """A record of a file that made no ticket."""

    id: str
    error: ErrorBrief


class ImportOut(BaseModel):
    """What became of a file; the first 100 rejections and the first 10 new tickets are named."""

    created: int
    repeated: int
    rejected: int
    rejections: list[RejectedOut]
    tickets: list[str]
