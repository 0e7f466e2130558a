"""Fingerprints: the same for the same datum, useless without the key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import InputError
from triage.text.pii import KINDS, fingerprint

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (
            "phone",
            [
                "13800138000",
                "138 0013 8000",
                "138-0013-8000",
                "+86 13800138000",
                "0086-138-0013-8000",
                "8613800138000",
                "013800138000",
                "１３８００１３８０００",
                "一三八零零一三八零零零",
                "13800138000转12",
            ],
        ),
        ("phone", ["91234567", "9123 4567", "+852 9123 4567", "00852-91234567"]),
        ("phone", ["0912345678", "0912-345-678", "+886 912 345 678", "+886-0912-345-678"]),
        ("phone", ["010-62345678", "(010) 6234 5678", "+86 10 62345678"]),
        ("phone", ["0755-86012345", "+86 755 86012345"]),
        ("phone", ["02-2345-6789", "+886-2-2345-6789"]),
        ("order", ["ab-2024-0315", "AB20240315", "ＡＢ２０２４０３１５", " ab 2024 0315 "]),
        ("email", ["Zhang@Example.com", " zhang@example.com ", "ｚhang＠example.com"]),
        ("id_card", ["11010519491231002x", "110105 19491231 002X"]),
        ("bank_card", ["4111 1111 1111 1111", "4111111111111111"]),
        ("plate", ["京A·12345", "京a12345"]),
        ("qq", ["12345678", "123 456 78"]),
        ("wechat", ["ZhangSan", "zhangsan"]),
        ("name", ["王 小明", "王小明"]),
        ("customer", ["A 17", "Ａ17"]),
    ],
)
def test_the_same_datum_has_one_fingerprint_however_it_is_written(kind, written):
    prints = {fingerprint(kind, value, KEY) for value in written}
    assert len(prints) == 1
    (only,) = prints
    assert len(only) == 32
    assert set(only) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "13800138000", "13800138001"),
        ("phone", "010-62345678", "021-62345678"),
        ("order", "A1", "A2"),
        ("email", "a@example.com", "b@example.com"),
        ("customer", "a17", "A17"),
    ],
)
def test_different_data_have_different_fingerprints(kind, one, other):
    assert fingerprint(kind, one, KEY) != fingerprint(kind, other, KEY)


def test_the_kind_and_the_key_are_part_of_the_fingerprint():
    values = [
        fingerprint("qq", "13800138000", KEY),
        fingerprint("phone", "13800138000", KEY),
        fingerprint("phone", "13800138000", b"another"),
    ]
    assert len(set(values)) == 3


def test_a_fingerprint_stays_the_same_from_release_to_release():
    assert fingerprint("phone", "13800138000", b"key") == "abe5611ef0d71145e3aaf6e6f3167997"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", ""),
        ("phone", "没有"),
        ("phone", "12345"),
        ("phone", "138******00"),
        ("order", " - "),
        ("order", "****4567"),
        ("email", "zhang"),
        ("email", "z****@example.com"),
        ("name", "  "),
        ("customer", ""),
    ],
)
def test_a_value_that_says_nothing_has_no_fingerprint(kind, value):
    assert fingerprint(kind, value, KEY) is None


@pytest.mark.parametrize("key", [b"", b"k" * 65])
def test_a_key_that_cannot_be_used_is_refused(key):
    with pytest.raises(InputError, match=f"key of {len(key)} bytes") as caught:
        fingerprint("phone", "13800138000", key)
    assert "1 to 64 bytes" in caught.value.remedy


@given(
    st.sampled_from(sorted(KINDS)),
    st.text(alphabet=st.characters(codec=None, exclude_categories=())),
)
def test_no_text_breaks_a_fingerprint(kind, value):
    found = fingerprint(kind, value, KEY)
    assert found is None or len(found) == 32
