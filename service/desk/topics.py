"""The topics of a desk: found once there are enough tickets, grown as they come, fitted anew.

The clustering takes seconds and holds no lock; what it comes to is written in one short
transaction, unless another process was faster.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import orjson
import structlog
from sqlalchemy import Connection

from service.db.engine import writing
from service.db.topics import (
    FirstText,
    all_topics,
    count_topics,
    first_texts,
    give,
    keep_topics,
    ledger_of,
    lock,
    put_changes,
    read_state,
    write_state,
)
from service.desk.desk import Desk, utc_now
from service.errors import NotFoundError
from service.tickets.ids import first_id
from triage import InputError
from triage.trends.facts import Ints
from triage.trends.topics import NO_TOPIC, Ledger, TopicModel, from_bytes, to_bytes

_LEAST = 200  # tickets: fewer make no topics
_WINDOW = 50_000  # the newest tickets, that topics are made from
_CHUNK = 5000  # tickets at once
_WEEK = timedelta(days=7)
_MANY_NEW, _UNFIT = 500, 0.5  # so many new tickets, of which this share fits nothing: fit anew
_GROWN = 0.1  # as many new tickets as this share of the last fit, before a week's fit is worth it
# A verdict gets its id when it is given and is seen when its transaction ends, in any order.
_LATE = timedelta(minutes=2)
_MODEL, _PLACE = "topics", "place"
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """How far tickets were read, by ids of verdicts, and what came since the last fit.

    Older tickets than those of the first fit, up to `old_end`, are read up to `old`.
    """

    seen: str = ""
    old: str = ""
    old_end: str = ""
    fitted_at: str = ""
    fitted: int = 0
    new: int = 0
    unfit: int = 0

    def wants_fit(self, now: datetime) -> bool:
        """Tell whether the topics are to be found anew."""
        if self.new >= _MANY_NEW and self.unfit >= _UNFIT * self.new:
            return True
        if self.new >= max(self.fitted, _LEAST):  # twice as many as there were
            return True
        since = now - datetime.fromisoformat(self.fitted_at)
        return since >= _WEEK and self.new >= _GROWN * self.fitted


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read before anything was computed; `raw` tells whether it still stands."""

    raw: bytes
    place: Place
    model: TopicModel | None


class Topics:
    """Keeps the topics of a desk. One process and thread at a time should grow them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def grow(self) -> bool:
        """Give new tickets their topics, a few thousand at most; return whether there are more."""
        known = self._known()
        if known.model is None:
            return self._fit(known)
        if known.place.old < known.place.old_end:
            return self._reach_back(known, known.model)
        rows = self._texts(known.place.seen, _CHUNK)
        if rows:
            return self._update(known, known.model, rows) and len(rows) == _CHUNK
        return self._refit(known, known.model)

    def change(self, deed: Callable[[Ledger], Ledger], *needed: int) -> None:
        """Let a person change the ledger. Raises NotFoundError for unknown topics, InputError."""
        with writing(self._desk.database) as connection:
            lock(connection)
            rows = all_topics(connection)
            for topic in set(needed) - {row["id"] for row in rows}:
                raise NotFoundError(
                    f"There is no topic {topic}.", remedy="Look at GET /v1/trends/topics."
                )
            changed = deed(ledger_of(rows))
            put_changes(connection, changed, self._desk.now())
            self._mark(connection)

    def _known(self) -> _Known:
        with self._desk.database.connect() as connection:
            place, model = read_state(connection, _PLACE), read_state(connection, _MODEL)
        if place is None or model is None:
            return _Known(b"", Place(), None)
        try:
            return _Known(place[0], Place(**orjson.loads(place[0])), from_bytes(model[0]))
        except InputError as error:  # of another version: the ids in use must not come again
            _log.warning("topics.state_unreadable", problem=str(error))
            return _Known(place[0], Place(), None)

    def _texts(self, after: str, limit: int, *, newest: bool = False) -> list[FirstText]:
        with self._desk.database.connect() as connection:
            return first_texts(connection, after, _settled(), limit, newest=newest)

    def _fit(self, known: _Known) -> bool:
        rows = self._texts("", _WINDOW, newest=True)
        if len(rows) < _LEAST:
            return False
        try:
            model, assigned = TopicModel.fit(*_columns(rows), first=self._first_id())
        except InputError:  # two hundred tickets that say nothing
            return False
        older = rows[0].id if len(rows) == _WINDOW else ""
        place = Place(rows[-1].id, "", older, *self._fitted(rows))
        return self._save(known, place, model, rows, assigned)

    def _refit(self, known: _Known, model: TopicModel) -> bool:
        if not known.place.wants_fit(self._desk.now()):
            return False
        rows = self._texts("", _WINDOW, newest=True)
        found = model.refit(*_columns(rows))
        fitted_at, fitted = self._fitted(rows)
        place = replace(known.place, fitted_at=fitted_at, fitted=fitted, new=0, unfit=0)
        told = {name: len(getattr(found, name)) for name in ("kept", "opened", "retired")}
        _log.info("topics.fitted", tickets=len(rows), **told)
        self._save(known, place, model, rows, found.assigned)
        return False

    def _update(self, known: _Known, model: TopicModel, rows: Sequence[FirstText]) -> bool:
        found, place = model.update(*_columns(rows)), known.place
        unfit = int((found.assigned == NO_TOPIC).sum())
        place = replace(
            place, seen=rows[-1].id, new=place.new + len(rows), unfit=place.unfit + unfit
        )
        return self._save(known, place, model, rows, found.assigned, found.moved)

    def _reach_back(self, known: _Known, model: TopicModel) -> bool:
        """Give topics to tickets that were there before those of the first fit."""
        place = known.place
        with self._desk.database.connect() as connection:
            found = first_texts(connection, place.old, place.old_end, _CHUNK)
        place = replace(place, old=found[-1].id)
        rows = [row for row in found if row.id != place.old_end]  # the fit had the last of them
        assigned = model.assign([row.text for row in rows])
        return self._save(known, place, model, rows, assigned)

    def _save(
        self,
        known: _Known,
        place: Place,
        model: TopicModel,
        rows: Sequence[FirstText],
        assigned: Ints,
        moved: dict[str, int] | None = None,
    ) -> bool:
        """Write all of it, unless another process wrote since we read; tell whether we did."""
        given = {
            row.ticket_id: topic
            for row, topic in zip(rows, assigned.tolist(), strict=True)
            if topic != NO_TOPIC
        }
        now = self._desk.now()
        with writing(self._desk.database) as connection:
            lock(connection)
            stored = read_state(connection, _PLACE)
            if (stored[0] if stored else b"") != known.raw:
                return False
            keep_topics(connection, (model.topics[key] for key in model.live), now)
            give(connection, (moved or {}) | given, now)
            count_topics(connection)
            write_state(connection, _MODEL, to_bytes(model), now)
            write_state(connection, _PLACE, orjson.dumps(asdict(place)), now)
        return True

    def _fitted(self, rows: Sequence[FirstText]) -> tuple[str, int]:
        return self._desk.now().isoformat(), len(rows)

    def _first_id(self) -> int:
        """Return an id that no topic has had, whatever became of the state."""
        with self._desk.database.connect() as connection:
            return max((row["id"] for row in all_topics(connection)), default=0) + 1

    def _mark(self, connection: Connection) -> None:
        """Tell whoever counts topics that something changed: the time of the state."""
        if place := read_state(connection, _PLACE):
            write_state(connection, _PLACE, place[0], self._desk.now())


def _columns(rows: Sequence[FirstText]) -> tuple[list[str], list[str], list[float]]:
    return (
        [row.text for row in rows],
        [row.ticket_id for row in rows],
        [row.opened_at.timestamp() for row in rows],
    )


def _settled() -> str:
    return first_id("v", utc_now() - _LATE)
