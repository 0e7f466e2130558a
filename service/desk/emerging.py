"""What is new on this desk: the terms of its texts, counted as they come.

A ticket is read once, by the id of its first verdict, some minutes after it was opened; at the
start those of the last weeks are read in chunks. What a ticket said is not kept here, its terms
are.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from service.db import emerging as rows
from service.db.engine import writing
from service.desk.desk import Desk, utc_now
from service.errors import NotFoundError
from service.tickets.ids import first_id
from triage.text.pii import mask
from triage.trends.calendar import Calendar, load, shipped
from triage.trends.emerging import Settings, Watched, watch
from triage.trends.terms import KEPT, Doc, Terms

FILE = "calendar.yaml"  # of a desk that has promotions of its own
_CHUNK = 2000
_LATE = timedelta(minutes=2)  # a verdict is seen when its transaction ends, in any order
_EXAMPLES = 10
_CHARS = 300  # of an example


def calendar_of(folder: Path | None) -> Calendar:
    """Return the calendar of a desk: its own file, or the one in the box. Raises InputError."""
    path = folder / FILE if folder else None
    return load(path) if path and path.exists() else Calendar(shipped())


class Emerging:
    """Watches what comes up on a desk. Safe to share by threads; one at a time counts."""

    def __init__(
        self, desk: Desk, *, per_month: float = 1.0, calendar: Calendar | None = None
    ) -> None:
        self._desk = desk
        self._settings = Settings(per_month=per_month)
        self._calendar = calendar or Calendar(shipped())
        self._lock = Lock()
        self._zone: Any = None
        self._seen, self._terms = "", Terms()

    def look(self) -> Watched:
        """Read what came in since the last look, and return what comes up today."""
        with self._lock, self._desk.database.connect() as connection:
            self._read(connection)
            today = self._today()
            known = rows.going(connection, today)
            return watch(
                self._terms, today, settings=self._settings, calendar=self._calendar, known=known
            )

    def keep(self, found: Watched) -> list[Mapping[str, Any]]:
        """Keep the alerts of a look, and return those that nobody was told of yet."""
        if not found.alerts:
            return []
        with writing(self._desk.database) as connection:
            return rows.keep(connection, found.alerts, self._desk.now())

    def view(self, state: str = "open") -> dict[str, Any]:
        """Return the alerts as the API shows them: `open` ones or `all`; texts masked."""
        with self._desk.database.connect() as connection:
            today = self._today()
            found = rows.alerts(connection)
            if state == "open":
                found = [one for one in found if one.state(today) == "open"]
            shown = [_shown(connection, one, today) for one in found]
        return {"budget": {"per_month": self._settings.per_month}, "alerts": shown}

    def close(self, key: str, verdict: str, actor: str) -> dict[str, Any]:
        """Keep what a person thought of an alert, and return it. Raises NotFoundError."""
        with writing(self._desk.database) as connection:
            known = rows.close(connection, key, verdict, actor, self._desk.now())
            stored = rows.one(connection, key) if known else None
            if stored is None:
                raise NotFoundError(
                    f"There is no alert {key!r}.", remedy="Look at GET /v1/trends/emerging."
                )
            return _shown(connection, stored, self._today())

    def _today(self) -> date:
        return self._desk.now().astimezone(self._desk.books.clocks.zone).date()

    def _read(self, connection: Connection) -> None:
        now, zone = utc_now(), self._desk.books.clocks.zone
        if zone != self._zone:  # the days begin at another moment: count anew
            self._zone, self._terms = zone, Terms()
            self._seen = first_id("v", now - timedelta(days=KEPT + 1))
        settled = first_id("v", now - _LATE)
        while found := rows.first_texts(connection, self._seen, settled, _CHUNK):
            self._terms.add(self._docs(found))
            self._seen = found[-1]["id"]

    def _docs(self, found: Sequence[Mapping[Any, Any]]) -> Iterator[Doc]:
        today = self._today()
        for row in found:
            day = row["created_at"].astimezone(self._zone).date()
            if day <= today:  # a wrong clock of another system must not make all days old
                yield Doc(
                    row["ticket_id"],
                    day,
                    row["text"],
                    row["customer_id"] or "",
                    row["product"] or "",
                    row["channel"] or "",
                )


def _shown(connection: Connection, stored: rows.Stored, today: date) -> dict[str, Any]:
    """Return an alert as the API shows it."""
    body = stored.body
    names = ("n", "window", "expected", "ratio", "p", "first_seen", "products", "channels")
    return {
        "id": stored.id,
        "day": stored.day,
        "last_day": stored.last,
        "at": stored.at,
        "terms": list(stored.terms),
        "topic": rows.topic_of(connection, body["tickets"]),
        **{name: body[name] for name in names},
        "tickets": len(body["tickets"]),
        "examples": _examples(connection, body["tickets"][:_EXAMPLES]),
        "state": stored.state(today),
        "verdict": stored.verdict,
        "closed_by": stored.closed_by,
        "closed_at": stored.closed_at,
    }


def _examples(connection: Connection, ids: Sequence[str]) -> list[dict[str, Any]]:
    texts = rows.texts_of(connection, ids)
    return [
        {
            "ticket_id": key,
            "at": texts[key]["created_at"],
            "text": mask(texts[key]["text"])[:_CHARS],
        }
        for key in ids
        if key in texts
    ]
