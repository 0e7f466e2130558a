"""Times every request, whatever becomes of it."""

from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.metrics.counts import Counts

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE: Final = "none"  # stands for all addresses that lead nowhere


class Timed:
    """Counts each request by its route, until the last byte of its answer. Plain ASGI: streams."""

    def __init__(self, app: ASGIApp, *, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        status, began = 500, perf_counter()  # an error of ours is answered outside of us
        root = scope.get("root_path", "")

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            seconds = perf_counter() - began
            self._counts.request(_method(scope), _route(scope, root), status, seconds)
        return None


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "OTHER"


def _route(scope: Scope, root: str) -> str:
    # The template, never the path: ids in a label would make a series each. What is mounted has
    # none, but moves the root to where it is.
    mounted: str = scope.get("root_path", "").removeprefix(root)
    return getattr(scope.get("route"), "path_format", None) or mounted or NO_ROUTE
