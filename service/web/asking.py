"""What the address of the inbox asks for: conditions, order, page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import ImmutableMultiDict

from service.db.counted import Counted
from service.db.inbox import SORTS, Filter
from service.errors import BadValueError
from service.schemas.kinds import When
from service.tickets.records import LIVE, Status
from service.tickets.storable import storable
from triage.trends.facts import DIMENSIONS, LEVELS, level_of

Query = ImmutableMultiDict[str, str]
_WHEN: TypeAdapter[datetime] = TypeAdapter(When)

SIZE = 50
_WORDS = ("queue", "owner", "issue", "channel", "tag", "customer", "text")
_FLAGS = ("waiting", "breached", "review", "neglected")
_TIMES = ("since", "until")
_FIELDS = (*_WORDS, *_FLAGS, *_TIMES, "status", "urgency", "sort", "page")
# As trends count, from whose pages one comes: exact, `none` for without. Of several `is_` of a
# dimension one must hold, `also_` must hold besides.
COUNTED = {f"{how}_{name}": name for how in ("is", "also") for name in DIMENSIONS}
_MOST_PAGES = 20_000
_COUNTED_STATES = tuple(status for status in Status if status is not Status.MERGED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter with the order and the page; `given` is what the address said, blanks left out."""

    wanted: Filter
    sort: str
    page: int
    given: Mapping[str, str]
    counted: tuple[tuple[str, str], ...] = ()

    @property
    def offset(self) -> int:
        """How many tickets stand before the page."""
        return (self.page - 1) * SIZE

    @property
    def narrowed(self) -> bool:
        """Whether anything but the queue and the order was asked for."""
        own = any(name not in ("queue", "sort", "page") for name in self.given)
        return own or bool(self.counted)

    def link(self, **changes: object) -> str:
        """Return the address with some fields changed; another list begins at its first page."""
        kept = {name: value for name, value in self.given.items() if name != "page"}
        told = [(name, str(value)) for name, value in {**kept, **changes}.items() if value]
        told += self.counted
        return f"/inbox?{urlencode(told)}" if told else "/inbox"

    def without(self, name: str, value: str) -> str:
        """Return the address with one of the conditions of trends left out."""
        left = tuple(item for item in self.counted if item != (name, value))
        return replace(self, counted=left).link()

    @property
    def address(self) -> str:
        """The address of this very list."""
        return self.link(page=self.page if self.page > 1 else None)


def read_asked(query: Query) -> Asked:
    """Return what an address asks for. Raises InputError for a value that is none."""
    counted = _counted(query)
    given = {name: storable(query[name].strip())[:200] for name in _FIELDS if query.get(name)}
    given = {name: value for name, value in given.items() if value}
    urgency = _number(given, "urgency", 0, 3) if "urgency" in given else None
    text = {name: given.get(name) for name in _WORDS}
    flags = {name: True if name in given else None for name in _FLAGS}
    wanted = Filter(status=_status(given), urgency=urgency, **text, **flags)  # type: ignore[arg-type]
    since, until = (_time(name, given[name]) if name in given else None for name in _TIMES)
    wanted = replace(wanted, counted=_grouped(counted), since=since, until=until)
    if (since or until) and not wanted.status:  # as trends count: merged-away tickets do not
        wanted = replace(wanted, status=_COUNTED_STATES)
    sort = _one_of("sort", given.get("sort", "due"), SORTS)
    page = _number(given, "page", 1, _MOST_PAGES) if "page" in given else 1
    return Asked(wanted, sort, page, given, counted)


def _counted(query: Query) -> tuple[tuple[str, str], ...]:
    told = [(name, storable(value.strip())[:200]) for name, value in query.multi_items()]
    return tuple((name, value) for name, value in told if value and name in COUNTED)


def _grouped(counted: Sequence[tuple[str, str]]) -> tuple[Counted, ...]:
    one_of: dict[str, tuple[str, ...]] = {}
    also = list[Counted]()
    for name, value in counted:
        dimension = COUNTED[name]
        if dimension in LEVELS:
            level_of(dimension, value)  # wrong ones are refused before anything is asked
        if name.startswith("is_"):
            one_of[dimension] = (*one_of.get(dimension, ()), value)
        else:
            also.append((dimension, (value,)))
    return (*one_of.items(), *also)


def _time(name: str, text: str) -> datetime:
    try:
        return _WHEN.validate_python(text)
    except ValidationError as error:
        raise BadValueError(
            f"{name}: {text!r} is no time with a zone.",
            remedy="Write for example 2026-11-01T00:00:00+08:00.",
        ) from error


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
