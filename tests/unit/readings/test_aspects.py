"""Opinion clauses and what each is about."""

import itertools
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.labels import ISSUES
from triage.readings import Clause, split, topic_of
from triage.resources import resource


def clauses(text):
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("味道好,送得快。下次再来!", ["味道好", "送得快", "下次再来"]),
        ("味道好；送得慢\n差评", ["味道好", "送得慢", "差评"]),
        ("味道不错就是送得太慢", ["味道不错", "就是送得太慢"]),
        ("東西好但客服差", ["东西好", "但客服差"]),
        ("价格便宜不过质量一般", ["价格便宜", "不过质量一般"]),
        ("味道好可惜凉了", ["味道好", "可惜凉了"]),
        ("除了送餐慢其他都好", ["除了送餐慢", "其他都好"]),
        ("不但快而且好", ["不但快而且好"]),
        ("要求不过分", ["要求不过分"]),
        ("比不过别家", ["比不过别家"]),
        ("也就是一般", ["也就是一般"]),
        ("但是很慢", ["但是很慢"]),  # nothing before it to be set against
        ("打3.5分,花了1,699元", ["打3.5分", "花了1,699元"]),
        ("很好...", ["很好"]),
        ("。。。", []),
        ("", []),
    ],
)
def test_clauses_end_at_marks_and_before_contrasts(read, text, parts):
    assert clauses(read(text)) == parts


def test_a_clause_is_a_pair_with_names():
    assert split("好,差") == [Clause(0, 1), Clause(2, 3)]
    assert split("好")[0].end == 1


@pytest.mark.parametrize(
    ("clause", "issue"),
    [
        ("味道不错", "product_quality"),
        ("房间有点小", "product_quality"),
        ("东西质量差", "product_quality"),
        ("客服态度差", "staff_attitude"),
        ("快递员很客气", "staff_attitude"),
        ("前台爱理不理", "staff_attitude"),
        ("快递太慢", "delivery"),
        ("送得很快", "delivery"),
        ("包装破损", "delivery"),
        ("售后没人管", "follow_up_neglect"),
        ("退款一直不到", "follow_up_neglect"),
        ("价格有点贵", "other"),
        ("停车不方便,位置偏", "other"),
        ("APP老闪退", "other"),
        ("哈哈", None),
        ("", None),
    ],
)
def test_a_clause_is_about_the_issue_of_most_of_its_words(clause, issue):
    assert topic_of(clause) == issue


def test_topics_are_issues_and_no_word_is_of_two():
    raw = tomllib.loads(resource("data", "signals", "topics.toml").read_text("utf-8"))
    words = [word for entry in raw.values() for word in entry["words"]]
    assert set(raw) == set(ISSUES)
    assert len(words) == len(set(words))


@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from("好差但是就不过除了都其他,。1.2 \n")),
        max_size=60,
    )
)
def test_clauses_lie_within_the_text_apart_and_nothing_raises(text):
    parts = split(text)
    assert all(0 <= start < end <= len(text) for start, end in parts)
    assert all(a.end <= b.start for a, b in itertools.pairwise(parts))
    for start, end in parts:
        topic_of(text[start:end])
