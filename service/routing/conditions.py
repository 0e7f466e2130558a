"""Conditions of a rule: `all`, `any`, `not` over leaves; compiled once, asked of many tickets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from service.routing.facts import Facts
from service.routing.leaves import Leaf, flag, members, one
from service.routing.measures import number, scores, time_of_day, waiting, weekday
from service.routing.wording import Said
from service.routing.written import entities, text
from triage.taxonomy import BUILT_IN, Taxonomy

_SETS = frozenset({"issues", "suggested", "signals", "remedy", "tags"})
_NUMBERS = frozenset({"sentiment", "urgency", "repeats", "reopened"})
_FLAGS = frozenset({"review", "in_scope"})


class Condition(Protocol):
    """What can be asked of facts; `said` is the condition in words."""

    @property
    def said(self) -> Said:
        """The condition in Chinese and English."""
        ...

    def holds(self, facts: Facts) -> bool:
        """Whether the condition holds."""
        ...

    def held(self, facts: Facts) -> Iterator[Said]:
        """Yield what made it hold; asked only where it does."""
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts always."""

    parts: Sequence[Condition]

    @property
    def said(self) -> Said:
        """The condition in words."""
        return _joined(self.parts, "，且", " and ") if self.parts else Said("总是", "always")

    def holds(self, facts: Facts) -> bool:
        """Whether every part holds."""
        return all(part.holds(facts) for part in self.parts)

    def held(self, facts: Facts) -> Iterator[Said]:
        """Yield what made every part hold."""
        for part in self.parts:
            yield from part.held(facts)


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801 - `Any` is taken by typing
    """At least one part holds."""

    parts: Sequence[Condition]

    @property
    def said(self) -> Said:
        """The condition in words."""
        return _joined(self.parts, "，或", " or ")

    def holds(self, facts: Facts) -> bool:
        """Whether any part holds."""
        return any(part.holds(facts) for part in self.parts)

    def held(self, facts: Facts) -> Iterator[Said]:
        """Yield what made those parts hold that do."""
        for part in self.parts:
            if part.holds(facts):
                yield from part.held(facts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition

    @property
    def said(self) -> Said:
        """The condition in words."""
        return Said(f"并非（{self.part.said.zh}）", f"not ({self.part.said.en})")

    def holds(self, facts: Facts) -> bool:
        """Whether the part does not hold."""
        return not self.part.holds(facts)

    def held(self, facts: Facts) -> Iterator[Said]:
        """Yield the denial."""
        del facts
        yield self.said


def compile_condition(
    raw: Mapping[str, Any] | None, zone: ZoneInfo, taxonomy: Taxonomy = BUILT_IN
) -> Condition:
    """Return the condition of `if`, which the checks have passed; None always holds.

    Keys beside each other must all hold. `zone` is where `time_of_day` and `weekday` are;
    `taxonomy` names the labels.
    """
    parts = [_part(name, value, zone, taxonomy) for name, value in (raw or {}).items()]
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _part(name: str, value: Any, zone: ZoneInfo, taxonomy: Taxonomy) -> Condition:
    combined: dict[str, Callable[[Sequence[Condition]], Condition]] = {"all": All, "any": Any_}
    if name in combined:
        return combined[name](tuple(compile_condition(part, zone, taxonomy) for part in value))
    if name == "not":
        return Not(compile_condition(value, zone, taxonomy))
    return _leaf(name, value, zone, taxonomy)


def _leaf(name: str, spec: Any, zone: ZoneInfo, taxonomy: Taxonomy) -> Leaf:
    special: dict[str, Callable[[], Leaf]] = {
        "scores": lambda: scores(spec, taxonomy),
        "entities": lambda: entities(spec),
        "text": lambda: text(spec),
        "waiting": lambda: waiting(spec),
        "time_of_day": lambda: time_of_day(spec, zone),
        "weekday": lambda: weekday(spec, zone),
    }
    if name in special:
        return special[name]()
    read = attrgetter(name)
    if name in _NUMBERS:
        return number(name, spec, read)
    if name in _FLAGS:
        return flag(name, spec)
    return members(name, spec, read, taxonomy) if name in _SETS else one(name, spec, read)


def _joined(parts: Sequence[Condition], zh: str, en: str) -> Said:
    said = [_closed(part) for part in parts]
    return Said(zh.join(one.zh for one in said), en.join(one.en for one in said))


def _closed(part: Condition) -> Said:
    """Return a part in words, in brackets where it is put together itself."""
    said = part.said
    if isinstance(part, All | Any_) and len(part.parts) > 1:
        return Said(f"（{said.zh}）", f"({said.en})")
    return said
