"""`/` and `/try`: a welcome while the desk is empty, and a box that judges one pasted text."""

from fastapi import Request, Response

from service.db.inbox import Filter, count_live
from service.runtime import Runtime
from service.web.frame import back, page_router, render

router = page_router()


@router.get("/")
def start(request: Request) -> Response:
    """有工单就去收件箱，没有就欢迎。To the inbox where there are tickets, else a welcome."""
    runtime: Runtime | None = request.app.state.fenzhen.runtime
    if runtime and _has_tickets(runtime):
        return back(request, "/inbox")
    return render(request, "home.html", welcome=True)


@router.get("/try")
def try_(request: Request) -> Response:
    """贴一段文字试试。Paste a text, see the verdict and the evidence in its own characters."""
    return render(request, "home.html", welcome=False)


def _has_tickets(runtime: Runtime) -> bool:
    with runtime.database.connect() as connection:
        return count_live(connection, Filter()) > 0
