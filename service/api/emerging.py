"""`/v1/trends/emerging`: what comes up, and what people think of it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.api.tickets import ERRORS
from service.api.views import answer
from service.deps import Corrector, Reader, RuntimeDep
from service.schemas.emerging import CloseIn, EmergenceOut, EmergencesOut, StateShown
from service.schemas.kinds import Id

router = APIRouter(prefix="/v1/trends/emerging", tags=["trends"], responses=ERRORS)
State = Annotated[StateShown, Query(description="还在继续的，或全部 those that go on, or all")]


@router.get("", response_model=EmergencesOut)
def read(runtime: RuntimeDep, who: Reader, state: State = "open") -> Response:
    """冒出来的新问题：词、数量、产品、例子。What comes up: terms, counts, products, examples.

    Rates are compared with the same weekdays of the last weeks, as shares of all that came in.
    False alarms are within a budget a month; examples are masked for everyone.
    """
    return answer(runtime.emerging.view(state))


@router.post("/{emergence_id}/close", response_model=EmergenceOut)
def close(runtime: RuntimeDep, who: Corrector, emergence_id: Id, item: CloseIn) -> Response:
    """关掉一条警报，说它有没有用。Close an alert, and say whether it was of use.

    It is not raised anew while it goes on; once it was calm for a week, it may be.
    """
    return answer(runtime.emerging.close(emergence_id, item.verdict, who.actor))
