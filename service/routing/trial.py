"""What a file of rules would have done with past tickets."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from service.routing.facts import Facts
from service.routing.route import Outcome, route
from service.routing.rulebook import Rulebook
from triage import InputError
from triage.errors import FileFormatError
from triage.files.columns import Fields, choose
from triage.files.encoding import open_text

_EXAMPLES = 3


@dataclass(slots=True)
class RuleTrial:
    """One rule: how many tickets it would fire on, and the ids of the first few."""

    name: str
    fired: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class TrialReport:
    """What the rules would do with a number of tickets.

    `uncaught` counts tickets on which no rule fires; `queues` where all would go ("" for
    nowhere); `moves` counts (from, to) of the `placed` ones, whose earlier queue is known.
    """

    tickets: int = 0
    rules: dict[str, RuleTrial] = field(default_factory=dict)
    uncaught: int = 0
    uncaught_examples: list[str] = field(default_factory=list)
    queues: Counter[str] = field(default_factory=Counter)
    placed: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def never(self) -> list[str]:
        """The rules that fire on no ticket."""
        return [rule.name for rule in self.rules.values() if not rule.fired]

    @property
    def changed(self) -> int:
        """How many tickets would be in another queue than they were."""
        return self.moves.total()

    def share(self, number: int) -> float:
        """Return `number` as a share of all tickets, 0 where there are none."""
        return number / self.tickets if self.tickets else 0.0

    def add(self, facts: Facts, outcome: Outcome) -> None:
        """Count one ticket."""
        self.tickets += 1
        for name in outcome.fired:
            self.rules[name].fired += 1
            _keep(self.rules[name].examples, facts.id)
        if not outcome.fired:
            self.uncaught += 1
            _keep(self.uncaught_examples, facts.id)
        self.queues[outcome.queue or facts.queue] += 1
        if facts.queue:
            self.placed += 1
            if outcome.queue not in {"", facts.queue}:
                self.moves[facts.queue, outcome.queue] += 1


def _keep(examples: list[str], id_: str) -> None:
    if id_ and len(examples) < _EXAMPLES:
        examples.append(id_)


def trial(rulebook: Rulebook, tickets: Iterable[Facts]) -> TrialReport:
    """Route every ticket without touching any, and count; memory does not grow with them."""
    report = TrialReport(rules={rule.name: RuleTrial(rule.name) for rule in rulebook.rules})
    for facts in tickets:
        report.add(facts, route(facts, rulebook))
    return report


def read_verdicts(path: Path) -> Iterator[Facts]:
    """Yield the facts of a file that `triage run` wrote as JSON lines; rejections are left out.

    With `--keep-input` the text, `channel`, `received_at`, `queue`, `tier` of the input count
    too. Raises FileFormatError for a file or a line that is none of these.
    """
    try:
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield from _facts(line, f"{path.name}, line {number}")
    except OSError as error:
        raise FileFormatError(f"Cannot read {path}: {error.strerror}.") from error


def _facts(line: str, place: str) -> Iterator[Facts]:
    remedy = "Give the .jsonl that `triage run` wrote."
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise FileFormatError(f"{place} is not JSON: {error}.", remedy=remedy) from error
    if not isinstance(row, dict):
        raise FileFormatError(f"{place} is no JSON object.", remedy=remedy)
    if "error" in row:
        return
    try:
        yield Facts.of(row, **_of_input(row.get("input") or {}))
    except (InputError, TypeError, KeyError, ValueError) as error:
        raise FileFormatError(f"{place} is no verdict: {error}", remedy=remedy) from error


def _of_input(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the input of a run tells beside the verdict."""
    told = {key: str(row[key]) for key in ("channel", "tier", "queue") if row.get(key)}
    if not row:
        return told
    text, _ = choose(row, Fields(), "The input")
    return {**told, "text": str(row[text] or ""), "at": _time(row.get("received_at"))}


def _time(value: Any) -> datetime | None:
    """Return an aware time; one without a zone says too little for a rule."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
