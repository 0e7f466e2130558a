"""What is owed: follow-up calls, promises; and what people corrected."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.views import answer, rows_view, shown
from service.db.inbox import queue_counts
from service.db.reading import list_corrections, list_promises, open_follow_ups, promise_counts
from service.deps import Exporter, Reader, RuntimeDep
from service.schemas.desk import CorrectionPage, FollowUpPage, PromisePage, QueuesOut
from service.schemas.kinds import Id, Offset

router = APIRouter(prefix="/v1", tags=["tasks"], responses=ERRORS)
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/follow-ups", response_model=FollowUpPage)
def follow_ups(runtime: RuntimeDep, who: Reader, limit: Limit = 50, offset: Offset = 0) -> Response:
    """待办回访，先到期的在前。Follow-up calls to be made, the earliest due first."""
    with runtime.database.connect() as connection:
        items = rows_view(open_follow_ups(connection, limit, offset))
    return answer(shown({"items": items}, who))


@router.get("/promises", response_model=PromisePage)
def promises(
    runtime: RuntimeDep,
    who: Reader,
    state: Literal["open", "unconfirmed", "kept", "broken"] = "open",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Response:
    """承诺台账，以及履约率。The ledger of promises; `kept_share` of those that ran out."""
    with runtime.database.connect() as connection:
        items = rows_view(list_promises(connection, state, limit, offset))
        counts = promise_counts(connection)
    return answer(shown({"items": items, "counts": counts, "kept_share": _share(counts)}, who))


def _share(counts: dict[str, int]) -> float | None:
    kept, broken = counts.get("kept", 0), counts.get("broken", 0)
    return round(kept / (kept + broken), 4) if kept + broken else None


@router.get("/corrections", response_model=CorrectionPage)
def corrections(runtime: RuntimeDep, who: Exporter, after: Id = "", limit: Limit = 200) -> Response:
    """人的改正，按时间；`after` 接着上一页。Corrections in order; `after` continues."""
    with runtime.database.connect() as connection:
        items: list[dict[str, Any]] = rows_view(list_corrections(connection, after, limit))
    return answer(shown({"items": items, "next": items[-1]["id"] if items else None}, who))


@router.get("/queues", response_model=QueuesOut)
def queues(runtime: RuntimeDep, who: Reader) -> Response:
    """各队列：在办、超时、待复核、客户在等。Live, late, to review, waiting for us."""
    with runtime.database.connect() as connection:
        counts = queue_counts(connection)
    none = {"live": 0, "breached": 0, "review": 0, "waiting": 0}
    known = runtime.desk.books.rules.queues
    items = [
        {"queue": name, "zh": queue.zh, "en": queue.en, **counts.get(name, none)}
        for name, queue in known.items()
    ]
    return answer({"items": items})
