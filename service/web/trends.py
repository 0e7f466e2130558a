"""`/trends`: what customers complain of, over time; a chart above the tables it is drawn from."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from service.deps import Reader, RuntimeDep
from service.trends.naming import DIMENSION_NAMES, Naming
from service.web import charts
from service.web.frame import back, page_router, render
from service.web.trend_address import Address, blank, chips, read_address, windows
from service.web.trend_naming import ASSUMPTIONS, FIRST, PERIODS, SHOWS, choices, shaded
from service.web.trend_views import Views
from triage.taxonomy import Taxonomy
from triage.trends.counts import REST
from triage.trends.facts import DIMENSIONS, Facts

router = page_router()
_SHOWN = 6  # lines that the chart begins with
_MOST_CELLS = 3000  # of the table; the export has all


@router.get("/trends")
def trends(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """每天多少、什么问题、占多少。Counts and shares over time."""
    asked = read_address("/trends", request.query_params)
    if blank(request.query_params):
        return back(request, asked.link())
    views = Views(runtime, asked)
    told = trends_page(asked, views.counts(), runtime.desk.engine.taxonomy)
    return render(
        request,
        "trends.html",
        who,
        **told,
        **filter_form(asked, views.naming, views.board.facts()),
        expected=views.expected(told["key"]) if told["key"] else None,
        silent=views.silent(),
        trending=True,
    )


def trends_page(asked: Address, view: Mapping[str, Any], taxonomy: Taxonomy) -> dict[str, Any]:
    """Return what the page shows of counts."""
    by, period = view["by"], view["period"]
    groups = shaded(view["groups"], by, taxonomy)
    spans = windows(view["buckets"], view["from"], view["to"])
    order = _order(len(spans), len(groups))
    keys = [group["key"] for group in groups]
    return {
        "asked": asked,
        "view": view,
        "by": by,
        "by_said": DIMENSION_NAMES[by],
        "period": period,
        "period_said": PERIODS[period],
        "shares": asked.get("show") == "shares",
        "groups": [{**group, "curve": charts.curve(group["counts"])} for group in groups],
        "spans": spans,
        "order": order,
        "cut": len(order) < len(spans),
        "total": view["total"],
        "days": _by_day(view["days"]),
        "key": asked.get("key") if asked.get("key") in {*keys} - {REST} else "",
        "shown_at_once": _SHOWN,
        "assumptions": list(ASSUMPTIONS.items()),
    }


def filter_form(asked: Address, naming: Naming, facts: Facts) -> dict[str, Any]:
    """Return what the form of filters offers, and what of it is on."""
    return {
        "dimensions": DIMENSIONS,
        "sides": list(DIMENSION_NAMES.items()),
        "periods": list(PERIODS.items()),
        "shows": list(SHOWS.items()),
        "chosen_of": {name: asked.get(name, first) for name, first in FIRST.items()},
        "choices": choices(naming, facts),
        "chosen": chosen(asked, naming),
    }


def chosen(asked: Address, naming: Naming) -> list[dict[str, Any]]:
    """Return the filters that are on, in words."""
    return [
        {
            **chip,
            "dimension": DIMENSION_NAMES[chip["name"]],
            "said": naming.said(chip["name"], chip["value"]),
        }
        for chip in chips(asked)
    ]


def _order(buckets: int, groups: int) -> range:
    """Return the buckets that are listed: the last ones, the newest first."""
    least = max(0, buckets - max(50, _MOST_CELLS // max(1, groups)))
    return range(buckets - 1, least - 1, -1)


def _by_day(days: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for day in days:
        found.setdefault(day["day"], []).append(day)
    return found
