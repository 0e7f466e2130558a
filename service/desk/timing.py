"""Look at what may have run out: clocks, promises, patience."""

from service.desk.commands import Look
from service.desk.context import Context
from service.desk.pledges import end_promises
from service.desk.routing import apply_rules
from service.desk.snapshot import clocks_of
from service.desk.steps import Step
from service.routing.clocks import neglected, transitions
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.records import LIVE


def look(case: Case, command: Look, context: Context) -> Step:
    """Write what ran out since the last look, each once, and let the rules act on it."""
    found = end_promises(case, context)
    if case.ticket.status in LIVE:
        found += _clocks(case, context)
    for event in found:
        apply_rules(case, event, context)
    return Step(case)


def _clocks(case: Case, context: Context) -> list[Event]:
    running = clocks_of(case, context)
    found = [
        case.record(item.kind, item.at, "system", **item.data)
        for item in transitions(running, case.log)
    ]
    if not case.ticket.neglected and neglected(running):
        case.ticket.neglected = True
        found.append(case.record(Kind.TICKET_NEGLECTED, context.now, "system"))
    return found
