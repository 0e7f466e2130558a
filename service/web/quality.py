"""`/quality`: how often people correct each model, and how often it asks them."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request, Response

from service.deps import Reader, RuntimeDep
from service.web import charts
from service.web.frame import back, page_router, render
from service.web.trend_address import blank, read_address
from service.web.trend_views import Views
from service.web.trends import chosen
from triage.trends.periods import Period

router = page_router()


@router.get("/quality")
def quality(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """模型质量：复核、人工改判。Review and corrections, model by model."""
    asked = read_address("/quality", request.query_params)
    if blank(request.query_params):
        return back(request, asked.link())
    views = Views(runtime, asked, Period.WEEK)
    return render(
        request,
        "quality.html",
        who,
        asked=asked,
        **quality_page(views.quality()),
        drift=len(runtime.drift.report().standing),
        chosen=chosen(asked, views.naming),
        trending=True,
    )


def quality_page(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return the models with the places of their intervals, and their shares over time."""
    models = [{**model, "drawn": _drawn(model["fields"])} for model in view["models"]]
    told = view["over_time"]
    over_time = {
        "review": _shares(told["review"], told["n"]),
        "corrected": _shares(told["corrected"], told["looked"]),
    }
    curves = {name: charts.curve(shares) for name, shares in over_time.items()}
    return {"view": view, "models": models, "over_time": over_time, "curves": curves}


def _drawn(fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return charts.forest([{**one, "effect": one["share"]} for one in fields])


def _shares(hits: Sequence[int], n: Sequence[int]) -> list[float | None]:
    return [part / whole if whole else None for part, whole in zip(hits, n, strict=True)]
