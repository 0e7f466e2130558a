"""Topics: what they are called, how many tickets they have, what people made of them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from service.schemas.kinds import Name
from service.schemas.trends import SaidOut, WindowOut

TopicId = Annotated[int, Field(ge=1, le=2_000_000_000)]


class TopicIn(BaseModel):
    """What to change of a topic; what is left out stays."""

    name: Name | None = Field(
        None, description="null：用它自己的短语 its own phrases name it again"
    )
    hidden: bool | None = None


class TopicMergeIn(BaseModel):
    """The topic that another is to count as."""

    into: TopicId


class TopicValueOut(BaseModel):
    """A product and how many tickets of a topic are about it."""

    key: str
    n: int


class TopicIssueOut(SaidOut):
    """An issue and how many tickets of a topic have it."""

    key: str
    n: int


class TopicOut(BaseModel):
    """A topic in a window; `before`: its tickets in a window as long, just before this one."""

    id: int
    name: str
    named: bool = Field(description="人起的名字 a person gave the name")
    phrases: list[str]
    n: int
    share: float | None
    low: float | None
    high: float | None
    before: int
    products: list[TopicValueOut]
    issues: list[TopicIssueOut]
    hidden: bool
    first_at: datetime
    counts: list[int]


class TopicsOut(WindowOut):
    """The topics of a window, the largest first; `without`: tickets that have none."""

    updated_at: datetime | None
    n: int
    without: int
    buckets: list[str]
    topics: list[TopicOut]


class TopicChangeOut(BaseModel):
    """One deed: before and after, by whom."""

    topic_id: int
    what: Literal["created", "renamed", "merged", "split", "hidden", "shown"]
    before: Any
    after: Any
    by: str
    at: datetime


class TopicExampleOut(BaseModel):
    """How a ticket begins, personal data masked."""

    ticket_id: str
    at: datetime
    text: str


class TopicDetailOut(TopicOut, WindowOut):
    """One topic with all that became of it; `merged`: the topics that count as it."""

    buckets: list[str]
    merged_into: int | None
    merged: list[int]
    history: list[TopicChangeOut]
    examples: list[TopicExampleOut]
