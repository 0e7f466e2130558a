"""What a schema cannot see in a condition: unknown names, broken expressions, empty ranges."""

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from service.routing.known import Book, Told, refer
from service.routing.located import Path
from service.routing.measures import duration
from service.routing.written import pattern

_COMBINED = {"all", "any"}
_CONDITIONS = {
    "queue": "queue",
    "owner": "person",
    "clock": "clock",
    "channel": "channel",
    "tier": "tier",
    "issues": "issue",
    "suggested": "issue",
}


def told_of_condition(book: Book, path: Path, raw: Any) -> Iterator[Told]:
    """Tell what is wrong in a condition and in all conditions within."""
    for name, spec in raw.items() if isinstance(raw, dict) else ():
        at = (*path, name)
        if name in _COMBINED and isinstance(spec, list):
            for k, part in enumerate(spec):
                yield from told_of_condition(book, (*at, k), part)
        elif name == "not":
            yield from told_of_condition(book, at, spec)
        elif book.sound(at):
            yield from _leaf(book, at, name, spec)


def _leaf(book: Book, path: Path, name: str, spec: Any) -> Iterator[Told]:
    if name in _CONDITIONS:
        yield from _named(book, path, _CONDITIONS[name], spec)
    elif name == "text":
        yield from _expression(path, spec)
    elif name == "entities":
        values = spec.get("values", {}) if isinstance(spec, dict) else {}
        for kind, wanted in values.items():
            yield from _expression((*path, "values", kind), wanted)
    elif name == "scores":
        for label, bounds in spec.items():
            yield from refer(book, "issue", (*path, label), label)
            yield from _order((*path, label), bounds)
    elif name == "time_of_day":
        yield from _all_day(path, spec)
    else:
        yield from _order(path, spec)


def _named(book: Book, path: Path, what: str, spec: Any) -> Iterator[Told]:
    if not isinstance(spec, dict):
        yield from refer(book, what, path, spec)
        return
    for key in [key for key in spec if key != "empty"]:
        yield from refer(book, what, (*path, key), spec[key])


def _all_day(path: Path, spec: Mapping[str, str]) -> Iterator[Told]:
    if spec["from"] == spec["to"]:
        yield path, "It begins and ends at the same time.", "Leave it out for the whole day."


def _expression(path: Path, spec: Any) -> Iterator[Told]:
    if not isinstance(spec, dict) or "matches" not in spec:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what will be an error one day is one today
            pattern(spec["matches"])
    except (re.error, Warning, RecursionError, OverflowError) as error:
        told = f"{spec['matches']!r} is no regular expression: {error}."
        yield (*path, "matches"), told, "See docs.python.org/3/library/re.html."


def _order(path: Path, spec: Any) -> Iterator[Told]:
    if not isinstance(spec, dict) or not {"min", "max"} <= spec.keys():
        return
    low, high = spec["min"], spec["max"]
    wrong = duration(low) > duration(high) if isinstance(low, str) else low > high
    if wrong:
        yield path, f"min {low} is above max {high}.", "Change places."
