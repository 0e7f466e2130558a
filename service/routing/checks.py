"""What a schema cannot see: names that must exist, names given twice, missing ways out."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from service.routing.condition_checks import told_of_condition
from service.routing.known import LEAD, OWNER, Book, Known, Told, refer
from service.routing.located import Located, Path
from service.routing.problems import Problem
from service.routing.schema import place, schema_problems


def problems_of(found: Located, known: Known) -> list[Problem]:
    """Return everything that is wrong with a file of rules."""
    from_schema = schema_problems(found)
    problems = [*found.problems, *from_schema.values()]
    if isinstance(found.value, dict):
        book = Book(found.value, known, from_schema)
        book = Book(found.value, known, from_schema, _declared(book))
        problems += _located(_all(book), found)
    return problems


def _located(told: Iterator[Told], found: Located) -> Iterator[Problem]:
    for path, message, remedy in told:
        yield Problem(found.line(path), place(path, found), message, remedy)


def _declared(book: Book) -> dict[str, Collection[str] | None]:
    """Return the names of each kind; None where any will do or the list itself is broken."""
    raw = book.raw
    people = (
        [item.get("name") for item in raw.get("people", ())] if book.sound(("people",)) else None
    )
    queues = list(raw["queues"]) if book.sound(("queues",)) and "queues" in raw else None
    notify = None if people is None or queues is None else [*people, *queues, LEAD, OWNER]
    return {
        "queue": queues,
        "person": people,
        "person or queue": notify,
        "issue": None if book.known.lenient else book.known.taxonomy.codes,
        "SLA policy": book.known.slas,
        "clock": book.known.clocks,
        "endpoint": book.known.endpoints,
        "channel": raw.get("channels") if book.sound(("channels",)) else None,
        "tier": raw.get("tiers") if book.sound(("tiers",)) else None,
    }


def _all(book: Book) -> Iterator[Told]:
    yield from _top(book)
    yield from _desks(book)
    yield from _people(book)
    rules = book.raw.get("rules")
    for k, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict):
            yield from _rule(book, ("rules", k), rule)
    yield from _twice(book, "rules")
    yield from _twice(book, "people")


def _top(book: Book) -> Iterator[Told]:
    raw = book.raw
    yield from refer(book, "queue", ("default_queue",), raw.get("default_queue"))
    zone = raw.get("time_zone", "UTC")
    if book.sound(("time_zone",)) and not _is_zone(zone):
        yield ("time_zone",), f"Unknown time zone {zone!r}.", "Give one such as Asia/Shanghai."
    conflicts = raw.get("conflicts", {})
    if book.sound(("conflicts",)):
        fallback = conflicts.get("fallback")
        yield from refer(book, "queue", ("conflicts", "fallback"), fallback)
        yield from _without_fallback(book, conflicts)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path out of the zones, no such zone
        return False
    return True


def _without_fallback(book: Book, conflicts: Mapping[str, Any]) -> Iterator[Told]:
    """Tell who avoids a team without saying where else to go."""
    if conflicts.get("fallback"):
        return
    remedy = "Add `conflicts: {fallback: [a queue]}`."
    if conflicts.get("avoid_team"):
        yield ("conflicts", "avoid_team"), "It is not said where to go instead.", remedy
    for k, rule in enumerate(book.raw.get("rules", ()) if book.sound(("rules",)) else ()):
        if rule.get("avoid_team"):
            yield ("rules", k, "avoid_team"), "It is not said where to go instead.", remedy


def _desks(book: Book) -> Iterator[Told]:
    queues = book.raw.get("queues")
    for name, queue in queues.items() if isinstance(queues, dict) else ():
        path: Path = ("queues", name)
        if name in {LEAD, OWNER}:
            yield path, f"A queue cannot be called {name!r}: `notify` uses the word.", "Rename it."
        if isinstance(queue, dict):
            yield from refer(book, "SLA policy", (*path, "sla"), queue.get("sla"))
            yield from refer(book, "person", (*path, "members"), queue.get("members"))
            yield from refer(book, "person", (*path, "lead"), queue.get("lead"))


def _people(book: Book) -> Iterator[Told]:
    people = book.raw.get("people", ())
    for k, person in enumerate(people if book.sound(("people",)) else ()):
        path: Path = ("people", k)
        yield from refer(book, "queue", (*path, "queue"), person.get("queue"))
        taken = {LEAD, OWNER, *(book.names["queue"] or ())}
        if person["name"] in taken:
            told = f"A person cannot be called {person['name']!r} like a queue or a role."
            yield (*path, "name"), told, "Rename one of them."


def _twice(book: Book, part: str) -> Iterator[Told]:
    entries = book.raw.get(part)
    seen: set[str] = set()
    for k, entry in enumerate(entries if isinstance(entries, list) else ()):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name in seen:
            yield (part, k, "name"), f"The name {name!r} is taken.", "Give each its own."
        seen.add(str(name))


_ACTIONS = {
    "queue": "queue",
    "sla": "SLA policy",
    "owner": "person",
    "notify": "person or queue",
    "webhook": "endpoint",
}


def _rule(book: Book, path: Path, rule: Mapping[str, Any]) -> Iterator[Told]:
    actions = rule.get("then")
    for key, value in actions.items() if isinstance(actions, dict) else ():
        if key in _ACTIONS:
            yield from refer(book, _ACTIONS[key], (*path, "then", key), value)
    yield from told_of_condition(book, (*path, "if"), rule.get("if"))
