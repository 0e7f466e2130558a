"""Merge a ticket into another, and undo it: the older clock goes on in both."""

from service.desk.commands import Merge, Split
from service.desk.context import Context
from service.desk.steps import Step, demand
from service.errors import ConflictError
from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.records import LIVE, Status


def merge(case: Case, source: Case, command: Merge, context: Context) -> Step:
    """Merge `source` into the case: its messages and events count here from now on."""
    if case.ticket.id == source.ticket.id:
        raise ConflictError("A ticket cannot be merged into itself.", remedy="Name another one.")
    demand(case, LIVE, "merged into")
    demand(source, LIVE, "merged")
    at = command.at or context.now
    told = {"target": case.ticket.id, "status": source.ticket.status}
    source.record(Kind.TICKET_MERGED_AWAY, at, command.actor, **told)
    source.ticket.status, source.ticket.merged_into = Status.MERGED, case.ticket.id
    event = case.record(Kind.TICKET_MERGED, at, command.actor, source=source.ticket.id)
    case.absorb(source)
    case.ticket.similar_to = None
    return Step(case, judge=True, event=event, others=(source,))


def split(case: Case, source: Case, command: Split, context: Context) -> Step:
    """Undo the merge of `source`: each goes on with its own past."""
    if source.ticket.merged_into != case.ticket.id:
        raise ConflictError(
            f"{source.ticket.id} is not merged into {case.ticket.id}.",
            remedy="Look at the events of the ticket.",
        )
    at = command.at or context.now
    away = [event for event in source.events if event.kind == Kind.TICKET_MERGED_AWAY]
    source.ticket.status, source.ticket.merged_into = away[-1].data["status"], None
    told = {"source": source.ticket.id, "target": case.ticket.id}
    source.record(Kind.TICKET_SPLIT, at, command.actor, **told)
    event = case.record(Kind.TICKET_SPLIT, at, command.actor, **told)
    case.release(source)
    return Step(case, judge=True, event=event, others=(source,))
