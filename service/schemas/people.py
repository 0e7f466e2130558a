"""Keys and webhook endpoints."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from service.db.outbox import KINDS
from service.people.roles import Role
from service.routing.log import Kind
from service.schemas.kinds import Name, Text

_KINDS = ", ".join(kind.value for kind in KINDS)


class KeyIn(BaseModel):
    """A key to be made."""

    name: Name = Field(description="谁用 who uses it; the log keeps this name")
    role: Role


class KeyOut(BaseModel):
    """A key as lists show it."""

    id: str
    name: str
    role: Role
    created_at: datetime
    created_by: str
    revoked_at: datetime | None


class NewKeyOut(BaseModel):
    """A key just made. `key` is shown this once and never again."""

    id: str
    name: str
    role: Role
    key: str


class RevokedOut(BaseModel):
    """The key that opens nothing any more."""

    revoked: str


class MeOut(BaseModel):
    """Who asks."""

    name: str
    role: Role
    role_zh: str


class EventOut(BaseModel):
    """One line of the log. `actor`: person:NAME, model:NAME@HASH, rule:NAME or system."""

    id: str
    ticket_id: str | None
    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor: str
    data: dict[str, Any]


class AuditOut(BaseModel):
    """A page of the log, the newest first; `next` goes into `before`."""

    items: list[EventOut]
    next: str | None


class EndpointIn(BaseModel):
    """Where webhooks go."""

    name: Name
    url: Text = Field(max_length=2000)
    kinds: list[Kind] = Field(default_factory=list, description=f"空为全部 empty: all of {_KINDS}")


class EndpointOut(BaseModel):
    """An endpoint as lists show it; its secret is not shown again."""

    id: str
    name: str
    url: str
    kinds: list[str]
    active: bool
    created_at: datetime


class NewEndpointOut(EndpointOut):
    """An endpoint just made, or whose secret was just changed: `secret` is shown this once."""

    secret: str


class RemovedOut(BaseModel):
    """The endpoint to which nothing more is sent."""

    removed: str


class LetterOut(BaseModel):
    """One delivery of an event to an endpoint; `payload` is its body without personal data."""

    id: str
    endpoint_id: str
    endpoint: str
    event_id: str
    ticket_id: str | None
    kind: str
    payload: dict[str, Any]
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    next_at: datetime
    status: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None


class OutboxOut(BaseModel):
    """Letters in one state, the newest first."""

    items: list[LetterOut]


class RetriedOut(BaseModel):
    """The letter that is due again."""

    retried: str
