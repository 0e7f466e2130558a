"""What is found: a point for each week, a series for each measure and channel, a report."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from triage.drift import weeks
from triage.drift.measures import Measure
from triage.drift.settings import Settings
from triage.drift.shift import Shift


class State(StrEnum):
    """What is said of a week."""

    STEADY = "steady"
    ALERT = "alert"
    REFERENCE = "reference"  # the week is one of those that others are compared with
    NOT_ENOUGH = "not_enough"
    NO_REFERENCE = "no_reference"  # yet: a new model or a new channel
    OPEN = "open"  # the week, or the time in which its corrections come, is not over


@dataclass(frozen=True, slots=True)
class Reference:
    """What weeks are compared with. `counts` by cell; `size`: independent texts it is worth."""

    weeks: tuple[date, ...]
    counts: tuple[int, ...]
    size: int

    @property
    def n(self) -> int:
        """How many texts it holds."""
        return sum(self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "weeks": [weeks.name(week) for week in self.weeks],
            "n": self.n,
            "shares": plain_shares(self.counts),
        }


@dataclass(frozen=True, slots=True)
class Point:
    """One week of a series. `shift` is None where nothing was compared."""

    week: date
    counts: tuple[int, ...]
    state: State
    shift: Shift | None = None

    @property
    def n(self) -> int:
        """How many texts were counted."""
        return sum(self.counts)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, numbers to 5 places."""
        names = ("psi", "chance", "excess", "low", "high", "js", "p")
        found = {name: getattr(self.shift, name) if self.shift else None for name in names}
        return {
            "week": weeks.name(self.week),
            "n": self.n,
            "state": self.state.value,
            "shares": plain_shares(self.counts),
            **{name: _rounded(value) for name, value in found.items()},
        }


@dataclass(frozen=True, slots=True)
class Series:
    """One measure in one channel, judged by one model ("" where the model does not matter)."""

    measure: Measure
    channel: str
    model: str
    reference: Reference | None
    correlation: float
    points: tuple[Point, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other series."""
        return self.measure.code, self.channel, self.model

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "measure": self.measure.code,
            "cells": list(self.measure.cells),
            "channel": self.channel,
            "model": self.model,
            "correlation": round(self.correlation, 6),
            "reference": self.reference.to_dict() if self.reference else None,
            "points": [point.to_dict() for point in self.points],
        }


@dataclass(frozen=True, slots=True)
class Week:
    """One week of the desk: texts by model, and how many tests at which level it had."""

    week: date
    n: int
    models: dict[str, int]
    tests: int
    level: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "week": weeks.name(self.week),
            "starts": self.week.isoformat(),
            "n": self.n,
            "models": self.models,
            "tests": self.tests,
            "level": self.level,
        }


@dataclass(frozen=True, slots=True)
class Alert:
    """A week of a series that is outside the budget and beyond the floor."""

    series: Series
    point: Point

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: what, where, when, how far, then and now."""
        told, reference = self.point.to_dict(), self.series.reference
        return {
            "week": told["week"],
            "channel": self.series.channel,
            "measure": self.series.measure.code,
            "model": self.series.model,
            "cells": list(self.series.measure.cells),
            "then": plain_shares(reference.counts) if reference else [],
            "now": told["shares"],
            **{name: told[name] for name in ("n", "excess", "low", "high", "p")},
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest alert of a series, the week of its first one, and how many weeks had one."""

    alert: Alert
    first: date
    weeks: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything said of the weeks of a desk."""

    weeks: tuple[Week, ...]
    channels: tuple[str, ...]
    series: tuple[Series, ...]
    settings: Settings
    undated: int = field(default=0)

    @property
    def alerts(self) -> list[Alert]:
        """The alerts, the newest first."""
        found = [
            Alert(one, point)
            for one in self.series
            for point in one.points
            if point.state is State.ALERT
        ]
        return sorted(found, key=lambda alert: alert.point.week, reverse=True)

    @property
    def standing(self) -> list["Standing"]:
        """The newest alert of each series, and since when: what stays changed is told once."""
        found: dict[tuple[str, str, str], list[Alert]] = {}
        for alert in self.alerts:
            found.setdefault(alert.series.key, []).append(alert)
        return [Standing(some[0], some[-1].point.week, len(some)) for some in found.values()]

    @property
    def breaks(self) -> list[tuple[date, str, str]]:
        """The weeks in which another model judged most texts than before: week, old, new."""
        judged = [(week.week, _most(week.models)) for week in self.weeks if week.models]
        return [(now[0], then[1], now[1]) for then, now in pairwise(judged) if then[1] != now[1]]

    def narrowed(self, channel: str | None, last: int | None) -> "Report":
        """Return what concerns one channel, and the last weeks; tests and alerts stay as made."""
        kept = self.weeks[-last:] if last else self.weeks
        begin = kept[0].week if kept else date.min
        series = [
            Series(s.measure, s.channel, s.model, s.reference, s.correlation, points)
            for s in self.series
            if channel in (None, s.channel)
            if (points := tuple(point for point in s.points if point.week >= begin))
        ]
        return Report(kept, self.channels, tuple(series), self.settings, self.undated)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "settings": self.settings.to_dict(),
            "channels": list(self.channels),
            "weeks": [week.to_dict() for week in self.weeks],
            "breaks": [
                {"week": weeks.name(week), "from": old, "to": new} for week, old, new in self.breaks
            ],
            "alerts": [alert.to_dict() for alert in self.alerts],
            "series": [series.to_dict() for series in self.series],
            "undated": self.undated,
        }


def plain_shares(counts: Sequence[int]) -> list[float]:
    """Return the share of each cell as it was counted, all 0 where nothing was."""
    whole = sum(counts) or 1
    return [round(count / whole, 5) for count in counts]


def _most(models: dict[str, int]) -> str:
    return max(models, key=models.__getitem__)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")
