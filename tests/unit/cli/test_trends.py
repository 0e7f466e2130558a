"""`triage trends`: counts and shares of a file of verdicts."""

import csv

import pyarrow.parquet as pq
import pytest


def verdict(number, at, issues=(), channel="app", **more):
    return {
        "id": str(number),
        "issues": list(issues),
        "scores": {"delivery": 0.5, "other": 0.5},
        "sentiment": 2,
        "urgency": 1,
        "review": False,
        "model": {"name": "m", "version": "1", "hash": "a" * 12},
        "input": {"内容": "快递没到", "时间": at, "渠道": channel, **more},
    }


ROWS = [
    verdict(0, "2026-01-05 23:30", ["delivery"]),
    verdict(1, "2026-01-06 00:30", ["delivery", "other"], "web"),
    verdict(2, "2026-01-06 08:00", [], "web"),
    verdict(3, "2026-01-08 08:00", ["other"], ""),
]


@pytest.fixture
def trends(cli, put):
    """Run the command on a file of verdicts."""

    def call(*options, rows=ROWS):
        return cli("trends", put("v.jsonl", *rows), *options)

    return call


def lines(done):
    assert done.code == 0, done.err
    return [" ".join(line.split()) for line in done.out.splitlines()]


def test_counts_and_shares_are_printed_day_by_day(trends):
    shown = lines(trends())
    assert shown[0].startswith("4 条 texts")
    assert "2026-01-05 1 1 · 100% 0 · 0% 0 · 0%" in shown
    assert "2026-01-06 2 1 · 50% 1 · 50% 1 · 50%" in shown
    assert "2026-01-07 0 – – –" in shown
    assert "全部 all 4 2 2 1" in shown
    assert "占比 share 50.0% 50.0% 25.0%" in shown
    assert "95% 从 from 15.0% 15.0% 4.6%" in shown
    assert "物流配送" in shown[1]
    assert "没有 none" in shown[1]


def test_groups_of_other_dimensions_are_called_as_people_call_them(trends):
    assert "app" in lines(trends("--by", "channel"))[1]
    assert "2 不满" in lines(trends("--by", "sentiment", "--period", "week"))[1]
    few = lines(trends("--by", "channel", "--top", 1))
    assert few[1] == "日 day 条数 n web 其余 others 没有 none"


def test_without_groups_only_the_texts_are_counted(trends):
    options = ("--by", "none", "--period", "hour", "--until", "2026-01-06T02:00")
    shown = [line for line in lines(trends(*options)) if line]
    assert shown[2:] == [
        "2026-01-05 23:00 1",
        "2026-01-06 00:00 1",
        "2026-01-06 01:00 0",
        "全部 all 2",
    ]


def test_days_are_those_of_the_zone(trends):
    assert any(line.startswith("2026-01-06 2") for line in lines(trends()))
    moved = lines(trends("--zone", "UTC", rows=[verdict(0, "2026-01-06T01:00:00+08:00")]))
    assert any(line.startswith("2026-01-05 1") for line in moved)


def test_a_window_and_filters_narrow_what_is_counted(trends):
    assert lines(trends("--since", "2026-01-06", "--until", "2026-01-07"))[0].startswith("2 条")
    assert lines(trends("--where", "channel=web"))[0].startswith("2 条")
    assert lines(trends("--where", "channel=web", "--where", "channel=none"))[0].startswith("3 条")
    both = trends("--where", "channel=web", "--where", "issue=none")
    assert lines(both)[0].startswith("1 条")
    level = trends("--where", "sentiment = 2")
    assert lines(level)[0].startswith("4 条")


def test_columns_can_be_named(trends):
    rows = [verdict(0, "?", when="2026-01-05", way="fax", sku="X1")]
    named = ("--date-field", "when", "--channel-field", "way", "--product-field", "sku")
    assert "fax" in lines(trends(*named, "--by", "channel", rows=rows))[1]
    assert "X1" in lines(trends(*named, "--by", "product", rows=rows))[1]


def test_records_that_are_left_out_are_counted_aloud(trends):
    broken = {"id": "9", "error": {"code": "empty_text", "message": "It is empty."}}
    done = trends(rows=[*ROWS, broken, verdict(8, "soon")])
    assert "leftout:1×time" in done.said
    assert "leftout:1×error" in done.said


def test_counts_are_written_as_csv_and_parquet(trends, tmp_path):
    done = trends("--by", "channel", "--out", tmp_path / "x.csv")
    assert done.code == 0
    assert done.out == ""
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * 3
    assert rows[0]["start"] == "2026-01-05T00:00:00+08:00"
    assert trends("--by", "channel", "--out", tmp_path / "x.parquet").code == 0
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.column_names == ["start", "key", "n", "total", "share", "low", "high"]
    assert table.num_rows == 12


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--by", "colour"), "nodimension'colour'"),
        (("--period", "month"), "noperiod'month'"),
        (("--zone", "Mars/Olympus"), "Unknowntimezone"),
        (("--since", "soon"), "isnotime"),
        (("--since", "2027-01-01"), "notafterthestart"),
        (("--where", "channel"), "namesnovalue"),
        (("--where", "colour=red"), "nodimension'colour'"),
        (("--where", "urgency=9"), "isnolevel"),
        (("--out", "x.xlsx"), "Usea.csvor.parquet"),
        (("--date-field", "when"), "nocolumn'when'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(trends, options, told):
    done = trends(*options)
    assert done.code == 2
    assert told in done.said
