"""`/overview`: today against normal, the service, what is emerging."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from fastapi import Request, Response

from service.deps import Corrector, Reader, RuntimeDep
from service.people.roles import Permission
from service.schemas.emerging import CloseIn
from service.schemas.kinds import Id
from service.web import charts
from service.web.frame import Fields, back, checked, page_router, render
from service.web.inbox import queues_of
from service.web.trend_address import Address

router = page_router()
_TOPICS = 8
_SERVICE = (
    "first_reply_median",
    "resolution_median",
    "sla_attainment",
    "first_contact_resolution",
    "reopen_rate",
    "promise_keeping",
    "satisfaction",
)


@router.get("/overview")
def overview(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """今天和平常比。Today against normal."""
    asked = Address("/overview")
    view = runtime.board.overview()
    told = overview_page(asked, view, datetime.fromisoformat(view["now"]))
    with runtime.database.connect() as connection:
        live = queues_of(connection, runtime.desk.books.rules)[0]
    return render(
        request,
        "overview.html",
        who,
        **told,
        live=live,
        emerging=runtime.emerging.view()["alerts"],
        topics=runtime.board.topics(runtime.board.asked(), top=_TOPICS)["topics"],
        may_correct=who.may(Permission.CORRECT),
        trending=True,
    )


@router.post("/overview/emerging/{alert}")
def close(
    request: Request, runtime: RuntimeDep, who: Corrector, alert: Id, fields: Fields
) -> Response:
    """说这条有没有用。Say whether an alert was of use."""
    runtime.emerging.close(alert, checked(CloseIn, fields).verdict, who.actor)
    return back(request, "/overview")


def overview_page(asked: Address, view: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what the page shows; its links list the tickets of the day of `now`."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    day = midnight.isoformat(), (midnight + timedelta(days=1)).isoformat()
    issues = [{**row, "link": asked.inbox(*day, issue=row["key"])} for row in view["issues"]]
    return {
        "asked": asked,
        "view": view,
        "issues": charts.ranged(issues),
        "service": [one for one in view["service"] if one["key"] in _SERVICE],
        "today_link": asked.inbox(*day),
    }
