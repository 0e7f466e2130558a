"""Masks: the same length, nothing left to find, identifiers of machines untouched."""

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.pace import taken
from tests.unit.text.pii import unmarked
from tests.unit.text.test_pii_numbers import CARDS, IDENTITIES, NO_PHONES, PHONES
from tests.unit.text.test_pii_words import ADDRESSES, NAMES
from triage import InputError
from triage.text.pii import find_pii, mask, mask_all

MARKED = [*PHONES, *IDENTITIES, *CARDS, *ADDRESSES, *NAMES]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800138000", "138******00"),
        ("138 0013 8000", "138********00"),
        ("+86 13800138000", "****138******00"),
        ("１３８００１３８０００", "１３８******００"),
        ("一三八零零一三八零零零", "一三八******零零"),
        ("电话91234567", "电话******67"),
        ("+852 9123 4567", "************67"),
        ("010-62345678", "010*******78"),
        ("11010519491231002X", "****************2X"),
        ("护照E12345678", "护照*******78"),
        ("4111111111111111", "************1111"),
        ("京A12345", "*****45"),
        ("zhang.san@example.com", "z********@example.com"),
        ("a@example.com", "*@example.com"),
        ("ＺＳ＠example.com", "Ｚ*＠example.com"),
        ("zhang(at)example.com", "*" * 20),
        ("微信号：zhangsan_88", "微信号：z**********"),
        ("QQ：12345678", "QQ：******78"),
        ("LINE ID: wang.88", "LINE ID: w******"),
        ("北京市朝阳区建国路88号3号楼", "北京市朝阳区*********"),
        ("香港九龍彌敦道123號5樓A室", "香港九龍***********"),
        ("台北市信義區信義路五段7號12樓", "台北市信義區**********"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区******"),
        ("建国路88号", "******"),
        ("阳光花园一号一区", "********"),
        ("王先生来了", "王**来了"),
        ("联系人：王小明", "联系人：王**"),
        ("欧阳先生", "欧阳**"),
        ("客服小李", "客服小*"),
    ],
)
def test_a_mask_keeps_what_helps_to_recognise(text, masked):
    assert mask(text) == masked


def test_an_order_number_is_masked_on_demand_only():
    text = "订单号：202403151234567"
    assert mask(text) == text
    assert mask(text, kinds={"order"}) == "订单号：***********4567"


def test_only_the_kinds_asked_for_are_masked():
    assert mask("王先生13800138000", kinds={"name"}) == "王**13800138000"


def test_an_unknown_kind_is_refused_even_where_nothing_is_found():
    with pytest.raises(InputError):
        mask_all(["好"], kinds={"tel"})


def test_positions_of_what_is_not_masked_stay():
    text = "王先生，我的电话13800138000，屏幕碎了"
    assert mask(text).index("屏幕") == text.index("屏幕")


@pytest.mark.parametrize("text", NO_PHONES)
def test_a_text_without_personal_data_stays_as_it_is(text):
    assert mask(text) == text


# Structures

SURVIVORS = [
    "2026-11-21T08:00:00+00:00",
    "2026-11-21 08:00:00.123456",
    "20261121T080000Z",
    "20261121080000",
    "1732176000",
    "1732176000123",
    "tk_01j9z3k4m5n6",
    "01J9Z3K4M5N6P7Q8R9S0T1V2W3",
    "evt_13800138000",
    "wh_4111111111111111",
    "550e8400-e29b-41d4-a716-446655440000",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "138001380001",
    "202403151234",
    "240315-123456789012345",
    "2024031512345678901",
    "订单号6228480402564890018",
    "SF1234567890123",
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "http://127.0.0.1:8000/v1/tickets/tk_01j9z3k4m5n6",
    "fenzhen-linear 0.3.0 9f86d081884c",
    "ticket.created",
    "application/json",
    "",
]


@pytest.mark.parametrize("text", SURVIVORS)
def test_identifiers_and_times_survive(text):
    assert mask_all({"value": [text]}) == {"value": [text]}


def test_every_string_of_a_structure_is_masked_and_nothing_else():
    value = {
        "13800138000": "13800138000",
        "list": ["王先生", 13800138000, None, True, 1.5],
        "tuple": ("zhang@example.com",),
        "deep": {"deep": [{"text": "电话13800138000"}]},
    }
    assert mask_all(value) == {
        "13800138000": "138******00",
        "list": ["王**", 13800138000, None, True, 1.5],
        "tuple": ("z****@example.com",),
        "deep": {"deep": [{"text": "电话138******00"}]},
    }


def test_the_structure_given_is_not_changed():
    value = {"a": ["13800138000"]}
    mask_all(value)
    assert value == {"a": ["13800138000"]}


def test_a_masked_structure_is_json_as_before():
    value = {"text": "我叫张伟，13800138000", "n": 1}
    assert json.loads(json.dumps(mask_all(value))) == {"text": "我叫张*，138******00", "n": 1}


# Properties

PIECES = [unmarked(text)[0] for text in MARKED]
_BITS = st.text(alphabet="138 -*()王先生路号A区@.，x", max_size=6)
_PARTS = st.lists(st.one_of(st.sampled_from(PIECES), _BITS), max_size=5)
_ANY = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


@given(st.one_of(_ANY, _PARTS.map("".join), _PARTS.map(" ".join)))
@example("\ud800138\udfff00138000")
@example("歐陽先生\ud800歐陽")
@example("姓名：欧阳修")
@example("阳光花园一号一区")
def test_a_mask_has_the_length_of_the_text_and_leaves_nothing_to_find(text):
    masked = mask(text)
    assert len(masked) == len(text)
    assert find_pii(masked) == []
    assert mask(masked) == masked
    assert all(new in (old, "*") for old, new in zip(text, masked, strict=True))


@given(st.one_of(_ANY, _PARTS.map("".join)))
def test_spans_are_in_order_apart_and_within_the_text(text):
    spans = [(pii.start, pii.end) for pii in find_pii(text)]
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(text) for start, end in spans)


@given(st.text(alphabet="0123456789 -+()", max_size=40))
def test_a_phone_found_among_digits_has_the_digits_of_one(text):
    for pii in find_pii(text, kinds={"phone"}):
        digits = re.sub(r"\D", "", text[pii.start : pii.end])
        assert 9 <= len(digits) <= 19
        assert text[pii.end : pii.end + 1] not in set("0123456789")
        assert text[pii.start - 1 : pii.start] not in set("0123456789")


# Speed


PLAIN = (
    "等了三天还没有发货客服也不回复真的是太失望了以后再也不会来这家店"
    "买东西了请尽快处理退款谢谢大家都不要买了质量差得很啊"
)
NUMBERED = (
    "买了2件衣服，花了199元，等了15天也没有发货，3月15日下的单，"
    "说24小时内回复也没有，真的太失望了，不会再来"
)


@pytest.mark.parametrize(("text", "budget"), [(PLAIN, 15e-6), (NUMBERED, 60e-6)])
def test_a_short_text_is_looked_through_in_microseconds(text, budget):
    assert taken(lambda: find_pii(text), times=500, rounds=5) < 3 * budget


_NUMBERS = "1|1 3 |13|138-0013-|12 |-1|13800138000 |1(|+86 | |*|一|一三八零|京A1|护照E1"
_PLACES = "省市区路|路1号|小区1号|1号|路|北京市朝阳区|A1栋|村"
_ACCOUNTS = "@|a@|a.|a.a@|微信号|wx:|QQ 1 1 1|加我V|line:|\ud800"
_NAMES = "王|王先生|联系人|联系人：王|我叫|欧阳"


@pytest.mark.parametrize("piece", "|".join([_NUMBERS, _PLACES, _ACCOUNTS, _NAMES]).split("|"))
def test_twenty_thousand_characters_of_anything_take_no_time(piece):
    text = (piece * 20_000)[:20_000]
    assert taken(lambda: find_pii(text)) < 0.2
