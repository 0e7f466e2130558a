"""The application: built by a function, from parts that tests can replace."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from starlette.datastructures import Headers
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from service import errors
from service.api import (
    actions,
    customers,
    drift,
    emerging,
    endpoints,
    exports,
    health,
    imports,
    labels,
    labelstudio,
    metrics,
    models,
    people,
    rules,
    tasks,
    tickets,
    topics,
    trends,
    triage,
)
from service.deps import State
from service.metrics.middleware import Timed
from service.models.loading import load_served
from service.runtime import running
from service.settings import Settings
from service.web import pages
from triage import Triage, __version__

_WEB = Path(__file__).parent / "web"


def create_app(
    engine: Triage | None = None, settings: Settings | None = None, *, follow: bool | None = None
) -> FastAPI:
    """Build the application; `engine` None loads what the settings name at start-up.

    An engine that is handed in stays, and so does a model that the settings name; with `follow`,
    and where the application loads the champion itself, each new champion takes its place.
    """
    state = State(settings or Settings(), engine)
    state.follow = engine is None and state.settings.model is None if follow is None else follow
    # The usual documentation page loads its scripts from a CDN; ours must work offline.
    app: FastAPI = FastAPIOffline(
        title="分诊 Fenzhen",
        version=__version__,
        description="读懂中文客户反馈。Reads Chinese customer feedback.",
        lifespan=_lifespan,
    )
    app.state.fenzhen = state
    errors.install(app)
    app.add_middleware(BodyLimit, limit=state.settings.max_body)
    app.add_middleware(Timed, counts=state.counts)
    app.router.routes.extend(_routes())
    app.mount("/static", StaticFiles(directory=_WEB / "static"), name="static")
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """Return the routes of every application: what FastAPI works out of them it keeps there."""
    whole = APIRouter()
    for room in (
        tickets,
        triage,
        actions,
        imports,
        exports,
        customers,
        tasks,
        rules,
        people,
        endpoints,
        labels,
        models,
        drift,
        trends,
        topics,
        emerging,
        labelstudio,
        health,
        metrics,
        pages,
    ):
        whole.include_router(room.router)
    return tuple(whole.routes)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    state: State = app.state.fenzhen
    if state.first is None:
        state.first = await to_thread.run_sync(load_served, state.settings)
    heard = state.counts.done
    parts = running(state.settings, state.first, follow=state.follow, heard=heard)
    state.runtime = await to_thread.run_sync(parts.__enter__)
    try:
        yield
    finally:
        await to_thread.run_sync(parts.__exit__, None, None, None)


class BodyLimit:
    """Refuses a request whose body does not state its length or is too large.

    Plain ASGI: the middleware of `app.middleware` makes a task and two streams per request.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] == "http" and self._is_refused(Headers(scope=scope)):
            problem = errors.BodyTooLargeError(
                f"The body must state its length and hold at most {self._limit} bytes.",
                remedy="Send smaller batches with a Content-Length, or use `triage run` for files.",
            )
            refusal = JSONResponse({"error": problem.to_dict()}, errors.status_of(problem))
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)

    def _is_refused(self, headers: Headers) -> bool:
        length = headers.get("content-length", "0")
        chunked = "chunked" in headers.get("transfer-encoding", "")
        return chunked or not length.isdigit() or int(length) > self._limit
