"""What the address of the inbox asks for: conditions, order, page."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from service.db.inbox import SORTS, Filter
from service.errors import BadValueError
from service.tickets.records import LIVE, Status
from service.tickets.storable import storable

SIZE = 50
_WORDS = ("queue", "owner", "issue", "channel", "tag", "customer", "text")
_FLAGS = ("waiting", "breached", "review", "neglected")
_FIELDS = (*_WORDS, *_FLAGS, "status", "urgency", "sort", "page")
_MOST_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter with the order and the page; `given` is what the address said, blanks left out."""

    wanted: Filter
    sort: str
    page: int
    given: Mapping[str, str]

    @property
    def offset(self) -> int:
        """How many tickets stand before the page."""
        return (self.page - 1) * SIZE

    @property
    def narrowed(self) -> bool:
        """Whether anything but the queue and the order was asked for."""
        return any(name not in ("queue", "sort", "page") for name in self.given)

    def link(self, **changes: object) -> str:
        """Return the address with some fields changed; another list begins at its first page."""
        kept = {name: value for name, value in self.given.items() if name != "page"}
        told = {name: str(value) for name, value in {**kept, **changes}.items() if value}
        return f"/inbox?{urlencode(told)}" if told else "/inbox"

    @property
    def address(self) -> str:
        """The address of this very list."""
        return self.link(page=self.page if self.page > 1 else None)


def read_asked(query: Mapping[str, str]) -> Asked:
    """Return what an address asks for. Raises BadValueError for a value that is none."""
    given = {name: storable(query[name].strip())[:200] for name in _FIELDS if query.get(name)}
    given = {name: value for name, value in given.items() if value}
    urgency = _number(given, "urgency", 0, 3) if "urgency" in given else None
    text = {name: given.get(name) for name in _WORDS}
    flags = {name: True if name in given else None for name in _FLAGS}
    wanted = Filter(status=_status(given), urgency=urgency, **text, **flags)  # type: ignore[arg-type]
    sort = _one_of("sort", given.get("sort", "due"), SORTS)
    page = _number(given, "page", 1, _MOST_PAGES) if "page" in given else 1
    return Asked(wanted, sort, page, given)


def _status(given: Mapping[str, str]) -> tuple[str, ...]:
    named = given.get("status", "live")
    groups = {"live": tuple(sorted(LIVE)), "all": ()}
    if named in groups:
        return groups[named]
    return (_one_of("status", named, tuple(Status)),)


def _number(given: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = given[name]
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadValueError(f"{name}: {text!r} is not known.", remedy=f"Give {least} to {most}.")
    return int(text)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadValueError(
            f"{name}: {value!r} is not known.", remedy=f"Give one of: {', '.join(allowed)}."
        )
    return value
