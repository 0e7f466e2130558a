import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.routing.calendars import Calendar, CalendarEndError, as_utc
from service.routing.public_holidays import PublicHolidays, public_holidays
from tests.pace import taken
from triage import InputError, TriageError

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = ((540, 720), (810, 1080))
MONDAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


def office(**options):
    holidays = options.pop("holidays", public_holidays("CN", {}))
    return Calendar("office", SHANGHAI, (DAY,) * 5 + ((), ()), holidays, **options)


ALWAYS = Calendar("always", ZoneInfo("UTC"), always=True)


@pytest.mark.parametrize("calendar", [office(), ALWAYS], ids=["office", "always"])
@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar, at: calendar.add(at, HOUR),
        lambda calendar, at: calendar.is_open(at),
        lambda calendar, at: calendar.working_between(at, MONDAY),
        lambda calendar, at: calendar.working_between(MONDAY, at),
        lambda calendar, at: calendar.after_working_days(at, 1),
        lambda calendar, at: calendar.known_between(at, MONDAY),
    ],
)
def test_a_time_without_a_zone_is_refused_with_what_to_do(calendar, ask):
    with pytest.raises(InputError, match="has no time zone") as caught:
        ask(calendar, datetime(2026, 3, 2, 9))
    assert "+08:00" in caught.value.remedy


def test_a_time_in_utc_stays_the_same_object():
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert as_utc(at) is at


@pytest.mark.parametrize("calendar", [office(), ALWAYS], ids=["office", "always"])
def test_an_end_before_its_start_is_refused(calendar):
    with pytest.raises(InputError, match="before the start"):
        calendar.working_between(MONDAY, MONDAY - HOUR)


@pytest.mark.parametrize("calendar", [office(), ALWAYS], ids=["office", "always"])
def test_a_negative_amount_is_refused(calendar):
    with pytest.raises(InputError, match="negative"):
        calendar.add(MONDAY, -HOUR)


def test_nothing_added_is_the_start_itself_even_outside_hours():
    assert office().add(MONDAY - HOUR, timedelta()) == MONDAY - HOUR


def test_beyond_the_end_the_error_says_until_when_and_what_to_update():
    with pytest.raises(CalendarEndError) as caught:
        office().is_open(datetime(2027, 1, 4, 10, tzinfo=SHANGHAI))
    assert isinstance(caught.value, TriageError)
    assert caught.value.code == "calendar_end"
    assert "office" in caught.value.message
    assert "2026-12-31" in caught.value.message
    assert "chinesecalendar" in caught.value.remedy
    assert "calendars.office.years" in caught.value.remedy


def test_a_calendar_of_own_years_asks_for_the_next_year_and_names_no_package():
    calendar = office(holidays=public_holidays("", {2026: (frozenset(), frozenset())}))
    with pytest.raises(CalendarEndError) as caught:
        calendar.add(datetime(2026, 12, 31, 17, tzinfo=SHANGHAI), 2 * HOUR)
    assert caught.value.remedy == "List the days of 2027 under calendars.office.years."


def test_it_says_until_when_it_is_valid():
    assert office().valid_until == date(2026, 12, 31)
    assert office(holidays=None).valid_until is None
    assert ALWAYS.valid_until is None


def test_own_years_extend_it_where_they_follow_without_a_gap():
    nothing = (frozenset(), frozenset())
    assert public_holidays("CN", {2027: nothing, 2028: nothing}).last == 2028
    assert public_holidays("CN", {2028: nothing}).last == 2026


def test_an_own_year_goes_before_the_library():
    own = {2026: (frozenset(), frozenset())}
    festival = datetime(2026, 2, 17, 10, tzinfo=SHANGHAI)
    assert not office().is_open(festival)
    assert office(holidays=public_holidays("CN", own)).is_open(festival)


def test_no_country_and_no_years_are_no_holidays():
    assert public_holidays("", {}) is None


def test_outside_its_years_nothing_is_a_holiday():
    assert PublicHolidays(2026, 2026, "CN").of(2025) == (frozenset(), frozenset())


def test_what_is_known_of_a_time_beyond_the_end_is_counted_and_marked():
    start = datetime(2026, 12, 31, 16, tzinfo=SHANGHAI)
    end = datetime(2027, 1, 8, tzinfo=SHANGHAI)
    assert office().known_between(start, end) == (2 * HOUR, False)
    assert office().known_between(end, end + HOUR) == (timedelta(), False)
    assert office().known_between(start, start + HOUR) == (HOUR, True)
    assert ALWAYS.known_between(start, start + HOUR) == (HOUR, True)


def test_a_closed_day_goes_before_a_make_up_workday_and_an_opened_one_before_a_holiday():
    saturday, festival = date(2026, 2, 14), date(2026, 2, 17)
    calendar = office(closed=frozenset({saturday}), opened={festival: ((600, 660),)})
    assert not calendar.is_open(datetime(2026, 2, 14, 10, tzinfo=SHANGHAI))
    assert calendar.is_open(datetime(2026, 2, 17, 10, tzinfo=SHANGHAI))
    assert not calendar.is_open(datetime(2026, 2, 17, 11, tzinfo=SHANGHAI))


def test_spans_that_reach_into_the_next_day_are_not_counted_twice():
    week = (((1320, 1440 + 180),), ((60, 120),)) + ((),) * 5  # Mon 22:00-03:00, Tue 01:00-02:00
    calendar = Calendar("night", SHANGHAI, week)
    assert calendar.working_between(MONDAY, MONDAY + 48 * HOUR) == 5 * HOUR


def test_a_span_that_summer_time_skips_is_empty_and_one_that_comes_twice_counts_twice():
    week = (((120, 180),),) * 7  # 02:00-03:00
    calendar = Calendar("early", ZoneInfo("Europe/Berlin"), week)
    begin = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert calendar.working_between(begin, begin + 24 * HOUR) == timedelta()
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert calendar.working_between(begin, begin + 24 * HOUR) == 2 * HOUR


def test_an_end_that_comes_twice_is_the_second():
    calendar = Calendar("early", ZoneInfo("Europe/Berlin"), (((60, 150),),) * 7)  # 01:00-02:30
    begin = datetime(2026, 10, 24, 12, tzinfo=UTC)
    assert calendar.working_between(begin, begin + 24 * HOUR) == 2.5 * HOUR


def test_around_the_clock_every_day_is_a_working_day():
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert ALWAYS.after_working_days(at, 1) == datetime(2026, 3, 8, tzinfo=UTC)


def test_working_days_end_with_the_calendar():
    with pytest.raises(CalendarEndError):
        office().after_working_days(datetime(2026, 12, 31, 12, tzinfo=SHANGHAI), 1)


@pytest.mark.parametrize(("calendar", "limit"), [(ALWAYS, 50e-6), (office(), 300e-6)])
def test_adding_24_hours_is_fast_enough_for_every_ticket_that_comes(calendar, limit):
    start = datetime(2026, 2, 12, 3, tzinfo=UTC)
    assert taken(lambda: calendar.add(start, 24 * HOUR), times=500) < limit


def test_importing_calendars_brings_in_no_table_of_holidays():
    code = (
        "import sys, service.routing.clocks; "
        "print([m for m in ('chinese_calendar', 'holidays', 'jsonschema') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
