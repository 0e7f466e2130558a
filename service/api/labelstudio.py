"""`/label-studio`: an ML backend and a receiver of annotations for Label Studio."""

from dataclasses import replace

import structlog
from anyio import to_thread
from fastapi import APIRouter, Response
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from service.api.tickets import ERRORS
from service.api.views import answer
from service.db.annotations import Annotation, keep_annotation, known_tickets_of
from service.db.engine import writing
from service.deps import Annotator, EngineDep, RunnerDep, RuntimeDep, StudioReader
from service.errors import ConflictError, StorageError
from service.labelstudio.annotations import annotations_of
from service.labelstudio.predictions import controls_of, failed, predict
from service.schemas.labelstudio import (
    PredictIn,
    PredictOut,
    SetupIn,
    SetupOut,
    StudioHealthOut,
    WebhookIn,
    WebhookOut,
)
from triage import InputError, Triage
from triage.datasets.ls_controls import Controls
from triage.datasets.ls_convert import model_version

router = APIRouter(prefix="/label-studio", tags=["label studio"], responses=ERRORS)
_MOST = 10_000  # tasks in one request: Label Studio sends all that are chosen
_log = structlog.get_logger()


@router.get("/health")
async def health(engine: EngineDep, who: StudioReader) -> StudioHealthOut:
    """在。The backend is there; Label Studio asks before it is connected, with its password."""
    return StudioHealthOut(status="UP", model_version=model_version(engine.name))


@router.post("/setup")
async def setup(item: SetupIn, engine: EngineDep, who: StudioReader) -> SetupOut:
    """接上一个项目：标注配置要有我们认得的题目。Connect a project whose config holds our task."""
    _controls(item.label_config, engine)
    return SetupOut(model_version=model_version(engine.name))


@router.post("/predict", response_model=PredictOut)
async def predictions(
    item: PredictIn, engine: EngineDep, run: RunnerDep, who: StudioReader
) -> Response:
    """预标注：按顺序，坏的一条给出 error。Pre-annotate tasks, in order; a bad one costs itself."""
    if len(item.tasks) > _MOST:
        raise InputError(
            f"{len(item.tasks)} tasks in one request; the limit is {_MOST}.",
            remedy="Choose fewer tasks, or import the file of `triage label-studio tasks`.",
            code="batch_too_large",
        )
    controls = _controls(item.label_config, engine)
    results = await run(lambda: predict(engine, item.tasks, controls))
    for said in failed(results)[:10]:  # Label Studio shows nobody what was wrong
        _log.warning("labelstudio.no_prediction", reason=said)
    return answer({"results": results})


def _controls(config: str | None, engine: Triage) -> Controls:
    try:
        return controls_of(config, engine)
    except InputError as error:
        _log.warning("labelstudio.bad_config", reason=str(error))  # it shows only the status
        raise


@router.post("/webhook")
async def webhook(
    item: WebhookIn, engine: EngineDep, runtime: RuntimeDep, who: Annotator
) -> WebhookOut:
    """收标注：写盘后才回答；重发、乱序都不要紧。Take annotations; an answer means on disk.

    The same event again, or an older one after a newer, changes nothing.
    """
    if item.action == "START_TRAINING":
        raise ConflictError(
            "Training is not started from Label Studio.",
            remedy="`triage data pull`, then `triage train`.",
        )
    found = await to_thread.run_sync(annotations_of, item.model_dump(), engine)
    kept = await to_thread.run_sync(_keep, runtime.database, found)
    return WebhookOut(kept=kept, known=len(found) - kept)


def _keep(database: Engine, found: list[Annotation]) -> int:
    if not found:
        return 0
    try:
        with writing(database) as connection:
            return _keep_all(connection, found)
    except DBAPIError as error:
        raise StorageError(
            f"The database did not take it ({type(error.orig).__name__}).",
            remedy="Nothing was kept; send it again.",
        ) from error


def _keep_all(connection: Connection, found: list[Annotation]) -> int:
    tickets = known_tickets_of(connection, (one.ticket_id for one in found if one.ticket_id))
    tied = (one if one.ticket_id in tickets else replace(one, ticket_id=None) for one in found)
    return sum(keep_annotation(connection, one) for one in tied)
