"""`triage export-facts`: a Parquet file a day, replaced only where it changed."""

import hashlib
from datetime import date

import duckdb
import pyarrow.parquet as pq
import pytest

from service.cli.export_facts import FILE, export_facts, hidden
from service.db import facts_by_day
from service.db.engine import writing
from service.db.tables import tickets
from service.db.trend_tables import ticket_facts
from service.desk.commands import Merge, Tag
from service.secret import read_secret
from service.settings import read_settings
from tests.service.db.busy import SECRET_WORDS, furnish
from tests.service.desk.conftest import ANNA
from tests.service.desk.conftest import MONDAY as MORNING
from triage.errors import OutputError

MONDAY, TUESDAY = "day=2026-03-02", "day=2026-03-03"


@pytest.fixture
def busy(desk, clock, monkeypatch):
    """The desk of the settings, with a little of everything, and its tickets."""
    address = desk.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("FENZHEN_DATABASE_URL", address)
    return desk, furnish(desk, clock)


def export(out, since="0001-01-01", until="9999-12-31", **options):
    return export_facts(out, date.fromisoformat(since), date.fromisoformat(until), **options)


def rows(out, query="SELECT * FROM facts ORDER BY ticket_id"):
    pattern = str(out / "*" / "*.parquet")
    with duckdb.connect() as connection:
        # Python gets times with a zone through a package that nothing else here needs.
        seconds = "SELECT * REPLACE (epoch(opened_at) AS opened_at)"
        connection.execute(f"CREATE VIEW facts AS {seconds} FROM read_parquet('{pattern}')")
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def digests(out):
    return {p.parent.name: hashlib.sha256(p.read_bytes()).digest() for p in out.glob(f"*/{FILE}")}


def test_each_day_is_a_file_that_duckdb_reads(busy, tmp_path):
    _, (late, torn, _, _, _, gone) = busy
    done = export(tmp_path / "out")
    assert (done.days, done.tickets, done.written, done.removed, done.untold) == (2, 5, 2, 0, 0)
    found = {row["ticket_id"]: row for row in rows(tmp_path / "out")}
    assert gone not in found
    assert found[late]["day"] == date(2026, 3, 2)
    assert found[late]["issues"] == ["delivery", "follow_up_neglect"]
    assert (found[late]["topic"], found[late]["review"]) == ("快递慢", True)
    assert found[late]["opened_at"] == MORNING.timestamp()
    assert (found[torn]["first_reply_s"], found[torn]["first_contact"]) == (1800, None)


def test_a_ticket_without_issues_has_an_empty_list(busy, tmp_path):
    export(tmp_path)
    query = "SELECT count(*) AS n FROM facts WHERE len(issues) = 0"
    assert rows(tmp_path, query) == [{"n": 1}]


def test_nothing_of_what_customers_wrote_or_who_they_are_is_exported(busy, tmp_path):
    desk, ids = busy
    export(tmp_path)
    told = str(rows(tmp_path))
    people = [desk.load(key).ticket.customer_id for key in ids]
    assert not [word for word in (*SECRET_WORDS, *filter(None, people)) if word in told]
    assert "customer" not in told


def test_a_customer_is_told_by_a_keyed_hash_where_it_is_asked_for(busy, tmp_path):
    desk, ids = busy
    export(tmp_path, customers=True)
    found = {row["ticket_id"]: row["customer"] for row in rows(tmp_path)}
    customer = desk.load(ids[0]).ticket.customer_id
    key = read_secret(read_settings().secret_file)
    assert found[ids[0]] == hidden(customer, key) != hidden(customer, b"another key")
    assert found[ids[1]] is None
    assert customer not in str(found)


def test_a_second_export_changes_nothing(busy, tmp_path):
    export(tmp_path)
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob(f"*/{FILE}")}
    done = export(tmp_path)
    assert (done.days, done.written) == (2, 0)
    assert {p: p.stat().st_mtime_ns for p in tmp_path.glob(f"*/{FILE}")} == before


def test_only_the_day_of_a_ticket_that_changed_is_replaced(busy, tmp_path):
    desk, ids = busy
    export(tmp_path)
    before = digests(tmp_path)
    desk.say(ids[2])
    assert export(tmp_path).written == 1
    after = digests(tmp_path)
    assert after[MONDAY] != before[MONDAY]
    assert after[TUESDAY] == before[TUESDAY]


def test_what_is_not_exported_does_not_replace_a_day(busy, tmp_path):
    desk, ids = busy
    export(tmp_path)
    desk.did(Tag(ANNA, ticket_id=ids[0], add=("vip",)))
    assert export(tmp_path).written == 0


def test_only_the_days_asked_for_are_touched(busy, tmp_path):
    done = export(tmp_path, since="2026-03-03", until="2026-03-04")
    assert (done.days, done.tickets) == (1, 2)
    assert digests(tmp_path).keys() == {TUESDAY}


def test_a_day_whose_tickets_have_all_gone_is_removed_and_no_other_file(busy, tmp_path):
    desk, ids = busy
    export(tmp_path)
    for name in ("day=2019-01-01", "day=unknown"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text("mine")
    for key in ids[3:5]:
        desk.did(Merge(ANNA, ticket_id=ids[0], source=key))
    assert export(tmp_path, until="2026-03-03").removed == 0
    assert export(tmp_path).removed == 1
    assert digests(tmp_path).keys() == {MONDAY}
    assert len(list(tmp_path.glob("*/notes.txt"))) == 2


def test_a_day_is_read_and_written_a_chunk_at_a_time(busy, tmp_path, monkeypatch):
    monkeypatch.setattr(facts_by_day, "_CHUNK", 2)
    export(tmp_path)
    assert pq.ParquetFile(tmp_path / MONDAY / FILE).metadata.num_row_groups == 2
    assert len(rows(tmp_path)) == 5


def test_tickets_that_are_not_counted_yet_are_told(busy, tmp_path):
    desk, ids = busy
    with writing(desk.database) as connection:
        connection.execute(ticket_facts.delete().where(ticket_facts.c.ticket_id == ids[1]))
    assert export(tmp_path).untold == 1
    assert desk.count(tickets) == 6


def test_a_folder_that_cannot_be_written_says_so_and_keeps_nothing(busy, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / MONDAY).write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="Cannot write"):
        export(out)
    assert [path.name for path in out.iterdir()] == [MONDAY]


def test_a_failed_day_leaves_the_old_file_whole(busy, tmp_path, monkeypatch):
    export(tmp_path)
    before = digests(tmp_path)
    busy[0].say(busy[1][2])
    monkeypatch.setattr("service.cli.export_facts._plain", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(tmp_path)
    assert digests(tmp_path) == before
    assert not list(tmp_path.glob(".writing*"))
