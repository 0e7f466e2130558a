"""Rules that can never fire, and tickets that would go nowhere: told, not refused."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.routing.located import Located
from service.routing.problems import Problem
from service.routing.vocabulary import DEFAULT_EVENTS, DEFAULT_ORDER, ISSUE_FIELDS

_CLOCK_EVENTS = frozenset({"clock.warning", "clock.breached"})
_Entry = tuple[int, Mapping[str, Any]]


def warnings_of(found: Located) -> Iterator[Problem]:
    """Yield what is odd about a file of rules that the checks have passed."""
    raw = found.value
    for k, message, remedy in (*_hidden(raw), *_clockless(raw)):
        name = raw["rules"][k]["name"]
        yield Problem(found.line(("rules", k)), f"rules › {name}", message, remedy)
    if "default_queue" not in raw and not _catches_all(raw):
        told = "A ticket that no rule catches goes to no queue."
        yield Problem(found.line(("rules",)), "rules", told, "Add `default_queue`.")


def labels_named(condition: Any) -> Iterator[str]:
    """Yield the labels that a condition which the checks have passed asks for."""
    for name, spec in (condition or {}).items():
        if name in ("all", "any"):
            for part in spec:
                yield from labels_named(part)
        elif name == "not":
            yield from labels_named(spec)
        elif name in ISSUE_FIELDS:
            yield from spec if name == "scores" else _values(spec)


def _values(spec: Any) -> Iterator[str]:
    if isinstance(spec, str):
        yield spec
        return
    lists = [spec] if isinstance(spec, list) else [v for v in spec.values() if isinstance(v, list)]
    for values in lists:
        yield from values


def _in_order(raw: Mapping[str, Any]) -> Sequence[_Entry]:
    return sorted(enumerate(raw["rules"]), key=lambda one: one[1].get("order", DEFAULT_ORDER))


def _events(raw: Mapping[str, Any], rule: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(rule.get("on", raw.get("on", DEFAULT_EVENTS)))


def _hidden(raw: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield rules before which, at each of their events, another one always ends the search."""
    ordered = _in_order(raw)
    for place, (k, rule) in enumerate(ordered):
        before = [earlier for _, earlier in ordered[:place] if _ends(raw, earlier, rule)]
        covered = frozenset().union(*(_events(raw, earlier) for earlier in before))
        if _events(raw, rule) <= covered:
            names = ", ".join(earlier["name"] for earlier in before)
            told = f"It can never fire: {names} comes before it and ends the search."
            yield k, told, "Give it a lower `order`, or the other one a condition."


def _ends(raw: Mapping[str, Any], earlier: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    stops = raw.get("match") == "first" or earlier.get("stop", False)
    return stops and ("if" not in earlier or earlier["if"] == rule.get("if"))


def _clockless(raw: Mapping[str, Any]) -> Iterator[tuple[int, str, str]]:
    for k, rule in enumerate(raw["rules"]):
        if "clock" in rule.get("if", {}) and not _events(raw, rule) & _CLOCK_EVENTS:
            yield k, "It asks for a clock, which its events do not have.", "Add clock.breached."


def _catches_all(raw: Mapping[str, Any]) -> bool:
    return any(
        "if" not in rule and "queue" in rule["then"] and "ticket.created" in _events(raw, rule)
        for rule in raw["rules"]
    )
