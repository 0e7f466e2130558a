"""Put a ticket before a person because its labels would teach the model most."""

from service.desk.commands import SelectForReview
from service.desk.context import Context
from service.desk.labels import is_selected
from service.desk.steps import Step, demand
from service.routing.log import Kind
from service.tickets.case import Case
from service.tickets.records import Status

_HERE = frozenset(Status) - {Status.MERGED}


def select_for_review(case: Case, command: SelectForReview, context: Context) -> Step:
    """Mark the ticket for review with the reason; a second time changes nothing."""
    demand(case, _HERE, "selected for review")
    if not is_selected(case):
        case.record(
            Kind.REVIEW_SELECTED,
            command.at or context.now,
            command.actor,
            reason=f"selected: {command.en}",
            zh=command.zh,
            en=command.en,
            strategy=command.strategy,
            model=command.model,
        )
        case.ticket.review = True
    return Step(case)
