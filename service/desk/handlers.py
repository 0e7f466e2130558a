"""Do what a command asks with its case. Each checks first and changes after."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from service.desk.closing import close, finish_follow_up, heard, rate, reopen
from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Command,
    Correct,
    FinishFollowUp,
    Look,
    OnTicket,
    Rate,
    Reopen,
    Resume,
    SelectForReview,
    SettlePromise,
    Tag,
    Wait,
)
from service.desk.context import Context
from service.desk.correcting import correct
from service.desk.pledges import read_promises, settle_promise
from service.desk.routing import facts_of
from service.desk.selecting import select_for_review
from service.desk.steps import Step, demand
from service.desk.timing import look
from service.errors import ConflictError
from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import LIVE, Author, Status
from service.tickets.thread import Message

_KINDS = {
    Author.CUSTOMER: Kind.MESSAGE_RECEIVED,
    Author.AGENT: Kind.MESSAGE_SENT,
    Author.AUTO: Kind.MESSAGE_AUTOMATIC,
    Author.NOTE: Kind.NOTE_ADDED,
}


def handle(case: Case, command: OnTicket, context: Context) -> Step:
    """Do what the command asks. Raises ConflictError where the ticket does not allow it."""
    return _HANDLERS[type(command)](case, command, context)


def add_message(case: Case, command: AddMessage, context: Context) -> Step:
    """Add a message; a customer's is judged, an agent's is read for promises."""
    at = command.at or context.now
    author = Author(command.author)
    channel = command.channel or case.ticket.channel
    message = Message(
        new_id("m"), author, command.text, at, channel, command.name, False, command.external_id
    )
    case.add(message)
    handled = {"handled": True} if command.handled else {}
    told = {"message": message.id, "channel": channel, **handled}
    event = case.record(_KINDS[author], at, command.actor, **told)
    if author == Author.CUSTOMER:
        return Step(case, judge=True, event=event, after=heard)
    if author == Author.AGENT:
        read_promises(case, message, context)
        if command.wait:
            _wait(case, at, command.actor)
    return Step(case, answer={"message_id": message.id})


def wait(case: Case, command: Wait, context: Context) -> Step:
    """Wait for the customer."""
    demand(case, LIVE, "set to wait")
    _wait(case, command.at or context.now, command.actor)
    return Step(case)


def _wait(case: Case, at: datetime, actor: str) -> None:
    if case.ticket.status == Status.OPEN:
        case.ticket.status = Status.WAITING
        case.record(Kind.TICKET_WAITING, at, actor)


def resume(case: Case, command: Resume, context: Context) -> Step:
    """Go on without waiting longer."""
    demand(case, frozenset({Status.WAITING}), "resumed")
    case.ticket.status = Status.OPEN
    case.record(Kind.TICKET_RESUMED, command.at or context.now, command.actor)
    return Step(case)


def assign(case: Case, command: Assign, context: Context) -> Step:
    """Give the ticket to a person, but never to the one it complains about."""
    demand(case, LIVE | {Status.RESOLVED}, "assigned")
    if command.owner and command.owner in excluded(case, context):
        raise ConflictError(
            f"The ticket complains about {command.owner}, who cannot have it.",
            remedy="Give it to somebody else.",
            code="conflict_of_interest",
        )
    previous, case.ticket.owner = case.ticket.owner, command.owner
    at = command.at or context.now
    case.record(Kind.OWNER_CHANGED, at, command.actor, owner=command.owner, previous=previous)
    return Step(case)


def excluded(case: Case, context: Context) -> frozenset[str]:
    """Return the people that the case complains about."""
    facts = facts_of(case, case.events[0])
    return frozenset(context.rules.directory.named(facts))


def tag(case: Case, command: Tag, context: Context) -> Step:
    """Add and remove tags."""
    old = set(case.ticket.tags)
    new = (old | set(command.add)) - set(command.remove)
    if new != old:
        case.ticket.tags = sorted(new)
        changes = {"added": sorted(new - old), "removed": sorted(old - new)}
        case.record(Kind.TAGS_CHANGED, command.at or context.now, command.actor, **changes)
    return Step(case)


_HANDLERS: dict[type[Command], Callable[[Case, Any, Context], Step]] = {
    AddMessage: add_message,
    Close: close,
    Reopen: reopen,
    Wait: wait,
    Resume: resume,
    Assign: assign,
    Tag: tag,
    Correct: correct,
    SelectForReview: select_for_review,
    FinishFollowUp: finish_follow_up,
    Rate: rate,
    SettlePromise: settle_promise,
    Look: look,
}
