"""`/v1/tickets/{id}/…`: talk, close, assign, correct, merge."""

from anyio import to_thread
from fastapi import APIRouter, Response

from service.api.acting import act
from service.api.tickets import ERRORS, REPEATED, KeyHeader, own_key, repeated_view
from service.api.views import answer, done_view, shown
from service.deps import Agent, Corrector, RuntimeDep
from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Command,
    Correct,
    FinishFollowUp,
    Merge,
    Rate,
    Reopen,
    Resume,
    SettlePromise,
    Split,
    Tag,
    Wait,
)
from service.people.access import Principal
from service.runtime import Runtime
from service.schemas.kinds import Name
from service.schemas.tickets import (
    AssignIn,
    CloseIn,
    CorrectionIn,
    CreatedOut,
    FollowUpIn,
    MergeIn,
    MessageIn,
    NoteIn,
    PromiseIn,
    SatisfactionIn,
    TagsIn,
)

router = APIRouter(prefix="/v1/tickets/{ticket_id}", tags=["tickets"], responses=ERRORS)


async def _act(runtime: Runtime, command: Command, who: Principal, status: int = 200) -> Response:
    done = await act(runtime, command)
    if done.case is None or done.repeated:
        case = await to_thread.run_sync(runtime.desk.load, done.ticket_id)
        again = {**repeated_view(case), "message_id": done.answer.get("message_id")}
        return answer(shown(again, who))
    return answer(shown(done_view(done), who), status)


@router.post("/messages", status_code=201, response_model=CreatedOut, responses=REPEATED)
async def message(
    ticket_id: Name,
    item: MessageIn,
    runtime: RuntimeDep,
    who: Agent,
    idempotency_key: KeyHeader = None,
) -> Response:
    """加一条消息：客户的重新判断，客服的读出承诺。Add a message; judged, or read for promises."""
    given = item.model_dump(exclude={"name"})
    name = item.name or (who.name if item.author != "customer" else None)
    command = AddMessage(
        who.actor, ticket_id=ticket_id, name=name, key=own_key(idempotency_key, who), **given
    )
    return await _act(runtime, command, who, 201)


@router.post("/close", response_model=CreatedOut)
async def close(ticket_id: Name, item: CloseIn, runtime: RuntimeDep, who: Agent) -> Response:
    """办结；投诉还要回访才算关闭。Call it done; a complaint is closed after the follow-up call."""
    command = Close(who.actor, ticket_id=ticket_id, **item.model_dump())
    return await _act(runtime, command, who)


@router.post("/reopen", response_model=CreatedOut)
async def reopen(ticket_id: Name, item: NoteIn, runtime: RuntimeDep, who: Agent) -> Response:
    """重开。Take a closed ticket up again."""
    return await _act(runtime, Reopen(who.actor, ticket_id=ticket_id, **item.model_dump()), who)


@router.post("/wait", response_model=CreatedOut)
async def wait(ticket_id: Name, runtime: RuntimeDep, who: Agent) -> Response:
    """等客户：可暂停的时限暂停。Wait for the customer: clocks that pause are paused."""
    return await _act(runtime, Wait(who.actor, ticket_id=ticket_id), who)


@router.post("/resume", response_model=CreatedOut)
async def resume(ticket_id: Name, runtime: RuntimeDep, who: Agent) -> Response:
    """不再等。Go on without waiting longer."""
    return await _act(runtime, Resume(who.actor, ticket_id=ticket_id), who)


@router.post("/assign", response_model=CreatedOut)
async def assign(ticket_id: Name, item: AssignIn, runtime: RuntimeDep, who: Agent) -> Response:
    """交给某人；不会交给被投诉的人。Give it to a person, never to the one complained about."""
    return await _act(runtime, Assign(who.actor, ticket_id=ticket_id, owner=item.owner), who)


@router.post("/tags", response_model=CreatedOut)
async def tags(ticket_id: Name, item: TagsIn, runtime: RuntimeDep, who: Agent) -> Response:
    """加减标签。Add and remove tags."""
    command = Tag(who.actor, ticket_id=ticket_id, add=tuple(item.add), remove=tuple(item.remove))
    return await _act(runtime, command, who)


@router.post("/corrections", status_code=201, response_model=CreatedOut)
async def correct(
    ticket_id: Name, item: CorrectionIn, runtime: RuntimeDep, who: Corrector
) -> Response:
    """改正标签；人说了算。Correct labels: the person wins for good, and the model learns of it."""
    command = Correct(
        who.actor,
        ticket_id=ticket_id,
        changes=item.changes(),
        reason=item.reason,
        note=item.note,
        verdict_id=item.verdict_id,
    )
    return await _act(runtime, command, who, 201)


@router.post("/follow-up", response_model=CreatedOut)
async def follow_up(ticket_id: Name, item: FollowUpIn, runtime: RuntimeDep, who: Agent) -> Response:
    """回访结果；不满意就重开。The customer's answer; a bad one reopens the ticket."""
    command = FinishFollowUp(who.actor, ticket_id=ticket_id, **item.model_dump())
    return await _act(runtime, command, who)


@router.post("/promises/{promise_id}", response_model=CreatedOut)
async def promise(
    ticket_id: Name, promise_id: Name, item: PromiseIn, runtime: RuntimeDep, who: Agent
) -> Response:
    """承诺做到了没有。Say whether a promise was kept."""
    command = SettlePromise(
        who.actor, ticket_id=ticket_id, promise_id=promise_id, **item.model_dump()
    )
    return await _act(runtime, command, who)


@router.post("/satisfaction", status_code=201, response_model=CreatedOut)
async def satisfaction(
    ticket_id: Name, item: SatisfactionIn, runtime: RuntimeDep, who: Agent
) -> Response:
    """满意度 = 感受 / 期望 × 100 %。Satisfaction = perceived / expected x 100 %."""
    command = Rate(who.actor, ticket_id=ticket_id, **item.model_dump())
    return await _act(runtime, command, who, 201)


@router.post("/merge", response_model=CreatedOut)
async def merge(ticket_id: Name, item: MergeIn, runtime: RuntimeDep, who: Agent) -> Response:
    """把另一张并进来，时限从早的算起。Merge another ticket into this one; the older clock stays."""
    return await _act(runtime, Merge(who.actor, ticket_id=ticket_id, source=item.source), who)


@router.post("/split", response_model=CreatedOut)
async def split(ticket_id: Name, item: MergeIn, runtime: RuntimeDep, who: Agent) -> Response:
    """撤销合并。Undo a merge."""
    return await _act(runtime, Split(who.actor, ticket_id=ticket_id, source=item.source), who)
