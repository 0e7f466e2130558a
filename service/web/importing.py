"""`/import`: choose a file, and every line of it is a ticket."""

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import File, Form, Request, Response, UploadFile

from service.api.imports import import_upload, import_view
from service.deps import Agent, RuntimeDep
from service.web.frame import page_router, render
from triage.files.columns import Fields

router = page_router()


@router.get("/import")
def import_page(request: Request, runtime: RuntimeDep, who: Agent) -> Response:
    """选文件的页面。The page to choose a file."""
    return render(request, "import.html", who, done=None)


@router.post("/import")
async def import_file(
    request: Request,
    runtime: RuntimeDep,
    who: Agent,
    file: Annotated[UploadFile, File()],
    text_field: Annotated[str, Form(max_length=200)] = "",
    id_field: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """导入，然后说说结果。Import it, and say what became of it."""
    content = await file.read()
    fields = Fields(text_field.strip() or None, id_field.strip() or None)
    work = partial(import_upload, runtime.desk, content, file.filename or "", fields)
    done = await to_thread.run_sync(partial(work, actor=who.actor, source="import"))
    return render(request, "import.html", who, done=import_view(done))
