"""Files in, files out: every record of a file through `Triage.pipe`, in order, streaming."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from triage.engine import Triage
from triage.errors import InputError
from triage.files.columns import Fields
from triage.files.readers import STDIN, kind_of, read
from triage.files.writers import writer
from triage.records import Feedback, Rejection, Verdict


@dataclass(slots=True)
class Summary:
    """What a run did: counts by result, and the seconds it took."""

    records: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    sentiment: Counter[int] = field(default_factory=Counter)
    urgency: Counter[int] = field(default_factory=Counter)
    no_issue: int = 0
    review: int = 0
    seconds: float = 0.0

    def add(self, result: Verdict | Rejection) -> None:
        """Count one result."""
        self.records += 1
        if isinstance(result, Rejection):
            self.rejected[result.code] += 1
            return
        self.issues.update(result.issues)
        self.sentiment[result.sentiment] += 1
        self.urgency[result.urgency] += 1
        self.no_issue += not result.issues
        self.review += result.review


def run(
    engine: Triage,
    source: str,
    target: str,
    *,
    fields: Fields | None = None,
    keep_input: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Summary:
    """Judge every record of `source` and write one row each to `target`, in order.

    Memory does not grow with the file. Raises FileFormatError for unusable input and
    OutputError where the result cannot be written; the target is then left as it was.
    """
    summary, began = Summary(), perf_counter()
    inputs: deque[dict[str, Any]] = deque()
    columns = _input_columns(source, target, fields) if keep_input else []
    records = read(source, fields)
    if keep_input:
        records = _remembering(records, inputs)
    with writer(target, engine.scorer.labels, inputs=columns) as write:
        for result in engine.pipe(records):
            row = result.to_dict()
            write(row | {"input": inputs.popleft()} if keep_input else row)
            summary.add(result)
            progress(summary.records)
    summary.seconds = perf_counter() - began
    return summary


def _input_columns(source: str, target: str, fields: Fields | None) -> list[str]:
    """Return every column that occurs in the input: a table must know them beforehand."""
    if kind_of(Path(target)) not in (".csv", ".parquet"):
        return []
    if source == STDIN:
        raise InputError(
            "The columns of standard input are not known beforehand.",
            remedy="Write .jsonl, or read from a file.",
        )
    found: dict[str, None] = {}
    for record in read(source, fields):
        if isinstance(record, Feedback):
            found.update(dict.fromkeys(record.meta))
    return list(found)


def _remembering(
    records: Iterator[Feedback | Rejection], inputs: deque[dict[str, Any]]
) -> Iterator[Feedback | Rejection]:
    for record in records:
        inputs.append(dict(record.meta) if isinstance(record, Feedback) else {})
        yield record
