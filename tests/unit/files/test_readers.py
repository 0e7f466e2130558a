import csv
import gzip
import re
import tracemalloc
import zipfile
from itertools import count

import pytest

from tests.unit.files.conftest import HEADER, ROWS, delimited, fill, lines_of, parquet, workbook
from triage import Feedback, FileFormatError, Rejection
from triage.files.readers import read

ENDINGS = (".jsonl", ".csv", ".csv.gz", ".tsv", ".parquet", ".xlsx")


def refused(source, load, **fields):
    with pytest.raises(FileFormatError) as caught:
        load(source, **fields)
    return caught.value


def pairs(records):
    return [(record.id, record.text) for record in records]


def texts(records):
    return [record.text for record in records]


# Every kind of file


def test_every_kind_of_file_yields_the_same_records_in_order(table, load):
    assert pairs(load(table)) == ROWS


def test_every_kind_of_file_keeps_the_other_columns(table, load):
    assert all(record.meta[HEADER[1]] == record.text for record in load(table))


def test_every_kind_of_file_is_read_by_named_columns(table, load):
    assert pairs(load(table, text="编号", id="评论内容")) == [(text, id_) for id_, text in ROWS]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz", ".parquet", ".xlsx"])
def test_a_table_without_the_named_column_is_refused_with_its_columns(tmp_path, load, ending):
    error = refused(fill(tmp_path / f"feedback{ending}", ROWS), load, text="正文")
    assert "正文" in error.message
    assert "编号, 评论内容" in error.message


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz", ".parquet", ".xlsx"])
def test_a_table_of_a_header_only_holds_no_record(tmp_path, load, ending):
    assert load(fill(tmp_path / f"feedback{ending}", [])) == []


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".csv.gz", ".parquet", ".xlsx"])
def test_an_empty_file_is_no_table(put, load, ending):
    assert refused(put(f"feedback{ending}", b""), load).remedy


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_an_empty_file_of_json_lines_holds_no_record(put, load, ending):
    assert load(put(f"feedback{ending}", b"")) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_not_there_is_refused_by_name(tmp_path, load, ending):
    assert f"nowhere{ending}" in refused(tmp_path / f"nowhere{ending}", load).message


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_folder_is_refused(tmp_path, load, ending):
    folder = tmp_path / f"folder{ending}"
    folder.mkdir()
    error = refused(folder, load)
    assert "folder" in error.message
    assert error.remedy


@pytest.mark.parametrize("name", ["feedback.doc", "feedback", "feedback.gz", ".csv"])
def test_an_unknown_ending_is_refused_with_the_endings_there_are(put, load, name):
    error = refused(put(name, "text\n好\n"), load)
    assert name in error.message
    assert all(ending in error.remedy for ending in (".jsonl", ".csv", ".tsv", ".parquet", ".xlsx"))


def test_the_case_of_an_ending_does_not_matter(put, load):
    assert texts(load(put("A.CSV", "text\n好\n"))) == ["好"]


def test_the_case_of_gz_does_not_matter(put, load):
    assert texts(load(put("A.CSV.GZ", gzip.compress("text\n好\n".encode())))) == ["好"]


def test_dots_in_a_name_do_not_hide_its_ending(put, load):
    assert texts(load(put("2025.03.export.csv", "text\n好\n"))) == ["好"]


# gzip


def test_a_gz_that_is_no_gz_is_refused(put, load):
    error = refused(put("a.csv.gz", "text\n好\n"), load)
    assert "a.csv.gz" in error.message
    assert "gzip" in error.message


def test_a_gz_that_was_cut_off_is_refused(put, load):
    whole = gzip.compress(delimited([HEADER, *ROWS * 500]).encode())
    assert refused(put("a.csv.gz", whole[: len(whole) // 2]), load).remedy


def test_a_gz_damaged_in_the_middle_is_refused(put, load):
    data = gzip.compress(delimited([HEADER, *ROWS * 500]).encode(), mtime=0)
    header = 10
    damaged = data[:header] + b"\xff" * 40 + data[header + 40 :]
    assert "a.csv.gz" in refused(put("a.csv.gz", damaged), load).message


# JSON lines


def test_a_broken_line_becomes_a_rejection_that_names_it_and_loses_no_other(put, load):
    lines = [f'{{"id": "k{k}", "text": "第{k}条"}}' for k in range(1, 11)]
    lines[6] = '{"id": "k7", "text": "没写完'
    records = load(put("a.jsonl", "\n".join(lines)))
    broken = records.pop(6)
    assert isinstance(broken, Rejection)
    assert (broken.id, broken.code) == ("7", "broken_json")
    assert "Line 7 " in broken.message
    assert [record.id for record in records] == [f"k{k}" for k in range(1, 11) if k != 7]


@pytest.mark.parametrize("line", ["[1, 2]", '"快递"', "666", "null"])
def test_a_line_that_is_no_object_becomes_a_rejection(put, load, line):
    bad, good = load(put("a.jsonl", f'{line}\n{{"text": "好"}}\n'))
    assert (bad.id, bad.code) == ("1", "not_an_object")
    assert good.text == "好"


def test_a_line_without_a_text_becomes_a_rejection_that_lists_its_fields(put, load):
    bad, good = load(put("a.jsonl", '{"id": "k1", "店铺": "a"}\n{"text": "好"}\n'))
    assert (bad.id, bad.code) == ("k1", "missing_field")
    assert "Line 1" in bad.message
    assert "id, 店铺" in bad.message
    assert good.text == "好"


def test_a_line_nested_too_deep_becomes_a_rejection(put, load):
    bad, good = load(put("a.jsonl", '{"text": ' + "[" * 5000 + '\n{"text": "好"}\n'))
    assert (bad.code, good.text) == ("broken_json", "好")


def test_a_lone_surrogate_in_json_becomes_a_rejection(put, load):
    bad, good = load(put("a.jsonl", '{"text": "\\ud83d"}\n{"text": "好"}\n'))
    assert (bad.code, good.text) == ("broken_json", "好")


def test_blank_lines_are_skipped_and_still_counted(put, load):
    records = load(put("a.jsonl", '\n{"text": "好"}\n\n  \n{"text": "差"}\n{oops\n'))
    assert [record.id for record in records] == ["2", "5", "6"]


def test_a_last_line_without_a_line_end_is_read(put, load):
    assert texts(load(put("a.jsonl", '{"text": "好"}\n{"text": "差"}'))) == ["好", "差"]


def test_windows_line_ends_are_no_part_of_json_lines(put, load):
    assert texts(load(put("a.jsonl", '{"text": "好"}\r\n{"text": "差"}\r\n'))) == ["好", "差"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_json_lines_in_other_encodings_are_read_right(put, load, encoding):
    lines = "".join(f'{{"id": "{id_}", "text": "{text}"}}\n' for id_, text in ROWS)
    assert pairs(load(put("a.jsonl", lines, encoding))) == ROWS


def test_line_separators_inside_a_json_string_do_not_part_it(put, load):
    text = "第一行\u2028第二行\u0085第三行\x0b第四行"
    assert texts(load(put("a.jsonl", '{"text": "' + text.replace("\x0b", "\\u000b") + '"}\n'))) == [
        text
    ]


def test_a_text_of_json_that_is_no_string_is_left_for_the_engine(put, load):
    records = load(put("a.jsonl", '{"text": 666}\n{"text": ["a"]}\n{"text": null}\n'))
    assert texts(records) == [666, ["a"], ""]


# Tables of text


def test_a_cell_in_quotes_may_hold_commas_quotes_and_line_ends(put, load):
    text = '他说"不退"，\n然后,就没下文了'
    assert texts(load(put("a.csv", delimited([["text"], [text], ["好"]])))) == [text, "好"]


def test_a_tab_parts_the_cells_of_a_tsv_and_a_comma_does_not(put, load):
    assert pairs(load(put("a.tsv", "id\ttext\nk1\t快递,没到\n"))) == [("k1", "快递,没到")]


def test_blank_rows_of_a_csv_are_skipped(put, load):
    assert texts(load(put("a.csv", "id,text\n\n1,好\n\n\n2,差\n"))) == ["好", "差"]


def test_a_row_too_short_becomes_a_rejection_and_loses_no_other(put, load):
    records = load(put("a.csv", "id,text\nk1,好\nk2\nk3,差\n"))
    assert [record.id for record in records] == ["k1", "k2", "k3"]
    assert (records[1].code, records[2].text) == ("missing_field", "差")


def test_cells_beyond_the_header_are_left_out(put, load):
    (record,) = load(put("a.csv", "id,text\nk1,好,多,了\n"))
    assert (record.text, record.meta) == ("好", {"id": "k1", "text": "好"})


def test_nuls_in_a_csv_are_dropped_and_the_rows_read(put, load):
    assert pairs(load(put("a.csv", "id,text\nk1,快\x00递\nk2,差\n"))) == [
        ("k1", "快递"),
        ("k2", "差"),
    ]


def test_a_quote_that_is_never_closed_does_not_swallow_the_rows_after_it_in_silence(put, load):
    path = put("a.csv", 'id,text\nk1,好\nk2,"质量差\nk3,态度差\nk4,很好\n')
    assert refused(path, load).remedy


@pytest.fixture
def huge(put):
    return put("a.csv", b"id,text\n1,ok\n2," + b"x" * (17 << 20) + b"\n")


def test_a_cell_too_large_is_refused(huge, load):
    error = refused(huge, load)
    assert "a.csv" in error.message
    assert "quotes" in error.remedy


def test_the_line_of_a_cell_too_large_is_named(huge, load):
    assert "line 3" in refused(huge, load).message


def test_windows_line_ends_are_no_part_of_a_cell(put, load):
    assert texts(load(put("a.csv", "id,text\r\n1,好\r\n2,差\r\n"))) == ["好", "差"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_csv_in_another_encoding_is_found_by_its_chinese_columns(put, load, encoding):
    path = put("a.csv", delimited([HEADER, *ROWS]), encoding)
    assert pairs(load(path)) == ROWS


def test_a_big5_csv_is_read_right(put, load):
    rows = [("k1", "包裹顯示已送達，可是我根本沒有收到"), ("k2", "客服態度真的很差")]
    assert pairs(load(put("a.csv", delimited([("id", "text"), *rows]), "big5"))) == rows


def test_a_csv_with_one_damaged_line_loses_no_other(put, load):
    good = delimited([HEADER, *ROWS * 20]).encode()
    records = load(put("a.csv", good + b"x1,\xff\xfe\n" + "x2,差\n".encode()))
    assert pairs(records)[:-2] == ROWS * 20
    assert (records[-1].id, records[-1].text) == ("x2", "差")


def test_reading_a_csv_leaves_the_limit_of_other_programs_at_least_as_large(put, load):
    before = csv.field_size_limit()
    load(put("a.csv", "text\n好\n"))
    assert csv.field_size_limit() >= before


# Parquet


def test_a_parquet_file_that_is_none_is_refused(put, load):
    error = refused(put("a.parquet", "text\n好\n"), load)
    assert "a.parquet is not a Parquet file" in error.message


def test_a_null_in_parquet_is_an_empty_text(tmp_path, load):
    path = tmp_path / "a.parquet"
    parquet(path, {"text": ["好", None, "差"]})
    assert texts(load(path)) == ["好", "", "差"]


def test_rows_of_parquet_keep_their_order_and_numbers_across_batches(tmp_path, load):
    path = tmp_path / "a.parquet"
    parquet(path, {"text": [f"第{k}条" for k in range(9000)]})
    assert pairs(load(path)) == [(str(k + 1), f"第{k}条") for k in range(9000)]


@pytest.mark.parametrize("kind", ["large_string", "dictionary"])
def test_every_way_parquet_stores_strings_is_read(tmp_path, load, kind):
    import pyarrow as pa

    plain = pa.array([text for _, text in ROWS])
    column = plain.dictionary_encode() if kind == "dictionary" else plain.cast(pa.large_string())
    path = tmp_path / "a.parquet"
    parquet(path, {"text": column})
    assert texts(load(path)) == [text for _, text in ROWS]


# Workbooks


def test_numbers_in_the_text_column_of_a_workbook_are_what_the_customer_typed(tmp_path, load):
    path = tmp_path / "a.xlsx"
    workbook(path, [HEADER, (1, 666), (2, 3.5), (3, "好")])
    assert pairs(load(path)) == [("1", "666"), ("2", "3.5"), ("3", "好")]


def test_an_empty_cell_of_a_workbook_is_an_empty_text_in_its_place(tmp_path, load):
    path = tmp_path / "a.xlsx"
    workbook(path, [HEADER, ("k1", "好"), ("k2", None), ("k3", "差")])
    assert pairs(load(path)) == [("k1", "好"), ("k2", ""), ("k3", "差")]


def test_only_the_first_sheet_of_a_workbook_is_read(tmp_path, load):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["text"])
    book.active.append(["好"])
    book.create_sheet("别的").append(["text"])
    book.save(tmp_path / "a.xlsx")
    assert texts(load(tmp_path / "a.xlsx")) == ["好"]


def test_a_workbook_of_no_cell_is_refused(tmp_path, load):
    workbook(tmp_path / "a.xlsx", [])
    assert "no column that looks like a text" in refused(tmp_path / "a.xlsx", load).message


def test_a_workbook_that_is_none_is_refused(put, load):
    assert "not an .xlsx workbook" in refused(put("a.xlsx", "text\n好\n"), load).message


def test_a_zip_that_is_no_workbook_is_refused(tmp_path, load):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "好")
    assert "not an .xlsx workbook" in refused(path, load).message


def with_sheet(path, change):
    """Rewrite the XML of the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return path


def test_a_workbook_that_misstates_its_size_is_read_whole(tmp_path, load):
    path = fill(tmp_path / "a.xlsx", ROWS)
    with_sheet(path, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', xml))
    assert pairs(load(path)) == ROWS


def test_a_workbook_that_does_not_state_its_size_is_read_whole(tmp_path, load):
    path = fill(tmp_path / "a.xlsx", ROWS)
    with_sheet(path, lambda xml: re.sub(rb"<dimension [^>]*/>", b"", xml))
    assert pairs(load(path)) == ROWS


def test_a_workbook_with_a_damaged_sheet_is_refused(tmp_path, load):
    path = with_sheet(fill(tmp_path / "a.xlsx", ROWS), lambda xml: xml[: len(xml) // 2])
    assert "a.xlsx" in refused(path, load).message


# Standard input


def test_plain_lines_on_standard_input_are_texts_named_by_line(piped, load):
    piped("快递没到\n\n质量差\r\n".encode())
    assert pairs(load("-")) == [("1", "快递没到"), ("3", "质量差")]


def test_json_lines_on_standard_input_are_records(piped, load):
    piped(lines_of(ROWS).encode())
    assert pairs(load("-")) == ROWS


def test_a_broken_line_on_standard_input_becomes_a_rejection(piped, load):
    piped('{"text": "好"}\n{"text"\n差\n'.encode())
    records = load("-")
    assert (records[1].id, records[1].code) == ("2", "broken_json")
    assert (records[0].text, records[2].text) == ("好", "差")


def test_columns_are_named_on_standard_input_too(piped, load):
    piped('{"a": "k1", "b": "好"}\n'.encode())
    assert pairs(load("-", text="b", id="a")) == [("k1", "好")]


def test_bytes_of_standard_input_that_are_no_utf_8_lose_no_other_line(piped, load):
    piped(b"\xff\xfe\n" + "好\n".encode())
    assert texts(load("-")) == ["\ufffd\ufffd", "好"]


def test_empty_standard_input_holds_no_record(piped, load):
    piped(b"")
    assert load("-") == []


def test_a_byte_order_mark_on_standard_input_is_no_part_of_the_first_record(piped, load):
    piped(b"\xef\xbb\xbf" + '{"id": "k1", "text": "好"}\n'.encode())
    assert pairs(load("-")) == [("k1", "好")]


# Streaming


def test_standard_input_is_read_a_line_at_a_time(piped):
    taken = []
    piped(taken.append(k) or f"第{k}条\n".encode() for k in count())
    records = read("-")
    assert [next(records).text for _ in range(3)] == ["第0条", "第1条", "第2条"]
    assert len(taken) <= 4


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".jsonl.gz", ".csv.gz"])
def test_a_long_file_is_never_held_in_memory(tmp_path, ending):
    size = 8 << 20
    path = fill(
        tmp_path / f"long{ending}", [(str(k), "快递" * 2000) for k in range(size // 12_000)]
    )
    tracemalloc.start()
    try:
        number = sum(isinstance(record, Feedback) for record in read(str(path)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert number == size // 12_000
    assert peak < size // 3
