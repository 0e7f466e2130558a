"""The views for other dashboards: the same rows on both databases, as the page says."""

import re
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from service.db.engine import writing
from service.db.tables import metadata
from service.db.trend_tables import ticket_facts
from service.db.views import NAMES, creates, drops
from tests.service.db.busy import SECRET_WORDS, furnish, rows_of, told

PAGE = Path(__file__).parents[3].joinpath("docs", "sql-views.md").read_text("utf-8")
QUERIES = [q for q in re.split(r";\n*", PAGE.split("```sql\n")[1].split("```")[0]) if q.strip()]
GRANTS = PAGE.split("<!-- grants -->\n```sql\n")[1].split("```")[0]


def documented():
    """The columns of each view, as the page has them."""
    parts = re.findall(r"^### `(\w+)`\n(.*?)(?=^##)", PAGE, re.S | re.M)
    return {view: re.findall(r"^\| `(\w+)` \|", part, re.M) for view, part in parts}


@pytest.fixture
def busy(desk, clock):
    """The database of a desk with a little of everything, and its tickets."""
    ids = furnish(desk, clock)
    return desk.database, ids


def one(database, query):
    (row,) = rows_of(database, query)
    return row


def test_the_page_names_every_view_and_every_column_of_it(database):
    there = inspect(database)
    assert set(there.get_view_names()) == set(NAMES)
    assert documented() == {
        view: [column["name"] for column in there.get_columns(view)] for view in documented()
    }
    assert documented().keys() == set(NAMES)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_page_runs(database, query):
    rows_of(database, query)


def test_a_ticket_is_one_row_with_its_topic_after_merges(busy):
    database, ids = busy
    rows = {row["ticket_id"]: row for row in rows_of(database, "SELECT * FROM v_tickets")}
    late, torn, _, fine, again, gone = ids
    assert rows.keys() == set(ids) - {gone}
    assert (rows[late]["topic_id"], rows[late]["topic"]) == (3, "快递慢")
    assert rows[torn]["topic"] == "充电宝 发热、烫手"
    assert rows[fine]["topic"] is None  # its topic is hidden
    assert rows[again]["day"] == "2026-03-03"
    assert rows[late]["issues"] == "delivery,follow_up_neglect"
    assert (rows[late]["first_reply_s"], rows[late]["product"]) == (600, "充电宝")


def test_no_view_holds_what_customers_wrote_or_who_they_are(busy):
    database, _ = busy
    everything = str(told(database))
    assert not [word for word in SECRET_WORDS if word in everything]
    columns = {column for names in documented().values() for column in names}
    assert columns & {"customer_id", "name", "phone_hash", "text", "snippet", "owner"} == set()


def test_issues_of_a_day_are_counted_with_the_tickets_without_any(busy):
    database, _ = busy
    rows = rows_of(database, "SELECT issue, n, total FROM v_daily_issues WHERE day = '2026-03-03'")
    expected = [("delivery", 1, 2), ("none", 1, 2)]
    assert sorted(tuple(row.values()) for row in rows) == expected


def test_the_service_of_a_day_is_that_of_the_tickets_opened_then(busy):
    database, _ = busy
    row = one(database, "SELECT * FROM v_daily_service WHERE day = '2026-03-02'")
    shown = {name: row[name] for name in ("n", "answered", "first_reply_median_s", "reopened")}
    assert shown == {"n": 3, "answered": 2, "first_reply_median_s": 1200, "reopened": 1}
    met, missed = row["clocks_met"], row["clocks_missed"]
    assert row["sla_attainment"] == pytest.approx(met / (met + missed))
    assert (row["rated"], row["satisfaction"]) == (1, 75)


@pytest.mark.parametrize(
    ("seconds", "median"), [((), None), ((9,), 9), ((9, 1), 5), ((9, 1, 2), 2), ((1, 2, 4, 9), 3)]
)
def test_the_median_is_that_of_the_answered_tickets_alone(desk, seconds, median):
    for value in (*seconds, None, None):
        key = desk.open().ticket.id
        row = ticket_facts.update().where(ticket_facts.c.ticket_id == key)
        with writing(desk.database) as connection:
            connection.execute(row.values(first_reply_s=value))
    row = one(desk.database, "SELECT answered, first_reply_median_s AS m FROM v_daily_service")
    assert row == {"answered": len(seconds), "m": median}


def test_topics_are_counted_under_what_they_were_merged_into(busy):
    database, _ = busy
    rows = rows_of(database, "SELECT topic_id, day, n FROM v_topics")
    assert sorted(tuple(row.values()) for row in rows) == [
        (3, "2026-03-02", 1), (3, "2026-03-03", 1), (5, "2026-03-02", 2),
    ]  # fmt: skip


def test_a_queue_tells_its_oldest_waiting_ticket(busy):
    database, _ = busy
    row = one(database, "SELECT * FROM v_queue_now WHERE queue = 'service'")
    assert (row["live"], row["waiting"], row["late"]) == (1, 1, 1)
    assert row["oldest_waiting_since"].startswith("2026-03-02 02:00:00")
    assert row["oldest_waiting_s"] > 0


def test_corrections_stand_on_the_day_of_their_ticket(busy):
    database, _ = busy
    row = one(database, "SELECT * FROM v_corrections_daily")
    assert (row["day"], row["field"], row["reason"]) == ("2026-03-02", "issues", "wrong_issue")
    assert (row["n"], row["tickets"]) == (1, 1)


def test_a_model_tells_from_when_to_when_it_judged(busy):
    database, _ = busy
    row = one(database, "SELECT * FROM v_models")
    assert (row["n"], row["first_at"][:10], row["last_at"][:10]) == (5, "2026-03-02", "2026-03-03")


def test_the_views_can_be_dropped_and_made_anew(busy):
    database, _ = busy
    before = rows_of(database, "SELECT * FROM v_daily_issues")
    with writing(database) as connection:
        for statement in (*drops(), *creates(database.dialect.name)):
            connection.execute(text(statement))
    assert rows_of(database, "SELECT * FROM v_daily_issues") == before


def without_clock(rows):
    """Leave out what depends on the moment of asking."""
    return [{k: v for k, v in row.items() if k != "oldest_waiting_s"} for row in rows]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_both_databases_tell_the_same_of_the_same_desk(busy, postgres_engine):
    database, _ = busy
    with database.connect() as source, writing(postgres_engine) as target:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(select(table)).mappings()]
            if rows:
                target.execute(insert(table), rows)
    try:
        ours, theirs = told(database), told(postgres_engine)
    finally:
        with writing(postgres_engine) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())
    for view in NAMES:
        assert ours[view], view
        assert without_clock(ours[view]) == without_clock(theirs[view]), view


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_account_for_reports_reads_the_views_and_no_table(busy):
    database, _ = busy
    with database.connect() as connection:  # rolled back: the role is gone after it
        connection.execute(text(GRANTS.replace(" LOGIN", "")))
        connection.execute(text("SET LOCAL ROLE fenzhen_reports"))
        for view in NAMES:
            connection.execute(text(f"SELECT * FROM {view}")).all()
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("SELECT text FROM messages"))
