"""Tickets, their messages, and what can be done to them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.schemas.kinds import Id, Name, Score, Short, Text, When
from service.tickets.records import Author, Outcome, Reason


class PersonIn(BaseModel):
    """What the caller knows of the customer."""

    external_id: Name | None = Field(default=None, description="客户在你们系统里的编号 your own id")
    phone: Name | None = Field(default=None, description="只存加密摘要 only a keyed hash is kept")
    name: Name | None = None
    tier: Short | None = Field(default=None, description="normal, vip …")
    region: Name | None = None


class TicketIn(BaseModel):
    """A customer's first message."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "等了三天还没发货，打了两次电话都没人接！",
                    "channel": "web",
                    "external_id": "4711",
                    "customer": {"external_id": "c-1001", "name": "王女士", "tier": "vip"},
                }
            ]
        }
    )

    text: Text = Field(min_length=1, description="原文 as the customer wrote it")
    source: Short = Field(default="api", description="来自哪个系统 which system it is from")
    external_id: Name | None = Field(
        default=None,
        description="来源里的编号；同号不重复建单 the same id, one ticket",
    )
    channel: Short | None = Field(default=None, description="web, app, phone, email, wechat …")
    at: When | None = Field(default=None, description="收到的时间，默认现在 when received")
    subject: Text | None = Field(default=None, max_length=500)
    product: Name | None = None
    order: Name | None = Field(default=None, description="订单号 order number")
    customer: PersonIn | None = None
    tags: list[Short] = Field(default_factory=list, max_length=50)


class MessageIn(BaseModel):
    """A message of a conversation."""

    author: Author = Field(
        default=Author.CUSTOMER,
        description="customer 客户 · agent 客服 · auto 自动回复 · note 内部备注",
    )
    text: Text = Field(min_length=1)
    name: Name | None = Field(default=None, description="谁写的 who wrote it")
    channel: Short | None = None
    external_id: Name | None = None
    at: When | None = None
    wait: bool = Field(default=False, description="回复之后等客户 wait for the customer after it")
    handled: bool = Field(default=False, description="备注：本部门已处理 our part is done")


class CloseIn(BaseModel):
    """The desk is done."""

    note: Text | None = Field(default=None, max_length=2000)
    expected: Score | None = Field(default=None, description="客户的期望 what was expected")
    perceived: Score | None = Field(default=None, description="客户的感受 what was perceived")
    at: When | None = None


class NoteIn(BaseModel):
    """A reason."""

    note: Text | None = Field(default=None, max_length=2000)
    at: When | None = None


class AssignIn(BaseModel):
    """Who has the ticket; null takes it back."""

    owner: Name | None


class TagsIn(BaseModel):
    """Tags to add and to remove."""

    add: list[Short] = Field(default_factory=list, max_length=50)
    remove: list[Short] = Field(default_factory=list, max_length=50)


class CorrectionIn(BaseModel):
    """A person's word over the machine's. Only the fields given are corrected."""

    issues: list[Short] | None = Field(default=None, max_length=50)
    sentiment: int | None = Field(default=None, ge=1, le=5)
    urgency: int | None = Field(default=None, ge=0, le=3)
    queue: Short | None = None
    reason: Reason
    note: Text | None = Field(default=None, max_length=2000)
    verdict_id: Id | None = Field(default=None, description="所看到的判断 the verdict seen")

    def changes(self) -> dict[str, Any]:
        """Return the fields that are given."""
        names = ("issues", "sentiment", "urgency", "queue")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class FollowUpIn(BaseModel):
    """What the customer answered when asked (回访)."""

    outcome: Outcome
    note: Text | None = Field(default=None, max_length=2000)
    expected: Score | None = None
    perceived: Score | None = None
    at: When | None = None


class PromiseIn(BaseModel):
    """Whether a promise was kept."""

    kept: bool
    at: When | None = None


class SatisfactionIn(BaseModel):
    """满意度 = 感受 / 期望 × 100 %."""

    expected: Score
    perceived: Score
    at: When | None = None


class MergeIn(BaseModel):
    """The ticket that goes into this one, or comes out of it again."""

    source: Id


class TicketOut(BaseModel):
    """A ticket as lists show it."""

    id: str
    external_id: str | None
    source: str
    status: Literal["open", "waiting", "resolved", "closed", "merged"]
    queue: str
    owner: str | None
    priority: int = Field(ge=0, le=3)
    urgency: int = Field(ge=0, le=3)
    sentiment: int | None
    issues: list[str]
    tags: list[str]
    review: bool
    channel: str | None
    subject: str | None
    product: str | None
    snippet: str
    customer_id: str | None
    repeats: int
    reopened: int
    similar_to: str | None
    merged_into: str | None
    breached: bool
    neglected: bool
    waiting_since: datetime | None
    due_at: datetime | None
    due_clock: str | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


class CreatedOut(BaseModel):
    """What became of a new ticket or message. `repeated`: it was acknowledged before."""

    ticket: TicketOut
    repeated: bool
    verdict: dict[str, Any] | None
    message_id: str | None = None


class TicketPage(BaseModel):
    """One page of a list; `next` is the offset of the following one."""

    items: list[TicketOut]
    total: int
    next: int | None


class TicketDetail(BaseModel):
    """A ticket with all that belongs to it."""

    ticket: TicketOut
    customer: dict[str, Any] | None
    messages: list[dict[str, Any]]
    verdict: dict[str, Any] | None
    verdicts: list[dict[str, Any]]
    corrected: dict[str, Any]
    clocks: list[dict[str, Any]]
    promises: list[dict[str, Any]]
    follow_ups: list[dict[str, Any]]
    satisfaction: list[dict[str, Any]]
    events: list[dict[str, Any]]
    similar: list[dict[str, Any]]
    neglect: str
