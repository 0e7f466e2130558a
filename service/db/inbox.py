"""Lists of tickets: filtered, sorted, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.engine import RowMapping

from service.db.counted import Counted, counted
from service.db.tables import customers, events, messages, ticket_issues, tickets
from service.routing.log import Kind
from service.tickets.records import LIVE, Status

_NEVER = datetime.max.replace(year=9000)
SORTS = ("due", "newest", "oldest", "urgent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which tickets to list; None leaves a condition out."""

    status: tuple[str, ...] = ()
    queue: str | None = None
    owner: str | None = None
    issue: str | None = None
    urgency: int | None = None  # at least
    priority: int | None = None  # at least
    sentiment: int | None = None  # at most
    channel: str | None = None
    tag: str | None = None
    customer: str | None = None
    review: bool | None = None
    asked: bool = False  # of a person: live ones to review, and all that were selected
    breached: bool | None = None
    neglected: bool | None = None
    waiting: bool | None = None  # the customer for us
    text: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    counted: tuple[Counted, ...] = ()  # as trends count


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `next` continues it; `total` counts the whole of it."""

    rows: Sequence[RowMapping]
    total: int
    next: int | None


def list_tickets(
    connection: Connection, wanted: Filter, *, sort: str = "due", limit: int = 50, offset: int = 0
) -> Page:
    """Return one page of the tickets that fit the filter, with their customer's name and tier."""
    where = _where(wanted)
    columns = (*tickets.c, customers.c.name.label("customer_name"), customers.c.tier)
    query = select(*columns).outerjoin(customers, customers.c.id == tickets.c.customer_id)
    query = query.where(where).order_by(*_order(sort)).limit(limit).offset(offset)
    rows = connection.execute(query).mappings().all()
    total = connection.execute(select(func.count()).select_from(tickets).where(where)).scalar_one()
    return Page(rows, total, offset + limit if offset + len(rows) < total else None)


def issues_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the issues of tickets."""
    found: dict[str, list[str]] = {key: [] for key in ids}
    query = select(ticket_issues).where(ticket_issues.c.ticket_id.in_(ids))
    for row in connection.execute(query.order_by(ticket_issues.c.issue)).mappings():
        found[row["ticket_id"]].append(row["issue"])
    return found


def _order(sort: str) -> list[ColumnElement[Any]]:
    t = tickets.c
    orders: dict[str, list[ColumnElement[Any]]] = {
        "due": [func.coalesce(t.due_at, _NEVER), t.created_at.desc()],
        "newest": [t.created_at.desc()],
        "oldest": [t.created_at],
        "urgent": [t.urgency.desc(), t.priority.desc(), func.coalesce(t.due_at, _NEVER)],
    }
    return [*orders[sort], t.id]


def _where(wanted: Filter) -> ColumnElement[bool]:
    t = tickets.c
    parts: list[ColumnElement[bool]] = [t.id.is_not(None)]
    equal = ("queue", "owner", "channel", "review", "breached", "neglected")
    for name in equal:
        if (value := getattr(wanted, name)) is not None:
            parts.append(t[name] == value)
    if wanted.status:
        parts.append(t.status.in_(wanted.status))
    if wanted.asked:
        parts.append(_asked())
    if wanted.customer:
        parts.append(t.customer_id == wanted.customer)
    if wanted.counted:
        parts.append(counted(wanted.counted))
    parts += _levels(wanted) + _inner(wanted)
    return and_(*parts)


def _asked() -> ColumnElement[bool]:
    t, e = tickets.c, events.c
    selected = exists().where((e.ticket_id == t.id) & (e.kind == Kind.REVIEW_SELECTED.value))
    stays = (t.status != Status.MERGED) & selected  # also where the work is done
    return t.review.is_(True) & or_(t.status.in_(LIVE), stays)


def _levels(wanted: Filter) -> list[ColumnElement[bool]]:
    t, parts = tickets.c, []
    if wanted.urgency is not None:
        parts.append(t.urgency >= wanted.urgency)
    if wanted.priority is not None:
        parts.append(t.priority >= wanted.priority)
    if wanted.sentiment is not None:
        parts.append(t.sentiment <= wanted.sentiment)
    if wanted.since:
        parts.append(t.created_at >= wanted.since)
    if wanted.until:
        parts.append(t.created_at < wanted.until)
    return parts


def _inner(wanted: Filter) -> list[ColumnElement[bool]]:
    t = tickets.c
    parts: list[ColumnElement[bool]] = []
    if wanted.issue:
        held = (ticket_issues.c.ticket_id == t.id) & (ticket_issues.c.issue == wanted.issue)
        parts.append(exists().where(held))
    if wanted.tag:
        parts.append(_tagged(wanted.tag))
    if wanted.waiting is not None:
        parts.append(t.waiting_since.is_not(None) if wanted.waiting else t.waiting_since.is_(None))
    if wanted.text:
        like = f"%{_plain(wanted.text)}%"
        said = (messages.c.ticket_id == t.id) & messages.c.text.ilike(like, escape="\\")
        parts.append(or_(exists().where(said), t.id == wanted.text, t.external_id == wanted.text))
    return parts


def _tagged(tag: str) -> ColumnElement[bool]:
    # Tags are a JSON list of strings, in text or in jsonb: both write the string in quotes.
    written = orjson.dumps(tag).decode()
    return cast(tickets.c.tags, Text).like(f"%{_plain(written)}%", escape="\\")


def _plain(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return text


def queue_counts(connection: Connection) -> dict[str, dict[str, int]]:
    """Return for each queue how many live tickets it has, and how many are late or unseen."""
    t = tickets.c
    late = func.sum(_one(t.breached))
    asked = func.sum(_one(t.review))
    waiting = func.sum(_one(t.waiting_since.is_not(None)))
    query = select(t.queue, func.count(), late, asked, waiting).where(t.status.in_(LIVE))
    rows = connection.execute(query.group_by(t.queue))
    names = ("live", "breached", "review", "waiting")
    return {row[0]: dict(zip(names, map(int, row[1:]), strict=True)) for row in rows}


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def count_live(connection: Connection, wanted: Filter) -> int:
    """Return how many tickets fit a filter."""
    query = select(func.count()).select_from(tickets).where(_where(wanted))
    return connection.execute(query).scalar_one()
