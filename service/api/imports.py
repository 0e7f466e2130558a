"""`/v1/import`: a file of feedback becomes tickets."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, File, Form, Response, UploadFile

from service.api.tickets import ERRORS
from service.api.views import answer
from service.deps import Agent, RuntimeDep
from service.desk.desk import Desk
from service.desk.importing import Imported, import_records
from service.schemas.desk import ImportOut
from service.schemas.kinds import Name, Short
from service.tickets.storable import storable
from triage import FileFormatError
from triage.files.columns import Fields
from triage.files.readers import read

router = APIRouter(prefix="/v1", tags=["tickets"])
_NAME = 100  # characters
_SHOWN = 100  # rejected records listed; all are counted


@router.post("/import", response_model=ImportOut, responses=ERRORS)
async def import_(
    runtime: RuntimeDep,
    who: Agent,
    file: Annotated[UploadFile, File(description=".jsonl .csv .csv.gz .tsv .parquet .xlsx")],
    text_field: Annotated[Name | None, Form(description="文本所在的列 column of the text")] = None,
    id_field: Annotated[Name | None, Form(description="编号所在的列 column of the id")] = None,
    source: Annotated[Short, Form(description="来自哪个系统 which system it is from")] = "import",
) -> Response:
    """导入一个文件，每行一张工单；再导一次不会重复。Import a file; again, nothing doubles.

    A broken line costs only itself and is listed under `rejected`.
    """
    content = await file.read()
    work = partial(
        import_upload,
        runtime.desk,
        content,
        file.filename or "",
        Fields(text_field, id_field),
        actor=who.actor,
        source=source,
    )
    return answer(import_view(await to_thread.run_sync(work)))


def import_upload(
    desk: Desk, content: bytes, name: str, fields: Fields, *, actor: str, source: str
) -> Imported:
    """Open a ticket for each record of a file that was sent. Raises FileFormatError."""
    with tempfile.TemporaryDirectory() as folder:
        # Only the ending of the sender's name is used: the rest could point anywhere.
        path = Path(folder) / f"upload{''.join(Path(name).suffixes[-2:])[:20]}"
        path.write_bytes(content)
        try:
            records = read(str(path), fields)
            return import_records(desk, records, actor=actor, source=source, id_field=fields.id)
        except FileFormatError as error:
            raise _as_sent(error, path, name) from error


def _as_sent(error: FileFormatError, path: Path, name: str) -> FileFormatError:
    """Return the error with the sender's words: their file's name, our fields' names."""
    shown = storable(name)[:_NAME] or "upload"
    message = error.message.replace(str(path), shown).replace(path.name, shown)
    remedy = error.remedy.replace("--text-field", "text_field").replace("--id-field", "id_field")
    return FileFormatError(message, remedy=remedy, code=error.code)


def import_view(done: Imported) -> dict[str, Any]:
    """Return what became of a file; of many rejected records the first are listed."""
    return {
        "created": done.created,
        "repeated": done.repeated,
        "rejected": len(done.rejected),
        "rejections": done.rejected[:_SHOWN],
        "tickets": done.first,
    }
