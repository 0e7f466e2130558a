"""Facts that make a message urgent, and the words that only look like them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.signals import KINDS, Signal, find, lexicon, vector
from triage.text.clean import clean
from triage.text.script import to_simplified

RECEIVED = datetime(2024, 3, 13, 10, 0)  # a Wednesday


def read(text):
    return to_simplified(clean(text).text)


def kinds(text):
    return {signal.kind for signal in find(read(text), RECEIVED)}


def levels(text, kind):
    return {signal.level for signal in find(read(text), RECEIVED) if signal.kind == kind}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("吃完上吐下泻", "health"),
        ("打了120送去急诊", "health"),
        ("插头漏电", "safety"),
        ("充电器冒烟了", "safety"),
        ("菜里有蟑螂", "safety"),
        ("汤里喝出一只苍蝇", "safety"),
        ("活着没意思", "self_harm"),
        ("卡被盗刷三千", "fraud"),
        ("个人信息泄露", "privacy"),
        ("再不退我就起诉", "legal"),
        ("我会报警", "legal"),
        ("如果不解决就打12315", "regulator"),
        ("否则曝光你们", "exposure"),
        ("让记者来", "exposure"),
    ],
)
def test_danger_fraud_and_threats_are_critical(text, kind):
    assert levels(text, kind) == {3}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("押金一直不给退", "money_withheld"),
        ("退款没到账", "money_withheld"),
        ("小区停电", "blocked"),
        ("客服不回消息", "neglected"),
        ("打过去没人接", "neglected"),
        ("打了12345没用", "regulator"),
        ("等了三天了", "waiting"),
        ("请18号前发货", "deadline"),
        ("打了五个电话", "repeated_contact"),
    ],
)
def test_withheld_money_waiting_and_neglect_are_high(text, kind):
    assert levels(text, kind) == {2}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("橘子发霉了", "safety"),
        ("酸奶过期了", "safety"),
        ("遥控器按键失灵", "safety"),
        ("手机有点发烫", "safety"),
        ("浴室有蟑螂", "safety"),  # not in the food
        ("感觉被骗", "fraud"),
        ("等了两个小时", "waiting"),
        ("收纳箱打不开", "blocked"),
    ],
)
def test_lesser_words_of_a_kind_are_no_emergency(text, kind):
    assert levels(text, kind) == {1}


@pytest.mark.parametrize(
    "text",
    [
        "好吃到爆炸",
        "气炸了",
        "炸鸡好吃",
        "演技炸裂",
        "价格烫手山芋",
        "感染力很强",
        "买来防漏电保护器",
        "多媒体功能",
        "自带电池",
        "自己动手安装的",
        "杀虫效果好",
        "好吃到中毒",
        "曝光度高的照片",
        "不回购了",
        "再也不回来了",
        "物流跟踪很方便",
    ],
)
def test_idioms_and_praise_are_no_facts(text):
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "没有漏电",
        "不会过敏",
        "没拉肚子",
        "从没住院",
        "没有异物",
        "避免触电",
        "不想报警",
        "没有起诉",
    ],
)
def test_what_is_denied_does_not_count(text):
    assert kinds(text) == set()


@pytest.mark.parametrize(
    "text", ["会不会漏电?", "怕吃了拉肚子", "万一着火怎么办", "容易过敏的人慎用", "会漏电吗"]
)
def test_what_is_asked_or_supposed_does_not_count(text):
    assert kinds(text) == set()


@pytest.mark.parametrize("text", ["新闻里说爆炸", "听说有人中毒", "小说里主角自杀", "别家有人过敏"])
def test_what_is_told_of_others_does_not_count(text):
    assert kinds(text) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("没想到漏电", "safety"),
        ("没用几次就冒烟", "safety"),
        ("不小心被烫伤", "health"),
        ("可怕的是漏电", "safety"),
        ("无语,漏电", "safety"),
        ("插头会漏电", "safety"),
        ("消防说一氧化碳超标", "safety"),
        ("漏电??!", "safety"),  # outrage, no question
        ("我会起诉", "legal"),
        ("要是再不退就找媒体", "exposure"),
    ],
)
def test_words_that_look_like_a_denial_take_nothing_back(text, kind):
    assert levels(text, kind) == {3}


@pytest.mark.parametrize(
    "text", ["120元", "花了120块", "1950年的老房子", "单号6123153", "尾号123451", "8-12315"]
)
def test_a_piece_of_a_number_is_no_telephone_of_an_office(text):
    assert kinds(text) == set()


def test_a_longer_word_stands_for_the_shorter_within_it():
    assert [(s.kind, s.start, s.end) for s in find("食物中毒")] == [("health", 0, 4)]


def test_the_denial_of_one_clause_leaves_the_next_alone():
    assert kinds("没有过敏,但是漏电") == {"safety"}


def test_traditional_and_full_width_are_read_after_cleaning():
    assert "safety" in kinds("插頭漏電")
    assert "regulator" in kinds("打１２３１５")


def test_a_wait_carries_its_days_and_a_deadline_its_date():
    wait, deadline = find("等了三天了,请18号前发货", RECEIVED)
    assert wait == Signal("waiting", 0, 4, 2, 3.0)
    assert deadline.due == datetime(2024, 3, 18)


def test_signals_come_in_order_of_position():
    starts = [s.start for s in find("漏电,等了三天,再不退款就起诉", RECEIVED)]
    assert starts == sorted(starts)
    assert len(starts) >= 3


def test_every_word_is_of_a_known_kind_and_level():
    words = lexicon().words
    assert {word.kind for word in words.values()} <= set(KINDS)
    assert {word.level for word in words.values()} <= {1, 2, 3}
    assert all(word.minor <= word.level for word in words.values())


def test_a_vector_is_as_long_for_nothing_as_for_much():
    assert len(vector([])) == len(vector(find("漏电,等了三天,打了五个电话")))
    assert set(vector([])) == {0.0}


_PIECES = "漏电没有不会吗?起诉12315打了三次等两天内前蟑螂菜里,。120元"


@given(st.text(st.one_of(st.characters(), st.sampled_from(_PIECES)), max_size=80))
def test_spans_lie_within_the_text_and_nothing_raises(text):
    for signal in find(text, RECEIVED):
        assert 0 <= signal.start < signal.end <= len(text)


@pytest.mark.parametrize("text", ["问题解决了", "已经全额退款了", "此事已了结", "我不投诉了"])
def test_what_is_settled_asks_for_nothing(text):
    assert levels(text, "settled") == {0}


@pytest.mark.parametrize(
    "text", ["问题没解决", "问题解决了,但又坏了", "请尽快解决", "要已经退款了"]
)
def test_what_is_not_settled_is_not(text):
    assert levels(text, "settled") == set()
