"""Days that are not like others: public holidays, make-up workdays, promotions and seasons."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from triage.errors import InputError
from triage.resources import resource

MAIN = "day"  # the window of the promotion itself
_AFTER = 2  # working days after a long holiday on which what waited comes in
_LONG = 3  # days off in a row that make a holiday long
_REMEDY = "See data/calendar/promotions.yaml and docs/emerging.md for the shape of the file."
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午",
    "Mid-autumn Festival": "中秋",
    "National Day": "国庆",
    "Anti-Fascist 70th Day": "抗战胜利日",
}


class Kind(StrEnum):
    """What is said of a day."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"  # a Saturday or Sunday on which people work
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is said of one day. `key` and `window` are the same every year."""

    day: date
    key: str
    kind: Kind
    zh: str
    en: str
    window: str = MAIN

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form, as pages show it."""
        return {"day": str(self.day), "zh": self.zh, "en": self.en, "kind": self.kind.value}


@dataclass(frozen=True, slots=True)
class Window:
    """Days around a date: from `first` to `last`, both counted, 0 is the date itself."""

    name: str
    first: int
    last: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion or a season: each year on one day (month, day), or on the days listed.

    `words` come with it and are no news then.
    """

    key: str
    windows: tuple[Window, ...]
    month_day: tuple[int, int] | None = None
    dates: tuple[date, ...] = ()
    words: tuple[str, ...] = ()

    def marks(self, first: date, last: date) -> Iterator[Mark]:
        """Yield its marks from `first` to `last`, both counted."""
        for day in self._around(first, last):
            for window in self.windows:
                yield from _within(self.key, day, window, first, last)

    def _around(self, first: date, last: date) -> Iterable[date]:
        if self.month_day is None:
            return self.dates
        return [date(y, *self.month_day) for y in range(first.year - 1, last.year + 2)]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Promotions, and whether the public holidays of mainland China are counted in."""

    promotions: tuple[Promotion, ...]
    public: bool = True

    def days(self, first: date, last: date) -> list[Mark]:
        """Return what is said of the days from `first` to `last`, both counted, in their order.

        Of one day: its holiday or make-up workday, then promotions, those that have their day
        first. Years that chinesecalendar does not know have no holidays: see `known_years`.
        """
        told = list(_public(first, last)) if self.public else []
        for promotion in self.promotions:
            told.extend(promotion.marks(first, last))
        return sorted(told, key=lambda mark: (mark.day, _RANK[mark.kind], mark.window != MAIN))

    def words(self, first: date, last: date) -> frozenset[str]:
        """Return the words that come with what goes on from `first` to `last`."""
        going = [one for one in self.promotions if any(one.marks(first, last))]
        return frozenset(word for one in going for word in one.words)


_RANK = {Kind.HOLIDAY: 0, Kind.WORKDAY: 0, Kind.PROMOTION: 1}


def days(first: date, last: date) -> list[Mark]:
    """Return what the calendar in the box says of the days from `first` to `last`."""
    return Calendar(shipped()).days(first, last)


def shown(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks as pages show them: what has the same name on one day stands once."""
    return list({(mark.day, mark.zh): mark for mark in reversed(marks)}.values())[::-1]


def known_years() -> tuple[int, int]:
    """Return the first and the last year of which the public holidays are known."""
    found = _holidays()
    return min(found).year, max(found).year


def load(path: Path) -> Calendar:
    """Read a file of promotions. Raises InputError that names the place and the fault."""
    return Calendar(read(path))


def read(path: Path) -> tuple[Promotion, ...]:
    """Read the promotions of a file. Raises InputError that names the place and the fault."""
    raw = _parsed(path)
    _check(raw, path.name)
    found = tuple(_promotion(entry, path.name) for entry in raw["promotions"])
    keys = [promotion.key for promotion in found]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise InputError(f"{path.name}: the key {twice[0]!r} stands twice.", remedy="Rename one.")
    return found


@cache
def shipped() -> tuple[Promotion, ...]:
    """Return the promotions in the box."""
    return read(resource("data", "calendar", "promotions.yaml"))


def after_holidays(marks: Sequence[Mark]) -> frozenset[date]:
    """Return the first days after long holidays: what waited for them comes in then."""
    off = {mark.day for mark in marks if mark.kind is Kind.HOLIDAY}
    ends = (day for day in off if day + timedelta(1) not in off)
    long = [day for day in ends if all(day - timedelta(k) in off for k in range(_LONG))]
    return frozenset(day + timedelta(k) for day in long for k in range(1, _AFTER + 1))


def _within(key: str, day: date, window: Window, first: date, last: date) -> Iterator[Mark]:
    begin = max(day + timedelta(window.first), first)
    end = min(day + timedelta(window.last), last)
    for k in range((end - begin).days + 1):
        yield Mark(
            begin + timedelta(k), key, Kind.PROMOTION, window.zh, window.en, window=window.name
        )


def _public(first: date, last: date) -> Iterator[Mark]:
    for found, kind in ((_holidays(), Kind.HOLIDAY), (_workdays(), Kind.WORKDAY)):
        for day, name in found.items():
            if first <= day <= last:
                more = ("", "") if kind is Kind.HOLIDAY else ("调休上班", ", make-up workday")
                zh = _NAMES.get(name, name)
                yield Mark(day, _key(name), kind, zh + more[0], name + more[1])


def _key(name: str) -> str:
    return "holiday_" + "".join(char if char.isalnum() else "_" for char in name.lower())


@cache
def _holidays() -> Mapping[date, str]:
    from chinese_calendar import constants

    return dict(constants.holidays)


@cache
def _workdays() -> Mapping[date, str]:
    from chinese_calendar import constants

    return dict(constants.workdays)


def _parsed(path: Path) -> Any:
    import yaml

    try:
        return _plain(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {path}: {error}.", remedy=_REMEDY) from error
    except (yaml.YAMLError, ValueError) as error:  # a date that is none is a ValueError
        told = " ".join(str(error).split())
        raise InputError(f"{path.name} is not YAML: {told}.", remedy=_REMEDY) from error


def _plain(value: Any) -> Any:
    """Return the value with dates as text, as the schema knows them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date) else value


@cache
def _schema() -> Mapping[str, Any]:
    path = resource("data", "calendar", "promotions.schema.json")
    read_: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read_


def _check(raw: Any, name: str) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(_schema()).iter_errors(raw))
    if error is not None:
        steps = (str(s + 1) if isinstance(s, int) else str(s) for s in error.absolute_path)
        place = " › ".join(steps) or "the file"
        raise InputError(f"{name}, {place}: {error.message}.", remedy=_REMEDY)


def _promotion(entry: Mapping[str, Any], name: str) -> Promotion:
    windows = tuple(_window(entry, each, name) for each in entry["windows"])
    place = f"{name}, {entry['key']}"
    words = tuple(map(str, entry.get("words", ())))
    if "date" not in entry:
        dates = tuple(_day(day, place) for day in entry["dates"])
        return Promotion(entry["key"], windows, dates=dates, words=words)
    month, day = map(int, entry["date"].split("-"))
    _day(f"2026-{entry['date']}", place)  # not 02-29: most years have none
    return Promotion(entry["key"], windows, month_day=(month, day), words=words)


def _window(entry: Mapping[str, Any], window: Mapping[str, Any], name: str) -> Window:
    first, last = window["from"], window["to"]
    if first > last:
        where = f"{name}, {entry['key']}, window {window['name']}"
        raise InputError(f"{where}: from {first} is after to {last}.", remedy="Swap them.")
    zh, en = window.get("zh", entry["zh"]), window.get("en", entry["en"])
    return Window(window["name"], first, last, zh, en)


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{place}: {text} is no day.", remedy="Write 2026-02-17.") from error
