import csv
import io
import json
import sys
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.unit.files.conftest import ROWS, fill
from triage import Feedback, FileFormatError, Rejection, Triage
from triage.batch import run
from triage.engine import BATCH
from triage.files.columns import Fields
from triage.scorers.keyword import KeywordScorer

LATE, BROKEN, GOOD = "等了三天还没发货", "质量太差", "很满意，下次还来"


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def cells(path):
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def frame(path):
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


READ = {".jsonl": lines, ".csv": cells, ".parquet": frame}


@pytest.fixture
def put(tmp_path):
    def write(name, *rows):
        texts = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path = tmp_path / name
        path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
        return path

    return write


@pytest.fixture
def judge(keyword_engine, tmp_path):
    """Run a file through the keyword engine; return the summary and the rows written."""

    def call(source, out="out.jsonl", **options):
        target = tmp_path / out
        summary = run(keyword_engine, str(source), str(target), **options)
        return summary, READ[target.suffix](target)

    return call


# What is written


@pytest.mark.parametrize("out", ["out.jsonl", "out.csv", "out.parquet"])
@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".csv.gz", ".tsv", ".parquet", ".xlsx"])
def test_every_kind_of_file_becomes_every_kind_of_result(tmp_path, judge, ending, out):
    summary, rows = judge(fill(tmp_path / f"in{ending}", ROWS), out)
    assert [row["id"] for row in rows] == [id_ for id_, _ in ROWS]
    assert summary.records == len(ROWS)


def test_the_rows_are_what_the_engine_says_of_each_text(put, judge, keyword_engine):
    _, rows = judge(put("in.jsonl", *({"id": id_, "text": text} for id_, text in ROWS)))
    assert rows == [keyword_engine(Feedback(id_, text)).to_dict() for id_, text in ROWS]


def test_ten_thousand_records_keep_their_order(put, judge):
    texts = [(LATE, BROKEN, GOOD)[k % 3] for k in range(10_000)]
    source = put("in.jsonl", *({"id": f"k{k}", "text": text} for k, text in enumerate(texts)))
    summary, rows = judge(source)
    assert [row["id"] for row in rows] == [f"k{k}" for k in range(10_000)]
    assert [row["issues"] for row in rows[:3]] == [["delivery"], ["product_quality"], []]
    assert summary.records == 10_000


def test_a_broken_line_is_rejected_in_its_place_and_the_others_are_judged(put, judge):
    source = [{"id": f"k{k}", "text": LATE} for k in range(1, 11)]
    source[6] = '{"id": "k7", "text": "没写完'
    summary, rows = judge(put("in.jsonl", *source))
    assert rows[6]["id"] == "7"
    assert rows[6]["error"]["code"] == "broken_json"
    assert "Line 7" in rows[6]["error"]["message"]
    assert all(row["issues"] == ["delivery"] for k, row in enumerate(rows) if k != 6)
    assert (summary.records, dict(summary.rejected)) == (10, {"broken_json": 1})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (666, "not_a_string"),
        (["没收到"], "not_a_string"),
        (None, "empty_text"),
        ("", "empty_text"),
        (" \n　", "empty_text"),
        ("。。。！", "no_content"),
        ("差" * 20_001, "text_too_long"),
    ],
)
def test_a_text_that_cannot_be_judged_is_rejected_and_loses_no_other(put, judge, text, code):
    source = put("in.jsonl", {"text": LATE}, {"id": "bad", "text": text}, {"text": BROKEN})
    _, rows = judge(source)
    assert (rows[1]["id"], rows[1]["error"]["code"]) == ("bad", code)
    assert [rows[0]["issues"], rows[2]["issues"]] == [["delivery"], ["product_quality"]]


def test_numbers_in_a_parquet_text_column_are_rejected_each_in_its_place(tmp_path, judge):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"text": [1, 2]}), tmp_path / "in.parquet")
    summary, rows = judge(tmp_path / "in.parquet")
    assert [row["id"] for row in rows] == ["1", "2"]
    assert dict(summary.rejected) == {"not_a_string": 2}


def test_evidence_quotes_the_text_of_the_file_character_by_character(put, judge):
    text = "😡😡<b>快递</b>还没送达\x00，质量太差𠮷"
    _, (row,) = judge(put("in.jsonl", {"text": text}))
    assert row["evidence"]
    assert all(text[e["start"] : e["end"]] == e["text"] for e in row["evidence"])


def test_columns_can_be_named(put, judge):
    source = put("in.csv", "text,备注,单号", f"x,{LATE},n1")
    _, rows = judge(source, fields=Fields("备注", "单号"))
    assert [(row["id"], row["issues"]) for row in rows] == [("n1", ["delivery"])]


def test_an_empty_file_of_json_lines_becomes_an_empty_file(put, judge):
    summary, rows = judge(put("in.jsonl"))
    assert (summary.records, rows) == (0, [])


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_header_without_rows_becomes_a_header_without_rows(put, judge, out):
    summary, rows = judge(put("in.csv", "id,text"), out)
    assert (summary.records, rows) == (0, [])


def test_a_file_can_be_replaced_by_its_own_verdicts(put, judge):
    source = put("in.jsonl", {"id": "k1", "text": LATE})
    _, rows = judge(source, "in.jsonl")
    assert [row["issues"] for row in rows] == [["delivery"]]


def test_a_first_record_with_a_blank_id_does_not_empty_a_parquet_result(put, judge):
    source = put("in.jsonl", {"id": "", "oops": 1}, {"id": "k2", "text": LATE})
    _, rows = judge(source, "out.parquet")
    assert len(rows) == 2


# The summary


def test_the_summary_counts_what_was_found(put, judge):
    texts = (LATE, "没发货，质量差", GOOD, "饭里有玻璃", "")
    summary, _ = judge(put("in.jsonl", *({"text": text} for text in texts)))
    assert summary.records == 5
    assert dict(summary.issues) == {"delivery": 2, "product_quality": 1}
    assert summary.no_issue == 2
    assert summary.urgency[3] == 1
    assert dict(summary.rejected) == {"empty_text": 1}
    assert summary.sentiment.total() == 4
    assert summary.seconds > 0


def test_the_summary_counts_what_a_person_should_see(put, tmp_path, keyword_engine):
    policy = replace(keyword_engine.policy, band=replace(keyword_engine.policy.band, assign=0.95))
    asking = Triage(KeywordScorer(), policy, keyword_engine.name)
    source = put("in.jsonl", {"text": LATE}, {"text": GOOD})
    assert run(asking, str(source), str(tmp_path / "out.jsonl")).review == 1


def test_progress_is_told_after_every_record(put, judge):
    told = []
    judge(put("in.jsonl", *({"text": LATE} for _ in range(5))), progress=told.append)
    assert told == [1, 2, 3, 4, 5]


# --keep-input


@pytest.fixture
def shops(put):
    return put("in.csv", "id,text,店铺,评分", f"k1,{LATE},甲,1", f"k2,{BROKEN},乙,2")


def test_kept_input_stands_under_its_own_key_in_json_lines(shops, judge):
    _, rows = judge(shops, keep_input=True)
    assert [row["input"] for row in rows] == [
        {"id": "k1", "text": LATE, "店铺": "甲", "评分": "1"},
        {"id": "k2", "text": BROKEN, "店铺": "乙", "评分": "2"},
    ]


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_kept_input_stands_in_columns_of_its_own(shops, judge, out):
    _, rows = judge(shops, out, keep_input=True)
    assert [(row["id"], row["input_店铺"], row["input_评分"]) for row in rows] == [
        ("k1", "甲", "1"),
        ("k2", "乙", "2"),
    ]


def test_input_is_not_kept_unless_asked_for(shops, judge):
    _, rows = judge(shops)
    assert not any("input" in row for row in rows)


def test_kept_input_stays_with_its_record_when_others_are_rejected(put, judge):
    source = put(
        "in.jsonl",
        *({"id": f"k{k}", "text": LATE if k % 3 else "", "店铺": f"店{k}"} for k in range(900)),
        '{"broken',
        {"id": "last", "text": LATE, "店铺": "尾"},
    )
    _, rows = judge(source, keep_input=True)
    assert all(row["input"]["id"] == row["id"] for row in rows if row["id"] != "901")
    assert rows[-1]["input"]["店铺"] == "尾"


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_broken_first_line_does_not_lose_the_kept_input_of_the_others(put, judge, out):
    source = put("in.jsonl", '{"broken', {"id": "k2", "text": LATE, "店铺": "乙"})
    _, rows = judge(source, out, keep_input=True)
    assert rows[1].get("input_店铺") == "乙"


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_key_that_comes_up_later_is_kept_too(put, judge, out):
    source = put("in.jsonl", {"id": "k1", "text": LATE}, {"id": "k2", "text": LATE, "店铺": "乙"})
    _, rows = judge(source, out, keep_input=True)
    assert rows[1].get("input_店铺") == "乙"


# Streaming


def test_a_source_is_never_read_ahead_by_more_than_a_batch(keyword_engine, monkeypatch, tmp_path):
    taken = []
    source = (taken.append(k) or f"{LATE}{k}\n".encode() for k in range(3 * BATCH + 7))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=source))
    ahead = []
    run(
        keyword_engine,
        "-",
        str(tmp_path / "out.jsonl"),
        progress=lambda done: ahead.append(len(taken) - done),
    )
    assert len(taken) == 3 * BATCH + 7
    assert max(ahead) <= BATCH


def peak_memory(engine, source, target):
    tracemalloc.start()
    try:
        run(engine, str(source), str(target), keep_input=True)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_file_needs_no_more_memory_though_its_input_is_kept(keyword_engine, put, tmp_path):
    row = {"text": LATE, "附": "长" * 1000}
    short, long = (put(f"{n}.jsonl", *(row for _ in range(n * BATCH))) for n in (2, 5))
    keyword_engine(Feedback("warm", LATE))  # builds the tables of the first text
    first = peak_memory(keyword_engine, short, tmp_path / "out.jsonl")
    assert peak_memory(keyword_engine, long, tmp_path / "out.jsonl") < 1.4 * first


# What goes wrong


def test_a_missing_column_is_refused_and_leaves_the_older_result(put, judge, tmp_path):
    (tmp_path / "out.jsonl").write_text("old")
    with pytest.raises(FileFormatError, match="店铺, 时间"):
        judge(put("in.csv", "店铺,时间", "a,b"))
    assert (tmp_path / "out.jsonl").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.jsonl"]


def test_a_missing_file_is_refused_and_leaves_nothing_behind(judge, tmp_path):
    with pytest.raises(FileFormatError):
        judge(tmp_path / "nowhere.csv")
    assert not list(tmp_path.iterdir())


class FailsLater(KeywordScorer):
    """Scores one batch, then fails."""

    def __init__(self):
        self.calls = 0

    def score(self, *args, **options):
        self.calls += 1
        if self.calls > 1:
            raise RuntimeError("midway")
        return super().score(*args, **options)


@pytest.mark.parametrize("out", ["out.jsonl", "out.csv", "out.parquet"])
def test_a_run_that_fails_midway_leaves_the_older_result(put, tmp_path, keyword_engine, out):
    source = put("in.jsonl", *({"text": LATE} for _ in range(BATCH + 1)))
    (tmp_path / out).write_text("old")
    failing = Triage(FailsLater(), keyword_engine.policy, keyword_engine.name)
    with pytest.raises(RuntimeError, match="midway"):
        run(failing, str(source), str(tmp_path / out))
    assert (tmp_path / out).read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.jsonl", out])


def test_rejections_alone_make_a_result_too(put, judge):
    summary, rows = judge(put("in.jsonl", "oops", {"text": ""}), "out.csv")
    assert [row["error_code"] for row in rows] == ["broken_json", "empty_text"]
    assert summary.rejected == {"broken_json": 1, "empty_text": 1}


def test_a_rejection_counts_as_no_verdict():
    from triage.batch import Summary

    summary = Summary()
    summary.add(Rejection("1", "empty_text", "blank"))
    assert (summary.records, summary.no_issue, summary.review) == (1, 0, 0)
