"""`/health` says the process lives; `/ready` says the model is loaded and warm."""

from fastapi import APIRouter, Response

from service.deps import StateDep
from service.schemas.triage import HealthOut, ReadyOut

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health() -> HealthOut:
    """存活。The process answers."""
    return HealthOut(status="ok")


@router.get(
    "/ready",
    response_model=ReadyOut,
    response_model_exclude_none=True,
    responses={503: {"model": ReadyOut}},
)
async def ready(state: StateDep, response: Response) -> dict[str, object]:
    """就绪。The model is loaded and has judged a first text; 503 until then.

    `problem` is the code of the error that keeps a newer champion from being served.
    """
    if state.engine is None:
        response.status_code = 503
        return {"status": "loading"}
    problem = state.runtime.serving.problem if state.runtime else None
    told: dict[str, object] = {"status": "ready", "model": state.engine.name.to_dict()}
    # Whoever asks here may be nobody: what it says, with its folder, stands at GET /v1/models.
    return {**told, "problem": problem.error.code} if problem else told
