"""Closing and what comes after: the follow-up call (回访), satisfaction, reopening."""

from datetime import datetime, timedelta

from service.desk.commands import Close, FinishFollowUp, Rate, Reopen
from service.desk.context import Context
from service.desk.pledges import doubt_promises, keep_promises
from service.desk.routing import apply_rules
from service.desk.steps import Step, demand
from service.errors import ConflictError
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import (
    LIVE,
    FollowUp,
    Outcome,
    Satisfaction,
    Status,
    satisfaction_percent,
)
from service.tickets.thread import Message

_CONTENT = 80.0  # per cent of what was expected, from which nobody need call again
_ENDED = frozenset({Status.RESOLVED, Status.CLOSED})


def close(case: Case, command: Close, context: Context) -> Step:
    """Call the work done. A complaint is closed only when its customer was asked (回访)."""
    demand(case, LIVE, "closed")
    at = command.at or context.now
    ticket = case.ticket
    case.record(Kind.TICKET_CLOSED, at, command.actor, note=command.note)
    percent = _keep_answer(case, command.expected, command.perceived, at, command.actor)
    asked = percent is not None and percent >= _CONTENT  # who has answered has been asked
    ticket.closed_at = at
    if case.issues and not asked:
        ticket.status = Status.RESOLVED
        _ask(case, at, context)
    else:
        ticket.status = Status.CLOSED
        if asked:
            keep_promises(case, at, command.actor)
    return Step(case)


def _ask(case: Case, at: datetime, context: Context) -> None:
    due = at + timedelta(hours=context.follow_up_hours)
    task = FollowUp(new_id("f"), case.ticket.id, at, due)
    case.follow_ups.append(task)
    case.fresh.follow_ups.append(task)
    case.record(Kind.FOLLOW_UP_ASKED, at, "system", follow_up=task.id, due_at=due.isoformat())


def finish_follow_up(case: Case, command: FinishFollowUp, context: Context) -> Step:
    """Keep what the customer answered; a bad answer reopens, a good one closes."""
    task = next((item for item in case.follow_ups if item.outcome is None), None)
    if task is None:
        raise ConflictError(
            "No follow-up call is open on this ticket.", remedy="Close the ticket first."
        )
    at = command.at or context.now
    _finish(case, task, command, at)
    _keep_answer(case, command.expected, command.perceived, at, command.actor)
    if command.outcome == Outcome.UNSATISFIED:
        doubt_promises(case, at, command.actor)
        return Step(case, event=_reopen(case, at, command.actor, "follow_up"))
    if command.outcome == Outcome.SATISFIED:
        case.ticket.status = Status.CLOSED
        keep_promises(case, at, command.actor)
    else:  # nobody answered: ask again
        _ask(case, at, context)
    return Step(case)


def _finish(case: Case, task: FollowUp, command: FinishFollowUp, at: datetime) -> None:
    task.done_at, task.outcome = at, Outcome(command.outcome)
    task.note, task.by = command.note, command.actor
    told = {"follow_up": task.id, "outcome": command.outcome, "note": command.note}
    case.record(Kind.FOLLOW_UP_DONE, at, command.actor, **told)


def reopen(case: Case, command: Reopen, context: Context) -> Step:
    """Take a closed ticket up again."""
    demand(case, _ENDED, "reopened")
    at = command.at or context.now
    return Step(case, event=_reopen(case, at, command.actor, command.note or "by hand"))


def _reopen(case: Case, at: datetime, actor: str, why: str) -> Event:
    ticket = case.ticket
    ticket.status, ticket.closed_at = Status.OPEN, None
    ticket.reopened += 1
    for task in case.follow_ups:
        if task.outcome is None:
            task.outcome, task.done_at = "withdrawn", at
    return case.record(Kind.TICKET_REOPENED, at, actor, why=why)


def heard(case: Case, event: Event, context: Context) -> None:
    """Take in what the customer's new message means for the ticket and for our promises.

    It ends the waiting and reopens what was closed; thanks alone do not.
    """
    newest = next(m for m in case.messages if m.id == event.data["message"])
    content = newest.settled or case.is_quiet(newest)
    if newest.settled:
        keep_promises(case, event.at, event.actor)
    elif not content and _complains(case, newest):
        for broken in doubt_promises(case, event.at, event.actor):
            apply_rules(case, broken, context)
    if case.ticket.status == Status.WAITING:
        case.ticket.status = Status.OPEN
        case.record(Kind.TICKET_RESUMED, event.at, "system")
    elif case.ticket.status in _ENDED and not content:
        apply_rules(case, _reopen(case, event.at, "system", "message"), context)


def _complains(case: Case, message: Message) -> bool:
    """Whether the evidence of an issue lies in this message."""
    quotes = case.verdict.body.get("evidence", ()) if case.verdict else ()
    return any(q["message_id"] == message.id and q["for"] in case.issues for q in quotes)


def rate(case: Case, command: Rate, context: Context) -> Step:
    """Keep a satisfaction answer."""
    at = command.at or context.now
    _keep_answer(case, command.expected, command.perceived, at, command.actor)
    return Step(case)


def _keep_answer(
    case: Case, expected: float | None, perceived: float | None, at: datetime, actor: str
) -> float | None:
    if expected is None or perceived is None:
        return None
    percent = satisfaction_percent(perceived, expected)
    answer = Satisfaction(new_id("s"), case.ticket.id, at, expected, perceived, percent)
    case.fresh.satisfaction.append(answer)
    told = {"expected": expected, "perceived": perceived, "percent": percent}
    case.record(Kind.SATISFACTION_ANSWERED, at, actor, **told)
    return percent
