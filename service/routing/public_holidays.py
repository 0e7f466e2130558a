"""Public holidays and make-up workdays, from kept-up libraries and from the desk's own file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

Days = tuple[frozenset[date], frozenset[date]]  # days off, make-up workdays

_NOTHING: Days = (frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The days off and the make-up workdays of the years `first` to `last`.

    `country` is CN, HK or empty; `own` are the years that the desk lists itself, which go
    before those of the library. `source` names the package to update.
    """

    first: int
    last: int
    country: str = ""
    source: str = ""
    own: Mapping[int, Days] = field(default_factory=dict)

    def of(self, year: int) -> Days:
        """Return the days of one year; outside the known years there are none."""
        if year in self.own:
            return self.own[year]
        known = self.first <= year <= self.last and self.country
        return _LIBRARIES[self.country](year) if known else _NOTHING


def public_holidays(country: str, own: Mapping[int, Days]) -> PublicHolidays | None:
    """Return what is known of a country, with the desk's own years; None where nothing is.

    Own years carry the end further only where they follow without a gap.
    """
    if not country and not own:
        return None
    first, last, source = _LIMITS[country]() if country else (min(own), min(own), "")
    while last + 1 in own:
        last += 1
    return PublicHolidays(first, last, country, source, own)


def _china_limits() -> tuple[int, int, str]:
    from chinese_calendar import constants

    years = [day.year for day in constants.holidays]
    return min(years), max(years), "chinesecalendar"


def _china(year: int) -> Days:
    from chinese_calendar import constants

    off = frozenset(day for day in constants.holidays if day.year == year)
    return off, frozenset(day for day in constants.workdays if day.year == year)


def _hong_kong_limits() -> tuple[int, int, str]:
    from holidays.countries.hongkong import HongKong

    return HongKong.start_year, HongKong.end_year, "holidays"


@cache
def _hong_kong(year: int) -> Days:
    from holidays.countries.hongkong import HongKong

    return frozenset(HongKong(years=year)), frozenset()


_LIMITS = {"CN": _china_limits, "HK": _hong_kong_limits}
_LIBRARIES = {"CN": cache(_china), "HK": _hong_kong}
