import csv
import errno
import io
import json
import os
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from triage import ISSUES, Feedback, FileFormatError, OutputError, Rejection
from triage.files.writers import writer

KINDS = (".jsonl", ".csv", ".parquet")
TEXTS = ("等了三天还没发货，质量也太差😡", "很满意，下次还来", "再不退我打12315")


@pytest.fixture(scope="module")
def rows(keyword_engine):
    """Two verdicts, a rejection, another verdict."""
    first, second, third = (
        keyword_engine(Feedback(f"k{k}", text)).to_dict() for k, text in enumerate(TEXTS)
    )
    refused = Rejection("7", "broken_json", "Line 7 is not valid JSON.").to_dict()
    return [first, second, refused, third]


@pytest.fixture(params=KINDS)
def target(request, tmp_path):
    return tmp_path / f"out{request.param}"


def put(target, rows):
    inputs = list(dict.fromkeys(name for row in rows for name in row.get("input", ())))
    with writer(str(target), ISSUES, inputs=inputs) as write:
        for row in rows:
            write(row)
    return target


def cells(path):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def frame(path):
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


def ids(path):
    if path.suffix == ".jsonl":
        return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]
    return [row["id"] for row in (cells(path) if path.suffix == ".csv" else frame(path))]


# Every kind of file


def test_every_kind_of_file_holds_every_row_in_order(target, rows):
    assert ids(put(target, rows)) == ["k0", "k1", "7", "k2"]


def test_every_kind_of_file_can_hold_no_row(target):
    assert ids(put(target, [])) == []


def test_an_older_file_is_replaced(target, rows):
    target.write_bytes(b"old")
    assert len(ids(put(target, rows))) == 4


def test_a_folder_that_is_not_there_yet_is_made(target, rows):
    deep = target.parent / "a" / "b" / target.name
    assert len(ids(put(deep, rows))) == 4


def test_the_case_of_an_ending_does_not_matter(tmp_path, rows):
    put(tmp_path / "OUT.CSV", rows)
    assert len(cells(tmp_path / "OUT.CSV")) == 4


@pytest.mark.parametrize("name", ["out.txt", "out", "out.xlsx", "out.tsv", "out.csv.gz"])
def test_an_ending_that_cannot_be_written_is_refused_with_those_that_can(tmp_path, name):
    with pytest.raises(FileFormatError) as caught:
        put(tmp_path / name, [])
    assert name in caught.value.message
    assert all(ending in caught.value.remedy for ending in KINDS)
    assert not list(tmp_path.iterdir())


# Whole or not at all


def test_the_file_has_its_name_only_when_it_is_complete(target, rows):
    with writer(str(target), ISSUES) as write:
        write(rows[0])
        assert not target.exists()
        assert [path.parent for path in target.parent.iterdir()] == [target.parent]
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_file_in_the_making_is_hidden(target, rows):
    with writer(str(target), ISSUES) as write:
        write(rows[0])
        assert all(path.name.startswith(".") for path in target.parent.iterdir())


def test_an_older_file_stays_as_it_is_until_the_new_one_is_complete(target, rows):
    target.write_bytes(b"old")
    with writer(str(target), ISSUES) as write:
        write(rows[0])
        assert target.read_bytes() == b"old"


@contextmanager
def untouched(target):
    """Whatever happens inside: the old file is as it was and nothing lies beside it."""
    target.write_bytes(b"old")
    yield
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def fail_after(target, rows, error):
    with writer(str(target), ISSUES) as write:
        for row in rows:
            write(row)
        raise error


def test_a_failure_midway_leaves_the_older_file_and_nothing_else(target, rows):
    with untouched(target), pytest.raises(RuntimeError, match="midway"):
        fail_after(target, rows, RuntimeError("midway"))


def test_an_interruption_midway_leaves_the_older_file_and_nothing_else(target, rows):
    with untouched(target), pytest.raises(KeyboardInterrupt):
        fail_after(target, rows, KeyboardInterrupt())


def test_a_failure_midway_leaves_no_file_where_there_was_none(target, rows):
    with pytest.raises(RuntimeError):
        fail_after(target, rows, RuntimeError("midway"))
    assert not list(target.parent.iterdir())


def test_a_full_disk_is_an_output_error_that_leaves_the_older_file(target, rows):
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with untouched(target), pytest.raises(OutputError) as caught:
        fail_after(target, rows, full)
    assert str(target) in caught.value.message
    assert "No space left" in caught.value.message
    assert "no partial file" in caught.value.remedy


def test_a_disk_that_fills_up_when_the_file_is_synced_leaves_the_older_file(
    target, rows, monkeypatch
):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with untouched(target), pytest.raises(OutputError, match="No space left"):
        put(target, rows)


def test_a_file_that_cannot_be_made_in_the_first_place_is_an_output_error(
    target, rows, monkeypatch
):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.mkstemp", full)
    with untouched(target), pytest.raises(OutputError, match="No space left"):
        put(target, rows)


def test_a_file_in_the_place_of_the_folder_is_an_output_error(target, rows):
    blocker = target.parent / "blocker"
    blocker.write_text("a file")
    with pytest.raises(OutputError) as caught:
        put(blocker / target.name, rows)
    assert caught.value.remedy
    assert blocker.read_text() == "a file"


def test_a_folder_in_the_place_of_the_file_is_an_output_error(target, rows):
    target.mkdir()
    with pytest.raises(OutputError):
        put(target, rows)
    assert target.is_dir()
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.fixture
def locked(tmp_path):
    """A folder this process may not write to, even where the tests run as root."""
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield folder
    if root:
        os.seteuid(0)
    folder.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_that_cannot_be_written_is_an_output_error(locked, kind, rows):
    with pytest.raises(OutputError, match="Permission denied"):
        put(locked / f"out{kind}", rows)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX permissions")
def test_the_file_may_be_read_by_whom_the_umask_lets(target, rows):
    before = os.umask(0o027)
    try:
        put(target, rows)
    finally:
        os.umask(before)
    assert target.stat().st_mode & 0o777 == 0o640


# JSON lines


def test_json_lines_hold_the_verdicts_as_they_are(tmp_path, rows):
    lines = put(tmp_path / "out.jsonl", rows).read_text("utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == rows
    assert lines[-1] == ""


def test_json_lines_hold_chinese_characters_and_no_escapes(tmp_path, rows):
    assert "发货" in put(tmp_path / "out.jsonl", rows).read_text("utf-8")


def test_values_json_does_not_know_are_written_as_text(tmp_path, rows):
    from datetime import date
    from decimal import Decimal

    row = rows[0] | {"input": {"价": Decimal("9.90"), "日": date(2025, 3, 1), "b": b"x"}}
    (line,) = put(tmp_path / "out.jsonl", [row]).read_text("utf-8").splitlines()
    assert json.loads(line)["input"] == {"价": "9.90", "日": "2025-03-01", "b": "b'x'"}


# CSV


def test_a_csv_begins_with_the_mark_that_spreadsheets_look_for(tmp_path, rows):
    assert put(tmp_path / "out.csv", rows).read_bytes().startswith(b"\xef\xbb\xbfid,")


def test_a_csv_without_rows_has_the_same_header_as_one_with_rows(tmp_path, rows):
    full = put(tmp_path / "full.csv", rows).read_text("utf-8-sig").splitlines()[0]
    empty = put(tmp_path / "empty.csv", []).read_text("utf-8-sig").splitlines()
    assert empty == [full]


def test_a_csv_row_tells_what_the_verdict_tells(tmp_path, rows):
    row, verdict = cells(put(tmp_path / "out.csv", rows))[0], rows[0]
    assert row["issues"].split("|") == verdict["issues"]
    assert len(verdict["issues"]) > 1
    assert int(row["sentiment"]) == verdict["sentiment"]
    assert int(row["urgency"]) == verdict["urgency"]
    assert row["review"] == str(verdict["review"])
    assert {label: float(row[f"score_{label}"]) for label in ISSUES} == verdict["scores"]
    assert [float(row[f"urgency_{k}"]) for k in range(4)] == verdict["urgency_scores"]
    assert json.loads(row["evidence"]) == verdict["evidence"]
    assert row["model"].split() == list(verdict["model"].values())
    assert row["error_code"] == row["error_message"] == ""


def test_a_rejection_in_a_csv_has_its_error_and_no_verdict(tmp_path, rows):
    row = cells(put(tmp_path / "out.csv", rows))[2]
    assert (row["id"], row["error_code"]) == ("7", "broken_json")
    assert row["error_message"] == "Line 7 is not valid JSON."
    assert row["issues"] == row["sentiment"] == row["urgency"] == row["score_delivery"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(tmp_path, rows, start):
    attack = f"{start}HYPERLINK(1)"
    row = rows[0] | {"id": attack, "input": {"留言": attack}}
    (read,) = cells(put(tmp_path / "out.csv", [row]))
    assert read["id"] == f"'{attack}"
    assert read["input_留言"] == f"'{attack}"


def test_a_negative_number_in_a_csv_stays_a_number(tmp_path, rows):
    assert rows[0]["sentiment_score"] < 0
    row = cells(put(tmp_path / "out.csv", rows))[0]
    assert float(row["sentiment_score"]) == rows[0]["sentiment_score"]


def test_line_ends_commas_and_quotes_in_a_csv_cell_come_back_as_they_were(tmp_path, rows):
    text = '他说"不退"，\n然后,\r\n就没下文了'
    (read,) = cells(put(tmp_path / "out.csv", [rows[0] | {"input": {"留言": text}}]))
    assert read["input_留言"] == text


def test_columns_of_the_input_stand_apart_from_those_of_the_verdict(tmp_path, rows):
    (read,) = cells(put(tmp_path / "out.csv", [rows[0] | {"input": {"id": "x", "店铺": "甲"}}]))
    assert (read["id"], read["input_id"], read["input_店铺"]) == ("k0", "x", "甲")


# Parquet


def schema(path):
    import pyarrow.parquet as pq

    return {field.name: str(field.type) for field in pq.read_schema(path)}


def test_parquet_columns_have_types_to_compute_with(tmp_path, rows):
    types = schema(put(tmp_path / "out.parquet", rows))
    assert types["id"] == types["issues"] == types["evidence"] == "string"
    assert types["sentiment"] == types["urgency"] == "int8"
    assert types["sentiment_score"] == "double"
    assert types["review"] == "bool"
    assert {types[f"score_{label}"] for label in ISSUES} == {"double"}
    assert {types[f"urgency_{level}"] for level in range(4)} == {"double"}


def test_a_parquet_file_without_rows_has_the_same_schema_as_one_with_rows(tmp_path, rows):
    full = put(tmp_path / "full.parquet", rows)
    assert schema(put(tmp_path / "empty.parquet", [])) == schema(full)


def test_the_types_of_parquet_do_not_hang_on_the_first_row(tmp_path, rows):
    rejection_first = put(tmp_path / "a.parquet", [rows[2], rows[0]])
    assert schema(rejection_first) == schema(put(tmp_path / "b.parquet", rows))


def test_a_parquet_row_tells_what_the_verdict_tells(tmp_path, rows):
    row, verdict = frame(put(tmp_path / "out.parquet", rows))[0], rows[0]
    assert row["issues"].split("|") == verdict["issues"]
    assert (row["sentiment"], row["urgency"]) == (verdict["sentiment"], verdict["urgency"])
    assert row["review"] is verdict["review"]
    assert row["score_delivery"] == verdict["scores"]["delivery"]
    assert row["error_code"] is None


def test_a_rejection_in_parquet_has_its_error_and_nulls(tmp_path, rows):
    row = frame(put(tmp_path / "out.parquet", rows))[2]
    assert (row["id"], row["error_code"]) == ("7", "broken_json")
    assert row["sentiment"] is row["urgency"] is row["review"] is row["score_delivery"] is None


def test_more_rows_than_one_group_of_parquet_keep_their_order(tmp_path, rows):
    many = [rows[0] | {"id": str(k)} for k in range(9000)]
    assert ids(put(tmp_path / "out.parquet", many)) == [str(k) for k in range(9000)]


def test_input_columns_of_mixed_types_become_text_in_parquet(tmp_path, rows):
    given = [{"价": 1}, {"价": "一块"}, {"价": None}]
    path = put(tmp_path / "out.parquet", [rows[0] | {"input": item} for item in given])
    assert [row["input_价"] for row in frame(path)] == ["1", "一块", None]


# Standard output


def test_a_dash_writes_json_lines_to_standard_output(capsysbinary, rows):
    put("-", rows)
    assert [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()] == rows


def test_standard_output_gets_each_row_as_it_is_judged(capsysbinary, rows):
    with writer("-", ISSUES) as write:
        write(rows[0])
        assert json.loads(capsysbinary.readouterr().out) == rows[0]


def test_a_full_disk_behind_standard_output_is_an_output_error(monkeypatch, rows):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=SimpleNamespace(write=full)))
    with pytest.raises(OutputError):
        put("-", rows)
