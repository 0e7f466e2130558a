"""Rows as CSV and Parquet."""

import csv
import io
from datetime import UTC, datetime

import pyarrow.parquet as pq

from tests.unit.trends.desks import SHANGHAI, at, facts, one
from triage.trends import Period, count, csv_bytes, parquet_bytes, rows_of


def counts(by):
    desk = facts(one("2026-01-05", channel="=1+1"), one("2026-01-07", channel="微信"))
    window = {"start": at("2026-01-05"), "end": at("2026-01-08"), "zone": SHANGHAI}
    return count(desk, by=by, period=Period.DAY, **window)


def cells(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def parquet(content):
    return pq.read_table(io.BytesIO(content))


def test_counts_are_one_row_a_period_and_group():
    rows = rows_of(counts("channel"))
    assert [(row["start"].day, row["key"], row["n"], row["total"]) for row in rows] == [
        (5, "=1+1", 1, 1),
        (5, "微信", 0, 1),
        (6, "=1+1", 0, 0),
        (6, "微信", 0, 0),
        (7, "=1+1", 0, 1),
        (7, "微信", 1, 1),
    ]
    assert rows[0]["share"] == 1.0
    assert rows[2]["share"] is rows[2]["low"] is rows[2]["high"] is None


def test_counts_without_groups_have_the_key_all():
    assert [(row["key"], row["n"], row["share"]) for row in rows_of(counts("none"))] == [
        ("all", 1, None),
        ("all", 0, None),
        ("all", 1, None),
    ]


def test_a_spreadsheet_opens_the_csv_without_running_it():
    content = csv_bytes(rows_of(counts("channel")))
    assert content.startswith(b"\xef\xbb\xbf")
    head, first, _, third, *_ = cells(content)
    assert head == ["start", "key", "n", "total", "share", "low", "high"]
    assert first[:4] == ["2026-01-05T00:00:00+08:00", "'=1+1", "1", "1"]
    assert third[2:] == ["0", "0", "", "", ""]


def test_every_beginning_of_a_formula_is_guarded_also_in_headings():
    texts = ["=a", "+a", "-a", "@a", "＝a", "＋a", "－a", "＠a", "\ta", "\ra", "\na", "a=b"]
    row = {str(k): text for k, text in enumerate(texts)} | {"=x": -1.5}
    head, line = cells(csv_bytes([row]))
    assert head[-1] == "'=x"
    assert [cell[0] for cell in line] == ["'"] * 11 + ["a", "-"]


def test_any_rows_can_be_written_whatever_they_lack():
    rows = [{"a": 1, "tags": ["x", "y"]}, {"b": float("nan"), "a": None}]
    assert cells(csv_bytes(rows)) == [["a", "tags", "b"], ["1", "x|y", ""], ["", "", ""]]
    assert cells(csv_bytes(rows, columns=["b", "a"])) == [["b", "a"], ["", "1"], ["", ""]]
    assert cells(csv_bytes([], columns=["a"])) == [["a"]]


def test_parquet_keeps_numbers_and_times_with_their_zone():
    table = parquet(parquet_bytes(rows_of(counts("channel"))))
    assert table.num_rows == 6
    assert str(table.schema.field("start").type) == "timestamp[us, tz=Asia/Shanghai]"
    assert str(table.schema.field("n").type) == "int64"
    assert table["start"][0].as_py() == at("2026-01-05")
    assert table["share"].to_pylist()[:3] == [1.0, 0.0, None]


def test_parquet_of_mixed_values_is_text_and_half_an_emoji_is_no_obstacle():
    rows = [
        {"x": 1, "y": "\ud83d", "z": 1.5},
        {"x": "two", "y": "b", "z": float("nan")},
        {"y": "c"},
    ]
    table = parquet(parquet_bytes(rows))
    assert table["x"].to_pylist() == ["1", "two", None]
    assert table["y"].to_pylist() == ["?", "b", "c"]
    assert table["z"].to_pylist() == [1.5, None, None]


def test_parquet_without_rows_has_its_columns():
    assert parquet(parquet_bytes([], columns=["a", "b"])).column_names == ["a", "b"]


def test_a_time_in_a_cell_is_written_with_its_offset():
    content = csv_bytes([{"at": datetime(2026, 1, 5, tzinfo=UTC)}])
    assert cells(content)[1] == ["2026-01-05T00:00:00+00:00"]
