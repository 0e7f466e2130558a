"""Facts of a file that `triage run --keep-input` wrote."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import FileFormatError
from triage.files.verdicts import REMEDY, USUAL, Fields, Judged, read_verdicts
from triage.trends.building import LeftOut, Loaded, Rows, build


@dataclass(slots=True)
class _Read:
    """What is kept of the records: a column each, and the labels in their order."""

    at: list[float] = field(default_factory=list)
    issues: list[Any] = field(default_factory=list)
    sentiment: list[Any] = field(default_factory=list)
    urgency: list[Any] = field(default_factory=list)
    columns: dict[str, list[str]] = field(
        default_factory=lambda: {name: [] for name in (*USUAL, "model")}
    )
    labels: dict[str, None] = field(default_factory=dict)
    failed: int = 0
    why: str = ""

    def add(self, one: Judged, zone: tzinfo) -> None:
        if one.failed:
            self.failed += 1
            self.why = self.why or str((one.verdict["error"] or {}).get("message", ""))
            return
        self.at.append(_seconds(one.at, zone))
        self.issues.append(one.verdict["issues"])
        self.sentiment.append(one.verdict["sentiment"])
        self.urgency.append(one.verdict["urgency"])
        self.labels.update(dict.fromkeys((*one.verdict["scores"], *one.verdict["issues"])))
        for name, value in {**one.values, "model": one.model}.items():
            self.columns[name].append(value)


def facts_of_file(path: Path, *, zone: tzinfo, fields: Fields | None = None) -> Loaded:
    """Return the facts of a file of verdicts; times without a zone are those of `zone`.

    The labels are those that the verdicts have scores for, in their order. Records without a
    time, and texts that could not be judged, are left out and counted. Raises FileFormatError
    for what is no such file, and where no record is left.
    """
    read = _Read()
    for one in read_verdicts(path, fields or Fields()):
        read.add(one, zone)
    loaded = build(_rows(read), tuple(read.labels))
    if not len(loaded.facts):
        raise FileFormatError(f"{path} holds no verdict with a time.", remedy=REMEDY)
    if read.failed:
        not_judged = LeftOut("error", read.failed, read.why)
        return Loaded(loaded.facts, (*loaded.left_out, not_judged))
    return loaded


def _rows(read: _Read) -> Rows:
    at = np.array(read.at, dtype=np.float64)
    return Rows(
        at=at,
        times=read.at,
        issues=read.issues,
        sentiment=read.sentiment,
        urgency=read.urgency,
        columns=read.columns,
    )


def _seconds(at: datetime | None, zone: tzinfo) -> float:
    if at is None:
        return np.nan
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()
