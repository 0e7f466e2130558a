"""What holds for every log: no order of events loses time or counts it twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.routing.clocks import State, clocks, due_moments, transitions
from service.routing.log import Event, Kind
from service.routing.policies import ClockName
from tests.service.routing.cases import book_from, raw

MINUTE = timedelta(minutes=1)
START = datetime(2026, 2, 13, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # before 调休 and festival
LAST = 2 * 24 * 60
HAPPENING = (
    Kind.MESSAGE_RECEIVED,
    Kind.MESSAGE_SENT,
    Kind.MESSAGE_AUTOMATIC,
    Kind.NOTE_ADDED,
    Kind.TICKET_WAITING,
    Kind.TICKET_RESUMED,
    Kind.TICKET_CLOSED,
    Kind.TICKET_REOPENED,
)
always = settings(deadline=None, derandomize=True, max_examples=60, database=None)
minutes = st.integers(0, LAST)
policies = st.sampled_from(["web", "desk", "patient", "quality"])


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return book_from(raw()["book"], tmp_path_factory.mktemp("properties"))


@st.composite
def happenings(draw, kinds=HAPPENING):
    kind = st.sampled_from(kinds)
    pairs = draw(st.lists(st.tuples(minutes, kind | st.sampled_from("abc")), max_size=14))
    log = [Event(Kind.TICKET_CREATED, START)]
    for seq, (minute, what) in enumerate(sorted(pairs, key=lambda pair: pair[0]), 1):
        queue = {} if isinstance(what, Kind) else {"queue": what}
        kind = what if isinstance(what, Kind) else Kind.QUEUE_CHANGED
        log.append(Event(kind, START + minute * MINUTE, seq, data=queue))
    return log


@st.composite
def merged(draw):
    """The union of two tickets, one of which went into the other."""
    other = draw(minutes)
    first = [replace(event, ticket_id="A") for event in draw(happenings())]
    later = [
        replace(event, ticket_id="B", at=event.at + other * MINUTE) for event in draw(happenings())
    ]
    stays, goes = draw(st.permutations("AB"))
    at = max(event.at for event in first + later)
    away = Event(Kind.TICKET_MERGED_AWAY, at, 90, goes, data={"target": stays})
    return [*first, *later, away, Event(Kind.TICKET_MERGED, at, 91, stays, data={"source": goes})]


def only(made, name):
    return [clock for clock in made if clock.name is name]


def walked(log, calendar, now, *, pauses):
    """The resolution clock counted minute by minute: worked, paused, outside hours."""
    status, worked, paused, outside = "open", timedelta(), timedelta(), timedelta()
    events = {}
    for event in log:
        events.setdefault(event.at, []).append(event)
    at = START
    while at < now:
        for event in events.get(at, ()):
            status = after(status, event.kind)
        if status == "closed" or (status == "waiting" and pauses):
            paused += MINUTE
        elif calendar.is_open(at):
            worked += MINUTE
        else:
            outside += MINUTE
        at += MINUTE
    return worked, paused, outside


def after(status, kind):
    return {
        ("open", Kind.TICKET_WAITING): "waiting",
        ("waiting", Kind.TICKET_RESUMED): "open",
        ("waiting", Kind.MESSAGE_RECEIVED): "open",
        ("open", Kind.TICKET_CLOSED): "closed",
        ("waiting", Kind.TICKET_CLOSED): "closed",
        ("closed", Kind.TICKET_REOPENED): "open",
    }.get((status, kind), status)


@always
@given(log=happenings(), minute=minutes, sla=policies, data=st.data())
def test_the_order_in_which_events_come_does_not_matter(book, log, minute, sla, data):
    now = START + minute * MINUTE
    shuffled = data.draw(st.permutations(log))
    assert clocks(shuffled, book, now=now, sla=sla) == clocks(log, book, now=now, sla=sla)


@always
@given(log=happenings(), minute=minutes, sla=policies, data=st.data())
def test_copies_of_events_count_once(book, log, minute, sla, data):
    now = START + minute * MINUTE
    copies = data.draw(st.lists(st.sampled_from(log)))
    assert clocks([*copies, *log], book, now=now, sla=sla) == clocks(log, book, now=now, sla=sla)


@settings(deadline=None, derandomize=True, max_examples=40, database=None)
@given(log=happenings(), minute=minutes, sla=policies)
def test_a_resolution_counts_what_a_walk_by_minutes_counts(book, log, minute, sla):
    now = START + minute * MINUTE
    (clock,) = only(clocks(log, book, now=now, sla=sla), ClockName.RESOLUTION)
    target = book.policies[sla].targets[ClockName.RESOLUTION]
    end = clock.stopped_at or now
    worked, paused, outside = walked(log, target.calendar, end, pauses=target.pauses)
    assert (clock.elapsed, clock.paused) == (worked, paused)
    assert worked + paused + outside == end - START


@always
@given(log=happenings(), minute=minutes)
def test_worked_and_paused_time_make_up_all_the_time_of_every_clock(book, log, minute):
    now = START + minute * MINUTE
    for clock in clocks(log, book, now=now, sla="patient"):  # all of it around the clock
        assert clock.elapsed + clock.paused == (clock.stopped_at or now) - clock.started_at


@always
@given(log=merged(), data=st.data())
def test_a_merged_ticket_loses_no_time_and_counts_none_twice_in_any_order(book, log, data):
    now = max(event.at for event in log) + timedelta(hours=1)
    shuffled = data.draw(st.permutations(log + log[::3]))
    made = clocks(shuffled, book, now=now, sla="patient")
    assert made == clocks(log, book, now=now, sla="patient")
    assert [c.started_at for c in made if c.name is ClockName.RESOLUTION] == [START]
    for clock in made:
        assert clock.elapsed + clock.paused == (clock.stopped_at or now) - clock.started_at


@always
@given(log=happenings(), minute=minutes, sla=policies)
def test_a_stay_follows_a_stay_and_none_overlaps(book, log, minute, sla):
    now = START + minute * MINUTE
    stays = only(clocks(log, book, now=now, sla=sla), ClockName.DEPARTMENT)
    for one, following in pairwise(stays):
        assert one.left_at is not None
        assert one.left_at <= following.started_at
    assert all(stay.left_at for stay in stays[:-1])


@always
@given(
    log=happenings(kinds=(Kind.MESSAGE_SENT, Kind.NOTE_ADDED, Kind.TICKET_REOPENED)),
    pauses=st.lists(st.tuples(minutes, st.integers(0, 600))),
    sla=policies,
)
def test_pauses_never_bring_an_end_nearer(book, log, pauses, sla):
    now = START + 2 * LAST * MINUTE
    extra = []
    for number, (minute, long) in enumerate(pauses, 100):
        begin = START + minute * MINUTE
        extra.append(Event(Kind.TICKET_WAITING, begin, number))
        extra.append(Event(Kind.TICKET_RESUMED, begin + long * MINUTE, number + 1000))
    (plain,) = only(clocks(log, book, now=now, sla=sla), ClockName.RESOLUTION)
    (paused,) = only(clocks([*log, *extra], book, now=now, sla=sla), ClockName.RESOLUTION)
    assert paused.due_at >= plain.due_at
    assert paused.elapsed <= plain.elapsed


@always
@given(log=happenings(), first=minutes, second=minutes, sla=policies)
def test_time_only_goes_on(book, log, first, second, sla):
    early, late = sorted((first, second))
    before = clocks(log, book, now=START + early * MINUTE, sla=sla)
    later = {
        (clock.name, clock.started_at, clock.ticket_id): clock
        for clock in clocks(log, book, now=START + late * MINUTE, sla=sla)
    }
    for clock in before:
        same = later[clock.name, clock.started_at, clock.ticket_id]
        assert same.elapsed >= clock.elapsed
        assert same.breached >= clock.breached


@always
@given(log=happenings(), sla=policies)
def test_a_timer_that_asks_when_to_look_misses_nothing_and_repeats_nothing(book, log, sla):
    written, looked = [], set()
    moments = {event.at for event in log}
    while moments:
        now = min(moments)
        moments.discard(now)
        assert now not in looked
        looked.add(now)
        made = clocks([*log, *written], book, now=now, sla=sla)
        for number, alarm in enumerate(transitions(made, written), len(written)):
            event = Event(alarm.kind, now, 10_000 + number, data=alarm.data)
            written.append(event)
        ahead = due_moments(made)
        if ahead:
            assert ahead > now
            moments.add(ahead)
    marks = [(e.kind, e.data["clock"], e.data["started_at"]) for e in written]
    assert len(set(marks)) == len(marks)
    breached = {(c.name.value, c.started_at.isoformat()) for c in made if c.breached}
    told = {mark[1:] for mark in marks if mark[0] is Kind.CLOCK_BREACHED}
    assert breached == told


@always
@given(log=happenings(), minute=minutes, sla=policies)
def test_what_runs_and_is_not_late_is_due_in_the_future(book, log, minute, sla):
    now = START + minute * MINUTE
    for clock in clocks(log, book, now=now, sla=sla):
        if clock.state is State.RUNNING:
            assert clock.due_at is not None
            assert (clock.due_at <= now) == clock.breached


@always
@given(log=happenings(), minute=minutes, sla=policies)
def test_a_department_is_never_due_after_the_resolution(book, log, minute, sla):
    now = START + minute * MINUTE
    made = clocks(log, book, now=now, sla=sla)
    (outer,) = only(made, ClockName.RESOLUTION)
    for stay in only(made, ClockName.DEPARTMENT):
        if outer.due_at and stay.due_at:
            assert stay.due_at <= outer.due_at


# Calendars

seconds = st.integers(0, 400 * 24 * 3600)
names = st.sampled_from(["always", "office", "retail", "night", "own", "berlin_night", "newyork"])
YEAR = datetime(2025, 1, 1, tzinfo=UTC)


@always
@given(name=names, start=seconds, working=st.integers(0, 300 * 3600))
def test_adding_working_time_is_the_inverse_of_measuring_it(book, name, start, working):
    calendar = book.calendars[name]
    begin, amount = YEAR + timedelta(seconds=start), timedelta(seconds=working)
    end = calendar.add(begin, amount)
    assert calendar.working_between(begin, end) == amount
    if end > begin:
        assert calendar.working_between(begin, end - timedelta.resolution) < amount


@always
@given(name=names, moments=st.lists(seconds, min_size=3, max_size=3))
def test_working_time_adds_up(book, name, moments):
    calendar = book.calendars[name]
    first, second, third = (YEAR + timedelta(seconds=moment) for moment in sorted(moments))
    between = calendar.working_between
    assert between(first, second) + between(second, third) == between(first, third)
    assert between(first, third) <= third - first


@always
@given(name=names, moment=seconds)
def test_a_moment_counts_where_the_calendar_is_open(book, name, moment):
    calendar = book.calendars[name]
    at = YEAR + timedelta(seconds=moment)
    worked = calendar.working_between(at, at + timedelta.resolution)
    assert (worked > timedelta()) == calendar.is_open(at)


@always
@given(name=names, start=seconds, first=st.integers(1, 10**6), second=st.integers(0, 10**6))
def test_more_working_time_ends_later(book, name, start, first, second):
    calendar = book.calendars[name]
    begin = YEAR + timedelta(seconds=start)
    assume(first != second)
    less, more = (timedelta(seconds=amount) for amount in sorted((first, second)))
    assert calendar.add(begin, less) < calendar.add(begin, more)
