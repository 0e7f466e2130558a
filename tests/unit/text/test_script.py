import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import Script
from triage.text.script import (
    only_simplified,
    only_traditional,
    script_of,
    scripts_of,
    to_simplified,
)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("快递一直没到，客服也不理人", Script.HANS),
        ("東西壞了，客服也不理人", Script.HANT),
        ("东西坏了，客服说过两天换，結果還是沒人來處理", Script.MIXED),
        ("很差", Script.HANS),  # characters of both scripts: the commoner one
        ("Very slow delivery!", Script.OTHER),
        ("😡😡", Script.OTHER),
        ("12345", Script.OTHER),
        ("", Script.OTHER),
        ("\ud800", Script.OTHER),
        ("ひどい", Script.OTHER),
    ],
)
def test_the_script_of_a_text_is_named(text, script):
    assert script_of(text) is script


def test_one_stray_character_is_an_accident_and_no_mixture():
    assert script_of("這個東西壞了還讓我們等這麼久, 國際運費還漲價, 没") is Script.HANT
    assert script_of("这个东西坏了还让我们等这么久，国际运费还涨价，這") is Script.HANS


@pytest.mark.parametrize("text", ["皇后在里面", "頭髮後面", "后里"])
def test_characters_of_both_scripts_speak_for_neither(text):
    assert script_of(text) is not Script.MIXED


def test_traditional_texts_that_use_many_shared_characters_are_traditional():
    assert script_of("皇后酒店離市區只有幾公里，電梯卻只有一台，沈先生后來退房了") is Script.HANT


def test_no_character_belongs_to_one_script_only_and_to_the_other_only():
    assert not (only_simplified() & only_traditional()).any()


def test_a_batch_is_named_as_its_texts_are_one_by_one(seed_texts):
    texts = [text.replace("\x00", " ") for text in seed_texts if text][:400]
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
    starts = np.cumsum([0, *map(len, texts[:-1])], dtype=np.int64)
    assert scripts_of(codes, starts) == [script_of(text) for text in texts]


def test_an_empty_batch_of_codes_has_no_script():
    none = np.zeros(0, dtype=np.uint32)
    assert scripts_of(none, np.zeros(2, dtype=np.int64)) == [Script.OTHER, Script.OTHER]


def test_authored_traditional_texts_are_recognised(seed_rows):
    rows = [row for row in seed_rows if row.get("turn") == "traditional"]
    named = [script_of(row["text"]) for row in rows]
    assert len(rows) > 20
    assert sum(name in {Script.HANT, Script.MIXED} for name in named) / len(rows) > 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東西壞了", "东西坏了"),
        ("頭髮", "头发"),
        ("東西被打坏了", "东西被打坏了"),
        ("皇后", "皇后"),
        ("abc 123", "abc 123"),
        ("", ""),
    ],
)
def test_traditional_becomes_simplified(text, expected):
    assert to_simplified(text) == expected


@given(st.text(st.one_of(st.characters(), st.sampled_from("東西壞了覆瞭藉乾著麼髮後裡"))))
def test_converting_never_moves_a_character(text):
    assert len(to_simplified(text)) == len(text)


@pytest.mark.parametrize("text", ["箱子被打坏了", "拉链一拉坏了", "用了一坏就换"])
def test_simplified_text_is_left_alone(text):
    assert to_simplified(text) == text
