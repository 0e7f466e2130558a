"""Before buying, waiting for the goods, or after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.readings import Stage, stage_of


@pytest.mark.parametrize(
    "text",
    [
        "请问有现货吗",
        "坏了能退吗",
        "支持七天无理由退货吗",
        "这款多少钱",
        "想买一台给我妈,适合老人用吗",
        "包邮吗?",
        "打算下单,什么时候有货",
        "還有房嗎",
        "能不能便宜点",
    ],
)
def test_a_question_about_what_is_not_bought_is_pre_sale(read, text):
    assert stage_of(read(text)).kind == "pre_sale"


@pytest.mark.parametrize(
    "text",
    [
        "下单三天了还没发货",
        "怎么还没到",
        "一直没收到货",
        "昨天付款,什么时候能发货",
        "物流一直不更新",
        "還沒收到貨",
        "尽快发货",
        "麻烦改地址",
    ],
)
def test_what_is_ordered_and_not_here_is_in_sale(read, text):
    assert stage_of(read(text)).kind == "in_sale"


@pytest.mark.parametrize(
    "text",
    [
        "收到货了,很满意",
        "用了三天就坏了",
        "要求退款",
        "报修三次没人来",
        "没收到退款",  # the money, not the goods
        "房间很干净",
        "味道不错",
        "收到就坏了,能退吗",
        "少发了一件",
        "不給退",
        "收到了,想再买一个",
    ],
)
def test_what_was_received_or_used_is_after_sale(read, text):
    assert stage_of(read(text)).kind == "after_sale"


@pytest.mark.parametrize("text", ["", "你好", "今天天气不错", "请问书记,什么时候修路呢"])
def test_nothing_of_a_sale_is_unknown(text):
    assert stage_of(text) == Stage("unknown")


def test_the_words_that_tell_the_stage_are_pointed_at():
    assert stage_of("我收到货了") == Stage("after_sale", 1, 3)


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("没收到货退款想买吗请问下单坏了能退?,")),
        max_size=60,
    )
)
def test_the_span_lies_within_the_text_and_nothing_raises(text):
    stage = stage_of(text)
    if stage.start is not None:
        assert 0 <= stage.start < stage.end <= len(text)
