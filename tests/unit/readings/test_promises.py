"""Promises quoted from the desk, and when they fall due."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.readings import Promise, find_promises


def kinds(text):
    return [promise.kind for promise in find_promises(text)]


def dues(text, received_at):
    return [promise.due for promise in find_promises(text, received_at)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("说好24小时回电", "call_back"),
        ("客服说48小时内联系我", "call_back"),
        ("答应三天内退款", "refund"),
        ("承诺七天无理由", "refund"),
        ("保证明天送到", "delivery"),
        ("頁面寫24小時發貨", "delivery"),
        ("店家承诺周五前修好", "repair"),
        ("答应给我换新", "exchange"),
        ("约好上午来安装", "visit"),
        ("说好的冷链", "other"),
        ("答应赠送钢化膜", "other"),
    ],
)
def test_a_promise_has_its_kind(read, text, kind):
    assert kinds(read(text)) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "不能保证质量",
        "质量有保证",
        "大家都说好吃",
        "先说好的",
        "我保证再也不来了",
        "我答应三天内付款",
        "押了保证金三天",
        "签了承诺书",
        "没有承诺退款",
        "能保证三天到吗",
        "请保证出行安全",
        "客服:三天内给您退款",
        "说好了",
    ],
)
def test_denials_customers_and_questions_promise_nothing(text):
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("客服说24小时内回电", datetime(2024, 3, 14, 10, 0)),
        ("答应三天内退款", datetime(2024, 3, 16, 10, 0)),
        ("保证明天送到", datetime(2024, 3, 15)),  # the end of tomorrow
        ("承诺周五前修好", datetime(2024, 3, 15)),
        ("承诺3月20日前退款", datetime(2024, 3, 20)),
        ("承诺两个半小时内送到", datetime(2024, 3, 13, 12, 30)),
    ],
)
def test_a_promise_of_today_falls_due_from_the_receiving_time(received, text, due):
    assert dues(text, received) == [due]


@pytest.mark.parametrize(
    "text",
    [
        "昨天说好24小时回电",
        "当时答应三天内上门",
        "上周五客服说明天送到",
        "说好24小时回电,现在第六天了",
        "答应三天内退款,至今没退",
        "承诺七天无理由",
        "承诺3个工作日内退款",  # needs a calendar
        "答应退款",
    ],
)
def test_where_the_beginning_is_another_day_or_it_is_broken_there_is_no_due(received, text):
    assert dues(text, received) == [None]


def test_a_date_of_its_own_holds_whenever_it_was_said(received):
    assert dues("上周说好3月20日前退款", received) == [datetime(2024, 3, 20)]


def test_without_a_receiving_time_nothing_falls_due():
    assert dues("答应三天内退款", None) == [None]


def test_a_promise_points_at_its_words():
    assert find_promises("他们答应三天内退款的") == [Promise("refund", 2, 9)]


def test_two_promises_are_two():
    assert kinds("答应三天内退款,又承诺明天回电") == ["refund", "call_back"]


_PIECES = "说好答应承诺保证三天内24小时明天周五前退款回电送到修不能我,没。吗3月5日 \n"


@given(st.text(st.one_of(st.characters(), st.sampled_from(_PIECES)), max_size=60))
def test_spans_lie_within_the_text_and_nothing_raises(text):
    for received_at in (None, datetime(2024, 3, 13), datetime.min, datetime.max):
        for promise in find_promises(text, received_at):
            assert 0 <= promise.start < promise.end <= len(text)
