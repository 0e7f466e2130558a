"""`/tasks`: the calls to make and the promises to keep."""

from fastapi import Request, Response

from service.api.views import rows_view, shown
from service.db.reading import list_promises, open_follow_ups, promise_counts
from service.deps import Reader, RuntimeDep
from service.web.frame import page_router, render

router = page_router()
_MOST = 100


@router.get("/tasks")
def tasks(request: Request, runtime: RuntimeDep, who: Reader) -> Response:
    """回访和承诺。Follow-up calls and promises."""
    with runtime.database.connect() as connection:
        found = {
            "calls": rows_view(open_follow_ups(connection, _MOST, 0)),
            "due": rows_view(list_promises(connection, "open", _MOST, 0)),
            "unsure": rows_view(list_promises(connection, "unconfirmed", _MOST, 0)),
            "broken": rows_view(list_promises(connection, "broken", _MOST, 0)),
        }
        counts = promise_counts(connection)
    names = runtime.desk.books.rules.queues
    return render(request, "tasks.html", who, **shown(found, who), counts=counts, names=names)
