"""The words that say what a text is about, and the phrases that they make."""

import pytest

from triage.trends.topics.phrases import find_phrases, terms_of
from triage.trends.topics.words import BREAK, clauses_of, words_of


def words(text):
    return words_of([text])[0]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("快递还没有收到", ["快递", "没收到"]),
        ("空调不制冷", ["空调", "不制冷"]),
        ("无法退款", ["无法退款"]),
        ("钱没到账", ["钱", "没到账"]),
        ("退款不到账", ["退款", "不到账"]),
    ],
)
def test_a_negation_stays_with_its_word(text, wanted):
    assert words(text) == wanted


def test_a_negation_does_not_reach_across_a_comma():
    assert words("没有，快递丢件") == ["快递", "丢件"]


def test_courtesy_functional_and_platform_words_are_left_out():
    assert words("您好，亲，我在淘宝旗舰店购买的这个商品已经收到了，谢谢客服") == ["收到"]


def test_numbers_orders_and_personal_data_are_left_out():
    text = "订单号20231123456789，电话13800001234，王小明先生住朝阳区建国路88号3单元，退款三天"
    found = words(text)
    assert "退款" in found
    assert not any(char.isdigit() for word in found for char in word)
    assert {"王小明", "小明", "建国路", "三天"}.isdisjoint(found)


def test_laughter_says_nothing_and_mothers_do():
    assert words("哈哈哈哈哈 啦啦啦 妈妈") == ["妈妈"]


def test_traditional_characters_give_the_same_words():
    assert words("快遞員態度惡劣") == words("快递员态度恶劣") != []


def test_a_text_that_says_nothing_has_no_words():
    assert words_of(["", "。。。", "的了吗"]) == [[], [], []]
    assert words_of([]) == []


def test_a_clause_ends_at_punctuation_and_where_much_is_left_out():
    (row,) = clauses_of(["充电器冒烟，屏幕碎裂"])
    assert row.count(BREAK) == 1
    assert BREAK not in words_of(["充电器冒烟，屏幕碎裂"])[0]


# Phrases


def rows(*texts, times=6):
    return clauses_of(list(texts) * times)


NOISE = ["屏幕碎裂", "快递丢件", "裙子起球", "空调漏水", "退款很慢", "米饭很硬", "发热"] * 6


def test_words_that_stand_together_make_a_phrase():
    found = find_phrases(rows("充电器发热", "充电器好", *NOISE, times=6), least=3)
    assert found["充电器", "发热"]
    assert "".join(("充电器", "发热")) in terms_of(["充电器", "发热"], found)


def test_a_phrase_does_not_reach_across_a_break():
    found = find_phrases(rows("充电器，发热", *NOISE), least=3)
    assert ("充电器", "发热") not in found


def test_a_phrase_that_is_too_rare_is_none():
    assert ("充电器", "发热") not in find_phrases(rows("充电器发热", times=2), least=3)


def test_a_piece_of_a_longer_phrase_is_no_phrase_of_its_own():
    text = "小区物业乱收费"
    (row,) = clauses_of([text])
    assert len(row) >= 3
    found = find_phrases(rows(text, *NOISE), least=3)
    told = list(terms_of(row, found))
    assert "".join(row) in told
    assert "".join(row[:2]) not in told
    assert row[0] in told


def test_a_single_character_is_no_term_but_part_of_a_phrase():
    found = find_phrases([["屏幕", "碎"], ["快递", "慢"], ["米饭", "硬"]] * 9, least=3)
    assert list(terms_of(["屏幕", "碎"], found)) == ["屏幕", "屏幕碎"]


def test_no_words_make_no_phrases():
    assert find_phrases([[], []], least=2) == {}
