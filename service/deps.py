"""Named dependencies of the routes: the engine, and the limiter its forward passes run under."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from service.errors import OverloadedError
from service.settings import Settings
from triage import ModelError, Triage

T = TypeVar("T")


@dataclass(slots=True)
class State:
    """What one service process holds. `engine` is None until the model is warm."""

    settings: Settings
    engine: Triage | None = None
    waiting: int = 0
    limiter: CapacityLimiter | None = field(default=None)


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


def get_state(request: Request) -> State:
    """Return what the process holds."""
    state: State = request.app.state.fenzhen
    return state


def get_engine(state: Annotated[State, Depends(get_state)]) -> Triage:
    """Return the engine. Raises ModelError while the model is still loading."""
    if state.engine is None:
        raise ModelError("The model is still loading.", remedy="Ask /ready and try again.")
    return state.engine


def get_runner(state: Annotated[State, Depends(get_state)]) -> Runner:
    """Return the runner of forward passes."""
    return Runner(state)


StateDep = Annotated[State, Depends(get_state)]
EngineDep = Annotated[Triage, Depends(get_engine)]
RunnerDep = Annotated[Runner, Depends(get_runner)]
