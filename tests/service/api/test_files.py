"""Files in and out: import of every form with broken lines, export that a spreadsheet opens."""

import csv
import io
import json

import openpyxl
import pytest

from service.schemas.tickets import TicketOut
from tests.service.conftest import problem

HEADER = ["编号", "留言内容", "手机", "创建时间"]
ROWS = [
    ["1", "质量太差", "13800001111", "2026/11/20 10:00"],
    ["2", "", "1", ""],
    ["3", "还没发货", "13800001111", "2026-11-20"],
]


def csv_file(encoding="utf-8-sig"):
    lines = [HEADER, *ROWS]
    return "".join(",".join(line) + "\r\n" for line in lines).encode(encoding)


def xlsx_file():
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def jsonl_file():
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    return "\n".join([*lines, '{"编号": "4", ', "[]"]).encode()


def send(desk, name, content, **form):
    files = {"file": (name, content)}
    return desk.ask("agent", "POST", "/v1/import", files=files, data=form)


def imported(desk, name, content, **form):
    reply = send(desk, name, content, **form)
    assert reply.status_code == 200, reply.text
    return reply.json()


FILES = {
    "a.csv": (csv_file, 1),
    "gb.csv": (lambda: csv_file("gb18030"), 1),
    "a.xlsx": (xlsx_file, 1),
    "a.jsonl": (jsonl_file, 3),
}


@pytest.mark.parametrize("name", FILES)
def test_a_broken_line_costs_itself_and_the_file_again_costs_nothing(each_desk, name):
    build, broken = FILES[name]
    first, again = (imported(each_desk, name, build()) for _ in "12")
    assert (first["created"], first["repeated"], first["rejected"]) == (2, 0, broken)
    assert (again["created"], again["repeated"], again["rejected"]) == (0, 2, broken)
    assert len(first["tickets"]) == 2
    assert len(first["rejections"]) == broken
    assert all(item["error"]["code"] and item["error"]["message"] for item in first["rejections"])


def test_an_imported_ticket_has_the_time_and_the_customer_of_its_line(desk):
    told = imported(desk, "b.csv", csv_file(), source="old")
    one, two = (desk.made("GET", f"/v1/tickets/{key}")["ticket"] for key in told["tickets"])
    assert one["created_at"].startswith("2026-11-20T02:00")
    assert (one["source"], one["external_id"]) == ("old", "1")
    assert one["customer_id"] == two["customer_id"] is not None


def test_the_columns_may_be_named(desk):
    content = "nr,a,b\n7,质量太差,还没发货\n".encode()
    told = imported(desk, "c.csv", content, text_field="b", id_field="nr", source="named")
    ticket = desk.made("GET", f"/v1/tickets/{told['tickets'][0]}")["ticket"]
    assert (ticket["snippet"], ticket["external_id"]) == ("还没发货", "7")


def test_only_a_hundred_broken_lines_are_listed_but_all_are_counted(desk):
    told = imported(desk, "d.jsonl", b"[]\n" * 250)
    assert (told["rejected"], len(told["rejections"])) == (250, 100)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("客户.xlsx", b"no workbook"),
        ("客户.parquet", b"no parquet"),
        ("客户.csv.gz", b"no gzip"),
        ("客户.csv", b""),
        ("客户.csv", "列,另一列\n1,2\n".encode()),
        ("客户.csv", '留言内容\n"没有结尾\n'.encode()),
        ("客户.doc", b"x"),
        ("../../客户", b"x"),
    ],
)
def test_a_file_of_no_use_is_refused_by_its_own_name(desk, name, content):
    error = problem(send(desk, name, content), 400)
    assert "客户" in error["message"]
    assert "tmp" not in error["message"]
    assert "--" not in error["remedy"]


def test_a_column_that_is_not_there_is_told_with_those_that_are(desk):
    error = problem(send(desk, "a.csv", csv_file(), text_field="正文"), 400)
    assert "正文" in error["message"]
    assert "留言内容" in error["message"]
    assert "text_field" in error["remedy"]


def test_an_upload_without_a_file_is_refused(desk):
    problem(desk.ask("agent", "POST", "/v1/import", data={"source": "x"}), 422)


# Out


def exported(desk, query="format=csv"):
    reply = desk.ask("analyst", "GET", f"/v1/export?{query}")
    assert reply.status_code == 200, reply.text
    return reply


def cells(reply):
    return list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))


def test_an_export_is_marked_as_utf_8_and_saved_under_a_name(desk):
    reply = exported(desk)
    assert reply.content.startswith(b"\xef\xbb\xbf")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.headers["content-disposition"] == 'attachment; filename="tickets.csv"'


def test_an_export_has_the_fields_of_a_ticket_even_where_there_is_none(desk):
    empty = exported(desk, "queue=nowhere").content.decode("utf-8-sig")
    assert empty.strip().split(",") == list(TicketOut.model_fields)


def test_an_export_holds_every_ticket_once_in_both_forms(each_desk):
    lines = "".join(f'{{"id": "{k}", "text": "还没发货{k}"}}\n' for k in range(230))
    imported(each_desk, "many.jsonl", lines.encode())
    total = each_desk.made("GET", "/v1/tickets")["total"]
    table = [row["id"] for row in cells(exported(each_desk))]
    reply = exported(each_desk, "format=jsonl")
    objects = [json.loads(line)["id"] for line in reply.text.splitlines()]
    assert table == objects
    assert len(set(table)) == len(table) == total == 233
    assert reply.headers["content-type"] == "application/x-ndjson"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "＝", "＠"])
def test_a_text_or_tag_that_begins_like_a_formula_becomes_none(start, begin):
    client = start()
    text = f'{begin}HYPERLINK("http://x";"还没发货")'
    fields = {"text": "还没发货", "subject": text, "tags": [text[:40]], "product": text}
    client.post("/v1/tickets", json=fields)
    (row,) = cells(client.get("/v1/export"))
    assert row["subject"].startswith("'")
    assert not row["tags"].startswith(begin.strip())
    assert row["product"].startswith("'")


def test_an_export_opens_in_a_reader_of_spreadsheets(desk):
    quoted = '他说"差",\r\n第二行'
    desk.made("POST", "/v1/tickets", json={"text": "还没发货", "subject": quoted})
    assert quoted in [row["subject"] for row in cells(exported(desk))]


def test_an_export_is_cut_by_queue_and_time(start):
    client = start()
    for text, at in (("还没发货", "2026-11-01T00:00:00Z"), ("质量太差", "2026-11-02T00:00:00Z")):
        client.post("/v1/tickets", json={"text": text, "at": at})

    def queues(query):
        return [row["queue"] for row in cells(client.get(f"/v1/export?{query}"))]

    assert queues("queue=delivery") == ["delivery"]
    assert queues("since=2026-11-02T00:00:00Z") == ["quality"]
    assert queues("until=2026-11-02T00:00:00Z") == ["delivery"]
