"""`/v1/tickets`: open, list, read. A 201 means that the ticket is on disk."""

from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Header, Query, Response
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from service.api.acting import act
from service.api.views import (
    answer,
    clock_view,
    done_view,
    rows_view,
    shown,
    ticket_view,
    verdict_view,
)
from service.db.inbox import Filter, Page, issues_of, list_tickets
from service.db.reading import rows_of_ticket
from service.db.rows import record, row_of
from service.db.tables import events, satisfaction, verdicts
from service.deps import Agent, Reader, RuntimeDep
from service.desk.commands import OpenTicket, Person
from service.desk.desk import Desk
from service.desk.duplicates import similar_tickets
from service.desk.labels import neglect
from service.desk.snapshot import clocks_of
from service.people.access import Principal
from service.schemas.kinds import Limit, Name, Offset, Short, Text, When
from service.schemas.tickets import CreatedOut, TicketDetail, TicketIn, TicketPage
from service.schemas.triage import ErrorOut
from service.tickets.case import Case
from service.tickets.records import StoredVerdict

router = APIRouter(prefix="/v1", tags=["tickets"])
ERRORS: dict[int | str, dict[str, Any]] = {
    code: {"model": ErrorOut} for code in (400, 401, 403, 404, 409, 413, 422, 429, 503)
}
KeyHeader = Annotated[Name | None, Header(alias="Idempotency-Key")]
Many = Literal["open", "waiting", "resolved", "closed", "merged"]


REPEATED: dict[int | str, dict[str, Any]] = {
    200: {"model": CreatedOut, "description": "此前已收下 it was acknowledged before"}
}


@router.post(
    "/tickets", status_code=201, response_model=CreatedOut, responses={**ERRORS, **REPEATED}
)
async def create(
    item: TicketIn, runtime: RuntimeDep, who: Agent, idempotency_key: KeyHeader = None
) -> Response:
    """建单：判断、分派、计时，写盘后才回答。Open a ticket: judged, routed, timed, on disk.

    The same `external_id` of a source, or the same `Idempotency-Key`, gives the first ticket
    again with status 200 and `repeated: true`.
    """
    done = await act(runtime, open_command(item, who.actor, own_key(idempotency_key, who)))
    if done.case is None:
        case = await to_thread.run_sync(runtime.desk.load, done.ticket_id)
        return answer(shown(repeated_view(case), who))
    return answer(shown(done_view(done), who), 200 if done.repeated else 201)


def own_key(key: str | None, who: Principal) -> str | None:
    """Return an Idempotency-Key as that of its caller: two may choose the same."""
    return f"{who.key or 'local'}:{key}" if key else None


def open_command(item: TicketIn, actor: str, key: str | None = None) -> OpenTicket:
    """Return the command that a request for a ticket asks for."""
    given = item.model_dump(exclude={"customer", "tags"})
    person = Person(**item.customer.model_dump()) if item.customer else None
    return OpenTicket(actor, **given, customer=person, tags=tuple(item.tags), key=key)


def repeated_view(case: Case) -> dict[str, Any]:
    """Return a ticket that was acknowledged before."""
    return {
        "ticket": ticket_view(case.ticket, case.issues),
        "repeated": True,
        "verdict": verdict_view(case.verdict),
        "message_id": None,
    }


@router.get("/tickets", response_model=TicketPage, responses=ERRORS)
def list_(
    runtime: RuntimeDep,
    who: Reader,
    status: Annotated[list[Many] | None, Query()] = None,
    queue: Short | None = None,
    owner: Name | None = None,
    issue: Short | None = None,
    urgency: Annotated[int | None, Query(ge=0, le=3, description="at least")] = None,
    priority: Annotated[int | None, Query(ge=0, le=3, description="at least")] = None,
    sentiment: Annotated[int | None, Query(ge=1, le=5, description="at most")] = None,
    channel: Short | None = None,
    tag: Short | None = None,
    customer: Name | None = None,
    review: bool | None = None,
    breached: bool | None = None,
    neglected: bool | None = None,
    waiting: bool | None = None,
    text: Annotated[Text | None, Query(max_length=200)] = None,
    since: When | None = None,
    until: When | None = None,
    sort: Literal["due", "newest", "oldest", "urgent"] = "due",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """列出工单。List tickets: filtered, sorted, page by page."""
    wanted = Filter(
        status=tuple(status or ()),
        queue=queue,
        owner=owner,
        issue=issue,
        urgency=urgency,
        priority=priority,
        sentiment=sentiment,
        channel=channel,
        tag=tag,
        customer=customer,
        review=review,
        breached=breached,
        neglected=neglected,
        waiting=waiting,
        text=text,
        since=since,
        until=until,
    )
    with runtime.database.connect() as connection:
        page = list_tickets(connection, wanted, sort=sort, limit=limit, offset=offset)
        return answer(shown(page_view(connection, page), who))


def page_view(connection: Connection, page: Page) -> dict[str, Any]:
    """Return a page of a list."""
    issues = issues_of(connection, [row["id"] for row in page.rows])
    items = [ticket_view(row, issues[row["id"]]) for row in page.rows]
    return {"items": items, "total": page.total, "next": page.next}


@router.get("/tickets/{ticket_id}", response_model=TicketDetail, responses=ERRORS)
async def read(ticket_id: Name, runtime: RuntimeDep, who: Reader) -> Response:
    """一张工单的全部：对话、判断、时限、承诺、记录。A ticket with all that belongs to it."""
    view = await to_thread.run_sync(partial(ticket_detail, runtime.desk, ticket_id))
    return answer(shown(view, who))


def ticket_detail(desk: Desk, ticket_id: str) -> dict[str, Any]:
    """Return a ticket with its messages, verdicts, clocks, promises and log."""
    case = desk.load(ticket_id)
    with desk.database.connect() as connection:
        judged = rows_of_ticket(connection, verdicts, ticket_id)
        log = rows_of_ticket(connection, events, ticket_id)
        answers = rows_of_ticket(connection, satisfaction, ticket_id)
        similar = similar_tickets(connection, case)
    return {
        "ticket": ticket_view(case.ticket, case.issues),
        "customer": rows_view([row_of(case.customer)], "phone_hash")[0] if case.customer else None,
        "messages": [row_of(message) for message in case.messages],
        "verdict": verdict_view(case.verdict),
        "verdicts": [verdict_view(_verdict(row)) for row in judged],
        "corrected": case.ticket.corrected,
        "clocks": [clock_view(clock) for clock in clocks_of(case, desk.context())],
        "promises": [row_of(promise) for promise in case.promises],
        "follow_ups": [row_of(task) for task in case.follow_ups],
        "satisfaction": rows_view(answers),
        "events": rows_view(log),
        "similar": similar,
        "neglect": neglect(case),
    }


def _verdict(row: RowMapping) -> StoredVerdict:
    return record(StoredVerdict, row)
