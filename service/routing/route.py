"""Facts and rules in, a route out; pure."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from typing import Any

from service.routing.facts import Facts
from service.routing.known import LEAD, OWNER
from service.routing.rulebook import Rule, Rulebook

CONFLICT = "conflicts"  # what stands in a reason where no rule but the directory speaks


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule that fired (or `conflicts`) and which of its conditions held, in words."""

    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a ticket goes and who hears of it; "" and 0 leave what is as it is.

    `fired` holds the rules in the order they were asked. `excluded` are the colleagues whom
    the customer names: they may neither own the ticket nor hear of it as members of a queue
    in `notify`; `unassign` says that its present owner is one of them. `sla` is that of a
    rule, else that of the queue.
    """

    fired: tuple[str, ...] = ()
    queue: str = ""
    priority: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    notify: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    sla: str = ""
    urgency_at_least: int = 0
    review: bool = False
    excluded: tuple[str, ...] = ()
    unassign: bool = False
    reasons: tuple[Reason, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def route(facts: Facts, rulebook: Rulebook) -> Outcome:
    """Return what the rules say of a ticket.

    Rules are asked in their order. Of queue, priority, owner and SLA the first one set
    stays; tags, people told and webhooks add up; of urgencies the highest counts. Every
    condition sees the facts as they came, not what an earlier rule did.
    """
    fired = list(_fired(facts, rulebook))
    excluded = rulebook.directory.named(facts)
    barred = _barred_teams(fired, excluded, rulebook)
    wanted = _queue(facts, fired, rulebook)
    queue = _way_out(wanted or facts.queue, barred, rulebook) or wanted
    owner = _owner(fired, excluded, barred, rulebook)
    owner_now = "" if facts.owner in excluded else facts.owner
    sla = _first(rule.then.sla for rule in fired)
    return Outcome(
        fired=tuple(rule.name for rule in fired),
        queue=queue,
        priority=_first(rule.then.priority for rule in fired),
        tags=_each(rule.then.tags for rule in fired),
        owner=owner,
        notify=_notified(fired, queue or facts.queue, owner or owner_now, excluded, rulebook),
        webhooks=_each(rule.then.webhook for rule in fired),
        sla=sla or (rulebook.queues[queue].sla if queue else ""),
        urgency_at_least=max((rule.then.raise_urgency for rule in fired), default=0),
        review=any(rule.then.review for rule in fired),
        excluded=tuple(sorted(excluded)),
        unassign=facts.owner in excluded,
        reasons=(*_reasons(facts, fired), *_conflicts(excluded, wanted or facts.queue, queue)),
    )


def _fired(facts: Facts, rulebook: Rulebook) -> Iterator[Rule]:
    for rule in rulebook.by_event.get(facts.event, ()):
        if rule.condition.holds(facts):
            yield rule
            if rule.stops:
                return


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _each(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))


def _queue(facts: Facts, fired: Sequence[Rule], rulebook: Rulebook) -> str:
    """Return the queue of the first rule that names one, or the default of a homeless ticket."""
    return _first(rule.then.queue for rule in fired) or (
        "" if facts.queue else rulebook.default_queue
    )


def _barred_teams(fired: Sequence[Rule], excluded: Set[str], rulebook: Rulebook) -> frozenset[str]:
    if excluded and (rulebook.conflicts.avoid_team or any(rule.avoid_team for rule in fired)):
        return rulebook.teams_of(excluded)
    return frozenset()


def _way_out(queue: str, barred: Set[str], rulebook: Rulebook) -> str:
    """Return the fallback for a barred queue: the first that is not barred too, else the first."""
    if queue not in barred:
        return ""
    fallback = rulebook.conflicts.fallback
    return next((name for name in fallback if name not in barred), fallback[0])


def _owner(fired: Sequence[Rule], excluded: Set[str], barred: Set[str], rulebook: Rulebook) -> str:
    """Return the first owner of a rule who is not the one complained of, nor of a barred team."""
    for rule in fired:
        name = rule.then.owner
        if name and name not in excluded and barred.isdisjoint(rulebook.teams_of({name})):
            return name
    return ""


def _notified(
    fired: Sequence[Rule], queue: str, owner: str, excluded: Set[str], rulebook: Rulebook
) -> tuple[str, ...]:
    """Return people and queues to tell; whoever is complained of is replaced by the fallback."""
    instead = next(iter(rulebook.conflicts.fallback), "")
    lead = rulebook.queues[queue].lead if queue in rulebook.queues else ""
    roles = {LEAD: lead or queue, OWNER: owner}
    named = (roles.get(name, name) for rule in fired for name in rule.then.notify)
    told = (instead if name in excluded else name for name in named)
    return tuple(dict.fromkeys(filter(None, told)))


def _reasons(facts: Facts, fired: Sequence[Rule]) -> Iterator[Reason]:
    for rule in fired:
        held = tuple(rule.condition.held(facts)) or (rule.condition.said,)
        yield Reason(
            rule.name, "；".join(said.zh for said in held), "; ".join(said.en for said in held)
        )


def _conflicts(excluded: Set[str], wanted: str, queue: str) -> Iterator[Reason]:
    if not excluded:
        return
    names = sorted(excluded)
    zh, en = f"客户提到同事{'、'.join(names)}：不由其处理", f"the customer names {', '.join(names)}"
    if queue and queue != wanted:
        zh, en = f"{zh}，也不进{wanted}，改到{queue}", f"{en}: {queue} instead of {wanted}"
    yield Reason(CONFLICT, zh, en)
