"""Words and phrases counted by day: what a term is, who counts once, what is forgotten."""

from datetime import date, timedelta

import numpy as np
import pytest

from triage.trends import terms as counting
from triage.trends.terms import RECENT, Doc, Terms, terms_of
from triage.trends.topics.words import clauses_of
from triage.trends.voices import voices

DAY = date(2026, 3, 2)
LONG = (
    "这款电饭煲煮出来的米饭夹生，内胆涂层掉皮，保温功能失灵，按键接触不良，蒸汽阀漏水，说明书缺页"
)


def of(text):
    return terms_of(clauses_of([text])[0])


def counted(*docs, **options):
    terms = Terms(**options)
    terms.add(Doc(*doc) if isinstance(doc, tuple) else doc for doc in docs)
    return terms


def count(terms, word, days=None):
    ids, counts = terms.counts(days or terms.days())
    names = terms.names
    return next(
        (row.tolist() for k, row in zip(ids, counts, strict=True) if names[k] == word), None
    )


def test_terms_are_words_and_phrases_of_two_and_three():
    found = of("暖风机插座冒烟")
    assert found == {"暖风机", "插座", "冒烟", "暖风机插座", "插座冒烟", "暖风机插座冒烟"}


def test_phrases_do_not_reach_across_clauses():
    found = of("充电器坏了。屏幕发烫")
    assert "屏幕发烫" in found
    assert not any("坏屏幕" in term or "充电器屏幕" in term for term in found)


def test_a_negation_stays_with_what_it_denies():
    assert "没发货" in of("三天了还没发货")
    assert "没发货" not in of("已经发货了")


def test_traditional_and_simplified_are_one_term():
    assert "充电器发烫" in of("充電器發燙")


@pytest.mark.parametrize("text", ["订单8837261920发烫", "我叫王小明，电话13800138000，发烫"])
def test_numbers_and_personal_data_are_no_terms(text):
    found = of(text)
    assert "发烫" in found
    assert not any(char.isdigit() for term in found for char in term)
    assert not any("小明" in term for term in found)


def test_latin_words_are_joined_with_blanks():
    assert terms_of(["wifi", "断线"]) >= {"wifi 断线"}


def test_a_long_letter_is_looked_at_only_in_part():
    assert len(terms_of([f"词{k:04}" for k in range(2000)])) < 1000


def test_texts_are_counted_once_a_day_and_term():
    terms = counted(
        ("a", DAY, "发烫，发烫，还是发烫"), ("b", DAY, "发烫"), ("c", DAY + timedelta(2), "发烫")
    )
    assert terms.days() == [DAY, DAY + timedelta(1), DAY + timedelta(2)]
    assert count(terms, "发烫") == [2, 0, 1]
    assert terms.volume(terms.days()).tolist() == [2, 0, 1]


def test_a_customer_who_writes_ten_times_counts_once_a_day():
    docs = [Doc(f"d{k}", DAY, f"发烫{'很' * k}", customer="c") for k in range(10)]
    terms = counted(*docs, Doc("e", DAY, "发烫", customer="x"))
    assert count(terms, "发烫") == [2]
    assert terms.volume([DAY]).tolist() == [2]


def test_what_a_customer_adds_on_a_day_counts_as_far_as_it_is_new():
    terms = counted(Doc("a", DAY, "发烫", customer="c"), Doc("b", DAY, "发烫冒烟", customer="c"))
    assert (count(terms, "发烫"), count(terms, "冒烟")) == ([1], [1])


def test_a_long_text_sent_by_many_counts_once_a_day_and_a_short_one_does_not():
    copies = [Doc(f"d{k}", DAY, LONG, customer=f"c{k}") for k in range(5)]
    short = [Doc(f"s{k}", DAY, "充电器发烫", customer=f"s{k}") for k in range(5)]
    terms = counted(*copies, *short)
    assert count(terms, "电饭煲") == [1]
    assert count(terms, "充电器发烫") == [5]


def test_people_are_told_apart_by_customer_and_by_text():
    other = LONG.replace("说明书缺页", "说明书太薄")
    docs = [
        ("a", LONG, "c1"),
        ("b", other, "c2"),
        ("c", "发烫", "c3"),
        ("d", "发烫", "c4"),
        ("e", "发烫", "c4"),
    ]
    terms = counted(*(Doc(i, DAY, text, customer=c) for i, text, c in docs))
    assert voices(terms.recent) == 3
    assert voices([one for one in terms.recent if one.id in "ab"]) == 1


def test_days_that_are_too_old_are_forgotten_and_not_counted():
    terms = counted(("a", DAY, "发烫"), ("b", DAY + timedelta(9), "发烫"), kept=10)
    assert count(terms, "发烫") == [1] + [0] * 8 + [1]
    terms.add([Doc("c", DAY + timedelta(10), "冒烟")])
    assert terms.days()[0] == DAY + timedelta(9)
    terms.add([Doc("d", DAY, "冒烟")])
    assert count(terms, "冒烟") == [0, 1]


def test_a_late_text_is_counted_on_its_own_day():
    terms = counted(("a", DAY, "发烫"), ("b", DAY + timedelta(20), "发烫"), ("c", DAY, "发烫"))
    assert count(terms, "发烫")[0] == 2
    assert terms.last == DAY + timedelta(20)
    (term,) = [k for k, name in enumerate(terms.names) if name == "发烫"]
    assert terms.first_seen(term) == DAY


def test_the_texts_of_the_last_days_are_remembered_by_their_terms():
    docs = [Doc(f"d{k}", DAY + timedelta(k), "发烫", "c", "充电器", "web") for k in range(12)]
    terms = counted(*docs)
    assert [one.id for one in terms.recent] == [f"d{k}" for k in range(12 - RECENT, 12)]
    assert terms.recent[0].product == "充电器"


def test_counts_leave_rare_terms_out_and_keep_the_others():
    terms = counted(("a", DAY, "发烫"), ("b", DAY, "发烫"), ("c", DAY, "冒烟"))
    ids, counts = terms.counts([DAY], least=2)
    assert [terms.names[k] for k in ids] == ["发烫"]
    assert counts.tolist() == [[2]]


def test_before_any_text_there_is_nothing():
    terms = Terms()
    assert (len(terms), terms.days(), terms.last) == (0, [], date.min)
    assert terms.counts([])[1].shape == (0, 0)


def test_memory_is_bounded_what_is_rare_goes_and_what_is_frequent_keeps_its_counts(monkeypatch):
    monkeypatch.setattr(counting, "_CHUNK", 50)
    words = [
        "电视",
        "冰箱",
        "空调",
        "手机",
        "电脑",
        "耳机",
        "音箱",
        "键盘",
        "鼠标",
        "相机",
        "镜头",
        "台灯",
    ]
    rng = np.random.default_rng(0)
    docs = []
    for k in range(600):
        picked = "".join(rng.choice(words, 4))
        docs.append(Doc(f"d{k}", DAY + timedelta(k // 20), f"{picked}，充电器发烫"))
    free, tight = counted(*docs), counted(*docs, most=300)
    assert len(tight) <= 300 < len(free)
    assert count(tight, "充电器发烫") == count(free, "充电器发烫") == [20] * 30
    assert count(tight, "电视") == count(free, "电视")
    names = tight.names
    assert all("充电器发烫" in {names[k] for k in one.terms} for one in tight.recent)
    term = names.index("充电器发烫")
    assert tight.first_seen(term) == DAY
