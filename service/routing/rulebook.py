"""The rules of a desk, read from one YAML file: checked whole, then compiled once."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from service.routing.checks import problems_of
from service.routing.conditions import Condition, compile_condition
from service.routing.known import Known
from service.routing.located import read_yaml
from service.routing.people import Directory, Person
from service.routing.problems import Problem, RuleError, unknown
from service.routing.reach import labels_named, warnings_of
from service.routing.vocabulary import CLOCKS, DEFAULT_EVENTS, DEFAULT_ORDER, PRIORITIES
from triage.resources import resource
from triage.taxonomy import BUILT_IN, Taxonomy

DEFAULT_ZONE = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Queue:
    """A desk: its names, its SLA policy ("" for none), who sits there and who leads it."""

    name: str
    zh: str
    en: str
    sla: str = ""
    members: tuple[str, ...] = ()
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Actions:
    """What a rule does; "", () and 0 where it says nothing."""

    queue: str = ""
    priority: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    notify: tuple[str, ...] = ()
    webhook: tuple[str, ...] = ()
    sla: str = ""
    raise_urgency: int = 0
    review: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to be asked; `stops` ends the search once it fires."""

    name: str
    about: str
    on: tuple[str, ...]
    condition: Condition
    then: Actions
    order: int
    stops: bool
    avoid_team: bool
    line: int
    labels: frozenset[str] = frozenset()  # that its condition names


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What happens where a customer names a colleague; `fallback` are queues in order."""

    avoid_team: bool = False
    fallback: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in the order they are asked, and the desks and colleagues they speak of."""

    queues: Mapping[str, Queue]
    rules: tuple[Rule, ...]
    directory: Directory = field(default_factory=Directory)
    conflicts: Conflicts = field(default_factory=Conflicts)
    default_queue: str = ""
    by_event: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    source: str = ""
    digest: str = ""

    def teams_of(self, people: Set[str]) -> frozenset[str]:
        """Return the queues where any of `people` sits."""
        return frozenset().union(*(self.directory.teams.get(name, ()) for name in people))

    def strangers(self, taxonomy: Taxonomy) -> tuple[Problem, ...]:
        """Return the rules that ask for labels which a model does not have, and so never see."""
        found = []
        for rule in self.rules:
            for label in sorted(rule.labels - set(taxonomy.codes)):
                told, remedy = unknown("issue", label, taxonomy.codes)
                message = f"{told} No ticket will have it."
                found.append(Problem(rule.line, f"rules › {rule.name}", message, remedy))
        return tuple(found)


def load_rules(
    path: Path | None = None,
    *,
    slas: Set[str],
    clocks: Set[str] = frozenset(CLOCKS),
    endpoints: Set[str] | None = None,
    taxonomy: Taxonomy = BUILT_IN,
    lenient: bool = False,
) -> Rulebook:
    """Read a file of rules; None reads the one in the box.

    `slas` and `clocks` are the names there are; `endpoints` those of webhooks, None where
    they cannot be known yet; `taxonomy` holds the labels of the model in use. With `lenient`
    other labels are let through: see `strangers`. Raises RuleError with everything that is
    wrong.
    """
    source = path or resource("data", "desk", "rules.yaml")
    try:
        data = source.read_bytes()
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(str(source), [Problem(1, "", f"Cannot read it: {_why(error)}.")]) from error
    known = Known(slas, clocks, endpoints, taxonomy, lenient)
    return parse_rules(text, str(source), known, digest=sha256(data).hexdigest())


def parse_rules(text: str, file: str, known: Known, *, digest: str = "") -> Rulebook:
    """Return the rules of a YAML text; `file` is its name in errors. Raises RuleError."""
    found = read_yaml(text, file)
    if problems := problems_of(found, known):
        raise RuleError(file, problems)
    raw = found.value
    made = _rules(raw, found.line, known.taxonomy)
    rules = sorted(made, key=lambda rule: rule.order)  # stable: file order
    queues = {name: _queue(name, entry) for name, entry in raw["queues"].items()}
    conflicts = raw.get("conflicts", {})
    return Rulebook(
        queues,
        tuple(rules),
        _directory(raw.get("people", ()), queues, conflicts.get("same_surname", True)),
        Conflicts(conflicts.get("avoid_team", False), tuple(conflicts.get("fallback", ()))),
        raw.get("default_queue", ""),
        _by_event(rules),
        tuple(warnings_of(found)),
        file,
        digest,
    )


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"


def _rules(raw: Mapping[str, Any], line: Any, taxonomy: Taxonomy) -> list[Rule]:
    zone, first = ZoneInfo(raw.get("time_zone", DEFAULT_ZONE)), raw.get("match") == "first"
    events = raw.get("on", DEFAULT_EVENTS)
    return [
        Rule(
            name=entry["name"],
            about=entry.get("about", ""),
            on=tuple(entry.get("on", events)),
            condition=compile_condition(entry.get("if"), zone, taxonomy),
            then=_actions(entry["then"]),
            order=int(entry.get("order", DEFAULT_ORDER)),
            stops=first or entry.get("stop", False),
            avoid_team=entry.get("avoid_team", False),
            line=line(("rules", k)),
            labels=frozenset(labels_named(entry.get("if"))),
        )
        for k, entry in enumerate(raw["rules"])
    ]


def _actions(raw: Mapping[str, Any]) -> Actions:
    made: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()
    }
    if isinstance(made.get("priority"), int | float):
        made["priority"] = PRIORITIES[int(made["priority"])]
    return Actions(**made)


def _queue(name: str, raw: Mapping[str, Any]) -> Queue:
    members = tuple(raw.get("members", ()))
    return Queue(name, raw["zh"], raw["en"], raw.get("sla", ""), members, raw.get("lead", ""))


def _directory(
    raw: Sequence[Mapping[str, Any]], queues: Mapping[str, Queue], same_surname: bool
) -> Directory:
    people = [
        Person(
            entry["name"],
            tuple(entry.get("aliases", ())),
            str(entry.get("staff_number", "")),
            entry.get("queue", ""),
        )
        for entry in raw
    ]
    teams = {
        person.name: frozenset(
            queue.name
            for queue in queues.values()
            if person.name in (*queue.members, queue.lead) or person.queue == queue.name
        )
        for person in people
    }
    return Directory.of(people, teams, same_surname=same_surname)


def _by_event(rules: Sequence[Rule]) -> dict[str, tuple[Rule, ...]]:
    events = {event for rule in rules for event in rule.on}
    return {event: tuple(rule for rule in rules if event in rule.on) for event in events}
