"""What the customer wants done, and what is only reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.readings import Remedy, find_remedies


def wanted(text):
    return [remedy.kind for remedy in find_remedies(text)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("要求维修", "repair"),
        ("麻烦派人来修一下", "repair"),
        ("请尽快修好", "repair"),
        ("我要换货", "exchange"),
        ("請給我換一台新的", "exchange"),
        ("希望包退", "refund"),
        ("申请退款", "refund"),
        ("退款!", "refund"),
        ("赶紧给我退钱", "refund"),
        ("必须照价赔", "compensation"),
        ("要求賠償損失", "compensation"),
        ("给我道歉!", "apology"),
        ("欠我一个道歉", "apology"),
        ("请给个说法", "explanation"),
        ("希望有个合理的解释", "explanation"),
        ("请回电", "call_back"),
        ("麻烦尽快回复我", "call_back"),
        ("盼复", "call_back"),
        ("能不能补发一个", "reship"),
        ("请重发", "reship"),
        ("尽快发货", "delivery"),
        ("能不能快点送来", "delivery"),
        ("取消订单!", "cancellation"),
        ("我要销户", "cancellation"),
    ],
)
def test_a_wish_is_read(read, text, kind):
    assert wanted(read(text)) == [kind]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("不给退", "refund"),
        ("拒绝退款", "refund"),
        ("退款一直没到账", "refund"),
        ("三天了还没退款", "refund"),
        ("东西坏了,能退吗", "refund"),
        ("不肯赔", "compensation"),
        ("没人联系我", "call_back"),
        ("连句道歉都没有", "apology"),
        ("没有任何解释", "explanation"),
        ("怎么还不发货", "delivery"),
        ("报修三次没人来", "repair"),
        ("申请退款,三天了还没到账", "refund"),
    ],
)
def test_what_the_desk_withholds_is_wanted_still(text, kind):
    assert wanted(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "退款秒到账",
        "已经换了新的",
        "客服马上给我退款了,态度很好",
        "申请退款,秒到账",
        "客服道歉了,还补发了一件",
        "师傅很快修好了",
        "主动补偿了五块钱",
        "解释得很清楚",
        "老板二话不说就给退了",
        "补发的也收到了",
    ],
)
def test_what_was_given_is_not_wanted(text):
    assert wanted(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "不要赔偿",
        "不用退款",
        "无需回电",
        "客户不退不赔",
        "没想退货",
        "懒得退货",
        "是否需要回电:否",
        "不要求道歉",
        "也不退了",
    ],
)
def test_what_is_declined_is_not_wanted(text):
    assert wanted(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "坏了能退吗",
        "不合适可以退换吗",
        "支持七天无理由退货吗",
        "想买,坏了包换吗",
    ],
)
def test_a_question_before_buying_wants_nothing_yet(text):
    assert wanted(text) == []


@pytest.mark.parametrize(
    "text",
    ["客服:请您申请退款", "卖家:亲,可以给您补发", "他说“可以退款”", "让我申请退款", "建议我去退货"],
)
def test_the_words_of_the_desk_are_not_the_customers(text):
    assert wanted(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "请交维修基金",
        "送餐员很热情",
        "配送费太贵",
        "房子要装修",
        "订单被取消了",
        "四种说法",
        "换了两次床单",
        "请修改地址",
        "送来的时候还是热的",
    ],
)
def test_words_that_only_look_like_a_remedy_want_nothing(text):
    assert wanted(text) == []


def test_a_list_of_wishes_is_read_to_its_end():
    assert wanted("要求退款,赔偿,道歉") == ["refund", "compensation", "apology"]


def test_one_may_want_one_thing_and_not_another():
    assert wanted("我要换货,不要退款") == ["exchange"]


def test_what_was_given_in_the_end_is_wanted_no_more():
    assert wanted("要求退款,最后退款成功") == []


def test_either_of_two_is_both():
    assert sorted(wanted("要求退换货")) == ["exchange", "refund"]


def test_a_remedy_points_at_its_word():
    assert find_remedies("我要求退款") == [Remedy("refund", 3, 5)]


def test_praise_wants_nothing():
    assert find_remedies("味道很好,送得也快,老板还送了小菜") == []


_PIECES = "要求请不给已经退款换货维修赔道歉解释回电补发送来取消了吗!?:“”客服说,。\n"


@given(st.text(st.one_of(st.characters(), st.sampled_from(_PIECES)), max_size=60))
def test_spans_lie_within_the_text_and_nothing_raises(text):
    for remedy in find_remedies(text):
        assert 0 <= remedy.start < remedy.end <= len(text)
