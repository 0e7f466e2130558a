from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.routing.clocks import Alarm, State, clocks, due_moments, neglected, transitions
from service.routing.log import Event, Kind
from service.routing.policies import ClockName, load_clocks
from tests.service.routing.cases import book_from, raw
from triage import InputError

NINE = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CREATED = Event(Kind.TICKET_CREATED, NINE, 1)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return book_from(raw()["book"], tmp_path_factory.mktemp("clocks"))


def event(kind, minutes, seq=2, **data):
    return Event(kind, NINE + minutes * MINUTE, seq, data=data)


def first(made, name=ClockName.FIRST_RESPONSE):
    return next(clock for clock in made if clock.name is name)


def test_times_are_given_in_utc_whatever_zone_they_came_in(book):
    clock = first(clocks([CREATED], book, now=NINE + MINUTE))
    assert clock.started_at == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert {clock.started_at.tzinfo, clock.due_at.tzinfo, clock.warn_at.tzinfo} == {UTC}


@pytest.mark.parametrize("naive", ["event", "now"])
def test_a_time_without_a_zone_is_refused(book, naive):
    bare = NINE.replace(tzinfo=None)
    log = [Event(Kind.TICKET_CREATED, bare)] if naive == "event" else [CREATED]
    with pytest.raises(InputError, match="no time zone"):
        clocks(log, book, now=bare if naive == "now" else NINE)


def test_no_events_are_no_clocks_and_nobody_is_neglected(book):
    assert clocks([], book, now=NINE) == ()
    assert due_moments(()) is None
    assert transitions((), []) == []
    assert not neglected(())


def test_clocks_come_in_the_order_of_display(book):
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 0, queue="quality"),
        event(Kind.MESSAGE_SENT, 1, 3),
        event(Kind.MESSAGE_RECEIVED, 2, 4),
    ]
    assert [clock.name for clock in clocks(log, book, now=NINE + HOUR)] == list(ClockName)


def test_a_ticket_without_a_policy_has_the_default_one(book):
    assert first(clocks([CREATED], book, now=NINE)).policy == "web"
    assert first(clocks([CREATED], book, now=NINE, sla="desk")).policy == "desk"
    assert first(clocks([CREATED], book, now=NINE, sla="gone")).policy == "web"


def test_the_policy_of_the_log_goes_before_the_one_given(book):
    log = [CREATED, event(Kind.SLA_CHANGED, 0, sla="quality")]
    assert first(clocks(log, book, now=NINE, sla="desk")).policy == "quality"


def test_the_channel_of_the_log_goes_before_the_one_given(book):
    phoned = Event(Kind.TICKET_CREATED, NINE, data={"channel": "phone"})
    assert first(clocks([CREATED], book, now=NINE, channel="phone")).within == MINUTE
    assert first(clocks([phoned], book, now=NINE, channel="web")).within == MINUTE


def test_a_present_urgency_holds_for_what_runs_and_not_for_what_stopped(book):
    judged = event(Kind.VERDICT_CHANGED, 0, urgency=1)
    replied = event(Kind.MESSAGE_SENT, 3, 3)
    running = first(clocks([CREATED, judged], book, now=NINE + MINUTE, urgency=3))
    stopped = first(clocks([CREATED, judged, replied], book, now=NINE + HOUR, urgency=3))
    assert (running.within, stopped.within) == (2 * MINUTE, 5 * MINUTE)


def test_where_the_log_knows_no_urgency_the_one_given_holds(book):
    log = [CREATED, event(Kind.MESSAGE_SENT, 3)]
    assert first(clocks(log, book, now=NINE + HOUR, urgency=3)).breached


def test_a_correction_may_be_written_as_before_and_after(book):
    log = [CREATED, event(Kind.LABEL_CORRECTED, 0, changes={"urgency": [1, 3]})]
    assert first(clocks(log, book, now=NINE)).within == 2 * MINUTE


def test_an_urgency_of_another_kind_of_event_says_nothing(book):
    log = [CREATED, event(Kind.NOTE_ADDED, 0, urgency=3)]
    assert first(clocks(log, book, now=NINE)).within == 5 * MINUTE


def test_what_was_written_before_the_creation_is_no_reply(book):
    log = [event(Kind.MESSAGE_SENT, -5), CREATED]
    assert first(clocks(log, book, now=NINE + MINUTE)).state is State.RUNNING


def test_a_note_is_an_answer_only_if_it_says_handled(book):
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 0, queue="quality"),
        event(Kind.NOTE_ADDED, 10, 3, handled=False),
        event(Kind.NOTE_ADDED, 20, 4),
    ]
    stay = first(clocks(log, book, now=NINE + HOUR), ClockName.DEPARTMENT)
    assert (stay.state, stay.elapsed) == (State.RUNNING, HOUR)


def test_copies_that_differ_are_one_event_whichever_comes_first(book):
    one = event(Kind.QUEUE_CHANGED, 5, queue="quality")
    other = event(Kind.QUEUE_CHANGED, 5, queue="service")
    made = clocks([CREATED, one, other], book, now=NINE + HOUR)
    assert [clock.queue for clock in made if clock.queue] == ["quality"]
    assert clocks([other, one, CREATED], book, now=NINE + HOUR) == made


def test_a_queue_entered_while_closed_counts_from_reopening(book):
    log = [
        CREATED,
        event(Kind.TICKET_CLOSED, 5),
        event(Kind.QUEUE_CHANGED, 10, 3, queue="quality"),
        event(Kind.TICKET_REOPENED, 30, 4),
    ]
    stay = first(clocks(log, book, now=NINE + HOUR), ClockName.DEPARTMENT)
    assert stay.started_at == NINE + 30 * MINUTE


def test_after_an_answer_the_stay_goes_on_until_the_ticket_leaves(book):
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 0, queue="quality"),
        event(Kind.MESSAGE_SENT, 10, 3),
        event(Kind.QUEUE_CHANGED, 50, 4, queue="service"),
    ]
    stay = first(clocks(log, book, now=NINE + HOUR), ClockName.DEPARTMENT)
    assert (stay.state, stay.elapsed) == (State.MET, 10 * MINUTE)
    assert stay.left_at - stay.started_at == 50 * MINUTE


def test_a_stay_that_begins_after_the_resolution_ran_out_is_late_at_once(book):
    log = [CREATED, event(Kind.QUEUE_CHANGED, 25 * 60, queue="quality")]
    made = clocks(log, book, now=NINE + 25 * HOUR)
    stay = first(made, ClockName.DEPARTMENT)
    assert stay.breached
    assert stay.due_at == first(made, ClockName.RESOLUTION).due_at
    assert stay.remaining == -HOUR


def test_a_paused_stay_is_not_due_before_the_resolution_ran_out(book):
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 0, queue="quality"),
        event(Kind.TICKET_WAITING, 60, 3),
    ]
    stay = first(clocks(log, book, now=NINE + 2 * HOUR, sla="patient"), ClockName.DEPARTMENT)
    assert (stay.state, stay.due_at) == (State.PAUSED, None)


def test_a_paused_stay_has_no_end_though_the_resolution_that_runs_has_one():
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 0, queue="delivery"),
        event(Kind.TICKET_WAITING, 60, 3),
    ]
    made = clocks(log, load_clocks(), now=NINE + 2 * HOUR, sla="delivery")
    assert first(made, ClockName.RESOLUTION).state is State.RUNNING
    assert first(made, ClockName.DEPARTMENT).due_at is None


def test_a_breach_of_the_resolution_stays_on_the_department_that_waits_afterwards(book):
    log = [
        CREATED,
        event(Kind.QUEUE_CHANGED, 7 * 60, queue="quality"),
        event(Kind.TICKET_WAITING, 9 * 60, 3),
    ]
    stay = first(clocks(log, book, now=NINE + 10 * HOUR, sla="patient"), ClockName.DEPARTMENT)
    assert (stay.state, stay.breached) == (State.PAUSED, True)
    assert stay.due_at == NINE + 8 * HOUR


def test_where_the_calendar_ends_the_clock_says_so_in_both_languages(book):
    late = datetime(2026, 12, 31, 17, 45, tzinfo=NINE.tzinfo)
    log = [Event(Kind.TICKET_CREATED, late)]
    clock = first(clocks(log, book, now=late, sla="desk"))
    assert "日历 office" in clock.uncertain
    assert "only for 2004-01-01 – 2026-12-31" in clock.uncertain
    assert (clock.due_at, clock.remaining, clock.breached) == (None, None, False)


def test_a_pause_over_the_end_of_the_calendar_hides_no_breach_before_it(book):
    begin = datetime(2026, 12, 30, 9, tzinfo=NINE.tzinfo)
    log = [
        Event(Kind.TICKET_CREATED, begin),
        Event(Kind.TICKET_CLOSED, begin + timedelta(days=9)),
    ]
    clock = first(clocks(log, book, now=begin + timedelta(days=10), sla="desk"))
    assert (clock.breached, clock.due_at) == (True, begin + 30 * MINUTE)


def test_how_long_a_clock_closed_beyond_the_calendar_ran_is_not_known(book):
    begin = datetime(2026, 12, 31, 17, 45, tzinfo=NINE.tzinfo)
    log = [
        Event(Kind.TICKET_CREATED, begin),
        Event(Kind.TICKET_CLOSED, begin + timedelta(days=9)),
        Event(Kind.TICKET_REOPENED, begin + timedelta(days=10)),
    ]
    made = clocks(log, book, now=begin + timedelta(days=10), sla="desk")
    clock = first(made, ClockName.RESOLUTION)
    assert clock.uncertain
    assert (clock.due_at, clock.elapsed) == (None, 15 * MINUTE)


def test_what_ran_before_the_data_begin_is_not_guessed(book):
    begin = datetime(2003, 12, 31, 16, tzinfo=NINE.tzinfo)
    log = [
        Event(Kind.TICKET_CREATED, begin),
        Event(Kind.TICKET_CLOSED, begin + timedelta(days=5)),
        Event(Kind.TICKET_REOPENED, begin + timedelta(days=6)),
    ]
    made = clocks(log, book, now=begin + timedelta(days=6), sla="desk")
    clock = first(made, ClockName.RESOLUTION)
    assert (clock.due_at, bool(clock.uncertain)) == (None, True)


def test_an_alarm_carries_what_its_event_needs(book):
    log = [CREATED, event(Kind.QUEUE_CHANGED, 0, queue="quality")]
    made = clocks(log, book, now=NINE + 2 * HOUR)
    alarm = transitions(made, log)[-1]
    assert isinstance(alarm, Alarm)
    assert alarm.kind is Kind.CLOCK_BREACHED
    assert alarm.data == {
        "clock": "department",
        "cycle": 1,
        "started_at": "2026-03-02T01:00:00+00:00",
        "due_at": "2026-03-02T03:00:00+00:00",
        "queue": "quality",
    }
    assert "queue" not in transitions(made, log)[0].data


def test_alarms_come_in_order_of_time(book):
    log = [CREATED, event(Kind.QUEUE_CHANGED, 0, queue="quality")]
    found = transitions(clocks(log, book, now=NINE + 30 * HOUR), log)
    assert [alarm.clock.value for alarm in found] == ["first_response", "department", "resolution"]
    assert [alarm.at for alarm in found] == sorted(alarm.at for alarm in found)


def test_a_breach_is_written_also_where_the_warning_was_missed(book):
    log = [CREATED]
    found = transitions(clocks(log, book, now=NINE + HOUR), log)
    assert [alarm.kind for alarm in found] == [Kind.CLOCK_BREACHED]


def test_a_reply_in_time_after_the_warning_moment_needs_no_warning(book):
    log = [CREATED, event(Kind.MESSAGE_SENT, 4)]
    made = clocks(log, book, now=NINE + 5 * MINUTE)
    assert first(made).warned
    assert transitions(made, log) == []


def test_the_cycle_that_a_merge_puts_in_between_repeats_no_alarm(book):
    own = [
        CREATED,
        event(Kind.MESSAGE_SENT, 1, 2),
        event(Kind.MESSAGE_RECEIVED, 30, 3),
        event(Kind.MESSAGE_SENT, 50, 4),
    ]
    (late,) = transitions(clocks(own, book, now=NINE + HOUR), own)
    own.append(Event(late.kind, NINE + HOUR, 5, data=late.data))
    other = [
        Event(Kind.TICKET_CREATED, NINE + 10 * MINUTE, 1, "B"),
        Event(Kind.MESSAGE_SENT, NINE + 12 * MINUTE, 2, "B"),
    ]
    made = clocks([*own, *other], book, now=NINE + HOUR)
    assert [clock.cycle for clock in made if clock.name is ClockName.NEXT_RESPONSE] == [1, 2]
    assert transitions(made, own) == []


def test_a_customer_with_the_last_word_is_not_neglected_before_the_clock_runs_out(book):
    log = [CREATED, event(Kind.MESSAGE_SENT, 1), event(Kind.MESSAGE_RECEIVED, 10, 3)]
    for minutes, expected in ((14, False), (15, True)):
        now = NINE + minutes * MINUTE
        assert neglected(clocks(log, book, now=now)) is expected


def test_a_late_reply_ends_the_neglect(book):
    log = [CREATED, event(Kind.MESSAGE_SENT, 30)]
    now = NINE + HOUR
    assert not neglected(clocks(log, book, now=now))


def test_a_resolution_that_ran_out_is_no_neglect_where_the_desk_has_the_last_word(book):
    log = [CREATED, event(Kind.MESSAGE_SENT, 1)]
    now = NINE + 48 * HOUR
    made = clocks(log, book, now=now)
    assert first(made, ClockName.RESOLUTION).breached
    assert not neglected(made)
