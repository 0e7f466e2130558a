"""`/v1/trends`: what customers complain of over time, how the desk works, and what moves it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.trend_asking import AskedDep, ValuesDep
from service.api.views import answer
from service.deps import Exporter, Reader, RuntimeDep
from service.schemas.kinds import Name
from service.schemas.trend_reasons import DriversOut, QualityOut, SilentOut
from service.schemas.trends import CountsOut, ExpectedOut, OverviewOut, ServiceOut
from service.trends.counting import ALL, TOP
from triage.trends.tables import csv_bytes, parquet_bytes

router = APIRouter(prefix="/v1/trends", tags=["trends"], responses=ERRORS)
By = Literal[
    "none",
    "issue",
    "sentiment",
    "urgency",
    "channel",
    "product",
    "region",
    "tier",
    "queue",
    "model",
    "topic",
]
_By = Annotated[By, Query(description="按什么分组 the dimension of the groups")]
_Top = Annotated[int, Query(ge=1, le=50, description="最多几组 so many groups, then the others")]
_Key = Annotated[Name, Query(description="哪一组 which group; all for all tickets")]


_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_BYTES = {"type": "string", "format": "binary"}
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "表格文件 a file of rows",
        "content": {kind: {"schema": _BYTES} for kind in _TYPES.values()},
    }
}


@router.get("/counts", response_model=CountsOut)
def counts(
    runtime: RuntimeDep, who: Reader, asked: AskedDep, by: _By = "issue", top: _Top = TOP
) -> Response:
    """各组的数量和占比，带区间。Counts and shares of each group, with 95 % intervals.

    The unit is the ticket, as it stands now, at the time it was opened. Says which models
    judged, where one took over from another, and which days are holidays or promotions.
    """
    return answer(runtime.board.counts(asked, by=by, top=top))


@router.get("/expected", response_model=ExpectedOut)
def expected(
    runtime: RuntimeDep, who: Reader, asked: AskedDep, by: _By = "issue", key: _Key = ALL
) -> Response:
    """一组平常该有多少。What was to be expected of one group, told by what came before.

    By weekday, season, holidays and promotions; counts of an earlier model are scaled.
    """
    return answer(runtime.board.expected(asked, by=by, key=key))


@router.get("/overview", response_model=OverviewOut)
def overview(runtime: RuntimeDep, who: Reader, values: ValuesDep) -> Response:
    """今天和平常比，七天和前七天比。Today against normal, seven days against those before."""
    return answer(runtime.board.overview(values))


@router.get("/service", response_model=ServiceOut)
def service(runtime: RuntimeDep, who: Reader, asked: AskedDep) -> Response:
    """响应、一次解决、重开、承诺、时限、转手。How well the desk works, and time per hop."""
    return answer(runtime.board.service(asked))


@router.get("/drivers", response_model=DriversOut)
def drivers(
    runtime: RuntimeDep,
    who: Reader,
    asked: AskedDep,
    outcome: Literal["satisfaction", "reopened", "repeated", "retained"] = "satisfaction",
) -> Response:
    """什么最影响满意、重开、回头、留存。What moves an outcome most, all else held equal."""
    return answer(runtime.board.drivers(asked, outcome))


@router.get("/silent", response_model=SilentOut)
def silent(
    runtime: RuntimeDep,
    who: Reader,
    asked: AskedDep,
    assume: Annotated[
        Literal["few", "most", "range"] | None,
        Query(description="假定谁说得对；不写就不估计 which figure to assume; none unless named"),
    ] = None,
) -> Response:
    """不作声的有多少：只在点名假定时估计。The silent majority, only under a named assumption."""
    return answer(runtime.board.silent(asked, assume))


@router.get("/quality", response_model=QualityOut)
def quality(runtime: RuntimeDep, who: Reader, asked: AskedDep) -> Response:
    """人看过的、改过的，按模型。What people looked at and changed, by model, field and label."""
    return answer(runtime.board.quality(asked))


@router.get("/export", response_class=Response, responses=_FILES)
def export(
    runtime: RuntimeDep,
    who: Exporter,
    asked: AskedDep,
    what: Literal["counts", "expected", "service"] = "counts",
    format: Literal["csv", "parquet"] = "csv",  # noqa: A002 - the name in the address
    by: _By = "issue",
    key: _Key = ALL,
) -> Response:
    """导出成 CSV 或 Parquet。The same figures as a file: one row a period and group."""
    rows = runtime.board.rows(what, asked, by=by, key=key)
    make = parquet_bytes if format == "parquet" else csv_bytes
    name = f"fenzhen-{what}-{asked.start.date()}-{asked.end.date()}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(make(rows), media_type=_TYPES[format], headers=headers)
