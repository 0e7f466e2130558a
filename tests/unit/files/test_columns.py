from datetime import datetime

import pytest

from triage import Feedback, FileFormatError, Rejection
from triage.files.columns import TIME_NAMES, Fields, choose, moment, record, usual


def chosen(*columns, **fields):
    return choose(columns, Fields(**fields), "a.csv")


def refused(*columns, **fields):
    with pytest.raises(FileFormatError) as caught:
        chosen(*columns, **fields)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "text",
        "content",
        "内容",
        "评论",
        "评论内容",
        "评价",
        "留言内容",
        "投诉内容",
        "反馈",
        "message",
    ],
)
def test_a_column_of_a_usual_name_is_the_text(name):
    assert chosen("店铺", name, "时间") == (name, None)


@pytest.mark.parametrize("name", ["id", "编号", "工单号", "留言编号", "序号", "ticket_id"])
def test_a_column_of_a_usual_name_is_the_id(name):
    assert chosen("内容", name) == ("内容", name)


@pytest.mark.parametrize("name", ["內容", "評論", "評論內容", "留言內容", "評價", "意見"])
def test_a_traditional_column_name_is_found_as_its_simplified_form_is(name):
    assert chosen("編號", name) == (name, "編號")


@pytest.mark.parametrize("name", ["Text", "CONTENT", " text ", "\t评论内容"])
def test_case_and_blanks_around_a_name_do_not_matter(name):
    assert chosen("n", name)[0] == name


def test_the_more_telling_of_two_usual_names_wins_wherever_it_stands():
    assert chosen("description", "text")[0] == "text"
    assert chosen("text", "description")[0] == "text"


def test_the_first_of_two_columns_of_one_name_wins():
    assert chosen("Text", "TEXT")[0] == "Text"


def test_a_named_column_wins_over_a_usual_one():
    assert chosen("text", "备注", "id", "单号", text="备注", id="单号") == ("备注", "单号")


def test_a_missing_named_column_is_refused_with_the_columns_there_are():
    error = refused("店铺", "时间", text="评论")
    assert "a.csv" in error.message
    assert "'评论'" in error.message
    assert "店铺, 时间" in error.message
    assert "--text-field" in error.remedy


def test_a_table_without_a_text_column_is_refused_with_the_columns_there_are():
    error = refused("店铺", "时间")
    assert "店铺, 时间" in error.message
    assert "--text-field" in error.remedy


def test_a_table_without_any_column_is_refused():
    assert "none" in refused().message


def test_a_missing_named_id_is_refused_with_the_columns_there_are():
    error = refused("text", "店铺", id="单号")
    assert "'单号'" in error.message
    assert "text, 店铺" in error.message
    assert "--id-field" in error.remedy


def test_a_row_becomes_feedback_with_its_id_text_and_channel():
    row = {"编号": "k1", "内容": "没收到", "channel": "app"}
    assert record(row, 3, "内容", "编号") == Feedback("k1", "没收到", "app", meta=row)


@pytest.mark.parametrize("given", [None, ""])
def test_a_row_without_an_id_is_named_by_its_number(given):
    assert record({"id": given, "text": "好"}, 12, "text", "id").id == "12"


def test_a_table_without_ids_is_named_by_row_number():
    assert record({"text": "好"}, 12, "text", None).id == "12"


@pytest.mark.parametrize("given", [7, 0])
def test_a_number_as_an_id_becomes_its_digits(given):
    assert record({"id": given, "text": "好"}, 12, "text", "id").id == str(given)


def test_a_null_text_is_an_empty_one():
    assert record({"text": None}, 1, "text", None).text == ""


def test_a_text_that_is_no_string_is_left_for_the_engine_to_refuse():
    assert record({"text": 666}, 1, "text", None).text == 666


def test_a_row_that_lacks_the_text_becomes_a_rejection_with_its_number():
    result = record({"id": "k9", "店铺": "a"}, 4, "text", "id")
    assert isinstance(result, Rejection)
    assert (result.id, result.code) == ("k9", "missing_field")
    assert "Row 4" in result.message
    assert "'text'" in result.message


def test_a_time_in_iso_form_is_read():
    row = {"text": "好", "received_at": "2025-03-01T08:30:00"}
    assert record(row, 1, "text", None).received_at == datetime(2025, 3, 1, 8, 30)


def test_a_time_from_a_typed_file_is_kept():
    moment = datetime(2025, 3, 1)
    assert record({"text": "好", "received_at": moment}, 1, "text", None).received_at == moment


@pytest.mark.parametrize("given", ["昨天", "", None, 20250301])
def test_a_time_that_cannot_be_read_does_not_lose_the_text(given):
    result = record({"text": "好", "received_at": given}, 1, "text", None)
    assert (result.text, result.received_at) == ("好", None)


def test_every_column_of_a_row_is_kept_beside_the_text():
    row = {"text": "好", "店铺": "a", "评分": 5}
    assert record(row, 1, "text", None).meta == row


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-05 10:00",
        "2026/01/05 10:00",
        "2026/1/5 10:00:00",
        "2026年01月05日 10:00",
        " 2026-01-05T10:00:00 ",
        datetime(2026, 1, 5, 10),
    ],
)
def test_a_time_is_read_as_people_write_it(value):
    assert moment(value) == datetime(2026, 1, 5, 10)


@pytest.mark.parametrize("value", [None, "", "昨天", "2026-13-01", 7, []])
def test_what_is_no_time_is_none(value):
    assert moment(value) is None


def test_the_usual_name_of_a_column_is_found_in_any_writing():
    assert usual(["店铺", "創建時間", "日期"], TIME_NAMES) == "創建時間"
    assert usual(["店铺"], TIME_NAMES) is None
