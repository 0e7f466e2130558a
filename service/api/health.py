"""`/health` says the process lives; `/ready` says the model is loaded and warm."""

from fastapi import APIRouter, Response

from service.deps import StateDep

router = APIRouter(tags=["operations"])


@router.get("/health")
async def health() -> dict[str, str]:
    """存活。The process answers."""
    return {"status": "ok"}


@router.get("/ready")
async def ready(state: StateDep, response: Response) -> dict[str, object]:
    """就绪。The model is loaded and has judged a first text; 503 until then."""
    if state.engine is None:
        response.status_code = 503
        return {"status": "loading"}
    return {"status": "ready", "model": state.engine.name.to_dict()}
