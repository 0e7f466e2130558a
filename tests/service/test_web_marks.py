import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.marks import SHADES, Quote, promised, quotes_of, segments, shade
from tests.own_labels import CHILD, NEW, PARENT, example, flat
from triage import ISSUES

LABELS = ("delivery", "urgency", "signal:waiting")
QUOTES = st.lists(
    st.builds(Quote, st.integers(-5, 40), st.integers(-5, 40), st.sampled_from(LABELS))
)


def told(text, *quotes):
    return [(piece.text, piece.labels) for piece in segments(text, [Quote(*q) for q in quotes])]


def test_a_text_without_quotes_is_one_piece():
    assert told("快递没到") == [("快递没到", ())]


def test_an_empty_text_has_no_pieces():
    assert told("", (0, 3, "delivery")) == []


def test_a_quote_cuts_the_text_in_three():
    assert told("啊快递没到。", (1, 5, "delivery")) == [
        ("啊", ()),
        ("快递没到", ("delivery",)),
        ("。", ()),
    ]


def test_where_two_quotes_overlap_the_piece_has_both_labels():
    pieces = told("快递员态度差", (0, 3, "delivery"), (2, 6, "staff_attitude"))
    assert pieces == [
        ("快递", ("delivery",)),
        ("员", ("delivery", "staff_attitude")),
        ("态度差", ("staff_attitude",)),
    ]


def test_a_label_ends_only_where_its_quote_ends():
    pieces = segments("快递员态度差", [Quote(0, 3, "delivery"), Quote(2, 6, "staff_attitude")])
    assert [piece.ending for piece in pieces] == [(), ("delivery",), ("staff_attitude",)]


def test_places_are_counted_in_characters_not_in_units_of_an_encoding():
    text = "😡𠮷👨‍👩‍👧快递没到"
    start = text.index("快递")
    assert told(text, (start, start + 4, "delivery"))[1] == ("快递没到", ("delivery",))


def test_a_quote_given_twice_is_marked_once():
    (piece,) = segments("快递", [Quote(0, 2, "delivery"), Quote(0, 2, "delivery")])
    assert piece.quotes == (Quote(0, 2, "delivery"),)


@pytest.mark.parametrize("place", [(2, 2), (3, 1), (7, 9), (-3, 0)])
def test_a_quote_of_nothing_marks_nothing(place):
    assert told("快递没到", (*place, "delivery")) == [("快递没到", ())]


def test_a_quote_that_reaches_out_of_the_text_is_cut_off():
    assert told("快递", (-4, 99, "delivery")) == [("快递", ("delivery",))]


@given(st.text(max_size=30), QUOTES)
def test_the_pieces_joined_are_the_text(text, quotes):
    assert "".join(piece.text for piece in segments(text, quotes)) == text


@given(st.text(max_size=30), QUOTES)
def test_every_character_has_the_labels_of_the_quotes_that_cover_it(text, quotes):
    place = 0
    for piece in segments(text, quotes):
        for at in range(place, place + len(piece.text)):
            assert set(piece.labels) == {q.label for q in quotes if q.start <= at < q.end}
        place += len(piece.text)


@pytest.mark.parametrize(
    ("label", "colour"),
    [
        ("signal:waiting", "signal"),
        ("remedy:refund", "remedy"),
        ("promise:visit", "promise"),
        ("urgency", "urgency"),
        ("delivery", "delivery"),
        (CHILD, "product_quality"),
        (NEW, "own4"),  # the fifth label of the upper level
        ("vanished", "gone"),
        ("product_quality/vanished", "gone"),
    ],
)
def test_the_colour_goes_by_what_the_label_belongs_to(label, colour):
    assert shade(label, example()) == colour


def test_labels_beyond_the_colours_take_turns():
    codes = [f"l{k}" for k in range(2 * SHADES)]
    given_out = [shade(code, flat(*codes)) for code in codes]
    assert given_out == [f"own{k}" for k in range(SHADES)] * 2


def test_where_a_child_is_marked_its_parent_is_not_named_again():
    (piece,) = segments("发烫", [Quote(0, 2, PARENT), Quote(0, 2, CHILD), Quote(0, 2, NEW)])
    assert piece.labels == (PARENT, CHILD, NEW)
    assert piece.ending == (CHILD, NEW)


# The colours themselves: WCAG 2 (AA) asks for 4.5 between a word and its ground.


def rgb(colour):
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    return [int(digits[k : k + 2], 16) for k in (0, 2, 4)]


def light(colour):
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, two):
    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


def tinted(ground, colour, share):
    return [c * share + g * (1 - share) for c, g in zip(colour, ground, strict=True)]


def schemes(root):
    text = (root / "service" / "web" / "static" / "colours.css").read_text("utf-8")
    parts = text.split("prefers-color-scheme: dark")
    return [dict(re.findall(r"--(\w+): (#\w+);", part)) for part in parts]


@pytest.mark.parametrize("dark", [False, True])
def test_every_label_can_be_read_on_its_own_tint(root, dark):
    colours = schemes(root)[dark]
    names = [*ISSUES, "urgency", "remedy", "promise", *(f"own{k}" for k in range(SHADES))]
    # A tag on a card, a mark in a message, a mark on the start page: see the style sheets.
    for place, share in (("card", 0.07), ("ground", 0.09), ("card", 0.16)):
        for name in names:
            own = rgb(colours[name])
            assert contrast(own, tinted(rgb(colours[place]), own, share)) >= 4.5, (name, place)


def test_every_class_of_a_colour_is_in_the_style_sheet(root):
    text = (root / "service" / "web" / "static" / "desk.css").read_text("utf-8")
    names = [*ISSUES, "urgency", "signal", "remedy", "promise", "gone"]
    for name in [*names, *(f"own{k}" for k in range(SHADES))]:
        assert re.search(rf"\.l-{name}\b", text), name


def test_the_start_page_gives_out_the_same_colours(root):
    text = (root / "service" / "web" / "static" / "fenzhen.js").read_text("utf-8")
    assert f"const SHADES = {SHADES};" in text
    assert f"const BOX = {json.dumps([*ISSUES, 'urgency'])};" in text


# What a verdict and a ledger quote


def found(kind, start, end, message="m1"):
    return {"kind": kind, "start": start, "end": end, "message_id": message}


def evidence(label, start, end, source="model"):
    place = {"start": start, "end": end, "message_id": "m1"}
    return {"for": label, "source": source, **place}


def test_quotes_are_sorted_by_their_message():
    verdict = {"signals": [found("waiting", 0, 2, "m1"), found("legal", 1, 3, "m2")]}
    assert quotes_of(verdict) == {
        "m1": [Quote(0, 2, "signal:waiting")],
        "m2": [Quote(1, 3, "signal:legal")],
    }


def test_a_signal_is_not_marked_a_second_time_as_evidence_of_urgency():
    verdict = {
        "evidence": [evidence("urgency", 0, 2, "signal"), evidence("urgency", 3, 4)],
        "signals": [found("waiting", 0, 2)],
        "remedy": [found("refund", 5, 6)],
    }
    labels = [quote.label for quote in quotes_of(verdict)["m1"]]
    assert labels == ["urgency", "signal:waiting", "remedy:refund"]


@pytest.mark.parametrize("verdict", [None, {}, {"unjudged": "empty", "review": True}])
def test_a_text_that_was_not_judged_has_no_quotes(verdict):
    assert quotes_of(verdict) == {}


def test_a_promise_is_found_where_the_message_makes_it():
    ledger = [{"kind": "call_back", "text": "24小时内回电"}, {"kind": "visit", "text": "不在这里"}]
    assert promised("抱歉，24小时内回电。", ledger) == [Quote(3, 10, "promise:call_back")]
