"""Where hours, days and weeks begin, and which one a moment lies in."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.unit.trends.desks import SHANGHAI, at
from triage import InputError
from triage.trends.periods import (
    Period,
    edges,
    local_days,
    local_times,
    moment_of,
    period_of,
    place,
    zone_of,
)

BERLIN, INDIA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # puts its clocks back by half an hour


def begins(period, start, end, zone=SHANGHAI):
    bounds = edges(period, at(start, zone), at(end, zone), zone)
    return [begin.strftime("%m-%d %H:%M") for begin in local_times(bounds, zone)]


def hours(bounds):
    return (np.diff(bounds) / 3600).tolist()


def test_days_begin_at_midnight_of_the_zone():
    assert begins(Period.DAY, "2026-01-05T09:00", "2026-01-07T09:00") == [
        "01-05 00:00",
        "01-06 00:00",
        "01-07 00:00",
    ]


def test_an_end_at_midnight_begins_no_day():
    assert begins(Period.DAY, "2026-01-05", "2026-01-06") == ["01-05 00:00"]


def test_an_end_just_after_midnight_begins_a_day():
    assert len(begins(Period.DAY, "2026-01-05", "2026-01-06T00:00:00.5")) == 2


def test_weeks_begin_on_monday():
    found = begins(Period.WEEK, "2026-01-07", "2026-01-20")
    assert found == ["01-05 00:00", "01-12 00:00", "01-19 00:00"]


def test_hours_are_those_around_the_window():
    found = begins(Period.HOUR, "2026-01-05T22:30", "2026-01-06T01:00")
    assert found == ["01-05 22:00", "01-05 23:00", "01-06 00:00"]


def test_hours_of_a_zone_half_an_hour_off_begin_on_its_own_clock():
    assert begins(Period.HOUR, "2026-01-05T09:15", "2026-01-05T10:15", INDIA) == [
        "01-05 09:00",
        "01-05 10:00",
    ]


def test_days_of_summer_time_have_23_and_25_hours():
    spring = edges(Period.DAY, at("2026-03-28", BERLIN), at("2026-03-31", BERLIN), BERLIN)
    autumn = edges(Period.DAY, at("2026-10-24", BERLIN), at("2026-10-27", BERLIN), BERLIN)
    assert hours(spring) == [24, 23, 24]
    assert hours(autumn) == [24, 25, 24]


def test_the_hour_that_summer_time_repeats_is_two_periods():
    bounds = edges(Period.HOUR, at("2026-10-25", BERLIN), at("2026-10-25T04:00", BERLIN), BERLIN)
    assert [begin.hour for begin in local_times(bounds, BERLIN)] == [0, 1, 2, 2, 3]
    assert hours(bounds) == [1] * 5


def test_the_last_hour_of_a_day_is_short_where_clocks_move_by_half_an_hour():
    start = at("2026-04-05", LORD_HOWE)
    bounds = edges(Period.HOUR, start, start + timedelta(days=2), LORD_HOWE)
    assert sorted(set(hours(bounds))) == [0.5, 1]
    assert [begin.minute for begin in local_times(bounds, LORD_HOWE)][-24:] == [0] * 24


def test_a_day_that_a_zone_leaves_out_is_no_period():
    apia = ZoneInfo("Pacific/Apia")
    bounds = edges(Period.DAY, at("2011-12-29", apia), at("2012-01-01", apia), apia)
    assert [day.day for day in local_days(bounds, apia)] == [29, 31]
    assert (np.diff(bounds) > 0).all()


def test_an_hour_that_the_clock_shows_twice_lies_between_its_two_moments():
    early = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    assert len(edges(Period.HOUR, early, early.replace(fold=1), BERLIN)) == 3


def test_the_dates_of_the_periods_are_local():
    bounds = edges(Period.DAY, at("2026-01-05"), at("2026-01-07"), SHANGHAI)
    assert local_days(bounds, SHANGHAI) == [date(2026, 1, 5), date(2026, 1, 6)]


@pytest.mark.parametrize("zone", [UTC, SHANGHAI, BERLIN, LORD_HOWE, INDIA])
@pytest.mark.parametrize("period", list(Period))
def test_a_moment_lies_in_the_period_that_a_search_finds(period, zone):
    start, end = at("2026-03-01", zone), at("2026-05-01", zone)
    bounds = edges(period, start, end, zone)
    spread = np.random.default_rng(1).integers(-(10**6), 10**6 * 7, 2000)
    moments = np.concatenate([int(start.timestamp()) + spread, bounds, bounds - 1])
    expected = np.searchsorted(bounds, moments, side="right") - 1
    expected[expected == len(bounds) - 1] = -1
    assert place(moments, bounds).tolist() == expected.tolist()


def test_edges_at_odd_seconds_are_searched():
    bounds = np.array([0, 86_399, 400_000_001])
    moments = np.array([-1, 0, 86_398, 86_399, 400_000_000, 400_000_001])
    assert place(moments, bounds).tolist() == [-1, 0, 0, 1, 1, -1]


def test_no_moments_lie_nowhere():
    assert place(np.array([], dtype=np.int64), np.array([0, 3600])).tolist() == []


@pytest.mark.parametrize(
    ("period", "start", "end", "told"),
    [
        (Period.DAY, "2026-01-05", "2026-01-05", "not after the start"),
        (Period.DAY, "2026-01-06", "2026-01-05", "not after the start"),
        (Period.HOUR, "2000-01-01", "2026-01-01", "too many periods"),
        (Period.WEEK, "0001-01-01", "0001-03-01", "too far away"),
        (Period.DAY, "9999-12-01", "9999-12-31", "too far away"),
    ],
)
def test_a_window_without_periods_or_with_too_many_is_refused(period, start, end, told):
    with pytest.raises(InputError, match=told):
        edges(period, at(start), at(end), SHANGHAI)


def test_times_without_a_zone_are_refused():
    with pytest.raises(InputError, match="no time zone"):
        edges(Period.DAY, datetime(2026, 1, 5), datetime(2026, 1, 6), SHANGHAI)


def test_times_are_read_as_people_write_them():
    midnight = at("2026-01-31")
    assert moment_of("2026-01-31", SHANGHAI) == midnight
    assert moment_of("2026年1月31日", SHANGHAI) == midnight
    assert moment_of(date(2026, 1, 31), SHANGHAI) == midnight
    assert moment_of("2026-01-30T16:00:00+00:00", SHANGHAI) == midnight
    with pytest.raises(InputError, match="'soon' is no time"):
        moment_of("soon", SHANGHAI)


def test_zones_and_periods_have_names():
    assert zone_of("Asia/Shanghai") == SHANGHAI
    assert zone_of(UTC) is UTC
    assert period_of("week") is Period.WEEK
    for call in (lambda: zone_of("Mars/Olympus"), lambda: period_of("month")):
        with pytest.raises(InputError, match=r"month|Mars"):
            call()
