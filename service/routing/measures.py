"""Leaves over numbers, lengths of time and the clock on the wall."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from service.routing.facts import Facts
from service.routing.leaves import Leaf, merged, one
from service.routing.vocabulary import WEEKDAYS, field_zh
from service.routing.wording import Said, bounds
from triage.taxonomy import BUILT_IN, Taxonomy

_KEPT = 256  # so many answers are kept in words
_NOTHING = Said("", "")
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


def duration(text: str) -> timedelta:
    """Return the length of `1d12h30m`."""
    parts = re.findall(r"([0-9]+)([dhms])", text)
    return timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))


def number(name: str, spec: Any, read: Callable[[Facts], Any], what: Said = _NOTHING) -> Leaf:
    """Return a leaf over a number, both bounds within; None is never within.

    `what` says which of several numbers under this name it is.
    """
    table = spec if isinstance(spec, dict) else {"min": spec, "max": spec}
    low, high = table.get("min"), table.get("max")
    return _between(name, (low, high), (low, high), read, what)


def _between(
    name: str,
    within: tuple[Any, Any],
    written: tuple[Any, Any],
    read: Callable[[Facts], Any],
    what: Said = _NOTHING,
) -> Leaf:
    low, high = within

    def test(facts: Facts) -> bool:
        number = read(facts)
        if number is None or (low is not None and number < low):
            return False
        return high is None or bool(number <= high)

    asked = bounds(*written)
    zh, en = f"{field_zh(name)}{what.zh}", f"{name} {what.en}".strip()

    @lru_cache(maxsize=_KEPT)
    def say(number: Any) -> Said:
        return Said(f"{zh} {_told(number)}（{asked}）", f"{en} {_told(number)} ({asked})")

    return Leaf(Said(f"{zh} {asked}", f"{en} {asked}"), test, lambda facts: say(read(facts)))


def _told(value: Any) -> str:
    """Return a number, or a length of time as the file writes one: 1d2h30m."""
    if not isinstance(value, timedelta):
        return str(value)
    left, parts = int(value.total_seconds()), []
    for unit, seconds in _SECONDS.items():
        count, left = divmod(left, seconds)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts[:2]) or "0m"


def scores(spec: Mapping[str, Any], taxonomy: Taxonomy = BUILT_IN) -> Leaf:
    """Return a leaf over the probability of labels; one that has none is never within."""

    def score(label: str, facts: Facts) -> float | None:
        return facts.scores.get(label)

    return merged(
        [
            number("scores", asked, partial(score, label), Said(taxonomy.zh(label), label))
            for label, asked in spec.items()
        ]
    )


def waiting(spec: Mapping[str, str]) -> Leaf:
    """Return a leaf over how long the customer has been waiting."""
    low, high = spec.get("min"), spec.get("max")
    lengths = (low and duration(low), high and duration(high))
    return _between("waiting", lengths, (low, high), attrgetter("waiting"))


def time_of_day(spec: Mapping[str, str], zone: ZoneInfo) -> Leaf:
    """Return a leaf over the time of the message; `from` after `to` crosses midnight."""
    begin, end = time.fromisoformat(spec["from"]), time.fromisoformat(spec["to"])

    def within(facts: Facts) -> bool:
        if facts.at is None:
            return False
        now = facts.at.astimezone(zone).time()
        return begin <= now < end if begin < end else now >= begin or now < end

    told = f"{spec['from']}–{spec['to']}"
    return Leaf(Said(f"{field_zh('time_of_day')} {told}", f"time of day {told}"), within)


def weekday(spec: Any, zone: ZoneInfo) -> Leaf:
    """Return a leaf over the day of the week of the message."""

    def day(facts: Facts) -> str:
        at: datetime | None = facts.at
        return "" if at is None else WEEKDAYS[at.astimezone(zone).weekday()]

    return one("weekday", spec, day)
