"""The names that a file of rules may refer to, and the telling of those it may not."""

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from service.routing.located import Path
from service.routing.problems import unknown
from triage.taxonomy import BUILT_IN, Taxonomy

LEAD, OWNER = "lead", "owner"  # who may be told beside colleagues and queues
Told = tuple[Path, str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Names made outside the file: SLA policies, clocks, webhook endpoints (None: not known).

    `taxonomy` holds the labels of the model in use; with `lenient` other ones are let through.
    """

    slas: Set[str] = frozenset()
    clocks: Set[str] = frozenset()
    endpoints: Set[str] | None = None
    taxonomy: Taxonomy = BUILT_IN
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The file as read, the places where its shape is wrong, and the names it declares."""

    raw: Mapping[str, Any]
    known: Known
    bad: Collection[Path]
    names: Mapping[str, Collection[str] | None] = field(default_factory=dict)

    def sound(self, path: Path) -> bool:
        """Whether the schema has nothing against `path`, what is within and what is around."""
        return not any(bad[: len(path)] == path or path[: len(bad)] == bad for bad in self.bad)


def refer(book: Book, what: str, path: Path, value: Any) -> Iterator[Told]:
    """Tell the names at `path` (one or a list) that are none of the declared."""
    names = book.names[what]
    if names is None or value is None or not book.sound(path):
        return
    if isinstance(value, list):
        for k, name in enumerate(value):
            yield from refer(book, what, (*path, k), name)
    elif value not in names:
        yield path, *unknown(what, value, names)
