"""What comes up on a desk: read from its database, kept, told once; both databases."""

from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import insert

from service.db.emerging import alerts
from service.db.tables import events, outbox
from service.db.trend_tables import emergences, ticket_topics, topics
from service.desk import emerging as watching
from service.desk.commands import Merge, OpenTicket, Person
from service.desk.emerging import Emerging, calendar_of
from service.errors import NotFoundError
from service.jobs.emerging import EmergingAlarm
from service.tickets.ids import first_id
from tests.service.desk.conftest import ANNA, MONDAY
from triage.errors import InputError
from triage.trends.calendar import shipped

CALM = ("快递还没收到", "衣服起球", "客服不理人", "很满意，谢谢", "退款还没到账")
SMOKE = (
    "暖风机冒烟，插座熏黑了，电话13800138000",
    "新买的暖风机开着冒烟",
    "暖风机冒烟，屋里一股糊味",
    "昨晚暖风机冒烟，差点着火",
    "第二次用暖风机就冒烟",
    "孩子旁边暖风机冒烟",
)
DAY = timedelta(days=1)
NUMBERS = count()


def asked(day, texts, **options):
    """Return a command for each text, `day` days before the Monday of the tests."""
    at = MONDAY - day * DAY
    names = (f"n{next(NUMBERS)}" for _ in texts)
    return [
        OpenTicket(ANNA, at, text=text, external_id=name, **options)
        for text, name in zip(texts, names, strict=True)
    ]


def opened(desk, day, texts, **options):
    """Open a ticket for each text; return their ids."""
    return did(desk, asked(day, texts, **options))


def did(desk, commands):
    done = desk.run(commands)
    assert not [one for one in done if isinstance(one, Exception)]
    return [one.ticket_id for one in done]


@pytest.fixture(autouse=True)
def _seen_at_once(monkeypatch):
    # Verdicts of the last minutes may still be uncommitted elsewhere; here nobody else writes.
    monkeypatch.setattr(watching, "_LATE", -timedelta(minutes=1))


@pytest.fixture
def calm(desk):
    """A desk with three calm weeks."""
    did(desk, [one for day in range(21, 0, -1) for one in asked(day, CALM, channel="web")])
    return desk


@pytest.fixture
def burst(calm):
    return opened(calm, 0, SMOKE, product="暖风机 X2", channel="phone")


def kept(desk):
    with desk.database.connect() as connection:
        return alerts(connection)


def told(desk):
    return desk.rows(events, events.c.kind == "topic.emerging")


def test_an_empty_desk_has_nothing_to_tell(desk):
    emerging = Emerging(desk)
    EmergingAlarm(emerging)()
    assert emerging.view()["alerts"] == []
    assert told(desk) == []


def test_calm_weeks_raise_no_alert(calm):
    opened(calm, 0, CALM)
    EmergingAlarm(Emerging(calm))()
    assert kept(calm) == []


def test_what_comes_up_is_kept_and_told_once(calm, burst, logged):
    alarm = EmergingAlarm(Emerging(calm))
    assert alarm() is False
    alarm()
    (event,), (alert,) = told(calm), kept(calm)
    assert event["ticket_id"] is None
    assert event["data"]["id"] == alert.id
    assert event["data"]["n"] == 6
    assert sorted(event["data"]["tickets"]) == sorted(burst)
    assert event["data"]["products"] == [{"key": "暖风机 X2", "n": 6}]
    assert (alert.day, alert.body["first_seen"]) == (MONDAY.date(), str(MONDAY.date()))
    assert any("暖风机" in term for term in alert.terms)
    lines = [line for line in logged if line["event"] == "topic.emerging"]
    assert [line["id"] for line in lines] == [alert.id]


def test_another_process_and_a_restart_do_not_tell_it_again(calm, burst):
    first, second = Emerging(calm), Emerging(calm)
    looks = first.look(), second.look()  # at the same time, before anyone kept it
    assert len(first.keep(looks[0])) == 1
    assert second.keep(looks[1]) == []
    EmergingAlarm(Emerging(calm))()
    assert len(told(calm)) == len(kept(calm)) == 1


def test_an_alert_that_goes_on_keeps_its_name_and_gets_new_figures(calm, burst, clock):
    emerging = Emerging(calm)
    emerging.keep(emerging.look())
    clock.forward(days=1)
    more = opened(calm, -1, SMOKE)
    assert emerging.keep(emerging.look()) == []
    (alert,) = kept(calm)
    assert alert.last == (MONDAY + DAY).date()
    assert alert.day == MONDAY.date()
    assert {*burst, *more} <= {*alert.body["tickets"]}
    assert alert.body["first_seen"] == str(MONDAY.date())


def test_new_tickets_are_read_where_the_last_look_ended(calm, monkeypatch):
    monkeypatch.setattr(watching, "_CHUNK", 7)
    emerging = Emerging(calm)
    emerging.look()
    read = []
    real = emerging._docs
    monkeypatch.setattr(
        emerging, "_docs", lambda rows: read.extend(row["ticket_id"] for row in rows) or real(rows)
    )
    ids = opened(calm, 0, SMOKE)
    assert len(emerging.look().alerts) == 1
    assert read == ids


def test_verdicts_of_the_last_minutes_wait(calm, burst, monkeypatch):
    monkeypatch.setattr(watching, "_LATE", timedelta(minutes=2))
    assert Emerging(calm).look().alerts == ()


def test_what_a_customer_adds_and_merged_tickets_are_no_texts_of_their_own(calm):
    ids = opened(calm, 0, SMOKE)
    for key in ids[1:3]:
        calm.did(Merge(ANNA, source=key, ticket_id=ids[0]))
    calm.hear(ids[3], SMOKE[0])
    assert Emerging(calm).look().alerts == ()  # four are left


def test_one_customer_who_opens_many_tickets_counts_once(calm):
    opened(calm, 0, SMOKE, customer=Person(external_id="c-1"))
    assert Emerging(calm).look().alerts == ()


def test_tickets_of_days_to_come_are_not_counted(calm):
    opened(calm, -3, SMOKE)
    assert Emerging(calm).look().alerts == ()


def test_days_are_those_of_the_desk(calm, clock):
    emerging = Emerging(calm)
    assert emerging.look().day == MONDAY.date()
    clock.forward(hours=14)  # 00:00 in Shanghai
    assert emerging.look().day == (MONDAY + DAY).date()


def test_a_greater_budget_fires_sooner(calm, burst):
    few, many = (Emerging(calm, per_month=b).look().level for b in (0.1, 10.0))
    assert few < many


# Views


@pytest.fixture
def alert(calm, burst):
    emerging = Emerging(calm)
    emerging.keep(emerging.look())
    return emerging


def test_an_alert_is_shown_with_masked_examples(alert, burst):
    (shown,) = alert.view()["alerts"]
    assert shown["state"] == "open"
    assert (shown["n"], shown["tickets"], shown["topic"]) == (6, 6, None)
    assert shown["products"] == [{"key": "暖风机 X2", "n": 6}]
    texts = {one["ticket_id"]: one["text"] for one in shown["examples"]}
    assert texts.keys() == {*burst}
    assert texts[burst[0]] == "暖风机冒烟，插座熏黑了，电话138******00"


def test_the_budget_is_told(alert):
    assert alert.view()["budget"] == {"per_month": 1.0}


def test_an_alert_calms_after_a_week_and_is_listed_among_all(alert, calm, clock):
    clock.forward(days=7)
    assert [one["state"] for one in alert.view()["alerts"]] == ["open"]
    clock.forward(days=1)
    assert alert.view()["alerts"] == []
    assert [one["state"] for one in alert.view("all")["alerts"]] == ["calm"]


def test_a_person_closes_an_alert_and_it_is_not_raised_anew(alert, calm):
    (shown,) = alert.view()["alerts"]
    closed = alert.close(shown["id"], "known", ANNA)
    assert (closed["state"], closed["verdict"], closed["closed_by"]) == ("closed", "known", ANNA)
    assert closed["closed_at"] == MONDAY
    assert alert.view()["alerts"] == []
    opened(calm, 0, SMOKE)
    assert alert.keep(alert.look()) == []
    assert len(alert.view("all")["alerts"]) == 1


def test_an_alert_that_nobody_knows_cannot_be_closed(alert):
    with pytest.raises(NotFoundError, match="no alert 'b_none'"):
        alert.close("b_none", "useful", ANNA)


def test_the_topic_of_most_tickets_is_named_after_its_merges(alert, calm, burst):
    def topic(key, merged=None):
        row = {"id": key, "phrases": [], "hidden": False, "merged_into": merged, "size": 3}
        return row | {"first_at": MONDAY, "created_at": MONDAY}

    given = [{"ticket_id": key, "topic_id": 3, "at": MONDAY} for key in burst[:4]]
    with calm.database.begin() as connection:
        connection.execute(insert(topics), [topic(3, 5), topic(5)])
        connection.execute(insert(ticket_topics), given)
    assert alert.view()["alerts"][0]["topic"] == 5


def test_a_topic_of_few_of_the_tickets_is_not_that_of_the_alert(alert, calm, burst):
    with calm.database.begin() as connection:
        connection.execute(
            insert(ticket_topics), [{"ticket_id": burst[0], "topic_id": 3, "at": MONDAY}]
        )
    assert alert.view()["alerts"][0]["topic"] is None


def test_endpoints_hear_of_it_as_of_what_belongs_to_no_ticket(calm, burst, add_endpoint):
    add_endpoint("all")
    add_endpoint("new", kinds=["topic.emerging"])
    add_endpoint("few", kinds=["ticket.created"])
    EmergingAlarm(Emerging(calm))()
    letters = calm.rows(outbox, outbox.c.kind == "topic.emerging")
    assert len(letters) == 2
    body = letters[0]["payload"]
    assert body["type"] == "topic.emerging"
    assert set(body["data"]) == {"event"}
    assert body["data"]["event"]["n"] == 6
    assert letters[0]["event_id"] == told(calm)[0]["id"]


def test_nothing_is_kept_where_nothing_came_up(calm):
    emerging = Emerging(calm)
    assert emerging.keep(emerging.look()) == []
    assert calm.rows(emergences) == []


# The calendar of a desk


def test_a_desk_without_a_calendar_of_its_own_has_the_one_in_the_box(tmp_path):
    assert calendar_of(None).promotions == calendar_of(tmp_path).promotions == shipped()


def test_a_desk_may_have_a_calendar_of_its_own(tmp_path):
    (tmp_path / "calendar.yaml").write_text("version: 1\npromotions: []\n")
    assert calendar_of(tmp_path).promotions == ()
    (tmp_path / "calendar.yaml").write_text("version: 3\npromotions: []\n")
    with pytest.raises(InputError, match=r"calendar\.yaml, version"):
        calendar_of(tmp_path)


def test_the_first_look_reads_the_weeks_that_count_and_no_more(calm, burst):
    emerging = Emerging(calm)
    emerging.look()
    assert emerging._seen > first_id("v", MONDAY)
