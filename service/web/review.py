"""`/review`: what the machine asks a person to look at, one ticket at a time, by keyboard."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Request, Response

from service.api.acting import act
from service.db.inbox import Filter, list_tickets
from service.deps import Corrector, Reader, RuntimeDep
from service.desk.commands import Correct
from service.desk.correcting import with_parents
from service.people.roles import Permission
from service.runtime import Runtime
from service.schemas.kinds import Name
from service.schemas.tickets import CorrectionIn
from service.tickets.records import Reason
from service.web.corrections import difference
from service.web.frame import back, checked, page_router, render
from service.web.ticket_page import ticket_page

router = page_router()
_MOST = 200
_ASKED = Filter(asked=True)
_KEYS = {"issues": "123456789zxcvbnmtyuiophl", "urgency": "qwer", "sentiment": "asdfg"}


@router.get("/review")
def review(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """复核队列。The review queue."""
    waiting, total = _waiting(runtime)
    place = _place(waiting, request.query_params.get("ticket", ""))
    page = ticket_page(runtime.desk, waiting[place], who) if waiting else None
    held = page["ticket"]["issues"] if page else ()
    return render(
        request,
        "review.html",
        who,
        page=page,
        place=place,
        total=total,
        previous=waiting[place - 1] if waiting and place else None,
        next=waiting[place + 1] if place + 1 < len(waiting) else None,
        # An earlier model may have given a label that the present one does not know.
        issues=list(dict.fromkeys((*runtime.desk.engine.taxonomy.codes, *held))),
        names=runtime.desk.books.rules.queues,
        may_correct=who.may(Permission.CORRECT),
        keys=_KEYS,
        done="done" in request.query_params,
    )


def _waiting(runtime: Runtime) -> tuple[list[str], int]:
    with runtime.database.connect() as connection:
        found = list_tickets(connection, _ASKED, sort="urgent", limit=_MOST)
    return [row["id"] for row in found.rows], found.total


def _place(waiting: list[str], ticket_id: str) -> int:
    return waiting.index(ticket_id) if ticket_id in waiting else 0


async def _form(request: Request) -> dict[str, Any]:
    form = await request.form()
    told = {name: value for name, value in form.items() if isinstance(value, str) and value}
    return {**told, "issues": [code for code in form.getlist("issues") if isinstance(code, str)]}


@router.post("/review/{ticket_id}")
async def confirm(
    request: Request,
    ticket_id: Name,
    runtime: RuntimeDep,
    who: Corrector,
    form: Annotated[dict[str, Any], Depends(_form)],
) -> Response:
    """确认或改判，再看下一张。Confirm or correct, and go on to the next."""
    case = await to_thread.run_sync(runtime.desk.load, ticket_id)
    before = {
        "issues": case.issues,
        "sentiment": case.ticket.sentiment,
        "urgency": case.ticket.urgency,
    }
    told = checked(CorrectionIn, {"reason": Reason.OTHER, **form})
    issues = with_parents(told.issues or (), runtime.desk.engine.taxonomy)
    changes, reason = difference(before, issues, told.sentiment, told.urgency)
    command = Correct(
        who.actor,
        ticket_id=ticket_id,
        changes=changes,
        reason=form.get("reason", reason),
        verdict_id=told.verdict_id,
    )
    await act(runtime, command)
    return back(request, f"/review?done=1&ticket={form.get('then', '')}")
