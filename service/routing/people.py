"""The directory of colleagues, and whom of them a customer names."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import ahocorasick

from service.routing.facts import Facts
from triage.readings.people import TITLES
from triage.resources import resource
from triage.text.script import to_simplified

_NUMBER = re.compile(r"(?:工号|工牌|坐席|编号|客服)[号是为:：#\s]{0,3}([A-Za-z0-9-]+)")
_FAMILIAR = "某某?|[姐哥叔姨嫂总工]|姑娘|小伙子?|的.*"


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague: every name customers may call them by, and the desk they sit at."""

    name: str
    aliases: tuple[str, ...] = ()
    staff_number: str = ""
    queue: str = ""


Names = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """All colleagues by name, alias, staff number and surname; `teams` are their queues.

    `called`, `numbers` and `surnames` lead to the names of all whom they may mean.
    """

    people: Mapping[str, Person] = field(default_factory=dict)
    teams: Names = field(default_factory=dict)
    called: Names = field(default_factory=dict)
    numbers: Names = field(default_factory=dict)
    surnames: Names = field(default_factory=dict)
    spotter: Any = None
    by_surname: re.Pattern[str] | None = None

    @classmethod
    def of(
        cls, people: Iterable[Person], teams: Names | None = None, *, same_surname: bool = True
    ) -> "Directory":
        """Index colleagues; with `same_surname` 张师傅 means every 张 unless it is an alias."""
        known = tuple(people)
        called = _index(
            (to_simplified(said), p.name) for p in known for said in (p.name, *p.aliases)
        )
        numbers = ((p.staff_number.casefold(), p.name) for p in known if p.staff_number)
        surnames = _index((_surname(to_simplified(p.name)), p.name) for p in known)
        return cls(
            {person.name: person for person in known},
            teams or {},
            called,
            _index(numbers),
            surnames,
            _spotter(called) if called else None,
            _by_surname(surnames) if same_surname and surnames else None,
        )

    def named(self, facts: Facts) -> frozenset[str]:
        """Return all colleagues whom the customer names or may mean."""
        if not self.people:
            return frozenset()
        found = set(self._in_text(facts.text))
        for number in (*facts.entities.get("staff_number", ()), *_NUMBER.findall(facts.text)):
            found |= self.numbers.get(number.casefold(), frozenset())
        for value in facts.entities.get("person", ()):
            found |= self._meant_by(value)
        return frozenset(found)

    def _in_text(self, text: str) -> Iterator[str]:
        for end, name in self.spotter.iter(text):
            # 工号1024 is not named by 工号10245, nor Ann by Anna.
            after = text[end + 1 : end + 2]
            if not (_is_latin(name[-1]) and _is_latin(after)):
                yield from self.called[name]

    def _meant_by(self, value: str) -> frozenset[str]:
        """Return who a person of the text is by name, or where no name is theirs by surname."""
        if by_name := frozenset(self._in_text(value)):
            return by_name
        match = self.by_surname.fullmatch(value) if self.by_surname else None
        return self.surnames[match["surname"]] if match else frozenset()


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _index(pairs: Iterable[tuple[str, str]]) -> Names:
    found: dict[str, set[str]] = {}
    for said, name in pairs:
        found.setdefault(said, set()).add(name)
    return {said: frozenset(names) for said, names in found.items()}


def _spotter(called: Names) -> Any:
    automaton = ahocorasick.Automaton()
    for name in called:
        automaton.add_word(name, name)
    automaton.make_automaton()
    return automaton


@cache
def _compound() -> frozenset[str]:
    raw = tomllib.loads(resource("data", "signals", "names.toml").read_text(encoding="utf-8"))
    return frozenset(raw["compound"])


def _surname(name: str) -> str:
    return name[:2] if name[:2] in _compound() else name[:1]


def _by_surname(surnames: Names) -> re.Pattern[str]:
    """Return the forms that name a person by surname only: 张师傅, 客服小张, 姓张的姑娘."""
    one = "|".join(map(re.escape, sorted(surnames, key=len, reverse=True)))
    return re.compile(f".{{0,4}}?姓?[小老阿]?(?P<surname>{one})(?:{_FAMILIAR}|{TITLES})?")
