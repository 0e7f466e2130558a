"""`/models`: which model judges and which came before; `/models/shadow`: how a candidate agrees."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import AfterValidator, StringConstraints

from service.api.models import roll_back, shadow_view
from service.api.views import shown
from service.deps import ModelKeeper, Reader, RuntimeDep
from service.models.comparing import FIELDS
from service.models.showing import Asked, models_view, shadow_shown
from service.people.roles import Permission
from service.schemas.models import RollbackIn
from service.tickets.storable import storable
from service.web.frame import Fields, back, checked, page_router, render

router = page_router()
_SIZE = 20
Label = Annotated[str, StringConstraints(max_length=200), AfterValidator(storable)]
Field = Literal["", "issues", "sentiment", "urgency", "review"]
Number = Annotated[int, Query(ge=1, le=20_000)]


@router.get("/models")
def models(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """在用的模型、候选、历史。The model in use, candidates, history."""
    told = models_view(runtime.settings.models, runtime.desk, runtime.serving)
    may = who.may(Permission.PROMOTE_MODEL)
    done = "done" in request.query_params
    return render(request, "models.html", who, **told, may_promote=may, done=done)


@router.post("/models/rollback")
def rollback(runtime: RuntimeDep, request: Request, who: ModelKeeper, fields: Fields) -> Response:
    """回到上一个在用的模型。Go back to the champion before this one."""
    roll_back(runtime, who, checked(RollbackIn, fields).reason)
    return back(request, "/models?done=1")


@router.get("/models/shadow")
def shadow(
    request: Request,
    runtime: RuntimeDep,
    who: Reader,
    label: Label = "",
    field: Field = "",
    page: Number = 1,
) -> Response:
    """影子模型和在用模型哪里不同。Where the candidate and the champion differ."""
    asked = Asked(label or None, field or None, _SIZE, (page - 1) * _SIZE)
    taxonomy = runtime.desk.engine.taxonomy
    found = shadow_shown(runtime.database, runtime.settings.models, taxonomy.codes, asked)
    view = shown(shadow_view(runtime, found, taxonomy), who)
    given = {"label": label, "field": field}
    pages = max(1, -(-view["disagreements"]["total"] // _SIZE))
    links = {"previous": _link(given, page - 1, pages), "next": _link(given, page + 1, pages)}
    told = {**view, "asked": given, "page": page, "pages": pages, "links": links}
    return render(request, "shadow.html", who, **told, names=FIELDS, differ=differ)


def _link(given: dict[str, str], page: int, pages: int) -> str | None:
    if not 1 <= page <= pages:
        return None
    told = {name: value for name, value in given.items() if value}
    return f"/models/shadow?{urlencode({**told, 'page': page})}"


def differ(item: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what a list shows of a disagreement: labels gained and lost, and changed levels."""
    words = item["differs"]
    before, after = item["champion"], item["candidate"]
    return {
        "gained": [word[1:] for word in words if word[0] == "+"],
        "lost": [word[1:] for word in words if word[0] == "-"],
        "levels": [(n, before[n], after[n]) for n in ("urgency", "sentiment") if n in words],
        "review": [after["review"]] if "review" in words else [],
    }
