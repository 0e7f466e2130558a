"""The leaves of a condition: one question each about one fact."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

from service.routing.facts import Facts
from service.routing.vocabulary import field_zh
from service.routing.wording import Said, about, listed, members_said
from triage.taxonomy import BUILT_IN, Taxonomy

Test = Callable[[Facts], bool]
_KEPT = 256  # so many answers are kept in words


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question; `found` tells what the facts answered, where that says more than `said`."""

    said: Said
    test: Test
    found: Callable[[Facts], Said] | None = None

    def holds(self, facts: Facts) -> bool:
        """Whether the facts answer yes."""
        return self.test(facts)

    def held(self, facts: Facts) -> Iterator[Said]:
        """Yield the answer."""
        yield self.found(facts) if self.found else self.said


def as_table(spec: Any, key: str = "any") -> Mapping[str, Any]:
    """Return the long form of a word or a list: `{any: [...]}`."""
    if isinstance(spec, str):
        return {key: [spec]}
    return {key: spec} if isinstance(spec, list) else spec


def both(tests: Sequence[Test]) -> Test:
    """Return the one test, or that all hold."""
    if len(tests) == 1:
        return tests[0]
    return lambda facts: all(test(facts) for test in tests)


def merged(parts: Sequence[Leaf]) -> Leaf:
    """Return one leaf that holds where all hold."""
    if len(parts) == 1:
        return parts[0]

    def said(each: Sequence[Said]) -> Said:
        return Said("，".join(one.zh for one in each), ", ".join(one.en for one in each))

    return Leaf(
        said([part.said for part in parts]),
        both([part.test for part in parts]),
        lambda facts: said([one for part in parts for one in part.held(facts)]),
    )


def members(
    name: str, spec: Any, read: Callable[[Facts], Set[str]], taxonomy: Taxonomy = BUILT_IN
) -> Leaf:
    """Return a leaf over a set of facts; `taxonomy` names those that are labels."""
    table = as_table(spec)
    tests: list[Test] = []
    wanted = frozenset(table.get("any", ()))
    if wanted:
        tests.append(lambda facts: not wanted.isdisjoint(read(facts)))
    if needed := frozenset(table.get("all", ())):
        tests.append(lambda facts: needed <= read(facts))
    if barred := frozenset(table.get("none", ())):
        tests.append(lambda facts: barred.isdisjoint(read(facts)))
    if "empty" in table:
        tests.append(lambda facts: (not read(facts)) is table["empty"])
    only_any = list(table) == ["any"]
    found = _found(name, table["any"], read, taxonomy) if only_any else None
    return Leaf(members_said(name, table, taxonomy), both(tests), found)


def _found(
    name: str,
    wanted: Sequence[str],
    read: Callable[[Facts], Set[str]],
    taxonomy: Taxonomy = BUILT_IN,
) -> Callable[[Facts], Said]:
    """Return what says which of the values wanted are there; the same words are made once."""

    @lru_cache(maxsize=_KEPT)
    def say(values: tuple[str, ...]) -> Said:
        return about(name, [listed(name, values, taxonomy)])

    def found(facts: Facts) -> Said:
        there = read(facts)
        return say(tuple([value for value in wanted if value in there]))

    return found


def one(name: str, spec: Any, read: Callable[[Facts], str]) -> Leaf:
    """Return a leaf over a fact with one value; "" is none."""
    table = as_table(spec)
    tests: list[Test] = []
    if wanted := frozenset(table.get("any", ())):
        tests.append(lambda facts: read(facts) in wanted)
    if barred := frozenset(table.get("none", ())):
        tests.append(lambda facts: read(facts) not in barred)
    if "empty" in table:
        tests.append(lambda facts: (not read(facts)) is table["empty"])
    only_any = list(table) == ["any"]
    found = _found(name, table["any"], lambda facts: {read(facts)}) if only_any else None
    return Leaf(members_said(name, table), both(tests), found)


def flag(name: str, wanted: bool) -> Leaf:
    """Return a leaf over a yes or no."""
    read = attrgetter(name)
    zh = f"{field_zh(name)}：{'是' if wanted else '否'}"
    return Leaf(Said(zh, f"{name}: {str(wanted).lower()}"), lambda facts: read(facts) is wanted)
