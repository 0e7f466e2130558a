"""Count the verdicts of a file that `triage run --keep-input` wrote."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from itertools import islice
from pathlib import Path

from triage.drift.sample import Sample, unknown_counts
from triage.drift.tally import NO_CHANNEL, Row, Tally
from triage.drift.weeks import week_of
from triage.errors import FileFormatError
from triage.files.verdicts import REMEDY, Fields, Judged, read_verdicts
from triage.scorers.unknown import Unknown

__all__ = ["Counted", "Fields", "count_file"]
_CHUNK = 4096


@dataclass(slots=True)
class Counted:
    """The counts of a file, a sample of its texts, and how many records had no time."""

    tally: Tally = field(default_factory=Tally)
    sample: Sample = field(default_factory=Sample)
    undated: int = 0

    def add_unknown(self, unknown: Unknown) -> None:
        """Count the words that a model does not know, in the sampled texts."""
        for (week, channel), texts in self.sample:
            self.tally.put("unknown", channel, "", week, unknown_counts(unknown, texts))


def count_file(path: Path, *, zone: tzinfo, fields: Fields | None = None) -> Counted:
    """Return the counts of a file of verdicts; times without a zone are those of `zone`.

    Raises FileFormatError for a file, a line or a column that is not there or is none.
    """
    counted = Counted()
    rows = _rows(read_verdicts(path, fields or Fields()), zone, counted)
    while chunk := list(islice(rows, _CHUNK)):
        counted.tally.add(chunk)
    if not counted.tally.counts:
        raise FileFormatError(f"{path} holds no record with a time.", remedy=REMEDY)
    return counted


def _rows(records: Iterator[Judged], zone: tzinfo, counted: Counted) -> Iterator[Row]:
    for one in records:
        if one.at is None:
            counted.undated += 1
        else:
            yield _row(one, week_of(one.at, zone), counted.sample)


def _row(one: Judged, week: date, sample: Sample) -> Row:
    channel = one.values["channel"] or NO_CHANNEL
    if one.text is not None and not one.failed:
        sample.add(week, channel, str(one.verdict.get("id", "")), one.text)
    return Row(
        week,
        channel,
        one.model,
        None if one.failed else one.verdict,
        None if one.text is None else len(one.text),
    )
