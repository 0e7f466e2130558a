"""`/v1/export`: tickets as CSV or JSON lines, personal data masked, streaming."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine

from service.api.tickets import ERRORS
from service.api.views import ticket_view
from service.db.inbox import Filter, issues_of, list_tickets
from service.deps import Exporter, RuntimeDep
from service.schemas.kinds import Short, When
from service.schemas.tickets import TicketOut
from triage.files.cells import BOM, csv_line
from triage.records import to_json
from triage.text.pii import mask_all

router = APIRouter(prefix="/v1", tags=["tickets"])
_PAGE = 200
_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}, "application/x-ndjson": {}}}
}
_COLUMNS = tuple(TicketOut.model_fields)


@router.get("/export", responses={**ERRORS, **_FILES}, response_class=StreamingResponse)
def export(
    runtime: RuntimeDep,
    who: Exporter,
    format_: Annotated[Literal["csv", "jsonl"], Query(alias="format")] = "csv",
    queue: Short | None = None,
    since: When | None = None,
    until: When | None = None,
) -> StreamingResponse:
    """导出工单，个人信息打码。Export tickets, oldest first, personal data masked for everyone."""
    wanted = Filter(queue=queue, since=since, until=until or runtime.desk.now())
    rows = _rows(runtime.database, wanted)
    content = _csv(rows) if format_ == "csv" else (to_json(row) + b"\n" for row in rows)
    kind = "text/csv; charset=utf-8" if format_ == "csv" else "application/x-ndjson"
    named = {"content-disposition": f'attachment; filename="tickets.{format_}"'}
    return StreamingResponse(content, media_type=kind, headers=named)


def _rows(database: Engine, wanted: Filter) -> Iterator[dict[str, Any]]:
    offset: int | None = 0
    while offset is not None:
        with database.connect() as connection:
            page = list_tickets(connection, wanted, sort="oldest", limit=_PAGE, offset=offset)
            issues = issues_of(connection, [row["id"] for row in page.rows])
        yield from (mask_all(ticket_view(row, issues[row["id"]])) for row in page.rows)
        offset = page.next


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield BOM
    yield csv_line(_COLUMNS)
    for row in rows:
        yield csv_line(row[name] for name in _COLUMNS)
