"""Tickets from files of other systems."""

from datetime import UTC, datetime

import pytest
from openpyxl import Workbook

from service.db.tables import customers, tickets
from service.desk.importing import import_records
from tests.service.desk.conftest import ANNA, MONDAY
from triage.files.columns import Fields
from triage.files.readers import read

CSV = """编号,留言内容,手机,创建时间,渠道,订单编号,客户等级,商品名称,标题,省份,姓名
1,衣服起球严重，质量差,13800001111,2026/2/20 10:00,web,DD2026022001,vip,毛衣,起球,上海,王女士
2,,,2026/2/20,,,,,,,
3,客服骂人,13800001111,2026年2月21日 09:30,phone,,,,,,
"""


@pytest.fixture
def load(desk, tmp_path):
    """Write a file and import it."""

    def run(content, name="a.csv", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        fields = Fields(id=options.get("id_field"))
        return import_records(desk, read(str(path), fields), actor=ANNA, **options)

    return run


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_becomes_tickets_in_any_encoding(desk, load, encoding):
    done = load(CSV.encode(encoding))
    assert (done.created, done.repeated) == (2, 0)
    assert done.rejected == [
        {"id": "2", "error": {"code": "empty_text", "message": "The text is empty."}}
    ]
    first, second = (desk.load(one).ticket for one in done.first)
    assert (first.external_id, first.source, first.channel) == ("1", "import", "web")
    assert (first.product, first.subject) == ("毛衣", "起球")
    assert first.created_at == datetime(2026, 2, 20, 2, tzinfo=UTC)
    assert second.created_at == datetime(2026, 2, 21, 1, 30, tzinfo=UTC)
    person = desk.rows(customers)[0]
    assert (person["name"], person["tier"], person["region"]) == ("王女士", "vip", "上海")


def test_two_rows_of_one_customer_are_a_repeat(desk, load):
    done = load(CSV)
    assert [desk.load(one).ticket.repeats for one in done.first] == [0, 1]


def test_the_same_file_twice_makes_each_ticket_once(desk, load):
    load(CSV)
    again = load(CSV)
    assert (again.created, again.repeated, len(again.rejected)) == (0, 2, 1)
    assert desk.count(tickets) == 2


def test_without_an_id_the_record_itself_is_known_again(desk, load):
    rows = "内容,电话\n没到,13800001111\n没到,13800002222\n没到,13800001111\n"
    assert load(rows).created == 3
    assert load(rows).repeated == 3


def test_the_number_of_a_row_is_no_id(desk, load):
    assert load("序号,内容\n1,没到\n2,坏了\n", "a.csv").created == 2
    assert load("序号,内容\n1,态度差\n2,太贵\n", "b.csv").created == 2


def test_an_id_may_be_named(desk, load):
    rows = "单据,内容\nA1,没到\n,坏了\n"
    done = load(rows, id_field="单据", source="erp")
    ids = {row["external_id"] for row in desk.rows(tickets)}
    assert "A1" in ids
    assert done.created == len(ids) == 2
    assert {row["source"] for row in desk.rows(tickets)} == {"erp"}


def test_traditional_names_of_columns_are_known(desk, load):
    done = load("編號,內容,渠道\n1,沒到,app\n")
    assert desk.load(done.first[0]).ticket.channel == "app"


def test_a_workbook_becomes_tickets(desk, tmp_path):
    book = Workbook()
    book.active.append(["编号", "内容", "创建时间"])
    book.active.append([1, "没到", datetime(2026, 2, 20, 10)])
    book.active.append([2, 666, "not a time"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    done = import_records(desk, read(str(path)), actor=ANNA)
    times = [desk.load(one).ticket.created_at for one in done.first]
    assert times == [datetime(2026, 2, 20, 2, tzinfo=UTC), MONDAY]


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-02-20T10:00:00+09:00", 1),
        ("2026-02-20 10:00", 2),
        ("2026/02/20 10:00:00", 2),
        ("1899-01-01", None),
        ("2500-01-01", None),
        ("下午", None),
    ],
)
def test_times_without_a_zone_are_those_of_the_desk_and_senseless_ones_are_now(
    desk, load, written, hour
):
    done = load(f"内容,时间\n没到,{written}\n")
    wanted = datetime(2026, 2, 20, hour, tzinfo=UTC) if hour else MONDAY
    assert desk.load(done.first[0]).ticket.created_at == wanted


def test_a_broken_record_costs_only_itself(desk, load):
    lines = b'{"id": "1", "text": "a"}\n{"id": \n{"id": "3"}\n{"id": "4", "text": 5}\n'
    done = load(lines + '{"id": "5", "text": "没到"}\n'.encode(), "a.jsonl")
    assert done.created == 2
    assert len(done.rejected) == 3
    assert all(item["error"]["code"] and item["error"]["message"] for item in done.rejected)


def test_signs_that_no_database_keeps_are_replaced(desk, load):
    done = load('{"text": "没\\u0000到\\ud83d", "姓名": "x"}\n'.encode(), "a.jsonl")
    assert done.rejected or desk.load(done.first[0]).messages[0].text == "没\ufffd到\ufffd"


def test_what_the_desk_refuses_is_told_with_its_id(desk, load, monkeypatch):
    from service.errors import StorageError

    monkeypatch.setattr(
        type(desk), "run", lambda _, commands: [StorageError("full", remedy="x") for _ in commands]
    )
    done = load("编号,内容\n1,没到\n")
    assert done.rejected[0]["id"] == "1"
    assert done.rejected[0]["error"]["code"] == "storage_unavailable"


def test_a_column_of_customers_may_hold_numbers_as_well_as_names(desk, load):
    load("内容,客户,地区\n衣服起球严重,c286,上海\n客服骂人,王女士,北京\n")
    (known,) = desk.rows(customers)
    assert (known["external_id"], known["region"]) == ("c286", "上海")


def test_channels_are_known_by_their_chinese_names(desk, load):
    load("内容,渠道\n衣服起球严重,微信\n客服骂人,電話\n谢谢,柜台\n")
    assert sorted(row["channel"] for row in desk.rows(tickets)) == ["phone", "wechat", "柜台"]
