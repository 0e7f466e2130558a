import csv
import json

import pytest

from triage.training.corpus import read_examples

COLUMNS = (
    "反馈单号",
    "客户留言原文",
    "投诉归类",
    "客户情绪（1-5）",
    "紧急程度",
    "会员卡号",
    "受理渠道",
)
ROWS = [
    ("F001", "买的电热水壶用了三天就漏电，吓死人了", "产品质量", "非常不满", "紧急", "M01", "电话"),
    ("F002", "快递放驿站也不通知，找了半天", "物流配送、服务态度", "2", "普通", "M02", "App"),
    ("F003", "师傅很耐心，安装得很好", "无", "5", "低", "M03", "App"),
    ("F004", "发票一直不开，催了三次", "发票问题", "2", "普通", "M04", "App"),
    ("F005", "", "其他投诉", "2", "普通", "M05", "App"),
]


@pytest.fixture
def table(tmp_path):
    """A table of a desk as it comes: GB18030, column names of its own."""
    path = tmp_path / "客服导出.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    return path


@pytest.fixture
def out(tmp_path):
    return tmp_path / "mine"


def test_a_gb18030_table_with_odd_columns_is_imported_and_everything_is_told(cli, table, out):
    result = cli("data", "import", table, "--out", out)
    assert result.code == 0
    first = read_examples([out])[0]
    assert (first.id, first.issues, first.sentiment) == ("F001", ("product_quality",), 1)
    assert (first.urgency, first.customer, first.channel) == (3, "M01", "电话")
    assert "问题issues←投诉归类" in result.said
    assert "新new3" in result.said
    assert "rejected2" in result.said
    assert "unknown_label" in result.said
    assert "第4行" in result.said
    assert "发票问题1" in result.said
    assert "--map" in result.said
    assert str(out / "rejected.jsonl").replace(" ", "") in result.said


def test_again_nothing_is_new(cli, table, out):
    cli("data", "import", table, "--out", out)
    result = cli("data", "import", table, "--out", out)
    assert result.code == 0
    assert "新new0" in result.said
    assert "therealready3" in result.said


def test_new_labels_are_written_and_the_rows_go_in(cli, table, out):
    result = cli("data", "import", table, "--out", out, "--new-labels")
    assert "taxonomy.yaml" in result.said
    assert "新new4" in result.said
    assert read_examples([out])[3].issues == ("label_1",)


def test_a_map_file_makes_labels_known(cli, table, out, put):
    rules = put("map.yaml", "发票问题: other")
    assert "新new4" in cli("data", "import", table, "--out", out, "--map", rules).said
    assert read_examples([out])[3].issues == ("other",)


def test_columns_that_are_named_and_those_not_found_are_told(cli, put, out):
    path = put("a.csv", "甲,乙", "漏水了,不满", "很好啊,满意")
    options = ("--text-field", "甲", "--sentiment-field", "乙")
    result = cli("data", "import", path, "--out", out, *options)
    assert result.code == 0
    assert "notfound:问题issues、紧急urgency" in result.said


def test_ids_of_other_texts_are_told(cli, put, out):
    one = put("a.csv", "序号,内容,标签", "1,漏水了,产品质量")
    two = put("b.csv", "序号,内容,标签", "1,送得慢,物流配送")
    assert "1个编号已属于别的文本" in cli("data", "import", one, two, "--out", out).said


def test_many_unknown_labels_are_cut_short(cli, put, out):
    rows = [f"第{k}件漏水了,怪名{chr(0x4E00 + k)}" for k in range(20)]
    result = cli("data", "import", put("a.csv", "内容,标签", *rows, "好,无"), "--out", out)
    assert "……共inall2020" in result.said


def test_where_no_row_goes_in_the_command_fails(cli, put, out):
    result = cli("data", "import", put("a.csv", "内容,标签", "漏水了,怪名"), "--out", out)
    assert result.code == 2
    assert "Norowcouldbeimported" in result.said
    assert "怪名1" in result.said
    assert json.loads((out / "rejected.jsonl").read_text("utf-8"))["code"] == "unknown_label"


def test_a_table_without_a_text_is_refused_with_its_columns(cli, put, out):
    result = cli("data", "import", put("a.csv", "甲,标签", "1,无"), "--out", out)
    assert result.code == 2
    assert "甲、标签" in result.said
    assert "--text-field" in result.said
    assert not out.exists()
