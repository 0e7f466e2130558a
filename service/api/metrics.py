"""`/metrics`: how this process and its desk fare, for Prometheus."""

from typing import Any

from fastapi import APIRouter, Response

from service.api.tickets import ERRORS
from service.deps import Reader, RuntimeDep, StateDep
from service.metrics.scrape import CONTENT_TYPE

router = APIRouter(tags=["operations"])
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


@router.get("/metrics", responses={**ERRORS, **_TEXT}, response_class=Response)
def metrics(state: StateDep, runtime: RuntimeDep, who: Reader) -> Response:
    """运行指标，给 Prometheus。How this process and its desk fare, in the format of Prometheus."""
    return Response(state.scrape.text(runtime, state.waiting), media_type=CONTENT_TYPE)
