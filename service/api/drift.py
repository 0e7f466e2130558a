"""`/v1/drift`: what changed in the texts of the desk, week by week and channel by channel."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.views import answer
from service.deps import Reader, RuntimeDep
from service.schemas.drift import DriftOut
from service.schemas.kinds import Short
from triage.drift import ALL, Report

router = APIRouter(prefix="/v1", tags=["models"], responses=ERRORS)
WEEKS = 26
Weeks = Annotated[int, Query(ge=1, le=260, description="最近几周 so many last weeks")]
Channel = Annotated[Short, Query(description="渠道，* 为全部 a channel; * is all together")]


@router.get("/drift", response_model=DriftOut)
def read(
    runtime: RuntimeDep, who: Reader, channel: Channel = ALL, weeks: Weeks = WEEKS
) -> Response:
    """客户的话变了没有：每周、每个渠道和参照比。Each week against its reference, by channel.

    The first full weeks of a model are its reference. An alert is outside the budget of false
    alarms, which all tests of a week share, and beyond the least change that counts.
    """
    return answer(drift_view(runtime.drift.report(), channel, weeks))


def drift_view(report: Report, channel: str, weeks: int) -> dict[str, Any]:
    """Return the last weeks: series of one channel, alerts of all."""
    recent = report.narrowed(None, weeks)
    alerts = [alert.to_dict() for alert in recent.alerts]
    return recent.narrowed(channel, None).to_dict() | {"alerts": alerts}
