"""What a personal datum is here: a kind and a stretch of the original text."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from triage.errors import InputError
from triage.readings.spans import Entity, untangle

# Of two findings of the same characters the kind that stands first is right.
RANKS = (
    "email",
    "id_card",
    "bank_card",
    "passport",
    "plate",
    "phone",
    "wechat",
    "qq",
    "line",
    "address",
    "name",
    "order",
)
KINDS = frozenset(RANKS)
PERSONAL = KINDS - {"order"}  # an order number names a purchase; looked for on demand only


@dataclass(frozen=True, slots=True)
class Pii:
    """A personal datum at `[start, end)` of the original text, in characters."""

    kind: str
    start: int
    end: int


def chosen(kinds: Set[str] | None) -> Set[str]:
    """Return the kinds to look for; None means all personal ones. Raises InputError."""
    if kinds is None:
        return PERSONAL
    if unknown := sorted(kinds - KINDS):
        raise InputError(
            f"Unknown kind of personal data: {', '.join(unknown)}.",
            remedy=f"Choose from: {', '.join(RANKS)}.",
        )
    return kinds


def apart(found: Iterable[Pii]) -> list[Pii]:
    """Return findings in order without overlaps: the longest stays, of equals the rank decides."""
    entities = [Entity(pii.kind, pii.start, pii.end, None) for pii in found]
    kept = untangle(entities, RANKS) if len(entities) > 1 else entities
    return [Pii(entity.kind, entity.start, entity.end) for entity in kept]
