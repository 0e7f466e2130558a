import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from triage.datasets.sources import read_source
from triage.errors import FileFormatError
from triage.training.corpus import read_examples

ROW = {"内容": "漏水了", "标签": "产品质量", "情绪": "2"}
OTHER = {"内容": "送得很慢", "标签": "物流配送", "情绪": "1"}


def lines(path, *rows):
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return path


def workbook(path, *rows):
    book = Workbook()
    for cells in rows:
        book.active.append(cells)
    book.save(path)
    return path


def test_a_table_of_every_kind_gives_the_same_examples(table, imported, dataset, tmp_path):
    rows = [ROW, OTHER]
    parquet = tmp_path / "desk.parquet"
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    sources = [
        table(*rows),
        table(*rows, name="desk.tsv", delimiter="\t"),
        workbook(tmp_path / "desk.xlsx", list(ROW), list(ROW.values()), list(OTHER.values())),
        parquet,
        lines(tmp_path / "desk.jsonl", *rows),
    ]
    zipped = tmp_path / "desk.csv.gz"
    zipped.write_bytes(gzip.compress(sources[0].read_bytes()))
    plain = tmp_path / "desk.json"
    plain.write_text(json.dumps(rows), encoding="utf-8")
    assert imported(sources[0]).merged.new == 2
    for path in [*sources[1:], zipped, plain]:
        result = imported(path)
        assert (result.merged.same, result.merged.new, result.rejected) == (2, 0, ()), path
    assert [path.name for path in dataset.iterdir()] == ["desk.jsonl"]
    assert len(read_examples([dataset])) == 2


def test_a_spreadsheet_keeps_numbers_and_leaves_blank_rows_out(imported, dataset, tmp_path):
    path = workbook(
        tmp_path / "desk.xlsx",
        ["编号", "内容", "标签", "情绪", None],
        [17.0, "漏水了", "产品质量", 2, None],
        [None, None, None, None, None],
        [18, 666, "无", 5.0, None],
    )
    assert imported(path).rejected == ()
    one, two = read_examples([dataset])
    assert (one.id, one.sentiment) == ("17", 2)
    assert (two.id, two.text) == ("18", "666")


def test_a_broken_line_is_rejected_with_its_number(imported, dataset, tmp_path):
    path = tmp_path / "desk.jsonl"
    path.write_text('{"text": "漏水", "issues": ["other"]}\n{broken\n[1]\n', encoding="utf-8")
    rejected = imported(path).rejected
    assert [(row.row, row.code) for row in rejected] == [(2, "broken_json"), (3, "broken_json")]
    assert len(read_examples([dataset])) == 1


def test_lists_in_json_lines_are_labels(imported, dataset, tmp_path):
    rows = [
        {"text": "漏水", "issues": ["other", "delivery"], "sentiment": 2, "urgency": None},
        {"text": "很好", "issues": []},
        {"text": ["no", "text"], "issues": []},
    ]
    (rejected,) = imported(lines(tmp_path / "a.jsonl", *rows)).rejected
    assert rejected.code == "no_text"
    assert [e.issues for e in read_examples([dataset])] == [("delivery", "other"), ()]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"x", "Cannot tell what"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b'{"a": 1}', "not a list"),
        ("a.csv", b"", "no header"),
        ("a.csv", "内容\t标签\n漏水\t无\n".encode(), "parted by tabs"),
        ("a.csv", '内容,标签\n"漏水,无\n'.encode(), "line"),
        ("a.xlsx", b"not a zip", "Cannot read"),
        ("a.parquet", b"not parquet", "Cannot read"),
        ("a.csv.gz", b"not gzip", "Cannot read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=said) as caught:
        read_source(path)
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileFormatError, match=r"no file .*none.csv"):
        read_source(tmp_path / "none.csv")


def test_objects_in_a_json_list_beside_others_are_read(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('[{"text": "漏水", "label": "无"}, 3]', encoding="utf-8")
    source = read_source(path)
    assert [number for number, _ in source.rows] == [1]
    assert [number for number, _ in source.broken] == [2]
    assert source.row(2) == {}
