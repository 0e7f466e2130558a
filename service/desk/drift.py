"""What changed in the texts of this desk, counted as they come.

A verdict never changes and its id sorts by the time it was made, so each is read once; only
corrections, and the verdicts of the last minutes, are read at every look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from service.db.drift import corrected_first_verdicts, first_verdicts, texts_of
from service.desk.desk import Desk, utc_now
from service.tickets.ids import first_id
from triage.drift import NO_CHANNEL, Report, Row, Settings, Tally, watch
from triage.drift.sample import Place, Sample, unknown_counts
from triage.drift.tally import Cells
from triage.drift.watch import RIPE, Chosen
from triage.drift.weeks import WEEK, monday, week_of
from triage.scorers.unknown import Unknown, unknown_of

_CHUNK = 2000
_IDS = 500  # in one query
# A verdict gets its id when it is given and is seen when its transaction ends, in any order.
_LATE = timedelta(minutes=2)


@dataclass(slots=True)
class _Counts:
    """What has been counted up to a verdict."""

    seen: str = ""
    tally: Tally = field(default_factory=Tally)
    sample: Sample = field(default_factory=Sample)


class Drift:
    """Compares the weeks of a desk. Safe to share by threads; one at a time counts."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._zone: Any = None
        self._counts = _Counts()
        self._model = ""
        self._unknown: Unknown | None = None
        self._bands: dict[Place, tuple[tuple[str, ...], Cells]] = {}
        self.last: Report | None = None  # as the service reports: nothing special was asked

    def report(self, settings: Settings | None = None, reference: Chosen = None) -> Report:
        """Return what became of every measure up to now; see `triage.drift.watch`."""
        with self._lock, self._desk.database.connect() as connection:
            tally = self._tally(connection)
        until = monday(self._desk.now().astimezone(self._zone).date())
        report = watch(tally.counts, until=until, settings=settings, reference=reference)
        if settings is None and reference is None:
            self.last = report
        return report

    def _tally(self, connection: Connection) -> Tally:
        self._forget()
        settled = first_id("v", utc_now() - _LATE)
        self._count(connection, self._counts, settled)
        late = _Counts(max(self._counts.seen, settled))
        self._count(connection, late, "w")  # after every id of a verdict
        tally, sample = self._counts.tally.copy(), self._counts.sample.merged(late.sample)
        tally.merge(late.tally)
        self._corrected(connection, tally)
        self._unknown_words(connection, tally, sample)
        return tally

    def _forget(self) -> None:
        """Count anew where the weeks begin at another moment or another model knows the words."""
        zone, engine = self._desk.books.clocks.zone, self._desk.engine
        if zone != self._zone:
            self._zone, self._counts = zone, _Counts()
        if engine.name.hash != self._model:
            self._model, self._unknown, self._bands = engine.name.hash, None, {}
            self._unknown = unknown_of(engine.scorer)

    def _count(self, connection: Connection, counts: _Counts, until: str) -> None:
        while rows := first_verdicts(connection, counts.seen, until, _CHUNK):
            counts.tally.add(self._rows(rows, counts.sample))
            counts.seen = rows[-1]["id"]

    def _rows(self, rows: Any, sample: Sample) -> Iterator[Row]:
        for row in rows:
            week = week_of(row["at"], self._zone)
            channel = row["channel"] or NO_CHANNEL
            body = None if "unjudged" in row["body"] else row["body"]
            if body is not None:
                sample.add(week, channel, row["id"], row["message_id"])
            yield Row(week, channel, row["model_hash"], body, row["length"])

    def _corrected(self, connection: Connection, tally: Tally) -> None:
        """Count the judged texts that were corrected before the time for it was over."""
        corrected = Tally()
        for row in corrected_first_verdicts(connection):
            if self._in_time(row):
                week = week_of(row["at"], self._zone)
                place = (row["channel"] or NO_CHANNEL, row["model_hash"], week)
                corrected.put("corrected", *place, np.array([-1, 1]))
        judged = [(key, weeks) for key, weeks in tally.counts.items() if key[0] == "sentiment"]
        for (_, channel, model), weeks in judged:
            for week, cells in weeks.items():
                whole = np.array([int(cells.sum()), 0])
                tally.put("corrected", channel, model, week, whole)
        tally.merge(corrected)

    def _in_time(self, row: RowMapping) -> bool:
        if row["sentiment"] is None:
            return False
        last = week_of(row["at"], self._zone) + WEEK + RIPE
        made: bool = row["corrected_at"].astimezone(self._zone).date() < last
        return made

    def _unknown_words(self, connection: Connection, tally: Tally, sample: Sample) -> None:
        if self._unknown is None:
            return
        for place, ids in sample:
            known = self._bands.get(place)
            if known is None or known[0] != ids:
                texts = _texts(connection, ids)
                known = self._bands[place] = (ids, unknown_counts(self._unknown, texts))
            tally.put("unknown", place[1], "", place[0], known[1])


def _texts(connection: Connection, ids: tuple[str, ...]) -> list[str]:
    parts = (texts_of(connection, ids[k : k + _IDS]) for k in range(0, len(ids), _IDS))
    return [text for part in parts for text in part]
