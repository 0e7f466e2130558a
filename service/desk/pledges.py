"""The ledger of what agents promised: read from their replies, kept or broken in time."""

from datetime import UTC, datetime

from service.desk.commands import SettlePromise
from service.desk.context import Context
from service.desk.steps import Step
from service.errors import NotFoundError
from service.routing.log import Event, Kind
from service.tickets.case import Case
from service.tickets.ids import new_id
from service.tickets.records import PromiseNote
from service.tickets.thread import Message
from triage.readings.commitments import Commitment, find_commitments
from triage.readings.fulfilments import find_fulfilments

_UNSETTLED = frozenset({"open", "unconfirmed"})
# To answer is to keep the promise of an answer, whatever the answer says.
_KEPT_BY_ANY_REPLY = frozenset({"call_back", "other"})


def read_promises(case: Case, message: Message, context: Context) -> None:
    """Keep what an agent's message promises, and mark what it fulfils as kept."""
    done = {item.kind for item in find_fulfilments(message.text)} | _KEPT_BY_ANY_REPLY
    _end_late(case, message.at)  # an answer that comes late keeps nothing, looked at or not
    for promise in case.promises:
        if promise.state in _UNSETTLED and promise.kind in done:
            _settle(case, promise, Kind.PROMISE_KEPT, message.at, f"person:{message.name or ''}")
    local = message.at.astimezone(context.clocks.zone)
    for found in find_commitments(message.text, local):
        if not found.conditional:
            _make(case, message, found, _due(found, message.at, context))


def _due(found: Commitment, at: datetime, context: Context) -> datetime | None:
    if found.due or found.working_days is None:
        return found.due
    return context.clocks.after_working_days(at, found.working_days)


def _make(case: Case, message: Message, found: Commitment, due: datetime | None) -> None:
    quote = message.text[found.start : found.end]
    promise = PromiseNote(
        new_id("p"), case.ticket.id, message.id, found.kind, quote, message.name, message.at, due
    )
    case.promises.append(promise)
    case.fresh.promises.append(promise)
    told = {"promise": promise.id, "kind": found.kind, "text": quote}
    at = due.astimezone(UTC).isoformat() if due else None
    case.record(Kind.PROMISE_MADE, message.at, f"person:{message.name or ''}", due_at=at, **told)


def end_promises(case: Case, context: Context) -> list[Event]:
    """Say of each promise that ran out that it is broken, or that nobody knows yet.

    Whether somebody was called back or answered, our own log knows. Whether a parcel came or
    money arrived, it does not: until the customer or an agent says so it is unconfirmed.
    """
    return _end_late(case, context.now)


def _end_late(case: Case, now: datetime) -> list[Event]:
    late = [p for p in case.promises if p.state == "open" and p.due_at and p.due_at <= now]
    return [_end(case, promise, promise.due_at or now) for promise in late]


def _end(case: Case, promise: PromiseNote, at: datetime) -> Event:
    known = promise.kind in _KEPT_BY_ANY_REPLY
    return _settle(case, promise, Kind.PROMISE_BROKEN if known else Kind.PROMISE_DUE, at, "system")


def keep_promises(case: Case, at: datetime, actor: str) -> None:
    """The customer is content: what was promised counts as kept."""
    for promise in case.promises:
        if promise.state in _UNSETTLED:
            _settle(case, promise, Kind.PROMISE_KEPT, at, actor)


def doubt_promises(case: Case, at: datetime, actor: str) -> list[Event]:
    """The customer complains still: what should have come by now has not."""
    late = [p for p in case.promises if p.state == "unconfirmed"]
    return [_settle(case, promise, Kind.PROMISE_BROKEN, at, actor) for promise in late]


def settle_promise(case: Case, command: SettlePromise, context: Context) -> Step:
    """Keep an agent's word on whether a promise was kept."""
    found = next((p for p in case.promises if p.id == command.promise_id), None)
    if found is None:
        raise NotFoundError(
            f"The ticket has no promise {command.promise_id!r}.", remedy="Look at the ticket."
        )
    kind = Kind.PROMISE_KEPT if command.kept else Kind.PROMISE_BROKEN
    event = _settle(case, found, kind, command.at or context.now, command.actor)
    return Step(case, event=None if command.kept else event)


_STATES = {
    Kind.PROMISE_KEPT: "kept",
    Kind.PROMISE_BROKEN: "broken",
    Kind.PROMISE_DUE: "unconfirmed",
}


def _settle(case: Case, promise: PromiseNote, kind: Kind, at: datetime, actor: str) -> Event:
    promise.state = _STATES[kind]
    promise.settled_at = at
    late = promise.due_at is not None and at > promise.due_at
    told = {"promise": promise.id, "kind": promise.kind, "text": promise.text, "late": late}
    return case.record(kind, at, actor, **told)
