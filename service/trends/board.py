"""The trends of one desk: what the API answers, the pages show and files hold."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.db.topics import names as topic_names
from service.desk.breaks import breaks_between
from service.desk.desk import Desk
from service.desk.trends import Trends
from service.trends.asking import Asked, read_asked
from service.trends.counting import TOP, count_rows, counted, counts_view
from service.trends.explaining import drivers_view, silent_view
from service.trends.naming import Naming
from service.trends.normal import expected_view, normal
from service.trends.overview import overview_view
from service.trends.quality import quality_view
from service.trends.serving import measure_rows, service_view
from service.trends.topics import topic_view, topics_view
from triage.errors import InputError
from triage.trends.facts import MANY, NOTHING, Facts
from triage.trends.periods import Period

_LONG = timedelta(days=3650)
Values = Mapping[str, Sequence[str]]


class Board:
    """Answers questions about the tickets of a desk. Safe to share by threads."""

    def __init__(self, desk: Desk, trends: Trends) -> None:
        self._desk = desk
        self._trends = trends

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin."""
        return self._desk.books.clocks.zone

    def expire(self) -> None:
        """Have the next answer be of its very moment."""
        self._trends.expire()

    def asked(
        self,
        *,
        period: Period = Period.DAY,
        start: str | None = None,
        end: str | None = None,
        values: Values | None = None,
    ) -> Asked:
        """Return what is asked for. Raises BadValueError and InputError."""
        now, zone = self._desk.now(), self.zone
        self._refuse_strangers((values or {}).get(MANY, ()))
        return read_asked(now, zone, period=period, start=start, end=end, values=values)

    def _refuse_strangers(self, labels: Sequence[str]) -> None:
        """Raise InputError for a label that no ticket and no model has: nothing would be found."""
        known = (*self._trends.facts().labels, NOTHING)
        for label in labels:
            if label not in known:
                raise InputError(
                    f"issue: there is no label {label!r}.", remedy=f"Give {', '.join(known)}."
                )

    def naming(self) -> Naming:
        """Return what groups are called now."""
        with self._desk.database.connect() as connection:
            topics = {str(key): name for key, name in topic_names(connection).items()}
        models = self._trends.snapshot().models
        return Naming(self._desk.engine.taxonomy, self._desk.books.rules.queues, models, topics)

    def facts(self) -> Facts:
        """Return the tickets that are counted."""
        return self._trends.facts()

    def counts(self, asked: Asked, *, by: str, top: int = TOP) -> dict[str, Any]:
        """Return counts and shares by a dimension; see `counts_view`."""
        breaks = self._breaks(asked.start, asked.end)
        snapshot = self._trends.snapshot()
        return counts_view(snapshot, asked, self.naming(), by=by, top=top, breaks=breaks)

    def expected(self, asked: Asked, *, by: str, key: str) -> dict[str, Any]:
        """Return what was to be expected of one group. Raises InputError for none."""
        breaks = self._breaks(asked.start - _LONG, asked.end)
        now = self._desk.now()
        found = normal(self._trends.facts(), asked, by=by, now=now, breaks=breaks)
        return expected_view(found, asked, by=by, key=key)

    def overview(self, values: Values | None = None) -> dict[str, Any]:
        """Return today against normal, and how the desk works."""
        now = self._desk.now()
        wanted = self.asked(values=values).wanted.values
        return overview_view(
            self._trends.facts(),
            now=now,
            zone=self.zone,
            naming=self.naming(),
            values=dict(wanted),
            breaks=self._breaks(now - _LONG, now),
        )

    def service(self, asked: Asked) -> dict[str, Any]:
        """Return the service measures over time, and the time per hop."""
        return service_view(self._trends.outcomes(), self._trends.stays(), asked, self.naming())

    def drivers(self, asked: Asked, outcome: str) -> dict[str, Any]:
        """Return what moves an outcome. Raises InputError for an unknown one."""
        return drivers_view(self._trends.outcomes(), asked, self.naming(), outcome)

    def silent(self, asked: Asked, assume: str | None) -> dict[str, Any]:
        """Return the complaints, and under an assumption who stands behind them."""
        return silent_view(self._trends.facts(), asked, assume)

    def quality(self, asked: Asked) -> dict[str, Any]:
        """Return what people changed of the verdicts of each model."""
        snapshot = self._trends.snapshot()
        found = quality_view(self._desk.database, snapshot, asked, self.naming())
        return {**found, "breaks": self._breaks(asked.start, asked.end)}

    def topics(self, asked: Asked, *, top: int, hidden: bool = False) -> dict[str, Any]:
        """Return the topics of a window; see `topics_view`."""
        snapshot, naming = self._trends.snapshot(), self.naming()
        database = self._desk.database
        return topics_view(database, snapshot, asked, naming, top=top, hidden=hidden)

    def topic(self, asked: Asked, topic: int) -> dict[str, Any]:
        """Return one topic with its history. Raises NotFoundError."""
        snapshot, naming = self._trends.snapshot(), self.naming()
        return topic_view(self._desk.database, snapshot, asked, naming, topic)

    def rows(self, what: str, asked: Asked, *, by: str, key: str) -> list[dict[str, Any]]:
        """Return a view as rows of a table. `what`: counts, expected or service."""
        if what == "counts":
            found = counted(self._trends.facts(), asked, by=by, top=None)
            return count_rows(found, by, self.naming())
        if what == "service":
            facts, stays = self._trends.outcomes(), self._trends.stays()
            return measure_rows(facts, stays, asked, self.naming())
        told = self.expected(asked, by=by, key=key)
        names = ("n", "expected", "low", "high", "p", "unusual")
        rows = zip(told["buckets"], *(told[name] for name in names), strict=True)
        return [dict(zip(("at", *names), row, strict=True)) for row in rows]

    def _breaks(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        with self._desk.database.connect() as connection:
            first = max(start.astimezone(UTC), datetime(1970, 1, 1, tzinfo=UTC))
            return breaks_between(connection, first, end, zone=self.zone)
