"""Judge the conversations of many cases at once, and keep what was said of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import StoredVerdict
from service.tickets.thread import Thread, placed, settled_now, thread_of
from triage import Feedback, Rejection, Triage, Verdict
from triage.readings.questions import asks

_FIELDS = ("issues", "sentiment", "urgency", "review")


def judge_all(engine: Triage, cases: Sequence[Case]) -> None:
    """Give each case a new verdict on all that its customer said."""
    threads = [thread_of(case.messages, engine.policy.max_chars) for case in cases]
    records = [_feedback(case, thread) for case, thread in zip(cases, threads, strict=True)]
    # What came after the first message is also read alone: does it want an answer at all?
    later = [case for case in cases if not case.fresh.ticket and case.fresh.messages]
    records += [Feedback(case.ticket.id, case.fresh.messages[-1].text) for case in later]
    results = list(engine.pipe(records))
    for case, thread, result in zip(cases, threads, results, strict=False):
        _keep(case, thread, result, engine)
    for case, result in zip(later, results[len(cases) :], strict=True):
        _mark(case, result)


def _mark(case: Case, alone: Verdict | Rejection) -> None:
    """Say in the log whether the customer's message wants no answer: 好的, 收到了, 谢谢."""
    message = case.fresh.messages[-1]
    if isinstance(alone, Rejection) or asks(message.text):
        return
    if alone.urgency == 0 and (message.settled or not alone.issues):
        for _, event in case.fresh.events:
            if event.data.get("message") == message.id:
                case.quieten(event)


def _feedback(case: Case, thread: Thread) -> Feedback:
    return Feedback(case.ticket.id, thread.text, case.ticket.channel, thread.messages[0].at)


def _keep(case: Case, thread: Thread, result: Verdict | Rejection, engine: Triage) -> None:
    before = case.verdict
    at = case.messages[-1].at
    body = body_of(result, thread)
    stored = _stored(case, thread, body, at, engine)
    case.judged(stored)
    if settled_now(body, thread):
        case.settle(thread.messages[0].id)
    if before is None or any(before.body.get(name) != body.get(name) for name in _FIELDS):
        changes = {name: body.get(name) for name in _FIELDS}
        actor = f"model:{engine.name.name}@{engine.name.hash}"
        first = before is None
        case.record(Kind.VERDICT_CHANGED, at, actor, verdict=stored.id, first=first, **changes)


def body_of(result: Verdict | Rejection, thread: Thread) -> dict[str, Any]:
    """Return what is kept of a verdict: quotes on their messages; of a rejection: why."""
    if isinstance(result, Rejection):
        # What cannot be judged is still somebody's message: a person reads it.
        reason = f"{result.code}: {result.message}"
        return {"unjudged": result.code, "review": True, "review_reasons": [reason]}
    body = placed(result.to_dict(), thread)
    del body["model"], body["id"]
    return body


def _stored(
    case: Case, thread: Thread, body: dict[str, Any], at: datetime, engine: Triage
) -> StoredVerdict:
    return StoredVerdict(
        id=new_id("v"),
        ticket_id=case.ticket.id,
        message_id=thread.messages[0].id,
        at=at,
        model_name=engine.name.name,
        model_version=engine.name.version,
        model_hash=engine.name.hash,
        sentiment=body.get("sentiment"),
        urgency=body.get("urgency"),
        review=body["review"],
        body=body,
    )
