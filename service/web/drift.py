"""`/drift`: what changed, as bars a week that are drawn here, not by a script."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response

from service.deps import Reader, RuntimeDep
from service.routing.wording import Said
from service.schemas.kinds import Short
from service.web.frame import page_router, render
from triage.drift import ALL, Point, Report, Series, Standing, State, weeks
from triage.drift.records import plain_shares
from triage.drift.wording import (
    cell_named,
    channel_named,
    measure_named,
    moved,
    state_named,
)
from triage.taxonomy import Taxonomy

router = page_router()
_WEEKS = 26
_STEP, _HEIGHT, _LEAST = 9, 30, 2  # pixels of a week, of the highest bar, of the lowest
_FULL = 0.25  # excess PSI of a bar of full height, unless there is more
_FEW = 6  # alerts that are shown at once
Channel = Annotated[Short, Query()]
Shown = Annotated[int, Query(ge=1, le=260)]


@router.get("/drift")
def drift(
    request: Request,
    runtime: RuntimeDep,
    who: Reader,
    channel: Channel = ALL,
    weeks: Shown = _WEEKS,
) -> Response:
    """客户的话变了没有。What changed in what customers write."""
    report = runtime.drift.report().narrowed(None, weeks)
    view = drift_page(report, channel, runtime.desk.engine.taxonomy)
    return render(request, "drift.html", who, **view, channel=channel)


def drift_page(report: Report, channel: str, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return what the page shows of a report."""
    by_measure: dict[str, list[Series]] = {}
    for one in report.narrowed(channel, None).series:
        by_measure.setdefault(one.measure.code, []).append(one)
    tested = [week for week in report.weeks if week.tests]
    return {
        "report": report,
        "latest": tested[-1] if tested else None,
        "weeks": [weeks.name(week.week) for week in report.weeks],
        "breaks": [(weeks.name(week), old, new) for week, old, new in report.breaks],
        "channels": [(name, Said(*channel_named(name))) for name in report.channels],
        "alerts": [_alert(one, taxonomy) for one in report.standing],
        "rows": [_row(some, report, taxonomy) for some in by_measure.values()],
        "few": _FEW,
        "width": _STEP * max(1, len(report.weeks)),
        "height": _HEIGHT,
    }


def _alert(one: Standing, taxonomy: Taxonomy) -> dict[str, Any]:
    series, point = one.alert.series, one.alert.point
    return {
        "channel": series.channel,
        "channel_said": Said(*channel_named(series.channel)),
        "code": series.measure.code,
        "said": Said(*measure_named(series.measure.code, taxonomy)),
        "moved": Said(*moved(one.alert)),
        "week": weeks.name(point.week),
        "since": weeks.name(one.first),
        "weeks": one.weeks,
        "n": point.n,
        "shift": point.shift,
    }


def _row(series: Sequence[Series], report: Report, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return one measure: its bars, and how its texts lie in the cells, then and now."""
    points = _by_week(series)
    over = [week for week, (point, _) in points.items() if point.state is not State.OPEN]
    last, own = points[max(over or points)]
    changed = last.state is State.ALERT
    return {
        "code": own.measure.code,
        "said": Said(*measure_named(own.measure.code, taxonomy)),
        "state": last.state.value,
        "state_said": Said(*state_named(last.state.value)),
        "changed": changed,
        "bars": _bars(points, report),
        "breaks": _breaks(report) if own.measure.of_model else [],
        "then_now": _then_now(points),
    }


def _by_week(series: Sequence[Series]) -> dict[date, tuple[Point, Series]]:
    """Return the point of each week; of several models that of the one which judged most."""
    found: dict[date, tuple[Point, Series]] = {}
    for one in series:
        for point in one.points:
            if point.week not in found or found[point.week][0].n < point.n:
                found[point.week] = point, one
    return found


def _bars(points: Mapping[date, tuple[Point, Series]], report: Report) -> list[dict[str, Any]]:
    shifts = [point.shift.excess for point, _ in points.values() if point.shift]
    top = max([_FULL, *shifts])
    first = report.weeks[0].week
    return [
        {
            "x": (week - first).days // 7 * _STEP + 1,
            "height": (height := _height(point, top)),
            "y": _HEIGHT - height,
            "state": point.state.value,
            "told": _told(point),
        }
        for week, (point, _) in sorted(points.items())
    ]


def _height(point: Point, top: float) -> int:
    excess = point.shift.excess if point.shift else 0.0
    return max(_LEAST, round(_HEIGHT * max(0.0, excess) / top))


def _told(point: Point) -> str:
    shift, (zh, en) = point.shift, state_named(point.state.value)
    figures = f" · {shift.excess:.3f} [{shift.low:.3f}, {shift.high:.3f}]" if shift else ""
    return f"{weeks.name(point.week)} · {zh} {en} · n={point.n}{figures}"


def _breaks(report: Report) -> list[int]:
    """Return where a line stands for a change of the model."""
    first = report.weeks[0].week
    return [(week - first).days // 7 * _STEP for week, _, _ in report.breaks]


def _then_now(points: Mapping[date, tuple[Point, Series]]) -> dict[str, Any] | None:
    """Return the cells of the reference beside those of the newest week that was compared."""
    compared = [week for week, (point, _) in points.items() if point.shift]
    week = max(compared or points)
    point, series = points[week]
    then = series.reference
    now = plain_shares(point.counts)
    before = plain_shares(then.counts) if then else [None] * len(now)
    cells = zip(series.measure.cells, before, now, strict=True)
    return {
        "week": weeks.name(week),
        "n": point.n,
        "model": series.model,
        "shift": point.shift,
        "from": [weeks.name(one) for one in then.weeks] if then else [],
        "from_n": then.n if then else 0,
        "cells": [
            {"said": Said(*cell_named(series.measure, cell)), "then": a, "now": b}
            for cell, a, b in cells
        ],
    }
