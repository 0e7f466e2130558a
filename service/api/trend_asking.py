"""What the address of a trend asks for, as every route of trends reads it."""

from typing import Annotated

from fastapi import Depends, Query

from service.deps import RuntimeDep
from service.schemas.kinds import Name
from service.trends.asking import Asked
from triage.trends.facts import DIMENSIONS
from triage.trends.periods import Period

_Many = Annotated[list[Name] | None, Query()]
_Moment = Annotated[
    str | None,
    Query(max_length=40, description="日期或 ISO 时间 a date (its midnight) or an ISO time"),
]
_End = Annotated[
    str | None,
    Query(max_length=40, description="不含这一刻 exclusive; 默认到现在 now unless given"),
]


def read_values(
    issue: _Many = None,
    sentiment: _Many = None,
    urgency: _Many = None,
    channel: _Many = None,
    product: _Many = None,
    region: _Many = None,
    tier: _Many = None,
    queue: _Many = None,
    model: _Many = None,
    topic: _Many = None,
) -> dict[str, list[str]]:
    """Return the filters by dimension; `none` stands for tickets without a value."""
    given = (issue, sentiment, urgency, channel, product, region, tier, queue, model, topic)
    return {name: some for name, some in zip(DIMENSIONS, given, strict=True) if some}


ValuesDep = Annotated[dict[str, list[str]], Depends(read_values)]


def read_trend(
    runtime: RuntimeDep,
    values: ValuesDep,
    period: Annotated[Period, Query(description="小时、天、周")] = Period.DAY,
    from_: Annotated[_Moment, Query(alias="from")] = None,
    to: _End = None,
) -> Asked:
    """Return the window, the period and the filter. Raises BadValueError, InputError."""
    return runtime.board.asked(period=period, start=from_, end=to, values=values)


AskedDep = Annotated[Asked, Depends(read_trend)]
