"""`/drivers`: which issues move satisfaction and reopening; service measures over time."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from service.deps import Reader, RuntimeDep
from service.web import charts
from service.web.figures import effect
from service.web.frame import back, page_router, render
from service.web.trend_address import blank, read_address
from service.web.trend_views import Views
from service.web.trends import chosen
from triage.trends.periods import Period

router = page_router()


@router.get("/drivers")
def drivers(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """什么影响满意、重开、再来、留住；服务指标。What moves the outcomes; the service."""
    asked = read_address("/drivers", request.query_params)
    if blank(request.query_params):
        return back(request, asked.link())
    views = Views(runtime, asked, Period.WEEK)
    return render(
        request,
        "drivers.html",
        who,
        asked=asked,
        **effects_page(views.drivers()),
        **service_page(views.service()),
        chosen=chosen(asked, views.naming),
        trending=True,
    )


def effects_page(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the effects with their places on one axis, the largest first."""
    found = sorted(view["effects"], key=lambda one: -abs(one["effect"] or 0))
    rows = [{**one, "told": _interval(one)} for one in found]
    return {"view": view, "drawn": charts.forest(rows)}


def service_page(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the measures with their lines."""
    measures = [
        {**one, "curve": charts.curve(one["value"], one["low"], one["high"])}
        for one in view["measures"]
    ]
    return {"measures": measures, "buckets": view["buckets"], "queues": view["queues"]}


def _interval(one: Mapping[str, Any]) -> str:
    if one["effect"] is None:
        return "—"
    ends = [effect(one[name]) for name in ("low", "high") if one[name] is not None]
    return f"{effect(one['effect'])} [{', '.join(ends)}]"
