"""Ask the rules what follows from an event, and do it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from service.desk.context import Context
from service.desk.labels import neglect, told
from service.routing.facts import Facts
from service.routing.log import Event, Kind
from service.routing.route import Outcome, route
from service.routing.vocabulary import PRIORITIES
from service.tickets.case import Case, Notice

_UNJUDGED: dict[str, Any] = {"issues": (), "sentiment": 3, "urgency": 1, "review": True}


def apply_rules(case: Case, event: Event, context: Context) -> None:
    """Route the case by the rules that listen to the kind of `event`."""
    outcome = route(facts_of(case, event), context.rules)
    case.fresh.rules += outcome.fired
    actor = f"rule:{outcome.fired[0]}" if outcome.fired else "system"
    _move(case, outcome, event.at, actor, context)
    _rank(case, outcome, event.at, actor)
    _tag(case, outcome, event.at, actor)
    _own(case, outcome, event.at, actor)
    _tell(case, outcome, event, actor)


def facts_of(case: Case, event: Event) -> Facts:
    """Return everything a rule may ask about the case at the moment of `event`."""
    ticket, body = case.ticket, case.verdict.body if case.verdict else _UNJUDGED
    verdict = {**_UNJUDGED, **body} | {name: told(case, name) for name in ticket.corrected}
    return Facts.of(
        verdict,
        id=ticket.id,
        event=event.kind.value,
        review=ticket.review,
        channel=ticket.channel or "",
        tier=(case.customer.tier if case.customer else None) or "",
        at=event.at,
        waiting=_waiting(case, event.at),
        text="\n".join(m.text for m in case.messages if m.author == "customer"),
        repeats=ticket.repeats,
        reopened=ticket.reopened,
        neglect=neglect(case),
        clock=str(event.data.get("clock", "")),
        queue=ticket.queue,
        owner=ticket.owner or "",
        status=ticket.status,
        tags=frozenset(ticket.tags),
    )


def _waiting(case: Case, at: datetime) -> timedelta | None:
    since = case.ticket.waiting_since
    return at - since if since else None


def _move(case: Case, outcome: Outcome, at: datetime, actor: str, context: Context) -> None:
    ticket = case.ticket
    queue = outcome.queue or ticket.queue or context.default_queue
    if _is_fixed(ticket.queue_by):
        queue = ticket.queue
    if queue != ticket.queue:
        why = [{"rule": r.rule, "zh": r.zh, "en": r.en} for r in outcome.reasons]
        move(case, queue, at, actor, context, sla=outcome.sla, why=why)
    elif outcome.sla and outcome.queue in ("", queue):
        _time(case, outcome.sla, at, actor)


def move(
    case: Case,
    queue: str,
    at: datetime,
    actor: str,
    context: Context,
    *,
    sla: str = "",
    why: Sequence[Mapping[str, str]] = (),
) -> None:
    """Put the ticket into a queue, under its clocks."""
    previous = case.ticket.queue or None
    case.ticket.queue, case.ticket.queue_by = queue, actor
    case.record(Kind.QUEUE_CHANGED, at, actor, queue=queue, previous=previous, why=list(why))
    _time(case, sla or context.rules.queues[queue].sla or context.clocks.default, at, actor)


def _is_fixed(actor: str) -> bool:
    return actor.startswith("person:")


def _time(case: Case, sla: str, at: datetime, actor: str) -> None:
    if sla != case.ticket.sla:
        case.ticket.sla = sla
        case.record(Kind.SLA_CHANGED, at, actor, sla=sla)


def _rank(case: Case, outcome: Outcome, at: datetime, actor: str) -> None:
    ticket = case.ticket
    if outcome.urgency_at_least > ticket.urgency and "urgency" not in ticket.corrected:
        ticket.urgency = outcome.urgency_at_least
        case.record(Kind.PRIORITY_CHANGED, at, actor, urgency=ticket.urgency)
    # Whoever corrected a label has read it: no rule asks for that again.
    ticket.review = ticket.review or (outcome.review and not ticket.corrected)
    # A rule raises; it lowers only what is new: later that is for a person.
    level = PRIORITIES.index(outcome.priority) if outcome.priority else ticket.priority
    if level > ticket.priority or (level < ticket.priority and case.fresh.ticket):
        case.record(Kind.PRIORITY_CHANGED, at, actor, priority=level, previous=ticket.priority)
        ticket.priority = level


def _tag(case: Case, outcome: Outcome, at: datetime, actor: str) -> None:
    new = sorted(set(outcome.tags) - set(case.ticket.tags))
    if new:
        case.ticket.tags = sorted({*case.ticket.tags, *new})
        case.record(Kind.TAGS_CHANGED, at, actor, added=new, removed=[])


def _own(case: Case, outcome: Outcome, at: datetime, actor: str) -> None:
    ticket = case.ticket
    if outcome.unassign:  # the complaint is about the one who has it
        case.record(Kind.OWNER_CHANGED, at, actor, owner=None, previous=ticket.owner)
        ticket.owner = None
    if outcome.owner and not ticket.owner:
        case.record(Kind.OWNER_CHANGED, at, actor, owner=outcome.owner, previous=None)
        ticket.owner = outcome.owner


def _notice(event: Event) -> tuple[Any, ...]:
    return tuple(event.data.get(name) for name in ("who", "about", "clock"))


def _tell(case: Case, outcome: Outcome, event: Event, actor: str) -> None:
    said = {_notice(e) for e in case.events if e.kind == Kind.NOTIFIED}
    for name in outcome.notify:
        told = {"who": name, "about": event.kind.value, "clock": event.data.get("clock")}
        if (name, told["about"], told["clock"]) not in said:  # once is heard, ten times is noise
            excluded = list(outcome.excluded)
            case.record(Kind.NOTIFIED, event.at, actor, **told, excluded=excluded)
    case.fresh.notices += [Notice(name, event) for name in outcome.webhooks]
