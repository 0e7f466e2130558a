"""What a handler leaves to be done for many cases at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.desk.context import Context
from service.errors import ConflictError
from service.routing.log import Event
from service.tickets.case import Case
from service.tickets.records import Status

After = Callable[[Case, Event, Context], None]


@dataclass(slots=True)
class Step:
    """A handled case. `judge`: its conversation wants a new verdict; `event`: rules listen to it.

    `after` runs when the verdict is there and before the rules; `others` are further cases
    that changed with it; `answer` goes to the caller.
    """

    case: Case
    judge: bool = False
    event: Event | None = None
    after: After | None = None
    others: tuple[Case, ...] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)


def demand(case: Case, allowed: frozenset[Status], what: str) -> None:
    """Raise ConflictError unless the ticket stands where `what` can be done."""
    status = case.ticket.status
    if status not in allowed:
        raise ConflictError(
            f"A ticket that is {status} cannot be {what}.",
            remedy=f"It must be one of: {', '.join(sorted(allowed))}.",
        )
