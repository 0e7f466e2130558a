from datetime import UTC, date, datetime, timedelta
from textwrap import dedent
from zoneinfo import ZoneInfo

import pytest

from service.routing.clock_file import ClockFileError
from service.routing.policies import ClockName, load_clocks
from triage import PolicyError

MINUTE = timedelta(minutes=1)
BASE = """\
default: web
working_days: office
calendars:
  always: {week: 24x7}
  office:
    zone: Asia/Shanghai
    week: {mon-fri: ["09:00-18:00"]}
policies:
  web:
    zh: 网上留言
    en: web message
    targets:
      first_response: {within: 5m, calendar: always, source: the field}
      resolution:
        within: 3d
        calendar: always
        source: a choice
        pauses: true
    urgency:
      3:
        source: danger
        first_response: 2m
    channel:
      phone:
        source: people wait on the line
        first_response: {within: 1m, calendar: office, warn_at: 0.5}
"""


@pytest.fixture
def loaded(tmp_path):
    def load(text):
        path = tmp_path / "clocks.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_clocks(path)

    return load


def changed(old, new):
    assert old in BASE
    return BASE.replace(old, new, 1)


def test_the_file_in_the_box_holds_the_figures_of_the_field_with_their_source():
    book = load_clocks()
    web = book.policy("web").target(ClockName.FIRST_RESPONSE)
    quality = book.policy("quality").target(ClockName.DEPARTMENT)
    on_site = book.policy("on_site").target(ClockName.DEPARTMENT)
    assert (web.within, quality.within, on_site.within) == (
        5 * MINUTE,
        timedelta(hours=24),
        timedelta(hours=2),
    )
    assert quality.calendar.always
    assert all("handbooks" in target.source for target in (web, quality, on_site))


def test_every_policy_in_the_box_has_all_four_clocks():
    policies = load_clocks().policies.values()
    assert {name for one in policies for name in ClockName if not one.target(name)} == set()


def test_the_file_in_the_box_is_valid_until_the_data_of_china_end():
    assert load_clocks().valid_until == date(2026, 12, 31)


def test_a_book_without_holidays_is_valid_for_ever(loaded):
    assert loaded(BASE).valid_until is None


def test_a_target_says_all_that_its_clock_needs(loaded):
    target = loaded(BASE).policy("web").target(ClockName.RESOLUTION)
    assert target.within == timedelta(days=3)
    assert target.calendar.name == "always"
    assert (target.source, target.warn_at, target.pauses) == ("a choice", 0.75, True)


def test_urgency_changes_a_target_and_names_its_own_source(loaded):
    policy = loaded(BASE).policy("web")
    target = policy.target(ClockName.FIRST_RESPONSE, urgency=3)
    assert (target.within, target.source) == (2 * MINUTE, "danger")
    assert target.calendar.name == "always"
    assert policy.target(ClockName.FIRST_RESPONSE, urgency=2).within == 5 * MINUTE
    assert policy.target(ClockName.FIRST_RESPONSE, urgency=0).within == 5 * MINUTE


def test_a_channel_changes_a_target_and_urgency_goes_before_it(loaded):
    policy = loaded(BASE).policy("web")
    phone = policy.target(ClockName.FIRST_RESPONSE, channel="phone")
    assert (phone.within, phone.calendar.name, phone.warn_at) == (MINUTE, "office", 0.5)
    both = policy.target(ClockName.FIRST_RESPONSE, channel="phone", urgency=3)
    assert (both.within, both.calendar.name, both.warn_at) == (2 * MINUTE, "office", 0.5)


def test_a_clock_that_the_policy_does_not_hold_has_no_target(loaded):
    assert loaded(BASE).policy("web").target(ClockName.DEPARTMENT) is None


def test_a_policy_that_the_file_no_longer_has_is_the_default_one(loaded):
    book = loaded(BASE)
    assert book.policy("gone") is book.policies["web"]


def test_promised_working_days_are_counted_by_the_calendar_named(loaded):
    friday = datetime(2026, 3, 6, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = loaded(BASE).after_working_days(friday, 1)
    assert found == datetime(2026, 3, 9, 16, tzinfo=UTC)


def test_promised_working_days_beyond_the_data_are_no_date():
    last = datetime(2026, 12, 31, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert load_clocks().after_working_days(last, 2) is None


def test_a_list_of_days_may_be_written_with_single_days_and_ranges(loaded):
    text = changed(
        'week: {mon-fri: ["09:00-18:00"]}',
        'week: {mon-wed: ["09:00-18:00"], fri: ["13:30-18:00", "09:00-12:00"]}',
    )
    week = loaded(text).calendars["office"].week
    assert week[2] == ((540, 1080),)
    assert week[3] == ()
    assert week[4] == ((540, 720), (810, 1080))


# (old, new, line, what the message says)
WRONG = [
    ("default: web", "default: wbe", 1, "Did you mean 'web'?"),
    ("default: web\n", "", 1, "default is missing"),
    ("working_days: office", "working_days: shop", 2, "Unknown calendar 'shop'"),
    ("working_days: office", "working_days: always", 2, "no working days"),
    ("always: {week: 24x7}", "Always: {week: 24x7}", 4, "small letters"),
    ("week: 24x7", "week: 24/7", 4, "24x7, or a table of days"),
    ("week: 24x7", "week: 24x7, holidays: CN", 4, "Unknown key 'holidays'"),
    ("{week: 24x7}", "{zone: Asia/Shanghai}", 4, "week is missing"),
    ("    zone: Asia/Shanghai\n", "", 5, "zone is missing"),
    ("zone: Asia/Shanghai", "zone: Asia/Shangai", 6, "Unknown time zone"),
    ("zone: Asia/Shanghai", "zone: Asia", 6, "Unknown time zone"),
    ("zone: Asia/Shanghai", "zone: ../etc/passwd", 6, "Unknown time zone"),
    ("zone: Asia/Shanghai", "zone: Asia/Shanghai\n    holidays: FR", 7, "'FR' must be a country"),
    ("zone: Asia/Shanghai", "zone: Asia/Shanghai\n    holiday: CN", 7, "'holidays'?"),
    ("mon-fri:", "fri-mon:", 7, "runs backwards"),
    ("mon-fri:", "mon-fry:", 7, "a day or days of the week"),
    ("mon-fri:", 'wed: ["09:00-10:00"], mon-fri:', 7, "wed stands here twice"),
    ('["09:00-18:00"]', "[]", 7, "never open"),
    ('["09:00-18:00"]', '["9:00-18:00"]', 7, "a span such as"),
    ('["09:00-18:00"]', '["09:00-24:30"]', 7, "a span such as"),
    ('["09:00-18:00"]', '["09:00-09:00"]', 7, "00:00-24:00"),
    ('["09:00-18:00"]', '["09:00-18:00", "17:00-19:00"]', 7, "overlap"),
    ("within: 5m", "within: 5 min", 13, "a time such as 5m"),
    ("within: 5m", "within: 5", 13, "a time such as 5m"),
    ("within: 5m", "within: 0m", 13, "a time such as 5m"),
    ("within: 5m, ", "", 13, "within is missing"),
    ("source: the field", 'source: " "', 13, "must be words"),
    (", source: the field", "", 13, "source is missing"),
    ("calendar: always, source: the", "calendar: alway, source: the", 13, "Did you mean 'always'"),
    ("source: the field", "source: the field, pauses: true", 13, "never pauses"),
    ("source: the field", "source: the field, warn: 0.5", 13, "Unknown key 'warn'"),
    ("first_response: {w", "first_respone: {w", 13, "'first_response'?"),
    ("within: 3d", "within: 9999d", 15, "more than ten years"),
    ("        calendar: always", "        calendar: office", 14, "d is ambiguous"),
    ("pauses: true", "pauses: maybe", 18, "true or false"),
    ("pauses: true", "warn_at: 1", 18, "below 1"),
    ("      3:", "      4:", 20, "Known: 0, 1, 2, 3"),
    ("        source: danger\n", "", 20, "source is missing"),
    ("        first_response: 2m\n", "", 20, "a table with source and the clocks"),
    ("first_response: 2m", "first_response: 2", 22, "a time such as 5m, or a table"),
    ("first_response: 2m", "first_response: {pauses: true}", 22, "never pauses"),
    ("first_response: 2m", "department: 2m", 22, "no department to change"),
    ("first_response: 2m", "first_response: {calendar: offce}", 22, "Did you mean 'office'"),
    ("{within: 1m, calendar: office", "{within: 1d, calendar: office", 26, "d is ambiguous"),
]


@pytest.mark.parametrize(("old", "new", "line", "said"), WRONG)
def test_what_is_wrong_is_told_with_file_and_line(loaded, old, new, line, said):
    with pytest.raises(ClockFileError) as caught:
        loaded(changed(old, new))
    assert said in caught.value.message
    assert f"clocks.yaml:{line}: " in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("closed: [2026-02-30]", "no day 2026-02-30"),
        ("closed: [Monday]", "a day such as 2026-10-10"),
        ("{closed: [2026-03-02]}", "not YAML"),
        ('closed: [2026-03-02]\nopen: {2026-03-02: ["09:00-10:00"]}', "both closed and open"),
        ("open: {2026-03-02: [morning]}", "a span such as"),
        ("years: {2027: {closed: [2026-01-01], work: []}}", "2026-01-01 is not in 2027"),
        ("years: {2027: {closed: [2027-01-02], work: [2027-01-02]}}", "both closed and a workday"),
        ("years: {2027: {closed: []}}", "work is missing"),
        ("years: {27: {closed: [], work: []}}", "a year such as 2027"),
        ("holidays: CN\nyears: {2028: {closed: [], work: []}}", "2027 is missing before 2028"),
        ("make_up_day: monday", "a day of the week"),
    ],
)
def test_days_that_make_no_sense_are_told(loaded, lines, said):
    lines = "\n    ".join(lines.splitlines())
    with pytest.raises(ClockFileError, match=said):
        loaded(changed("zone: Asia/Shanghai", f"zone: Asia/Shanghai\n    {lines}"))


def test_days_of_a_shorter_day_in_a_change_are_refused_too(loaded):
    text = changed("calendar: always\n        source: a choice", "calendar: office\n        x: 1")
    text = text.replace("within: 3d", "within: 27h").replace("x: 1", "source: a choice")
    text = text.replace("first_response: 2m", "resolution: 1d")
    with pytest.raises(ClockFileError, match="d is ambiguous"):
        loaded(text)


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file(loaded):
    text = changed("within: 5m", "within: soon").replace("pauses: true", "pauses: 1")
    with pytest.raises(ClockFileError) as caught:
        loaded(text)
    assert [problem.line for problem in caught.value.problems] == [13, 18]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be a table"),
        ("default: [", "not YAML"),
        ("- 1", "must be a table"),
        (b"\xff\xfe", "not UTF-8"),
        (BASE + "default: web\n", "stands here twice"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(loaded, text, said):
    with pytest.raises(ClockFileError, match=said):
        loaded(text)


def test_a_missing_file_is_named_and_is_an_error_of_policies(tmp_path):
    with pytest.raises(PolicyError, match=r"none\.yaml:1: Cannot read it") as caught:
        load_clocks(tmp_path / "none.yaml")
    assert caught.value.code == "bad_clocks"


def test_own_years_of_the_file_extend_its_calendar(loaded):
    more = dedent("""\
        holidays: CN
        make_up_day: fri
        years:
          2027: {closed: [2027-01-01], work: [2027-01-03]}
    """).replace("\n", "\n    ")
    book = loaded(changed("zone: Asia/Shanghai", f"zone: Asia/Shanghai\n    {more}".rstrip()))
    assert book.valid_until == date(2027, 12, 31)
    sunday = datetime(2027, 1, 3, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert book.calendars["office"].is_open(sunday)
    assert not book.calendars["office"].is_open(sunday - timedelta(days=2))


@pytest.mark.parametrize("urgency", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["web", "quality", "service", "delivery", "follow_up", "other"])
def test_a_web_message_is_answered_in_five_minutes_whichever_desk_has_it(name, urgency):
    policy = load_clocks().policies[name]
    for clock in (ClockName.FIRST_RESPONSE, ClockName.NEXT_RESPONSE):
        target = policy.target(clock, urgency=urgency, channel="web")
        assert target.within == timedelta(minutes=5)
