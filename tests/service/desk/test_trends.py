"""The tickets as columns: at any moment the same, read bit by bit or all at once."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import insert, update

from service.db.tables import customers
from service.db.trend_tables import ticket_facts, ticket_topics, topic_states, topics
from service.desk.commands import Close, Correct, Merge, Person, Split
from service.desk.desk import utc_now
from service.desk.trends import Trends
from tests.service.desk.conftest import ANNA


class Tick:
    """A clock by which every look is a new second."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 2.0
        return self.now


@pytest.fixture
def trends(desk):
    return Trends(desk, Tick())


def told(snapshot):
    """What the columns say of every ticket, by its id."""
    facts, stock = snapshot.facts, snapshot.stock
    names = [*facts.columns]
    rows = {}
    for place, key in enumerate(stock.ids.astype(str)):
        columns = {name: value_of(facts.column(name), place) for name in names}
        issues = {label for at, label in enumerate(facts.labels) if facts.issues[place, at]}
        numbers = {name: float(facts.number(name)[place]) for name in sorted(facts.numbers)}
        levels = int(facts.sentiment[place]), int(facts.urgency[place])
        rows[key] = (int(facts.at[place]), columns, issues, levels, str(numbers))
    return rows


def value_of(column, place):
    code = column.codes[place]
    return column.values[code] if code >= 0 else None


def same_as_anew(desk, trends):
    snapshot, anew = trends.snapshot(), Trends(desk).snapshot()
    assert told(snapshot) == told(anew)
    assert stays_of(snapshot) == stays_of(anew)
    return snapshot


def stays_of(snapshot):
    stays, ids = snapshot.stays, snapshot.stock.ids.astype(str)
    return sorted(
        (str(ids[row]), stays.queue.values[code], float(seconds))
        for row, code, seconds in zip(stays.row, stays.queue.codes, stays.seconds, strict=True)
    )


def test_an_empty_desk_has_no_facts(trends):
    assert len(trends.facts()) == 0
    assert trends.facts().labels[0] == "product_quality"
    assert len(trends.outcomes()) == len(trends.stays().row) == 0


def test_what_is_told_of_a_ticket_is_what_its_row_says(desk, trends):
    person = Person("c1", tier="vip", region="上海")
    ticket = desk.open("快递还没收到", channel="app", product="水壶", customer=person).ticket
    ((at, columns, issues, levels, _),) = told(trends.snapshot()).values()
    assert at == int(ticket.created_at.timestamp())
    assert issues == {"delivery"}
    assert levels == (ticket.sentiment, ticket.urgency)
    assert columns["product"] == "水壶"
    assert columns["customer"] == ticket.customer_id
    assert (columns["channel"], columns["region"], columns["tier"]) == ("app", "上海", "vip")
    assert trends.snapshot().models == {"0" * 12: "keyword 0"}


def test_every_change_is_seen_and_nothing_is_counted_twice(desk, trends, clock):
    first = desk.open("快递还没收到", channel="app").ticket.id
    same_as_anew(desk, trends)
    second = desk.open("质量差", channel="web").ticket.id
    desk.say(first)
    assert len(same_as_anew(desk, trends).facts) == 2
    change = {"issues": ["staff_attitude"], "queue": "quality"}
    desk.did(Correct(ANNA, ticket_id=first, changes=change, reason="wrong_issue"))
    same_as_anew(desk, trends)
    clock.forward(hours=3)
    desk.did(Merge(ANNA, ticket_id=second, source=first))
    assert [*told(same_as_anew(desk, trends))] == [second]
    desk.did(Split(ANNA, ticket_id=second, source=first))
    assert len(same_as_anew(desk, trends).facts) == 2
    desk.did(Close(ANNA, ticket_id=second))
    assert stays_of(same_as_anew(desk, trends))


def test_where_nothing_is_new_the_snapshot_stays_as_it_is(desk, trends):
    desk.open()
    assert trends.snapshot() is trends.snapshot()


def test_a_snapshot_does_not_change_when_the_desk_does(desk, trends):
    desk.open("快递还没收到")
    before = trends.snapshot()
    known = told(before)
    desk.open("质量差")
    assert len(trends.snapshot().facts) == 2
    assert told(before) == known


def test_within_a_second_the_database_is_not_asked_again(desk):
    trends = Trends(desk, lambda: 1.0)
    assert len(trends.facts()) == 0
    desk.open()
    assert len(trends.facts()) == 0


def test_a_row_that_is_seen_late_is_not_lost(desk, trends):
    """Two writers: the one that wrote first ended last."""
    key = desk.open().ticket.id
    row = desk.rows(ticket_facts)[0]
    with desk.database.begin() as connection:
        connection.execute(ticket_facts.delete())
    other = desk.open().ticket.id
    assert [*told(trends.snapshot())] == [other]
    with desk.database.begin() as connection:
        connection.execute(insert(ticket_facts), dict(row))
    assert {*told(trends.snapshot())} == {key, other}


def give(desk, topic, *tickets, at=None):
    rows = [{"ticket_id": key, "topic_id": topic, "at": at or utc_now()} for key in tickets]
    with desk.database.begin() as connection:
        connection.execute(insert(ticket_topics), rows)
        connection.execute(topic_states.delete())
        state = {"name": "topics", "at": utc_now(), "body": b""}
        connection.execute(insert(topic_states), state)


def topics_of(trends):
    return sorted(str(columns["topic"]) for _, columns, *_ in told(trends.snapshot()).values())


def test_topics_are_those_they_were_merged_into(desk, trends):
    keys = [desk.open(text).ticket.id for text in ("快递还没收到", "质量差", "谢谢")]
    assert topics_of(trends) == ["None"] * 3
    give(desk, 1, keys[0])
    assert topics_of(trends) == ["1", "None", "None"]
    give(desk, 2, keys[1])
    now = {
        "phrases": [],
        "hidden": False,
        "size": 1,
        "first_at": utc_now(),
        "created_at": utc_now(),
    }
    with desk.database.begin() as connection:
        connection.execute(insert(topics), [{"id": 1, **now}, {"id": 2, **now}])
    assert topics_of(trends) == ["1", "2", "None"]
    with desk.database.begin() as connection:
        connection.execute(update(topics).where(topics.c.id == 1).values(merged_into=2))
    assert topics_of(trends) == ["2", "2", "None"]
    with desk.database.begin() as connection:
        connection.execute(ticket_topics.delete().where(ticket_topics.c.topic_id == 2))
    assert topics_of(trends) == ["2", "None", "None"]


def test_who_wrote_again_and_who_left_is_told_by_customer(desk, trends, clock):
    person = Person("c1")
    desk.open(customer=person)
    clock.forward(days=20)
    desk.open("质量差", customer=person)
    clock.forward(days=100)
    assert trends.outcomes().number("repeated").tolist() == [1.0, 0.0]
    assert np.isnan(trends.outcomes().number("retained")).all()
    with desk.database.begin() as connection:
        left = clock() - timedelta(days=15)  # 85 days after the second ticket
        connection.execute(update(customers).values(left_at=left))
    desk.open("谢谢")  # from a person without a name
    found = trends.outcomes().number("retained")
    assert found[:2].tolist() == [1.0, 0.0]
    assert np.isnan(found[2])


def test_a_large_desk_is_read_in_chunks(desk, monkeypatch):
    monkeypatch.setattr("service.db.facts._CHUNK", 2)
    for k in range(5):
        desk.open(f"快递还没收到{k}")
    assert len(Trends(desk).facts()) == 5
