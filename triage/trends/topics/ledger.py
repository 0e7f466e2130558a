"""What people made of topics: names, merges, what is hidden; with who did it and when."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from triage.errors import InputError

RENAMED, MERGED, SPLIT, HIDDEN, SHOWN = "renamed", "merged", "split", "hidden", "shown"
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """What holds of one topic: the name a person gave it, whether it is hidden, where it went."""

    name: str | None = None
    hidden: bool = False
    merged_into: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One deed: what was done to which topic, before and after, by whom, when (ISO time)."""

    topic: int
    what: str
    before: Any
    after: Any
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that people decided, each deed kept. Every change makes a new ledger."""

    marks: Mapping[int, Mark] = field(default_factory=dict)
    history: tuple[Change, ...] = ()

    def mark(self, topic: int) -> Mark:
        """Return what holds of a topic; of one that nobody touched, nothing does."""
        return self.marks.get(topic, Mark())

    def resolve(self, topic: int) -> int:
        """Return the topic that a topic counts as, after all merges."""
        while (into := self.mark(topic).merged_into) is not None:
            topic = into
        return topic

    def rename(self, topic: int, name: str | None, *, by: str, at: str) -> Self:
        """Give a topic a name; None: its phrases name it again. Raises InputError."""
        told = name.strip() if name is not None else None
        if told is not None and not 0 < len(told) <= _LONGEST:
            raise InputError(
                f"A name has 1 to {_LONGEST} characters, not {len(told)}.",
                remedy="Give a shorter one, or null for the name of its own phrases.",
            )
        old = self.mark(topic)
        return self._with(topic, replace(old, name=told), RENAMED, old.name, told, by, at)

    def hide(self, topic: int, *, by: str, at: str) -> Self:
        """Leave a topic out of lists; it goes on counting."""
        return self._hide(topic, True, HIDDEN, by, at)

    def show(self, topic: int, *, by: str, at: str) -> Self:
        """List a hidden topic again."""
        return self._hide(topic, False, SHOWN, by, at)

    def merge(self, topic: int, into: int, *, by: str, at: str) -> Self:
        """Count a topic as another. Raises InputError where that would go in a circle."""
        old = self.mark(topic)
        if old.merged_into is not None:
            raise InputError(
                f"Topic {topic} is merged into {old.merged_into} already.",
                remedy="Split it from that one first.",
            )
        if self.resolve(into) == topic:
            raise InputError(
                f"Topic {into} counts as topic {topic}: they cannot be merged the other way, too.",
                remedy="Choose another topic, or split the two first.",
            )
        return self._with(topic, replace(old, merged_into=into), MERGED, None, into, by, at)

    def split(self, topic: int, *, by: str, at: str) -> Self:
        """Undo the merge of a topic. Raises InputError where it is not merged."""
        old = self.mark(topic)
        if old.merged_into is None:
            raise InputError(
                f"Topic {topic} is not merged into another.", remedy="Name one that is."
            )
        new = replace(old, merged_into=None)
        return self._with(topic, new, SPLIT, old.merged_into, None, by, at)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "marks": {str(topic): asdict(mark) for topic, mark in self.marks.items()},
            "history": [asdict(change) for change in self.history],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Self:
        """Return the ledger of its JSON form. Raises InputError for anything else."""
        try:
            marks = {int(topic): Mark(**mark) for topic, mark in told["marks"].items()}
            return cls(marks, tuple(Change(**change) for change in told["history"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"This is no ledger of topics: {error!r}.", remedy="Give what to_dict returned."
            ) from error

    def _hide(self, topic: int, hidden: bool, what: str, by: str, at: str) -> Self:
        old = self.mark(topic)
        return self._with(topic, replace(old, hidden=hidden), what, old.hidden, hidden, by, at)

    def _with(
        self, topic: int, mark: Mark, what: str, before: Any, after: Any, by: str, at: str
    ) -> Self:
        if before == after:
            return self
        change = Change(topic, what, before, after, by, at)
        return type(self)({**self.marks, topic: mark}, (*self.history, change))
