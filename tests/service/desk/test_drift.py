"""What changed in the texts of a desk, counted from its database as they come."""

from datetime import timedelta
from itertools import count

import pytest

from service.db.tables import events, outbox
from service.desk import drift as counting
from service.desk.commands import Correct, OpenTicket
from service.desk.drift import Drift
from service.jobs.drift import DriftAlarm
from tests.service.desk.conftest import ANNA, MONDAY
from triage import ModelName, Triage
from triage.drift import weeks

LATE, WORN, GLAD = "快递还没收到", "质量太差", "很满意，谢谢"
WEEK = timedelta(days=7)
NUMBERS = count()


def texts(late, other):
    return [LATE] * late + [GLAD] * other


def fill(desk, week, words, **options):
    """Open a ticket for each text, `week` weeks before the Monday of the tests."""
    at = MONDAY - week * WEEK + timedelta(hours=3)
    commands = [
        OpenTicket(ANNA, at, text=text, external_id=f"n{next(NUMBERS)}", **options)
        for text in words
    ]
    done = desk.run(commands)
    assert not [one for one in done if isinstance(one, Exception)]
    return [one.ticket_id for one in done]


def five_weeks(desk, last, **options):
    """Fill four calm weeks and one that may differ."""
    for week in (5, 4, 3, 2):
        fill(desk, week, texts(3, 27), **options)
    return fill(desk, 1, last, **options)


def series(report, code, channel="*"):
    return next(one for one in report.series if (one.measure.code, one.channel) == (code, channel))


def counts(report, code, channel="*"):
    return [point.counts for point in series(report, code, channel).points]


def states(report, code):
    return [point.state.value for point in series(report, code).points]


def test_a_desk_without_a_ticket_has_an_empty_report(desk):
    assert Drift(desk).report().weeks == ()


def test_first_verdicts_are_counted_by_week_channel_and_label(desk):
    fill(desk, 2, [LATE, GLAD], channel="web")
    fill(desk, 1, [LATE, WORN], channel="phone")
    report = Drift(desk).report()
    assert counts(report, "issue:delivery") == [(1, 1), (1, 1)]
    assert counts(report, "script") == [(2, 0, 0, 0)] * 2
    assert counts(report, "length")[0] == (2, 0, 0, 0, 0, 0, 0)
    assert [week.n for week in report.weeks] == [2, 2]


def test_what_a_customer_adds_is_no_text_of_its_own(desk):
    (ticket,) = fill(desk, 1, [LATE])
    desk.hear(ticket, WORN)
    assert counts(Drift(desk).report(), "issue:product_quality") == [(1, 0)]


def test_a_text_that_cannot_be_judged_is_counted_as_rejected(desk):
    fill(desk, 1, [LATE, "？？？"])
    report = Drift(desk).report()
    assert counts(report, "rejected") == [(1, 1)]
    assert [sum(cells) for cells in counts(report, "sentiment")] == [1]


def test_the_week_is_that_of_the_desk_and_the_present_one_is_open(desk):
    night = MONDAY.replace(hour=17) - timedelta(days=1)  # Monday 01:00 in Shanghai
    desk.open(at=night)
    report = Drift(desk).report()
    assert [weeks.name(week.week) for week in report.weeks] == ["2026-W10"]
    assert states(report, "issue:delivery") == ["open"]


def test_a_changed_week_is_found(desk):
    five_weeks(desk, texts(24, 6))
    report = Drift(desk).report()
    assert states(report, "issue:delivery") == ["reference"] * 4 + ["alert"]
    assert states(report, "script") == ["reference"] * 4 + ["steady"]


def test_what_comes_later_is_added_to_what_was_counted(desk):
    drift = Drift(desk)
    fill(desk, 2, [LATE])
    drift.report()
    fill(desk, 2, [LATE])
    fill(desk, 1, [GLAD])
    assert counts(drift.report(), "issue:delivery") == [(0, 2), (1, 0)]
    assert counts(drift.report(), "issue:delivery") == [(0, 2), (1, 0)]


def test_what_is_settled_is_read_once(desk, monkeypatch):
    monkeypatch.setattr(counting, "_LATE", timedelta(0))
    drift, read = Drift(desk), []
    fill(desk, 1, [LATE, GLAD])
    first_verdicts = counting.first_verdicts

    def reading(*args):
        rows = first_verdicts(*args)
        read.extend(rows)
        return rows

    monkeypatch.setattr(counting, "first_verdicts", reading)
    one, other = drift.report(), drift.report()
    assert len(read) == 2
    assert counts(one, "issue:delivery") == counts(other, "issue:delivery") == [(1, 1)]


def test_many_verdicts_are_read_in_pieces(desk, monkeypatch):
    monkeypatch.setattr(counting, "_CHUNK", 2)
    fill(desk, 1, [LATE] * 5)
    assert counts(Drift(desk).report(), "issue:delivery") == [(0, 5)]


def test_another_model_begins_a_series_of_its_own(desk, make_desk, keyword_engine):
    fill(desk, 2, [LATE] * 2)
    other = Triage(keyword_engine.scorer, keyword_engine.policy, ModelName("other", "1", "f" * 12))
    newer = make_desk(engine=other)
    fill(newer, 1, [LATE] * 3)
    report = Drift(newer).report()
    assert {one.model for one in report.series if one.measure.code == "sentiment"} == {
        "0" * 12,
        "f" * 12,
    }
    assert [(weeks.name(week), old, new) for week, old, new in report.breaks] == [
        ("2026-W09", "0" * 12, "f" * 12)
    ]
    assert counts(report, "length") == [(2, 0, 0, 0, 0, 0, 0), (3, 0, 0, 0, 0, 0, 0)]


def correct(desk, ticket, reason="wrong_issue", at=None):
    desk.did(Correct(ANNA, at, ticket_id=ticket, changes={"urgency": 2}, reason=reason))


def test_corrected_tickets_are_counted_once_and_confirmed_ones_not(desk):
    one, two, _ = fill(desk, 3, [LATE] * 3)
    soon = MONDAY - 3 * WEEK + timedelta(days=2)
    correct(desk, one, at=soon)
    correct(desk, one, "other", at=soon)
    correct(desk, two, "confirmed", at=soon)
    assert counts(Drift(desk).report(), "corrected") == [(2, 1)]


def test_a_correction_that_came_long_after_its_week_is_not_counted(desk):
    one, two = fill(desk, 4, [LATE] * 2)
    correct(desk, one, at=MONDAY - 2 * WEEK - timedelta(days=1))
    correct(desk, two, at=MONDAY - timedelta(days=1))
    assert counts(Drift(desk).report(), "corrected") == [(1, 1)]


def test_the_correction_of_a_text_that_could_not_be_judged_says_nothing_of_the_model(desk):
    (ticket,) = fill(desk, 3, ["？？？"])
    fill(desk, 3, [LATE])
    correct(desk, ticket, at=MONDAY - 3 * WEEK + timedelta(days=1))
    assert counts(Drift(desk).report(), "corrected") == [(1, 0)]


def test_unknown_words_are_counted_by_the_present_model(make_desk, tiny_engine, keyword_engine):
    desk = make_desk(engine=tiny_engine)
    fill(desk, 1, ["饕餮魑魅魍魉耄耋", "。。。"])
    drift = Drift(desk)
    assert counts(drift.report(), "unknown") == [(0, 0, 0, 0, 0, 1)]
    fill(desk, 1, ["饕餮魑魅魍魉耄耋"])
    assert counts(drift.report(), "unknown") == [(0, 0, 0, 0, 0, 2)]
    desk.engine = keyword_engine
    assert "unknown" not in {one.measure.code for one in drift.report().series}


def test_weeks_are_counted_anew_where_the_time_zone_of_the_desk_changes(desk, monkeypatch):
    drift = Drift(desk)
    desk.open(at=MONDAY - timedelta(hours=8))  # Monday 02:00 in Shanghai, Sunday in UTC
    assert weeks.name(drift.report().weeks[0].week) == "2026-W10"
    monkeypatch.setattr(type(desk.books.clocks), "zone", MONDAY.tzinfo)
    assert weeks.name(drift.report().weeks[0].week) == "2026-W09"


def test_a_ticket_without_a_channel_is_counted(desk):
    fill(desk, 1, [LATE] * 40)
    fill(desk, 1, [LATE] * 40, channel="web")
    report = Drift(desk).report()
    assert report.channels == ("*", "none", "web")
    assert counts(report, "rejected", "none") == [(40, 0)]


# The alarm


@pytest.fixture
def alarm(desk):
    five_weeks(desk, texts(24, 6))
    return DriftAlarm(desk, Drift(desk))


def told(desk):
    return desk.rows(events, events.c.kind == "drift.alert")


def test_what_changed_is_told_once_in_an_event_and_in_the_log(desk, alarm, logged):
    assert alarm() is False
    alarm()
    (event,) = told(desk)
    assert event["ticket_id"] is None
    assert event["data"]["week"] == "2026-W09"
    measures = {alert["measure"] for alert in event["data"]["alerts"]}
    assert "issue:delivery" in measures
    lines = [line for line in logged if line["event"] == "drift.alert"]
    assert len(lines) == len(event["data"]["alerts"])
    assert {"week", "channel", "measure", "n", "excess", "p"} <= set(lines[0])


def test_another_process_does_not_tell_it_again(desk, alarm):
    alarm()
    DriftAlarm(desk, Drift(desk))()
    assert len(told(desk)) == 1


def test_endpoints_hear_of_it_as_of_what_belongs_to_no_ticket(desk, alarm, add_endpoint):
    add_endpoint("all")
    add_endpoint("drift", kinds=["drift.alert"])
    add_endpoint("few", kinds=["ticket.created"])
    alarm()
    letters = desk.rows(outbox, outbox.c.kind == "drift.alert")
    assert len(letters) == 2
    letter = letters[0]
    assert (letter["ticket_id"], letter["state"]) == (None, "pending")
    body = letter["payload"]
    assert body["type"] == "drift.alert"
    assert set(body["data"]) == {"event"}
    assert body["data"]["event"]["id"] == told(desk)[0]["id"] == letter["event_id"]
    assert body["data"]["event"]["alerts"][0]["week"] == "2026-W09"


def test_a_calm_desk_tells_nothing(desk):
    five_weeks(desk, texts(3, 27))
    DriftAlarm(desk, Drift(desk))()
    assert told(desk) == []


def test_an_empty_desk_tells_nothing(desk):
    DriftAlarm(desk, Drift(desk))()
    assert told(desk) == []


def test_what_changed_long_ago_is_no_news(desk, clock, logged):
    five_weeks(desk, texts(24, 6))
    clock.forward(weeks=6)
    for week in range(0, -5, -1):
        fill(desk, week, texts(3, 27))
    DriftAlarm(desk, Drift(desk))()
    assert told(desk) == []
