"""`/tickets/{id}`: the conversation with its evidence, the verdict, the clocks, what to do."""

from fastapi import Request, Response

from service.api.acting import act
from service.deps import Agent, Reader, RuntimeDep
from service.errors import NotFoundError
from service.people.roles import Permission
from service.schemas.kinds import Name
from service.web.deeds import DEEDS, MADE
from service.web.frame import Fields, back, page_router, render
from service.web.ticket_page import ticket_page

router = page_router()


@router.get("/tickets/{ticket_id}")
def ticket(request: Request, ticket_id: Name, runtime: RuntimeDep, who: Reader) -> Response:
    """一张工单。One ticket."""
    books = runtime.desk.books
    return render(
        request,
        "ticket.html",
        who,
        page=ticket_page(runtime.desk, ticket_id, who),
        names=books.rules.queues,
        may_correct=who.may(Permission.CORRECT),
        done=MADE.get(request.query_params.get("done", "")),
        issues=runtime.desk.engine.taxonomy.codes,
    )


@router.post("/tickets/{ticket_id}/{deed}")
async def do(
    request: Request, ticket_id: Name, deed: Name, runtime: RuntimeDep, who: Agent, fields: Fields
) -> Response:
    """办一件事，再回到工单。Do something and go back to the ticket."""
    if deed not in DEEDS:
        raise NotFoundError(f"Nothing is called {deed!r}.", remedy="Use the buttons of the page.")
    needed, command = DEEDS[deed]
    who.demand(needed)
    await act(runtime, command(ticket_id, fields, who))
    return back(request, f"/tickets/{ticket_id}?done={deed}")
