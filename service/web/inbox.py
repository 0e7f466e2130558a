"""`/inbox`: who waits for what, and how long they still have."""

from datetime import tzinfo
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from service.api.tickets import page_view
from service.api.views import shown
from service.db.inbox import Page, list_tickets, queue_counts
from service.deps import Reader, RuntimeDep
from service.routing.rulebook import Rulebook
from service.routing.wording import Said
from service.trends.naming import DIMENSION_NAMES, Naming
from service.web.asking import COUNTED, SIZE, Asked, read_asked
from service.web.frame import page_router, render

router = page_router()
_COUNTS = ("live", "breached", "review", "waiting")


@router.get("/inbox")
def inbox(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """收件箱：队列、筛选、倒计时。Queues, filters, running clocks."""
    asked = read_asked(request.query_params)
    books = runtime.desk.books.rules
    with runtime.database.connect() as connection:
        found = list_tickets(
            connection, asked.wanted, sort=asked.sort, limit=SIZE, offset=asked.offset
        )
        rows = shown(rows_of(connection, found), who)
        queues = queues_of(connection, books)
    return render(
        request,
        "inbox.html",
        who,
        asked=asked,
        rows=rows,
        total=found.total,
        queues=queues,
        names=books.queues,
        conditions=conditions_of(asked, runtime.board.naming(), runtime.board.zone),
        pages=max(1, -(-found.total // SIZE)),
    )


def conditions_of(asked: Asked, naming: Naming, zone: tzinfo) -> list[dict[str, Any]]:
    """Return the conditions that came from a page of trends, each with the address without it."""
    found = [
        {"said": _condition(COUNTED[name], value, naming), "off": asked.without(name, value)}
        for name, value in asked.counted
    ]
    for name, zh, en in (("since", "从", "from"), ("until", "到", "to")):
        if at := getattr(asked.wanted, name):
            told = at.astimezone(zone).strftime("%m-%d %H:%M")
            said = Said(f"{zh} {told}", f"{en} {told}")
            found.append({"said": said, "off": asked.link(**{name: None})})
    return found


def _condition(dimension: str, value: str, naming: Naming) -> Said:
    name, said = DIMENSION_NAMES[dimension], naming.said(dimension, value)
    return Said(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")


def rows_of(connection: Connection, found: Page) -> list[dict[str, Any]]:
    """Return the tickets of a list, each with its customer's name and tier."""
    views: list[dict[str, Any]] = page_view(connection, found)["items"]
    return [
        {**view, "customer_name": row["customer_name"], "tier": row["tier"]}
        for view, row in zip(views, found.rows, strict=True)
    ]


def queues_of(connection: Connection, books: Rulebook) -> list[dict[str, Any]]:
    """Return every queue with how many live tickets it has, how many late, how many to review."""
    counts = queue_counts(connection)
    # A queue that the rules no longer have may still hold tickets.
    names = [*books.queues, *(name for name in counts if name not in books.queues)]
    none = dict.fromkeys(_COUNTS, 0)
    found = [{"name": name, **counts.get(name, none)} for name in names]
    whole = {name: sum(one[name] for one in counts.values()) for name in _COUNTS}
    return [{"name": "", **whole}, *found]
