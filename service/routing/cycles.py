"""When each clock of a ticket starts and stops, read from its event log."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.routing.log import Event, Kind
from service.routing.phases import Phase, Status
from service.routing.policies import ClockName


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of a clock. `met` says that it stopped by what it waits for.

    `left_at` is when the ticket left the queue of a department clock, answered or not.
    """

    name: ClockName
    number: int
    started_at: datetime
    stopped_at: datetime | None = None
    stopped_by: Kind | None = None
    met: bool = False
    ticket_id: str = ""
    queue: str = ""
    left_at: datetime | None = None

    def stopped(self, event: Event, *, met: bool) -> "Cycle":
        """Return the cycle stopped by an event; one that has stopped already stays as it is."""
        if self.stopped_at is not None:
            return self
        return replace(self, stopped_at=event.at, stopped_by=event.kind, met=met)


def cycles_of(log: Sequence[Event], phases: Sequence[Phase]) -> Iterator[Cycle]:
    """Yield every cycle of every clock, by clock and in order of start.

    `log` is in order and begins with the oldest creation; `phases` are those of the log.
    """
    if log:
        yield _first_response(log, phases)
        yield from _next_responses(log, phases)
        yield _resolution(log, phases)
        yield from _stays(log)


def _first_response(log: Sequence[Event], phases: Sequence[Phase]) -> Cycle:
    """Stop at the first reply, even after closing; closing without a reply is none."""
    cycle = Cycle(ClockName.FIRST_RESPONSE, 1, log[0].at, ticket_id=_oldest(log))
    reply = next((event for event in log if event.kind is Kind.MESSAGE_SENT), None)
    if reply:
        return cycle.stopped(reply, met=True)
    closed = phases[-1].status is Status.CLOSED
    return cycle.stopped(log[phases[-1].index], met=False) if closed else cycle


def _next_responses(log: Sequence[Event], phases: Sequence[Phase]) -> Iterator[Cycle]:
    """Yield one cycle for each run of customer's words between replies, after the first reply.

    Closing stops it. What the customer writes to a closed ticket starts one only when the
    ticket is opened again for it, counted from those words: thanks need no answer.
    """
    turns = {phase.index: phase.status is Status.CLOSED for phase in phases}
    oldest, since, number = _oldest(log), None, 0
    replied = closed = False
    for index, event in enumerate(log):
        ends = event.kind is Kind.MESSAGE_SENT or turns.get(index, False)
        if since and ends and not closed:
            number += 1
            cycle = Cycle(ClockName.NEXT_RESPONSE, number, since.at, ticket_id=since.ticket_id)
            yield cycle.stopped(event, met=event.kind is Kind.MESSAGE_SENT)
        if ends:
            since = None
        elif replied and since is None and _is_customers(event, oldest):
            since = event
        replied = replied or event.kind is Kind.MESSAGE_SENT
        closed = turns.get(index, closed)
    if since and not closed:
        yield Cycle(ClockName.NEXT_RESPONSE, number + 1, since.at, ticket_id=since.ticket_id)


def _is_customers(event: Event, oldest: str) -> bool:
    """Whether an event is a word of the customer; so is the creation of a ticket merged in."""
    if event.kind is Kind.TICKET_CREATED:
        return event.ticket_id != oldest
    # 好的, 收到了, 谢谢: whoever answered them would only disturb.
    return event.kind is Kind.MESSAGE_RECEIVED and not event.data.get("no_reply")


def _resolution(log: Sequence[Event], phases: Sequence[Phase]) -> Cycle:
    cycle = Cycle(ClockName.RESOLUTION, 1, log[0].at, ticket_id=_oldest(log))
    last = phases[-1]
    if last.status is not Status.CLOSED:
        return cycle
    return cycle.stopped(log[last.index], met=last.cause is Kind.TICKET_CLOSED)


def _oldest(log: Sequence[Event]) -> str:
    return next(event.ticket_id for event in log if event.kind is Kind.TICKET_CREATED)


class _Queues:
    """The stays of one ticket: it is in one queue at a time, and in none while it is closed."""

    def __init__(self, ticket_id: str) -> None:
        self._ticket_id = ticket_id
        self._queue = ""
        self._closed = False
        self.stays: list[Cycle] = []

    def see(self, event: Event) -> None:
        queue = str(event.data.get("queue", ""))
        if event.kind is Kind.QUEUE_CHANGED and queue != self._queue:
            self._leave(event, met=False)
            self._queue = queue
            self._enter(event)
        elif _is_answer(event):
            self._stop(event)
        elif event.kind is Kind.TICKET_CLOSED:
            self._leave(event, met=True)
            self._closed = True
        elif event.kind is Kind.TICKET_REOPENED and self._closed:
            self._closed = False
            self._enter(event)
        elif event.kind is Kind.TICKET_MERGED_AWAY:
            self._leave(event, met=False)
            self._queue = ""

    def _enter(self, event: Event) -> None:
        if self._queue and not self._closed:
            stay = Cycle(ClockName.DEPARTMENT, 0, event.at, queue=self._queue)
            self.stays.append(replace(stay, ticket_id=self._ticket_id))

    def _stop(self, event: Event) -> None:
        if self.stays and self.stays[-1].left_at is None:
            self.stays[-1] = self.stays[-1].stopped(event, met=True)

    def _leave(self, event: Event, *, met: bool) -> None:
        if self.stays and self.stays[-1].left_at is None:
            stay = self.stays[-1].stopped(event, met=met)
            self.stays[-1] = replace(stay, left_at=event.at)


def _is_answer(event: Event) -> bool:
    """Whether the department has answered: the customer, or the desk by a note that says so."""
    noted = event.kind is Kind.NOTE_ADDED and event.data.get("handled") is True
    return noted or event.kind is Kind.MESSAGE_SENT


def _stays(log: Sequence[Event]) -> Iterator[Cycle]:
    queues: dict[str, _Queues] = {}
    for event in log:
        queues.setdefault(event.ticket_id, _Queues(event.ticket_id)).see(event)
    stays = [stay for one in queues.values() for stay in one.stays]
    stays.sort(key=lambda stay: (stay.started_at, stay.ticket_id))
    for number, stay in enumerate(stays, 1):
        yield replace(stay, number=number)
