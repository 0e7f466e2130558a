import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import ISSUES
from triage.datasets.naming import names_of
from triage.datasets.values import (
    Issues,
    Names,
    number_of,
    read_flag,
    read_issues,
    read_sentiment,
    read_urgency,
)
from triage.errors import RecordError
from triage.labels import CHINESE, ENGLISH
from triage.taxonomy import Label, Taxonomy

NAMES = Names()
TWO_LEVELS = Names(
    Taxonomy(
        (
            Label("hardware", "硬件", "Hardware"),
            Label("hardware/heat", "发热", "Heat"),
            Label("shipping", "物流", "Shipping"),
        )
    )
)


def codes(cell, names=NAMES):
    found = read_issues(cell, names)
    assert found.unknown == ()
    return found.codes


@pytest.mark.parametrize("cell", ["delivery", "Delivery", "物流配送", " 物流配送 ", "物流配送、"])
def test_a_code_and_its_names_are_the_same_issue(cell):
    assert codes(cell) == ("delivery",)


def test_a_traditional_name_is_the_simplified_one():
    assert codes("產品質量") == ("product_quality",)


@pytest.mark.parametrize(
    "cell",
    [
        "服务态度、物流配送",
        "服务态度，物流配送",
        "服务态度,delivery",
        "服务态度；物流配送",
        "服务态度|物流配送",
        "服务态度/物流配送",
        "物流配送 服务态度",
        "物流配送\n服务态度",
        '["物流配送", "服务态度"]',
        "['物流配送', '服务态度']",
        ["物流配送", "staff_attitude"],
        ["物流配送、服务态度"],
        {"choices": ["delivery", "staff_attitude"]},
        [["delivery"], ["staff_attitude"]],
    ],
)
def test_several_issues_in_a_cell_are_all_read_in_column_order(cell):
    assert codes(cell) == ("staff_attitude", "delivery")


@pytest.mark.parametrize("cell", ["无", "没有问题", "none", "-", "/", "No issue", [], "[]", ["无"]])
def test_a_word_for_nothing_and_an_empty_list_are_no_issue(cell):
    assert codes(cell) == ()


@pytest.mark.parametrize("cell", [None, "", "  ", "NaN", float("nan"), "未标注", "unknown", "N/A"])
def test_an_empty_cell_is_not_known(cell):
    assert codes(cell) is None


def test_nothing_beside_an_issue_is_a_contradiction():
    with pytest.raises(RecordError, match="both no issue and an issue") as caught:
        read_issues("无、物流配送", NAMES)
    assert caught.value.code == "contradiction"


@pytest.mark.parametrize(
    ("cell", "unknown"),
    [
        ("发票问题", ("发票问题",)),
        ("late delivery", ("late delivery",)),
        ("物流配送、发票问题、退款", ("发票问题", "退款")),
        ("物流配送/发票", ("发票",)),
        ("退款/发票", ("退款", "发票")),
        ('["退款"', ("退款",)),
    ],
)
def test_names_that_no_label_has_are_told_one_by_one(cell, unknown):
    assert read_issues(cell, NAMES).unknown == unknown


def test_a_child_brings_its_parent_however_the_path_is_written():
    for cell in ("发热", "hardware/heat", "硬件/发热", "硬件 > 发热", [["硬件", "发热"]]):
        assert codes(cell, TWO_LEVELS) == ("hardware", "hardware/heat")


def test_a_map_wins_over_the_names_of_the_labels():
    names = names_of(
        NAMES.taxonomy,
        {"issues": {"表扬": "none", "物流": "delivery", "其他投诉": ["delivery", "服务态度"]}},
    )
    assert codes("物流", names) == ("delivery",)
    assert codes("表扬", names) == ()
    assert codes("其他投诉", names) == ("staff_attitude", "delivery")
    assert codes("表扬、物流", names) == ("delivery",)


NAMED = {code: (code, CHINESE[code], ENGLISH[code]) for code in ISSUES}


@given(
    st.lists(st.sampled_from(ISSUES), min_size=1, unique=True),
    st.integers(0, 2),
    st.sampled_from(["、", ",", "，", ";", "|", "\n"]),
)
def test_any_choice_of_labels_is_read_back_however_it_is_written(chosen, which, between):
    written = [NAMED[code][which] for code in chosen]
    wanted = tuple(code for code in ISSUES if code in chosen)
    assert codes(between.join(written)) == wanted
    assert codes(json.dumps(written, ensure_ascii=False)) == wanted


@given(
    st.one_of(st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text()), st.floats())
)
def test_any_cell_is_read_or_told_apart_and_nothing_breaks(cell):
    try:
        assert isinstance(read_issues(cell, NAMES), Issues)
    except RecordError as error:
        assert error.code == "contradiction"
    for reader, code in ((read_sentiment, "bad_sentiment"), (read_urgency, "bad_urgency")):
        try:
            assert reader(cell, NAMES) in {None, 0, 1, 2, 3, 4, 5}
        except RecordError as error:
            assert error.code == code


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        (1, 1),
        ("5", 5),
        (4.0, 4),
        ("２", 2),
        ("四星", 4),
        ("3 stars", 3),
        ("4分", 4),
        ("★★☆☆☆", 2),
        ("⭐⭐⭐⭐⭐", 5),
        ("非常不满", 1),
        ("不滿", 2),
        ("负面", 2),
        ("中性", 3),
        ("正面", 4),
        ("Positive", 4),
        ("very positive", 5),
        ("5 非常满意", 5),
        ([{"rating": 4}], 4),
        ({"choices": ["满意"]}, 4),
        (["2"], 2),
        ("", None),
        ([], None),
        (None, None),
        ("未知", None),
    ],
)
def test_a_sentiment_is_read_however_it_is_said(cell, level):
    assert read_sentiment(cell, NAMES) == level


@pytest.mark.parametrize("cell", ["0", "6", 3.5, "非常", "满意不满意", "☆☆☆☆☆"])
def test_a_sentiment_that_is_none_is_refused(cell):
    with pytest.raises(RecordError, match="sentiment") as caught:
        read_sentiment(cell, NAMES)
    assert "--map" in caught.value.remedy


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        *((0, 0), ("3", 3), ("低", 0), ("普通", 1), ("一般", 1), ("高", 2), ("紧急", 3)),
        *(("緊急", 3), ("P0", 3), ("P3", 0), ("critical", 3), ("3 紧急", 3), (["2"], 2)),
        ("", None),
    ],
)
def test_an_urgency_is_read_however_it_is_said(cell, level):
    assert read_urgency(cell, NAMES) == level


@pytest.mark.parametrize("cell", ["4", "-1", "马上"])
def test_an_urgency_that_is_none_is_refused(cell):
    with pytest.raises(RecordError, match="urgency"):
        read_urgency(cell, NAMES)


def test_a_map_gives_levels_their_meaning():
    sections = {"sentiment": {"0": "2", "一般般": "3"}, "urgency": {"马上": "3", "x": "null"}}
    names = names_of(NAMES.taxonomy, sections)
    assert [read_sentiment(cell, names) for cell in (0, "一般般", 1)] == [2, 3, 1]
    assert [read_urgency(cell, names) for cell in ("马上", "X", 1)] == [3, None, 1]


@pytest.mark.parametrize(
    ("cell", "flag"),
    [
        *((1, True), ("1", True), (True, True), ("是", True), ("√", True), (1.0, True)),
        *((0, False), ("否", False), (False, False), ("也许", None), ("", None), (None, None)),
    ],
)
def test_yes_and_no_are_read_and_anything_else_is_neither(cell, flag):
    assert read_flag(cell) is flag


@given(st.text(alphabet=string.printable))
def test_what_is_no_number_has_none(text):
    number = number_of(text)
    assert number is None or any(char in string.digits for char in text)
