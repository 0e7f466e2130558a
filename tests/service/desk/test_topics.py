"""Topics of a desk: found, grown, fitted anew, changed by people, on both databases."""

from datetime import timedelta
from itertools import count

import pytest

from service.db.topics import names, read_state, resolved, topic_of_tickets, write_state
from service.db.trend_tables import ticket_topics, topic_history, topics
from service.desk import topics as growing
from service.desk.commands import OpenTicket
from service.desk.topics import Topics
from service.errors import NotFoundError
from service.jobs.topics import TopicsGrow
from tests.service.desk.conftest import ANNA, MONDAY
from tests.unit.trends.topics.texts import KINDS, chargers, mixed
from triage import InputError

NUMBERS = count()
WHO = {"by": ANNA, "at": MONDAY.isoformat()}


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch):
    """Every ticket is taken up at once; a hundred are enough to begin."""
    monkeypatch.setattr(growing, "_LATE", timedelta(seconds=-60))
    monkeypatch.setattr(growing, "_LEAST", 100)


def fill(desk, texts, **options):
    """Open a ticket for each text and return their ids."""
    commands = [
        OpenTicket(ANNA, MONDAY, text=text, external_id=f"topic-{next(NUMBERS)}", **options)
        for text in texts
    ]
    done = desk.run(commands)
    assert not [one for one in done if isinstance(one, Exception)]
    return [one.ticket_id for one in done]


def given(desk):
    """The topic of each ticket, as first given."""
    return {row["ticket_id"]: row["topic_id"] for row in desk.rows(ticket_topics)}


@pytest.fixture
def grown(desk):
    """A desk with tickets of six kinds and their topics."""
    texts, _ = mixed(25)
    fill(desk, texts)
    Topics(desk).grow()
    return desk


def test_too_few_tickets_have_no_topics(desk, monkeypatch):
    monkeypatch.setattr(growing, "_LEAST", 200)
    fill(desk, mixed(5)[0])
    assert Topics(desk).grow() is False
    assert desk.rows(topics) == []
    fill(desk, ["。。。"] * 3)
    monkeypatch.setattr(growing, "_LEAST", 33)
    Topics(desk).grow()


def test_tickets_that_say_nothing_make_no_topics(desk):
    fill(desk, ["？？？"] * 101)
    assert Topics(desk).grow() is False
    assert desk.rows(topics) == []


def test_enough_tickets_get_topics_with_sizes_phrases_and_a_history(grown):
    found = given(grown)
    rows = {row["id"]: row for row in grown.rows(topics)}
    assert len(found) > 100
    assert len(KINDS) <= len(rows) <= 3 * len(KINDS)
    for key, row in rows.items():
        assert row["size"] == list(found.values()).count(key) > 0
        assert (row["name"], row["hidden"], row["merged_into"]) == (None, False, None)
        assert row["first_at"] == MONDAY
        assert row["phrases"]
    log = grown.rows(topic_history)
    assert {(one["what"], one["by"]) for one in log} == {("created", "system")}
    assert {one["topic_id"] for one in log} == set(rows)


def test_nothing_new_changes_nothing(grown):
    before = grown.rows(ticket_topics)
    assert Topics(grown).grow() is False
    assert grown.rows(ticket_topics) == before


def test_new_tickets_go_to_the_topics_there_are(grown):
    known = {row["id"] for row in grown.rows(topics)}
    new = fill(grown, mixed(3, seed=8)[0])
    TopicsGrow(Topics(grown))()
    found = given(grown)
    assert len([key for key in new if key in found]) > 10
    assert {found[key] for key in new if key in found} <= known


def test_a_new_kind_of_ticket_opens_a_topic_and_those_that_waited_get_it_too(grown):
    known = {row["id"] for row in grown.rows(topics)}
    early = fill(grown, chargers(6))
    Topics(grown).grow()
    assert not set(early) & given(grown).keys()
    late = fill(grown, chargers(24, seed=1))
    Topics(grown).grow()
    found = given(grown)
    (opened,) = {found[key] for key in late if key in found} - known
    assert opened == max(known) + 1
    assert sum(found.get(key) == opened for key in early) >= 3
    with grown.database.connect() as connection:
        assert "冒烟" in names(connection)[opened]


def test_many_tickets_are_taken_up_in_pieces(grown, monkeypatch):
    monkeypatch.setattr(growing, "_CHUNK", 10)
    fill(grown, mixed(4, seed=8)[0])
    topics_of_desk, rounds = Topics(grown), 1
    while topics_of_desk.grow():
        rounds += 1
    assert rounds == 3  # two full pieces, and four tickets


def test_tickets_older_than_the_first_fit_get_topics_too(desk, monkeypatch):
    monkeypatch.setattr(growing, "_WINDOW", 120)
    monkeypatch.setattr(growing, "_CHUNK", 20)
    ids = fill(desk, mixed(30)[0])
    growing_topics = Topics(desk)
    growing_topics.grow()
    assert not set(ids[:60]) & given(desk).keys()
    for _ in range(4):
        growing_topics.grow()
    found = given(desk)
    assert sum(key in found for key in ids[:60]) > 40
    assert growing_topics.grow() is False


def test_a_week_later_topics_are_found_anew_and_keep_their_ids(grown, clock, logged):
    known = {row["id"] for row in grown.rows(topics)}
    before = given(grown)
    fill(grown, mixed(5, seed=9)[0])
    Topics(grown).grow()
    clock.forward(days=8)
    Topics(grown).grow()
    (line,) = [entry for entry in logged if entry["event"] == "topics.fitted"]
    assert line["tickets"] == 180
    after = given(grown)
    assert before.keys() <= after.keys()
    assert len([key for key in before if after[key] == before[key]]) > 0.6 * len(before)
    assert known <= {row["id"] for row in grown.rows(topics)}
    Topics(grown).grow()
    assert len([entry for entry in logged if entry["event"] == "topics.fitted"]) == 1


def test_topics_are_found_anew_where_much_fits_nothing(grown, monkeypatch, logged):
    monkeypatch.setattr(growing, "_MANY_NEW", 30)
    odd = [
        f"{a}的{b}"
        for a in ["窗帘", "钢琴", "篮球", "奶粉", "台灯", "书包"]
        for b in ["样式", "颜色", "发票", "赠品", "积分"]
    ]
    fill(grown, odd)
    Topics(grown).grow()
    Topics(grown).grow()
    assert [entry for entry in logged if entry["event"] == "topics.fitted"]


def test_topics_are_found_anew_where_there_are_twice_as_many_tickets(grown, monkeypatch, logged):
    fill(grown, mixed(26, seed=4)[0])
    Topics(grown).grow()
    Topics(grown).grow()
    assert [entry for entry in logged if entry["event"] == "topics.fitted"]


def test_what_another_process_wrote_meanwhile_stands(grown, monkeypatch):
    fill(grown, mixed(3, seed=8)[0])
    slow, fast = Topics(grown), Topics(grown)
    known = slow._known()
    fast.grow()
    before = grown.rows(ticket_topics)
    monkeypatch.setattr(slow, "_known", lambda: known)
    assert slow.grow() is False
    assert grown.rows(ticket_topics) == before


def test_a_state_that_cannot_be_read_begins_anew_with_ids_of_their_own(grown, logged):
    known = {row["id"] for row in grown.rows(topics)}
    with grown.database.begin() as connection:
        write_state(connection, "topics", b"old", MONDAY)
    Topics(grown).grow()
    assert [entry for entry in logged if entry["event"] == "topics.state_unreadable"]
    assert min(set(given(grown).values())) > max(known)
    Topics(grown).grow()
    with grown.database.connect() as connection:
        assert read_state(connection, "topics")[0] != b"old"


def test_rows_are_read_from_a_time_on(grown, clock):
    clock.forward(hours=1)
    new = fill(grown, mixed(3, seed=8)[0])
    Topics(grown).grow()
    with grown.database.connect() as connection:
        late = topic_of_tickets(connection, MONDAY + timedelta(minutes=30))
        every = topic_of_tickets(connection)
    assert {key for key, _ in late} <= set(new)
    assert dict(every) == given(grown)


# What people do


def test_a_name_stays_when_topics_are_found_anew(grown, clock):
    first = grown.rows(topics)[0]["id"]
    Topics(grown).change(lambda ledger: ledger.rename(first, "退款慢", **WHO), first)
    fill(grown, mixed(5, seed=9)[0])
    Topics(grown).grow()
    clock.forward(days=8)
    Topics(grown).grow()
    (row,) = grown.rows(topics, topics.c.id == first)
    assert row["name"] == "退款慢"
    with grown.database.connect() as connection:
        told = names(connection)
    assert told[first] == "退款慢"
    assert len(set(told.values())) == len(told)


def test_merges_are_kept_with_who_and_undone(grown):
    one, two, three = [row["id"] for row in grown.rows(topics)][:3]
    keeper = Topics(grown)
    keeper.change(lambda ledger: ledger.merge(one, two, **WHO), one, two)
    keeper.change(lambda ledger: ledger.merge(two, three, **WHO), two, three)
    with grown.database.connect() as connection:
        assert resolved(connection) == {one: three, two: three}
    with pytest.raises(InputError, match="cannot be merged"):
        keeper.change(lambda ledger: ledger.merge(three, one, **WHO), three, one)
    keeper.change(lambda ledger: ledger.split(one, **WHO), one)
    with grown.database.connect() as connection:
        assert resolved(connection) == {two: three}
    deeds = sorted(grown.rows(topic_history, topic_history.c.by == ANNA), key=lambda d: d["id"])
    assert [(deed["topic_id"], deed["what"]) for deed in deeds] == [
        (one, "merged"),
        (two, "merged"),
        (one, "split"),
    ]
    assert (deeds[0]["before"], deeds[0]["after"]) == (None, two)


def test_an_unknown_topic_cannot_be_changed(grown):
    with pytest.raises(NotFoundError, match="no topic 999"):
        Topics(grown).change(lambda ledger: ledger.hide(999, **WHO), 999)


def test_a_deed_before_there_is_a_state_is_written(desk):
    with desk.database.begin() as connection:
        row = {"id": 1, "name": None, "phrases": [["退款", 1.0]], "hidden": False, "size": 0}
        connection.execute(
            topics.insert().values(**row, merged_into=None, first_at=MONDAY, created_at=MONDAY)
        )
    Topics(desk).change(lambda ledger: ledger.hide(1, **WHO), 1)
    assert desk.rows(topics)[0]["hidden"] is True
