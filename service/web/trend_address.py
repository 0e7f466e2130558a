"""What the address of a page of trends asks for, and the addresses that lead on from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from service.tickets.storable import storable
from triage.trends.facts import DIMENSIONS

_WINDOW = ("from", "to")
_OF_COUNTS = ("by", "period")
_OF_PAGE = ("show", "key", "assume", "outcome", "hidden")
_LONGEST = 200
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Address:
    """What an address asks for: filters may stand several times, the rest once; no blanks."""

    path: str
    pairs: Pairs = field(default=())

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a name."""
        return next((value for key, value in self.pairs if key == name), default)

    @property
    def filters(self) -> Pairs:
        """The filters, without the window."""
        return tuple(pair for pair in self.pairs if pair[0] in DIMENSIONS)

    @property
    def wanted(self) -> dict[str, list[str]]:
        """The filters by dimension."""
        found: dict[str, list[str]] = {}
        for name, value in self.filters:
            found.setdefault(name, []).append(value)
        return found

    def link(self, path: str | None = None, /, **changes: object) -> str:
        """Return this address with some names changed; None takes a name away."""
        return _address(path or self.path, self._changed(changes))

    def without(self, name: str, value: str) -> str:
        """Return this address without one filter."""
        return _address(self.path, (pair for pair in self.pairs if pair != (name, value)))

    def api(self, what: str, /, **changes: object) -> str:
        """Return the address of the JSON for the same window and the same filters."""
        known = (*DIMENSIONS, *_WINDOW, *_OF_COUNTS, *changes)
        kept = (pair for pair in self._changed(changes) if pair[0] in known)
        return _address(f"/v1/trends/{what}", kept)

    def inbox(self, since: str, until: str, /, **chosen: str) -> str:
        """Return where the inbox lists the tickets of a window, in any state.

        They fit the filters, and `chosen` besides, as trends count them.
        """
        kept = [(f"is_{name}", value) for name, value in self.filters]
        also = [(f"also_{name}", value) for name, value in chosen.items()]
        return _address(
            "/inbox", [("status", "all"), ("since", since), ("until", until), *kept, *also]
        )

    def _changed(self, changes: Mapping[str, object]) -> Pairs:
        kept = [pair for pair in self.pairs if pair[0] not in changes]
        added = [(name, str(value)) for name, value in changes.items() if value not in (None, "")]
        return (*kept, *added)


def read_address(path: str, query: QueryParams) -> Address:
    """Return what an address asks for: blanks and names that no page knows are left out."""
    known = {*DIMENSIONS, *_WINDOW, *_OF_COUNTS, *_OF_PAGE}
    pairs = [
        (name, text)
        for name, value in query.multi_items()
        if name in known and (text := storable(value.strip())[:_LONGEST])
    ]
    return Address(path, tuple(dict.fromkeys(pairs)))


def blank(query: QueryParams) -> bool:
    """Tell whether an address has fields that nobody filled in, as forms send them."""
    return any(not value.strip() for _, value in query.multi_items())


def windows(buckets: Sequence[str], start: str, end: str) -> list[tuple[str, str]]:
    """Return from when to before when each bucket lasts, within the whole window."""
    return list(zip([start, *buckets[1:]], [*buckets[1:], end], strict=True)) if buckets else []


def chips(asked: Address) -> Iterable[dict[str, str]]:
    """Return the filters that are on, each with the address without it."""
    for name, value in asked.filters:
        yield {"name": name, "value": value, "off": asked.without(name, value)}


def _address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
