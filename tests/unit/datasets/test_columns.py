import pytest

from triage.datasets.columns import Wanted, choose
from triage.datasets.values import Names
from triage.errors import FileFormatError

TEXT = "买的电热水壶用了三天就漏电，客服也不理人"


def chosen(*rows, wanted=None):
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return choose(columns, rows, wanted or Wanted(), Names(), "desk.csv")


def roles(**row):
    return chosen(row).to_dict()


@pytest.mark.parametrize(
    ("header", "issues", "sentiment", "urgency", "customer", "channel"),
    [
        ("反馈内容", "问题类型", "满意度", "紧急程度", "客户编号", "渠道"),
        ("客户留言", "标签", "情绪", "优先级", "会员号", "反馈渠道"),
        ("內容", "問題類型", "情緒", "緊急程度", "客戶編號", "渠道"),
        ("Comment", "Labels", "Rating", "Priority", "customer_id", "Channel"),
        ("投诉内容*", "投诉分类（可多选）", "评分(1-5)", "紧急级别 [0-3]", "用户ID", "来源"),
        ("客诉原文摘录", "处理标签", "客户情绪值", "是否紧急", "客户编码X", "进线渠道"),
    ],
)
def test_columns_are_known_by_their_usual_names(
    header, issues, sentiment, urgency, customer, channel
):
    row = {header: TEXT, issues: "物流配送", sentiment: "2", urgency: "1"}
    row |= {customer: "c1", channel: "电话"}
    found = chosen(row)
    assert (found.text, found.issues, found.sentiment) == (header, issues, sentiment)
    assert (found.urgency, found.customer, found.channel) == (urgency, customer, channel)


def test_a_named_column_wins_over_the_usual_name():
    found = chosen({"内容": TEXT, "备注": TEXT, "标签": "无"}, wanted=Wanted(text="备注"))
    assert found.text == "备注"


def test_a_named_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(FileFormatError, match=r"no column '类'.*内容、标签") as caught:
        chosen({"内容": TEXT, "标签": "无"}, wanted=Wanted(issues="类"))
    assert "--issues-field" in caught.value.remedy


def test_of_two_columns_for_issues_the_one_that_names_issues_is_taken():
    rows = [{"内容": TEXT, "类型": "网购", "分类": "物流配送"}] * 3
    assert chosen(*rows).issues == "分类"


def test_issues_under_an_unusual_name_are_known_by_their_cells():
    rows = [
        {"内容": TEXT, "甲": "物流配送、服务态度", "乙": "张三"},
        {"内容": TEXT, "甲": "无", "乙": "李四"},
    ]
    assert chosen(*rows).issues == "甲"


def test_a_column_of_nothing_but_none_is_not_taken_for_issues():
    with pytest.raises(FileFormatError, match="no column that looks like labels"):
        chosen({"内容": TEXT, "甲": "无"}, {"内容": TEXT, "甲": "无"})


def test_a_text_under_an_unusual_name_is_known_if_it_is_the_only_one():
    assert chosen({"甲": TEXT, "乙": "张三", "标签": "无"}).text == "甲"
    with pytest.raises(FileFormatError, match=r"looks like a text.*甲、乙、标签") as caught:
        chosen({"甲": TEXT, "乙": TEXT, "标签": "无"})
    assert "--text-field" in caught.value.remedy


def test_a_time_of_feedback_is_no_text():
    with pytest.raises(FileFormatError, match="looks like a text"):
        chosen({"反馈时间": "2025-01-01", "标签": "无"})


def test_columns_that_bear_the_names_of_labels_are_read_as_yes_and_no():
    rows = [
        {"内容": TEXT, "物流配送": "1", "服务态度": "", "其他投诉": "话费"},
        {"内容": TEXT, "物流配送": "0", "服务态度": "是", "其他投诉": ""},
    ]
    found = chosen(*rows)
    assert found.flags == (("物流配送", "delivery"), ("服务态度", "staff_attitude"))
    assert found.to_dict()["issues"] == "物流配送、服务态度"


def test_a_table_without_any_label_is_refused_with_its_columns():
    with pytest.raises(
        FileFormatError, match=r"looks like labels. Its columns: 内容、日期"
    ) as caught:
        chosen({"内容": TEXT, "日期": "2025-01-01"})
    assert "--issues-field" in caught.value.remedy


def test_a_sentiment_alone_is_enough():
    assert roles(内容=TEXT, 情绪="正面") == {"text": "内容", "sentiment": "情绪"}
