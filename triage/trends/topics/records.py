"""What goes into topics and what comes out: plain, frozen records."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from triage.errors import InputError
from triage.trends.facts import Ints

NO_TOPIC = -1
Weighted = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How finely texts are grouped.

    `most`: groups to begin with, of which the like are joined; None: one for every 25 texts,
    12 to 200. `least`: texts of a topic; None: 5, or one in 5000 texts. `alike`: how like each
    other, compared with themselves, two groups must be to be joined. `seed`: of all that is drawn.
    """

    most: int | None = None
    least: int | None = None
    alike: float = 0.75
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what makes no sense. Raises InputError."""
        if (self.most or 2) < 2 or (self.least or 2) < 2 or self.alike <= 0:
            raise InputError(
                f"Topics cannot be made with {self}.",
                remedy="Give most and least of 2 or more, and alike above 0.",
            )

    def groups(self, texts: int) -> int:
        """Return how many groups to begin with."""
        return self.most or min(max(texts // 25, 12), 200)

    def smallest(self, texts: int) -> int:
        """Return how many texts a topic has at the least."""
        return self.least or max(5, texts // 5000)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Topic:
    """A cluster of texts: its phrases, the heaviest first, and the name they make.

    `size`: texts that were ever given to it. `first_at`: seconds since 1970 of the first of
    them, None where no time is known. A retired one takes no more texts; its id stays its own.
    """

    id: int
    name: str
    phrases: Weighted
    size: int
    first_at: float | None = None
    retired: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self) | {"phrases": [list(pair) for pair in self.phrases]}


@dataclass(frozen=True, slots=True)
class Update:
    """What became of new texts: the topic of each (-1: none), topics that were opened.

    `moved`: topics that were opened now for texts which had come earlier, by their ids.
    """

    assigned: Ints
    opened: tuple[int, ...]
    moved: dict[str, int]


@dataclass(frozen=True, slots=True)
class Refit:
    """What became of topics: the topic of each text (-1: none), ids kept, opened and retired."""

    assigned: Ints
    kept: tuple[int, ...]
    opened: tuple[int, ...]
    retired: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Groups of texts: the group of each from 0 (-1: of none), the phrases of each group."""

    assigned: Ints
    phrases: tuple[Weighted, ...]


class Clusterer(Protocol):
    """Whatever can group texts."""

    def fit(self, texts: Sequence[str]) -> Clustering:
        """Return the groups of the texts. Raises InputError where there are too few."""
        ...
