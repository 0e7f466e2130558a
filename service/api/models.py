"""`/v1/models`: which models there are, which one judges, how a candidate agrees with it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.views import answer, shown
from service.db.engine import writing
from service.db.keys import note
from service.deps import ModelKeeper, Reader, RuntimeDep
from service.errors import ConflictError
from service.models.showing import (
    Asked,
    Shown,
    disagreement_view,
    models_view,
    problem_view,
    shadow_shown,
)
from service.people.access import Principal
from service.routing.log import Kind
from service.runtime import Runtime
from service.schemas.kinds import Limit, Name, Offset
from service.schemas.models import ModelsOut, RollbackIn, RollbackOut, ShadowOut
from triage import RegistryError
from triage.registry.rollback import rollback as go_back
from triage.taxonomy import Taxonomy

router = APIRouter(prefix="/v1/models", tags=["models"], responses=ERRORS)
Field = Literal["issues", "sentiment", "urgency", "review"]


@router.get("", response_model=ModelsOut)
def read(runtime: RuntimeDep, who: Reader) -> Response:
    """列出模型：在用的、影子、候选、历史。Every model, its marks and scores, and the last changes.

    `serving` is the model of the process that answers, and what keeps it from a newer one.
    """
    return answer(models_view(runtime.settings.models, runtime.desk, runtime.serving))


@router.get("/shadow", response_model=ShadowOut)
def shadow(
    runtime: RuntimeDep,
    who: Reader,
    label: Annotated[Name | None, Query(description="只看这个标签 disagreements on it")] = None,
    field: Annotated[Field | None, Query(description="只看这一项 disagreements on it")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """影子模型和在用模型一致到什么程度，哪里不同。How far the candidate agrees, and where not."""
    asked = Asked(label, field, limit, offset)
    taxonomy = runtime.desk.engine.taxonomy
    found = shadow_shown(runtime.database, runtime.settings.models, taxonomy.codes, asked)
    return answer(shown(shadow_view(runtime, found, taxonomy), who))


def shadow_view(runtime: Runtime, found: Shown, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return what is known of a candidate, as the API tells it."""
    told = found.agreement.to_dict()
    labels = [
        {**row, "zh": taxonomy.zh(row["code"]), "en": taxonomy.en(row["code"])}
        for row in told["labels"]
    ]
    page = found.listed
    return {
        "shadow": found.pointer.to_dict() if found.pointer else None,
        "hash": found.hash,
        "problem": problem_view(runtime.shadow.problem),
        "waiting": found.waiting,
        "whole": told["whole"],
        "fields": told["fields"],
        "labels": labels,
        "disagreements": {
            "items": [disagreement_view(row) for row in page.rows] if page else [],
            "total": page.total if page else 0,
            "next": page.next if page else None,
        },
    }


@router.post("/rollback", response_model=RollbackOut)
def rollback(item: RollbackIn, runtime: RuntimeDep, who: ModelKeeper) -> Response:
    """回到上一个在用的模型；各进程随后自己换上。Go back; every process follows by itself."""
    return answer(roll_back(runtime, who, item.reason))


def roll_back(runtime: Runtime, who: Principal, reason: str) -> dict[str, Any]:
    """Put the previous champion back in use, and say so in the log. Raises ConflictError."""
    root = runtime.settings.models
    try:
        entry, folder = go_back(root, by=who.name)
    except RegistryError as error:
        if error.code == RegistryError.code:  # the registry itself is broken
            raise
        raise ConflictError(error.message, remedy=error.remedy, code=error.code) from error
    done = entry.to_dict()
    told = {"reason": reason, "from": done["from"], "to": done["to"]}
    with writing(runtime.database) as connection:
        note(connection, Kind.MODEL_ROLLED_BACK, who.actor, runtime.desk.now(), told)
    return {**done, "folder": str(folder)}
