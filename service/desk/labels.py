"""What holds of a ticket now: the person's word where there is one, else the machine's."""

from collections.abc import Sequence
from typing import Any

from service.routing.log import Event, Kind
from service.tickets.case import Case

FIELDS = ("issues", "sentiment", "urgency", "queue")


def told(case: Case, name: str, default: Any = None) -> Any:
    """Return the value of a label: corrected, or as the present verdict has it."""
    if name in case.ticket.corrected:
        return case.ticket.corrected[name]
    return case.verdict.body.get(name, default) if case.verdict else default


def take_labels(case: Case) -> None:
    """Bring the ticket's labels up to its verdict and corrections."""
    ticket = case.ticket
    issues = tuple(sorted(set(told(case, "issues", ()))))
    if issues != case.issues:
        case.issues = issues
        case.fresh.issues = True
    ticket.sentiment = told(case, "sentiment")
    ticket.urgency = _urgency(case)
    ticket.script = told(case, "script")
    # Whoever corrected a label has read what was said so far: it is not asked for again. What
    # was selected to be labelled waits for a person, whatever the machine says meanwhile.
    doubted = bool(told(case, "review", False)) and not _is_read(case)
    ticket.review = doubted or is_selected(case)


def _is_read(case: Case) -> bool:
    judged = [e.seq for e in case.events if e.kind == Kind.MESSAGE_RECEIVED]
    return any(e.kind == Kind.LABEL_CORRECTED and e.seq > max(judged) for e in case.events)


def is_selected(case: Case) -> bool:
    """Whether the case was selected to be labelled, and no person has looked since."""
    kinds = (Kind.REVIEW_SELECTED, Kind.LABEL_CORRECTED)
    found = [event.kind for event in case.events if event.kind in kinds]
    return bool(found) and found[-1] == Kind.REVIEW_SELECTED


def _urgency(case: Case) -> int:
    """Return the person's level, else the machine's or what rules raised it to since closing."""
    level = int(told(case, "urgency", 1))
    if "urgency" in case.ticket.corrected:
        return level
    raised = 0
    for event in case.events:
        if event.kind == Kind.TICKET_CLOSED:
            raised = 0
        elif event.kind == Kind.PRIORITY_CHANGED:
            raised = max(raised, event.data.get("urgency", 0))
    return max(level, raised)


def neglect(case: Case) -> str:
    """Say who speaks of neglect: none, text, log, both; unverified where the log is empty.

    The text is the customer's word (the issue), the log our own record: a promise broken, a
    clock breached before an answer, a ticket found neglected. Where the customer says so and
    our record shows answers in time, the two disagree, and a person must look.
    """
    text = "follow_up_neglect" in case.issues
    log = any(_is_neglect(event) for event in case.log)
    if text and not log:
        return "text" if _was_answered(case.log) else "unverified"
    return {(True, True): "both", (False, True): "log"}.get((text, log), "none")


def _is_neglect(event: Event) -> bool:
    if event.kind in (Kind.TICKET_NEGLECTED, Kind.PROMISE_BROKEN):
        return True
    clock = event.data.get("clock")
    return event.kind == Kind.CLOCK_BREACHED and clock in ("first_response", "next_response")


def _was_answered(log: Sequence[Event]) -> bool:
    return any(event.kind == Kind.MESSAGE_SENT for event in log)
