"""The text that Prometheus reads: what was counted, and how the desk stands."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Final

from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from service.db.desk_now import DeskNow, desk_now
from service.metrics.counts import Counts
from service.runtime import Runtime
from triage import __version__
from triage.drift import Report

# Every version of Prometheus reads this one.
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_FRESH: Final = 10.0  # seconds for which the database is not asked again


class Scrape:
    """Tells what is measured. Safe to share by threads; the database is asked at most so often."""

    def __init__(self, counts: Counts, *, clock: Callable[[], float] = monotonic) -> None:
        self._counts = counts
        self._clock = clock
        self._lock = Lock()
        self._read = -_FRESH
        self._now: DeskNow | None = None

    def text(self, runtime: Runtime, judging: int) -> bytes:
        """Return all of it; `judging`: requests that wait for a forward pass or are in one."""
        desk = self._desk(runtime)
        families = [*_process(runtime, judging), *_of_desk(desk, runtime.desk.now())]
        families += _drift(runtime.drift.last)
        return generate_latest(_Both(self._counts, families))

    def _desk(self, runtime: Runtime) -> DeskNow | None:
        """Return how the desk stands; None while its database does not answer."""
        with self._lock:
            if self._clock() - self._read >= _FRESH:
                try:
                    with runtime.database.connect() as connection:
                        self._now = desk_now(connection).of(runtime.desk.books.rules.queues)
                except SQLAlchemyError:
                    self._now = None
                self._read = self._clock()
            return self._now


@dataclass(frozen=True, slots=True)
class _Both(Collector):
    counts: Counts
    families: list[GaugeMetricFamily]

    def collect(self) -> Iterator[Metric]:
        yield from self.families
        yield from self.counts.collect()


def _process(runtime: Runtime, judging: int) -> Iterator[GaugeMetricFamily]:
    name, problem = runtime.desk.engine.name, runtime.serving.problem
    built = {"version": __version__, "python": platform.python_version()}
    served = {"name": name.name, "version": name.version, "hash": name.hash}
    yield _one("fenzhen_build_info", "What runs.", 1, built)
    yield _one("fenzhen_model_info", "The model that judges in this process.", 1, served)
    told = "1 while a newer model cannot be loaded."
    yield _one("fenzhen_model_problem", told, int(problem is not None))
    told = "Requests that wait for a forward pass, or are in one."
    yield _one("fenzhen_judging_requests", told, judging)
    told = "Commands that wait to be written."
    yield _one("fenzhen_writing_commands", told, runtime.writer.waiting)


def _of_desk(now: DeskNow | None, at: datetime) -> Iterator[GaugeMetricFamily]:
    yield _one("fenzhen_database_up", "1 while the database answers.", int(now is not None))
    if now is None:
        return
    for name, told in _OF_QUEUES.items():
        family = GaugeMetricFamily(f"fenzhen_tickets_{name}", told, labels=("queue",))
        for queue in now.queues:
            family.add_metric((queue.name,), getattr(queue, name))
        yield family
    yield _oldest(now, at)
    letters = GaugeMetricFamily("fenzhen_outbox", "Webhooks not delivered.", labels=("state",))
    for state, count in now.letters.items():
        letters.add_metric((state,), count)
    yield letters
    yield _one("fenzhen_emerging_open", "Alerts on topics that nobody has closed.", now.emerging)


def _oldest(now: DeskNow, at: datetime) -> GaugeMetricFamily:
    told = "Seconds that the longest waiting customer of a queue waits; 0 where nobody does."
    family = GaugeMetricFamily("fenzhen_oldest_waiting_seconds", told, labels=("queue",))
    for queue in now.queues:
        seconds = (at - queue.oldest).total_seconds() if queue.oldest else 0.0
        family.add_metric((queue.name,), max(0.0, seconds))
    return family


def _drift(report: Report | None) -> Iterator[GaugeMetricFamily]:
    """Count the alerts of the last week that was compared; nothing while none was."""
    compared = [week.week for week in report.weeks if week.tests] if report else []
    if report and compared:
        alerts = sum(alert.point.week == compared[-1] for alert in report.alerts)
        told = "Alerts on drift in the last week that was compared."
        yield _one("fenzhen_drift_alerts", told, alerts)


def _one(
    name: str, told: str, value: float, labels: dict[str, str] | None = None
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=tuple(labels or ()))
    family.add_metric(tuple((labels or {}).values()), value)
    return family


_OF_QUEUES: Final = {
    "live": "Tickets not yet closed.",
    "waiting": "Tickets whose customer waits for us.",
    "breached": "Tickets past their time.",
    "review": "Tickets that a person is to look at.",
}
