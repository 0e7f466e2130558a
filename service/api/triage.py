"""`/v1/triage`: one text, or up to a thousand."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from service.api.tickets import ERRORS
from service.deps import READING, EngineDep, RunnerDep, State, StateDep
from service.schemas.triage import BatchIn, BatchOut, FeedbackIn, VerdictOut
from triage import Feedback, InputError, Rejection, Triage
from triage.records import to_json

router = APIRouter(prefix="/v1", tags=["triage"], dependencies=[READING])


@router.post("/triage", response_model=VerdictOut, responses=ERRORS)
async def judge(item: FeedbackIn, engine: EngineDep, run: RunnerDep, state: StateDep) -> Response:
    """判断一条反馈。Judge one piece of feedback."""
    feedback = Feedback(item.id, item.text, item.channel, item.received_at)
    verdict = await run(lambda: engine(feedback))
    return _json(_counted(state, [verdict.to_dict()])[0])


@router.post("/triage/batch", response_model=BatchOut, responses=ERRORS)
async def judge_batch(
    batch: BatchIn, engine: EngineDep, run: RunnerDep, state: StateDep
) -> Response:
    """判断一批反馈，顺序不变；坏的一条给出 error，不影响其他。Judge a batch, in order.

    Each entry of `results` is a verdict, or `{"id", "error"}` in its place.
    """
    if len(batch.items) > state.settings.max_batch:
        raise InputError(
            f"{len(batch.items)} items in one batch; the limit is {state.settings.max_batch}.",
            remedy="Send several smaller batches, or use `triage run` for files.",
            code="batch_too_large",
        )
    results = await run(lambda: _judge_all(engine, batch.items))
    return _json({"results": _counted(state, results)})


def _judge_all(engine: Triage, items: list[Any]) -> list[dict[str, Any]]:
    records = (_record(item, number) for number, item in enumerate(items, 1))
    return [result.to_dict() for result in engine.pipe(records)]


def _counted(state: State, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for result in results:
        state.counts.judged("api", result)
    return results


def _record(item: Any, number: int) -> Feedback | Rejection:
    if not isinstance(item, dict):
        kind = type(item).__name__
        return Rejection(str(number), "invalid_item", f"items[{number - 1}] is a {kind}.")
    item = {key: value for key, value in item.items() if key != "id" or value is not None}
    try:
        given = FeedbackIn.model_validate({"id": str(number), **item})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        name = str(item.get("id", number))
        return Rejection(name, "invalid_item", f"items[{number - 1}].{place}: {first['msg']}.")
    return Feedback(given.id, given.text, given.channel, given.received_at)


def _json(content: Mapping[str, Any]) -> Response:
    # Verdicts are valid by construction; a second validation would cost more than judging.
    return Response(to_json(content), media_type="application/json")
