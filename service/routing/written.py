"""Leaves over what the customer wrote: words, expressions, the things named."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from service.routing.facts import Facts
from service.routing.leaves import Leaf, Test, as_table, both, members, merged
from service.routing.vocabulary import field_zh, value_zh
from service.routing.wording import Said
from triage.text.script import to_simplified


def pattern(expression: str) -> re.Pattern[str]:
    """Compile an expression for Simplified text, case ignored. Raises re.error."""
    # The ends of a range ([一-龥]) stay: in another order they would be no range.
    plain = to_simplified(expression)
    ends = {k + d for k, char in enumerate(expression) if char == "-" for d in (-1, 1)}
    kept = (
        old if k in ends else new
        for k, (old, new) in enumerate(zip(expression, plain, strict=True))
    )
    return re.compile("".join(kept), re.IGNORECASE)


def text(spec: Any) -> Leaf:
    """Return a leaf over the text; both scripts and both cases match alike."""
    return _written("text", as_table(spec, "contains"), lambda facts: (facts.text,))


def entities(spec: Any) -> Leaf:
    """Return a leaf over the kinds of things named and, under `values`, over their names."""
    table = dict(as_table(spec))
    values = table.pop("values", {})
    parts = [members("entities", table, lambda facts: facts.entities.keys())] if table else []
    for kind, wanted in values.items():
        read = partial(_values_of, kind)
        parts.append(_written("entities", as_table(wanted, "contains"), read, kind))
    return merged(parts)


def _values_of(kind: str, facts: Facts) -> tuple[str, ...]:
    return facts.entities.get(kind, ())


def _written(
    name: str, spec: Mapping[str, Any], read: Callable[[Facts], Sequence[str]], kind: str = ""
) -> Leaf:
    """Return a leaf over words as written: one of `contains` in it, and `matches`."""
    tests: list[Test] = []
    if words := tuple(to_simplified(word).lower() for word in spec.get("contains", ())):
        tests.append(lambda facts: _holds_word(read(facts), words))
    if "matches" in spec:
        search = pattern(spec["matches"]).search
        tests.append(lambda facts: any(search(text) for text in read(facts)))
    return Leaf(_written_said(name, spec, kind), both(tests))


def _holds_word(texts: Sequence[str], words: Sequence[str]) -> bool:
    for text in map(str.lower, texts):
        for word in words:  # a plain loop: this runs on every ticket for every rule
            if word in text:
                return True
    return False


def _written_said(name: str, spec: Mapping[str, Any], kind: str) -> Said:
    zh, en = f"{field_zh(name)}{value_zh(name, kind)}", f"{name} {kind}".strip()
    parts = []
    if "contains" in spec:
        parts.append(Said(f"含“{'”“'.join(spec['contains'])}”", f"contains {spec['contains']}"))
    if "matches" in spec:
        parts.append(Said(f"符合 {spec['matches']}", f"matches {spec['matches']}"))
    return Said(
        zh + "，".join(part.zh for part in parts), f"{en} " + " and ".join(p.en for p in parts)
    )
