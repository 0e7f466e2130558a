"""Which texts are wanted."""

from datetime import datetime

import numpy as np
import pytest

from tests.unit.trends.desks import at, facts, one
from triage import InputError
from triage.trends.facts import Column, Facts, Filter, level_of

DESK = facts(
    one("2026-01-05", ["delivery"], 1, 3, channel="app", product="A"),
    one("2026-01-06", ["delivery", "other"], 2, 0, channel="web", product="B"),
    one("2026-01-07", [], 5, None, channel=None, product="A"),
    one("2026-01-08", ["other"], None, 1, channel="app", product="C"),
)


def wanted(**values):
    return DESK.mask(Filter(values=values)).tolist()


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"channel": ("app",)}, [True, False, False, True]),
        ({"channel": ("app", "web")}, [True, True, False, True]),
        ({"channel": ("none",)}, [False, False, True, False]),
        ({"channel": ("none", "web")}, [False, True, True, False]),
        ({"channel": ("fax",)}, [False] * 4),
        ({"channel": ()}, [False] * 4),
        ({"region": ("none",)}, [True] * 4),
        ({"issue": ("delivery",)}, [True, True, False, False]),
        ({"issue": ("delivery", "other")}, [True, True, False, True]),
        ({"issue": ("none",)}, [False, False, True, False]),
        ({"issue": ("none", "other")}, [False, True, True, True]),
        ({"issue": ("unheard_of",)}, [False] * 4),
        ({"sentiment": ("1", "2")}, [True, True, False, False]),
        ({"sentiment": ("none",)}, [False, False, False, True]),
        ({"urgency": ("0", "none")}, [False, True, True, False]),
        ({"channel": ("app",), "product": ("A", "B")}, [True, False, False, False]),
    ],
)
def test_a_text_is_wanted_that_has_one_of_the_values_of_each_dimension(values, kept):
    assert wanted(**values) == kept


def test_a_window_holds_its_start_and_not_its_end():
    window = Filter(start=at("2026-01-06"), end=at("2026-01-08"))
    assert DESK.mask(window).tolist() == [False, True, True, False]


def test_a_window_between_two_seconds_begins_at_the_next_one():
    window = Filter(start=at("2026-01-06T00:00:00.5"), end=at("2026-01-07T00:00:00.5"))
    assert DESK.mask(window).tolist() == [False, False, True, False]


def test_the_chosen_rows_keep_all_that_is_known_of_them():
    numbers = {"questions": np.array([1.0, 2, 3, 4])}
    desk = Facts(
        at=DESK.at,
        labels=DESK.labels,
        issues=DESK.issues,
        sentiment=DESK.sentiment,
        urgency=DESK.urgency,
        columns=DESK.columns,
        numbers=numbers,
    )
    found = desk.narrowed(Filter(values={"product": ("B", "C")}))
    assert len(found) == 2
    assert found.sentiment.tolist() == [2, -1]
    assert found.urgency.tolist() == [0, 1]
    assert found.issues.tolist() == [[True, False, True], [False, False, True]]
    assert [found.column("product").values[code] for code in found.column("product").codes] == [
        "B",
        "C",
    ]
    assert found.number("questions").tolist() == [2, 4]


def test_all_texts_are_not_copied():
    assert DESK.narrowed(Filter()) is DESK


def test_what_nobody_filled_holds_nothing():
    empty = Facts(
        at=DESK.at,
        labels=(),
        issues=np.zeros((4, 0), dtype=np.bool_),
        sentiment=DESK.sentiment,
        urgency=DESK.urgency,
    )
    assert empty.column("region").codes.tolist() == [-1] * 4
    assert np.isnan(empty.number("questions")).all()
    assert empty.mask(Filter(values={"issue": ("none",)})).all()


def test_a_value_called_none_is_no_value():
    column = Column(np.array([0, 1, -1], dtype=np.int32), ("none", "app"))
    assert column.among(["none"]).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("colour", "red", "no dimension 'colour'"),
        ("customer", "c-1", "no dimension 'customer'"),
        ("sentiment", "0", "is no level. Give 1 to 5"),
        ("sentiment", "6", "is no level. Give 1 to 5"),
        ("urgency", "4", "is no level. Give 0 to 3"),
        ("urgency", "-1", "is no level"),
        ("urgency", "high", "is no level"),
    ],
)
def test_an_unknown_dimension_or_level_is_refused(name, value, told):
    with pytest.raises(InputError, match=told):
        wanted(**{name: (value,)})


def test_a_level_is_a_number_or_none():
    assert level_of("sentiment", "3") == 3
    assert level_of("urgency", "none") == -1


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InputError, match="no time zone"):
        DESK.mask(Filter(start=datetime(2026, 1, 5)))
