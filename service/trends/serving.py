"""How well the desk works, over time and by queue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.routing.wording import Said
from service.trends.asking import Asked
from service.trends.naming import Naming
from service.trends.plain import plain, plain_all, times, whole_all
from triage.trends.facts import Facts, Filter
from triage.trends.measures import Series, Stays, measure_over, time_by_queue
from triage.trends.periods import local_times


def service_view(
    facts: Facts, stays: Stays, asked: Asked, naming: Naming, keys: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the service measures by period and as a whole, and the time per hop by queue."""
    found = measure_over(
        facts,
        period=asked.period,
        start=asked.start,
        end=asked.end,
        zone=asked.zone,
        wanted=asked.wanted,
        keys=keys,
    )
    window = replace(asked.wanted, start=asked.start, end=asked.end)
    return {
        "period": asked.period.value,
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "buckets": times(local_times(found.bounds, asked.zone)),
        "measures": [_measure(one) for one in found.series],
        "queues": _queues(facts, stays, window, naming),
    }


def _measure(one: Series) -> dict[str, Any]:
    told, series = one.estimates, one.measure
    return {
        **_named(one),
        "definition": Said(series.definition_zh, series.definition_en)._asdict(),
        "n": whole_all(told.n[:-1]),
        "value": plain_all(told.value[:-1]),
        "low": plain_all(told.low[:-1]),
        "high": plain_all(told.high[:-1]),
        "whole": _whole(one),
    }


def _named(one: Series) -> dict[str, Any]:
    told = one.measure
    names = {"key": told.key, "zh": told.zh, "en": told.en}
    return {**names, "unit": told.unit.value, "better": told.better}


def _whole(one: Series) -> dict[str, Any]:
    """Return the last estimate, which is that of the whole time."""
    told = one.estimates
    figures = {name: plain(float(getattr(told, name)[-1])) for name in ("value", "low", "high")}
    return {"n": int(told.n[-1]), **figures}


def _queues(facts: Facts, stays: Stays, window: Filter, naming: Naming) -> list[dict[str, Any]]:
    return [
        {
            "queue": one.queue,
            **naming.said("queue", one.queue)._asdict(),
            "n": one.n,
            "median_s": plain(one.median_s),
            "low_s": plain(one.low_s),
            "high_s": plain(one.high_s),
            "p90_s": plain(one.p90_s),
        }
        for one in time_by_queue(facts, stays, wanted=window)
    ]


def compared(facts: Facts, asked: Asked, back: timedelta) -> list[dict[str, Any]]:
    """Return each measure of the window beside that of the same window so much earlier."""
    windows = ((asked.start, asked.end), (asked.start - back, asked.end - back))
    now, before = (
        measure_over(
            facts,
            period=asked.period,
            start=start,
            end=end,
            zone=asked.zone,
            wanted=asked.wanted,
        )
        for start, end in windows
    )
    return [
        {**_named(one), **_whole(one), "before": _whole(other)}
        for one, other in zip(now.series, before.series, strict=True)
    ]


def measure_rows(facts: Facts, stays: Stays, asked: Asked, naming: Naming) -> list[dict[str, Any]]:
    """Return the measures as rows of a table: one for each period and measure."""
    view = service_view(facts, stays, asked, naming)
    names = ("n", "value", "low", "high")
    return [
        {
            "at": bucket,
            "measure": one["key"],
            "zh": one["zh"],
            "unit": one["unit"],
            **{name: one[name][place] for name in names},
        }
        for place, bucket in enumerate(view["buckets"])
        for one in view["measures"]
    ]
