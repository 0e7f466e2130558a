"""Named dependencies of the routes: the parts of the process, who asks, what they may do."""

from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.http import HTTPBase

from service.errors import ForbiddenError, OverloadedError, UnauthorisedError
from service.metrics.counts import Counts
from service.metrics.scrape import Scrape
from service.people.access import SESSION, Principal
from service.people.roles import Permission
from service.runtime import Runtime
from service.settings import Settings
from triage import ModelError, Triage

T = TypeVar("T")
_BEARER = HTTPBearer(auto_error=False, description="密钥 the API key: fz_…")
_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False, description="同一把密钥 the same key")
_BASIC = HTTPBase(
    scheme="basic",
    scheme_name="LabelStudio",
    auto_error=False,
    description="用户名任意，密码是密钥 any user name, the key as password",
)


@dataclass(slots=True)
class State:
    """What one service process holds. `first` is the engine it began with."""

    settings: Settings
    first: Triage | None = None
    follow: bool = False
    runtime: Runtime | None = None
    waiting: int = 0
    limiter: CapacityLimiter | None = field(default=None)
    counts: Counts = field(default_factory=Counts)
    scrape: Scrape = field(init=False)

    def __post_init__(self) -> None:
        self.scrape = Scrape(self.counts)

    @property
    def engine(self) -> Triage | None:
        """The engine as the desk has it now; None until the first one is warm."""
        return self.runtime.desk.engine if self.runtime else self.first


class Runner:
    """Runs forward passes in threads, a few at a time, never in the event loop."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def __call__(self, call: Callable[[], T]) -> T:
        """Run `call` in a thread. Raises OverloadedError where too many wait already."""
        async with self._place() as limiter:
            return await to_thread.run_sync(call, limiter=limiter)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[CapacityLimiter]:
        state = self._state
        if state.waiting >= state.settings.queue + state.settings.workers:
            raise OverloadedError("Too many requests wait.", remedy="Try again in a second.")
        if state.limiter is None:
            state.limiter = CapacityLimiter(state.settings.workers)
        state.waiting += 1
        try:
            yield state.limiter
        finally:
            state.waiting -= 1


async def get_state(request: Request) -> State:
    """Return what the process holds."""
    state: State = request.app.state.fenzhen
    return state


async def get_engine(state: Annotated[State, Depends(get_state)]) -> Triage:
    """Return the engine. Raises ModelError while the model is still loading."""
    if state.engine is None:
        raise ModelError("The model is still loading.", remedy="Ask /ready and try again.")
    return state.engine


async def get_runner(state: Annotated[State, Depends(get_state)]) -> Runner:
    """Return the runner of forward passes."""
    return Runner(state)


async def get_runtime(state: Annotated[State, Depends(get_state)]) -> Runtime:
    """Return the working parts. Raises ModelError while they are still opening."""
    if state.runtime is None:
        raise ModelError("The service is still starting.", remedy="Ask /ready and try again.")
    return state.runtime


async def get_principal(
    request: Request,
    runtime: Annotated[Runtime, Depends(get_runtime)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    header: Annotated[str | None, Security(_HEADER)],
) -> Principal:
    """Return who asks: by key, by session, or at this machine. Raises UnauthorisedError."""
    access = runtime.access
    if key := header or (bearer.credentials.strip() if bearer else ""):
        if held := access.recent(key):
            return held
        return await to_thread.run_sync(access.by_key, key)
    refuse_foreign(request)
    here = access.by_session(request.cookies.get(SESSION, "")) or access.by_place(
        request.client.host if request.client else None,
        request.headers.get("host", ""),
        forwarded="x-forwarded-for" in request.headers or "forwarded" in request.headers,
    )
    if here is None:
        raise UnauthorisedError(
            "No API key was given.", remedy="Send it as `Authorization: Bearer fz_…`, or log in."
        )
    return here


async def get_studio(
    request: Request,
    runtime: Annotated[Runtime, Depends(get_runtime)],
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    header: Annotated[str | None, Security(_HEADER)],
    basic: Annotated[HTTPAuthorizationCredentials | None, Security(_BASIC)],
) -> Principal:
    """Return who asks as Label Studio does: as `get_principal`, or with the key as a password."""
    if key := password_of(basic):
        refuse_foreign(request)  # browsers send passwords along for the pages of others
        bearer = HTTPAuthorizationCredentials(scheme="Bearer", credentials=key)
    return await get_principal(request, runtime, bearer, header)


def password_of(basic: HTTPAuthorizationCredentials | None) -> str:
    """Return the password of Basic credentials, or an empty string."""
    if basic is None or basic.scheme.lower() != "basic":
        return ""
    try:
        return b64decode(basic.credentials).decode().partition(":")[2]
    except ValueError:
        raise UnauthorisedError(
            "The Basic credentials cannot be read.", remedy="Give the API key as the password."
        ) from None


def refuse_foreign(request: Request) -> None:
    """Raise ForbiddenError where the page of another site makes a browser change something."""
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if request.method not in _SAFE and origin and urlsplit(origin).netloc != host:
        raise ForbiddenError(
            "This request comes from the page of another site.",
            remedy="Use the pages of this service, or an API key.",
        )


def permitted(
    needed: Permission, who: Callable[..., Awaitable[Principal]] = get_principal
) -> Callable[[Principal], Awaitable[Principal]]:
    """Return a dependency that lets through whoever may do `needed`; `who` tells who asks."""

    async def check(principal: Annotated[Principal, Depends(who)]) -> Principal:
        principal.demand(needed)
        return principal

    return check


_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
StateDep = Annotated[State, Depends(get_state)]
EngineDep = Annotated[Triage, Depends(get_engine)]
RuntimeDep = Annotated[Runtime, Depends(get_runtime)]
PrincipalDep = Annotated[Principal, Depends(get_principal)]
READING = Depends(permitted(Permission.READ))
Reader = Annotated[Principal, Depends(permitted(Permission.READ))]
Agent = Annotated[Principal, Depends(permitted(Permission.WRITE_TICKET))]
Corrector = Annotated[Principal, Depends(permitted(Permission.CORRECT))]
Exporter = Annotated[Principal, Depends(permitted(Permission.EXPORT))]
RuleKeeper = Annotated[Principal, Depends(permitted(Permission.MANAGE_RULES))]
HookKeeper = Annotated[Principal, Depends(permitted(Permission.MANAGE_WEBHOOKS))]
KeyKeeper = Annotated[Principal, Depends(permitted(Permission.MANAGE_KEYS))]
StudioReader = Annotated[Principal, Depends(permitted(Permission.READ, get_studio))]
Annotator = Annotated[Principal, Depends(permitted(Permission.ANNOTATE, get_studio))]
ModelKeeper = Annotated[Principal, Depends(permitted(Permission.PROMOTE_MODEL))]
Auditor = Annotated[Principal, Depends(permitted(Permission.READ_AUDIT))]
RunnerDep = Annotated[Runner, Depends(get_runner)]
