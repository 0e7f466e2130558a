"""How many people speak: one who writes ten times is one, and so is a text sent ten times."""

from collections.abc import Sequence

from triage.trends.terms import Seen

_LONG = 12  # terms from which likeness tells of a copy; two people may well say 充电器发烫
_ALIKE = 0.7  # of the terms of both
_MOST = 400  # texts that are compared with each other


def voices(docs: Sequence[Seen]) -> int:
    """Return the number of different people, as far as customers and copies tell."""
    people = list({doc.customer or doc.id: doc for doc in docs}.values())
    long = [frozenset(doc.terms) for doc in people if len(doc.terms) >= _LONG][:_MOST]
    kept: list[frozenset[int]] = []
    copies = 0
    for terms in long:
        if any(_alike(terms, other) for other in kept):
            copies += 1
        else:
            kept.append(terms)
    return len(people) - copies


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    if min(len(one), len(other)) < _ALIKE * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= _ALIKE * (len(one) + len(other) - shared)
