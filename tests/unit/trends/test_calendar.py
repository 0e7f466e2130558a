"""Holidays, make-up workdays, promotions and seasons; a desk's own file."""

from datetime import date, timedelta

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from triage.errors import InputError
from triage.trends.calendar import (
    Calendar,
    Kind,
    after_holidays,
    days,
    known_years,
    load,
    shipped,
    shown,
)

OWN = """
version: 1
promotions:
  - key: members
    zh: 会员日
    en: members' day
    date: "08-18"
    words: [会员日]
    windows:
      - {name: day, from: 0, to: 1}
      - {name: after, from: 2, to: 3, zh: 会员日后, en: after members' day}
"""


def told(first, last=None, calendar=None):
    marks = (calendar or Calendar(shipped())).days(first, last or first)
    return {(mark.key, mark.window, mark.kind.value) for mark in marks}


def promotion(key):
    return next(one for one in shipped() if one.key == key)


@pytest.mark.parametrize(
    ("day", "window"),
    [
        ("2026-10-20", None),
        ("2026-10-21", "warmup"),
        ("2026-11-11", "day"),
        ("2026-11-13", "after"),
    ],
)
def test_double_11_has_a_warm_up_a_day_and_a_tail(day, window):
    windows = {w for key, w, _ in told(date.fromisoformat(day)) if key == "double11"}
    assert windows == ({window} if window else set())


def test_a_public_holiday_and_a_make_up_workday_are_told():
    assert ("holiday_spring_festival", "day", "holiday") in told(date(2026, 2, 16))
    (mark,) = [m for m in days(date(2026, 2, 14), date(2026, 2, 14)) if m.kind is Kind.WORKDAY]
    assert mark.to_dict() == {
        "day": "2026-02-14",
        "zh": "春节调休上班",
        "en": "Spring Festival, make-up workday",
        "kind": "workday",
    }


def test_years_that_the_library_does_not_know_have_promotions_and_no_holidays():
    year = known_years()[1] + 1
    marks = days(date(year, 1, 1), date(year, 12, 31))
    assert {mark.kind for mark in marks} == {Kind.PROMOTION}
    assert "spring_festival" in {mark.key for mark in marks}


def test_a_calendar_can_leave_the_public_holidays_out():
    assert (
        not Calendar(shipped(), public=False)
        .days(date(2026, 5, 1), date(2026, 5, 1))[0]
        .key.startswith("holiday")
    )


@pytest.mark.parametrize("year", range(2019, 2031))
def test_the_lunar_dates_are_those_of_the_lunar_calendar(year):
    moon = _ChineseLunisolar()
    for key, day in [
        ("spring_festival", moon.lunar_new_year_date(year)[0]),
        ("new_year_goods", moon.lunar_new_year_date(year)[0]),
        ("dragon_boat", moon.dragon_boat_date(year)[0]),
        ("mid_autumn", moon.mid_autumn_date(year)[0]),
    ]:
        assert [one for one in promotion(key).dates if one.year == year] == [day]
    # The 7th of the 7th month: a month of 29 or 30 days and 8 days before the 15th of the 8th.
    (qixi,) = [one for one in promotion("qixi").dates if one.year == year]
    assert (moon.mid_autumn_date(year)[0] - qixi).days in (37, 38)


@pytest.mark.parametrize("year", range(2019, 2031))
def test_black_friday_follows_the_fourth_thursday_of_november(year):
    (day,) = [one for one in promotion("black_friday").dates if one.year == year]
    assert (day.weekday(), (day - timedelta(1)).day) in {(4, k) for k in range(22, 29)}


def test_marks_come_in_order_and_the_day_itself_before_other_windows():
    marks = days(date(2026, 11, 1), date(2026, 12, 31))
    assert [mark.day for mark in marks] == sorted(mark.day for mark in marks)
    assert [mark.key for mark in days(date(2026, 11, 11), date(2026, 11, 11))] == ["double11"]
    first, second = days(date(2026, 9, 26), date(2026, 9, 26))[:2]
    assert (first.kind, second.window) == (Kind.HOLIDAY, "day")


def test_what_is_shown_stands_once_a_day():
    marks = days(date(2026, 2, 17), date(2026, 2, 17))
    assert [mark.zh for mark in marks].count("春节") == 2
    assert [mark.zh for mark in shown(marks)].count("春节") == 1
    assert [mark.day for mark in shown(marks)] == sorted(mark.day for mark in shown(marks))


def test_the_first_days_after_a_long_holiday_are_known_as_such():
    marks = days(date(2026, 9, 20), date(2026, 10, 20))
    after = [date(2026, 9, 28), date(2026, 9, 29), date(2026, 10, 8), date(2026, 10, 9)]
    assert sorted(after_holidays(marks)) == after


def test_the_words_of_a_season_are_known_while_it_goes_on():
    calendar = Calendar(shipped())
    assert "月饼" in calendar.words(date(2026, 9, 20), date(2026, 9, 22))
    assert "月饼" not in calendar.words(date(2026, 7, 1), date(2026, 7, 7))


def test_a_desk_may_have_promotions_of_its_own(tmp_path):
    path = tmp_path / "calendar.yaml"
    path.write_text(OWN, encoding="utf-8")
    calendar = load(path)
    assert told(date(2026, 8, 19), calendar=calendar) == {("members", "day", "promotion")}
    marks = calendar.days(date(2025, 8, 20), date(2025, 8, 20))
    assert [(mark.zh, mark.en) for mark in marks] == [("会员日后", "after members' day")]
    assert calendar.words(date(2026, 8, 18), date(2026, 8, 18)) == {"会员日"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('date: "08-18"', 'date: "13-01"'), "own.yaml, promotions › 1 › date: '13-01'"),
        (('date: "08-18"', 'date: "02-30"'), "own.yaml, members: 2026-02-30 is no day"),
        (('date: "08-18"', "dates: [2026-02-31]"), "not YAML: day"),
        (('date: "08-18"', 'dates: ["2026-02-31"]'), "members: 2026-02-31 is no day"),
        (("from: 0, to: 1", "from: 2, to: 1"), "members, window day: from 2 is after to 1"),
        (("name: day", "name: dya"), "windows › 1 › name: 'dya' is not one of"),
        (("version: 1", "version: 2"), "own.yaml, version: 1 was expected"),
        (("    zh: 会员日\n", ""), "'zh' is a required property"),
        (("version: 1", "version: [1"), "own.yaml is not YAML"),
    ],
)
def test_a_fault_in_a_file_is_told_with_its_place(tmp_path, change, expected):
    path = tmp_path / "own.yaml"
    path.write_text(OWN.replace(*change), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load(path)
    assert expected in str(error.value)
    assert error.value.remedy


def test_a_key_that_stands_twice_is_refused(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(OWN + OWN.partition("promotions:\n")[2], encoding="utf-8")
    with pytest.raises(InputError, match="'members' stands twice"):
        load(path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match="Cannot read"):
        load(tmp_path / "none.yaml")
