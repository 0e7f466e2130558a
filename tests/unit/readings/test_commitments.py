"""What an agent's reply promises, when it falls due, and what it reports as done."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pace import taken
from tests.unit.readings.commitment_cases import (
    BLIND,
    BLIND_DONE,
    CHINA,
    DONE,
    KEPT,
    NONE,
    NOT_DONE,
    SAID_AT,
    nov,
)
from triage.readings.commitments import (
    Commitment,
    Fulfilment,
    find_commitments,
    find_fulfilments,
)


def when(commitment):
    """The due time as the cases write it."""
    if commitment.conditional:
        return "conditional"
    return "vague" if commitment.vague else commitment.working_days or commitment.due


def told(text, said_at=SAID_AT):
    return [(found.kind, when(found)) for found in find_commitments(text, said_at)]


def kinds_done(text):
    return [done.kind for done in find_fulfilments(text)]


def rates(found, wanted):
    """Precision and recall over lists of lists."""
    hits = sum(sum(item in there for item in own) for own, there in zip(found, wanted, strict=True))
    return hits / sum(map(len, found)), hits / sum(map(len, wanted))


@pytest.mark.parametrize(("text", "kind", "due"), KEPT)
def test_a_promise_has_its_kind_and_its_due_time(text, kind, due):
    assert told(text) == [(kind, due)]


@pytest.mark.parametrize("text", NONE)
def test_what_is_asked_denied_done_or_said_by_the_customer_is_no_promise(text):
    assert told(text) == []


@pytest.mark.parametrize(("text", "kind"), DONE)
def test_what_is_reported_as_done_has_its_kind(text, kind):
    assert kinds_done(text) == [kind]


@pytest.mark.parametrize("text", NOT_DONE)
def test_a_step_on_the_way_or_an_act_of_the_customer_fulfils_nothing(text):
    assert kinds_done(text) == []


def test_of_sentences_written_before_the_rules_most_are_read_right():
    found = [told(text) for text, _ in BLIND]
    precision, recall = rates(found, [wanted for _, wanted in BLIND])
    assert precision >= 0.95
    assert recall >= 0.90


def test_of_reports_written_before_the_rules_most_are_read_right():
    found = [kinds_done(text) for text, _ in BLIND_DONE]
    precision, recall = rates(found, [wanted for _, wanted in BLIND_DONE])
    assert precision >= 0.95
    assert recall >= 0.80


def test_two_promises_of_one_message_are_two():
    text = "稍后给您回电，退款3个工作日内到账，新机明天寄出"
    assert told(text) == [("call_back", "vague"), ("refund", 3), ("delivery", nov(20))]


def test_a_time_in_the_next_clause_completes_a_promise_without_one():
    [found] = find_commitments("我们尽快给您退款，预计两天", SAID_AT)
    assert (found.kind, found.due, found.vague) == ("refund", nov(20, 10), False)


def test_two_times_of_one_clause_have_an_act_each():
    text = "24小时内回复您并在三天内退款"
    assert told(text) == [("call_back", nov(19, 10)), ("refund", nov(21, 10))]


def test_a_promise_points_at_its_words_in_either_script():
    text = "您好，我們會於２個工作天內回覆您。"
    assert find_commitments(text) == [Commitment("call_back", 7, 15, working_days=2)]
    assert text[7:15] == "２個工作天內回覆"


def test_a_report_points_at_its_words():
    assert find_fulfilments("您好，已給您退款") == [Fulfilment("refund", 3, 8)]


def test_a_report_and_a_promise_of_one_message_are_both_read():
    text = "已为您退款，1-3个工作日到账"
    assert kinds_done(text) == ["refund"]
    assert told(text) == [("refund", 3)]


def test_one_done_word_is_good_for_the_act_next_to_it_only():
    assert kinds_done("已上门给您修好") == ["visit", "repair"]
    assert kinds_done("已上门准备维修") == ["visit"]


def test_without_the_time_of_saying_nothing_falls_due():
    [found] = find_commitments("明天下午三点师傅上门")
    assert (found.kind, found.due, found.vague) == ("visit", None, False)


def test_yesterday_is_no_promise_even_without_the_time_of_saying():
    assert find_commitments("昨天下午给您回电") == []


def test_a_due_time_is_naive_where_the_time_of_saying_is():
    [found] = find_commitments("明天安排上门", datetime(2026, 11, 18, 10))
    assert found.due == datetime(2026, 11, 20)


def test_a_condition_takes_the_due_time_and_the_working_days():
    assert find_commitments("收到退件后3个工作日内退款", SAID_AT) == [
        Commitment("refund", 5, 13, conditional=True)
    ]


def test_a_condition_of_the_sentence_before_binds_nothing():
    assert told("如果不满意可以退货。我们明天给您换新。") == [("exchange", nov(20))]


@pytest.mark.parametrize(
    ("said_at", "text", "due"),
    [
        (nov(18, 20), "上午九点给您回电", nov(19, 9)),
        (nov(18, 20), "九点前给您回电", nov(18, 21)),
        (nov(18, 20), "上午给您回电", nov(19, 12)),
        (nov(22, 20), "本周给您回电", nov(23)),
        (nov(22, 20), "周末给您回电", nov(23)),
        (nov(22, 20), "周末前给您回电", nov(23)),
        (nov(18, 23, 30), "12点前给您处理", nov(19)),
        (
            datetime(2026, 12, 31, 10, tzinfo=CHINA),
            "月底前给您退款",
            datetime(2027, 1, 1, tzinfo=CHINA),
        ),
    ],
)
def test_the_next_time_that_a_clock_or_calendar_shows_it_is_meant(said_at, text, due):
    assert told(text, said_at)[0][1] == due


def test_at_the_end_of_the_calendar_a_promise_has_no_due_time():
    for text in (
        "两天内退款",
        "明天退款",
        "月底前退款",
        "下周退款",
        "年底前退款",
        "明天下午三点退款",
        "次日送达",
    ):
        [found] = find_commitments(text, datetime.max)
        assert (found.due, found.vague) == (None, False)


_PIECES = [
    *(
        "24小时内",
        "3-5个工作日",
        "明天",
        "下午三点",
        "周五前",
        "月底",
        "11月25日",
        "半",
        "一",
        "年底",
    ),
    *(
        "马上",
        "稍后",
        "会",
        "将",
        "已",
        "了",
        "核实后",
        "预计",
        "的话",
        "您说",
        "昨天",
        "请您",
        "无法",
    ),
    *(
        "退款",
        "回复您",
        "上门",
        "送到",
        "发货",
        "修好",
        "换新",
        "处理",
        "天內",
        "回覆",
        "師傅",
        "下个",
    ),
    *("如果", "收到后", "吗", "？", "，", "。", "“", "”", "到", "至", "-", "点", "前", "\n"),
]
_TEXTS = st.lists(st.one_of(st.sampled_from(_PIECES), st.characters()), max_size=25).map("".join)
_TIMES = [None, SAID_AT, datetime.min, datetime.max, datetime(2024, 2, 29, 23, 59)]


@given(_TEXTS, st.sampled_from(_TIMES))
def test_spans_lie_in_order_within_the_text_and_nothing_raises(text, said_at):
    for found in (find_commitments(text, said_at), find_fulfilments(text)):
        end = 0
        for item in found:
            assert end <= item.start < item.end <= len(text)
            end = item.end


@given(_TEXTS)
def test_a_promise_falls_due_after_it_was_said_or_not_at_all(text):
    for found in find_commitments(text, SAID_AT):
        assert found.due is None or found.due > SAID_AT
        known = (found.due is not None) + (found.working_days is not None)
        assert known <= (not found.vague and not found.conditional)


@pytest.mark.parametrize(
    "unit",
    [
        *("24小时内回复您", "明天,会处理", "今天处理", "明天退款会", "已退款", "马上退款"),
        *("如果明天退款", "退款1-", "“说退款", "请您明天退款", "核实后退款，", "一二三退款"),
        "收到明天退款",
    ],
)
def test_twenty_thousand_characters_take_less_than_a_second(unit):
    text = (unit * 20_000)[:20_000]
    assert taken(lambda: (find_commitments(text, SAID_AT), find_fulfilments(text))) < 1
