from itertools import pairwise

import pytest

from service.web import charts
from service.web.figures import effect, figure, number, percent


def row(n, expected=None, low=None, high=None):
    return {"n": n, "expected": expected, "low": low, "high": high}


# Ranges


def test_all_ranges_share_the_scale_of_the_largest_number():
    first, second = charts.ranged([row(5, 2, 0, 20), row(10)])
    assert first["bar"] == {"n": 25.0, "expected": 10.0, "low": 0.0, "high": 100.0}
    assert second["bar"] == {"n": 50.0}


def test_nothing_at_all_has_a_scale_too():
    assert charts.ranged([row(0)])[0]["bar"] == {"n": 0.0}


# Curves


def test_a_curve_goes_from_edge_to_edge_and_its_largest_value_is_at_the_top():
    told = charts.curve([0, 5, 10])
    assert told["paths"] == ["M0.0,40.0 50.0,20.0 100.0,0.0"]
    assert told["top"] == 10
    assert told["bands"] == []


def test_a_gap_breaks_the_line_and_a_lonely_point_can_be_seen():
    told = charts.curve([1, None, 2, 2])
    assert len(told["paths"]) == 2
    assert told["paths"][0].endswith("h0.8")


def test_the_band_goes_there_above_and_back_below():
    told = charts.curve([1, 1], [0, 0], [2, 2])
    assert told["bands"] == ["M0.0,0.0 100.0,0.0 L100.0,40.0 0.0,40.0 Z"]


def test_a_band_without_an_upper_edge_is_not_drawn():
    told = charts.curve([1, 1, 1], [0, 0, 0], [None, 2, None])
    assert "nan" not in "".join([*told["paths"], *told["bands"]])
    assert len(told["bands"]) == 1


@pytest.mark.parametrize("values", [[], [None], [0], [0, 0]])
def test_a_curve_of_nothing_is_no_error(values):
    assert "nan" not in "".join(charts.curve(values)["paths"])


# Forests


def effect_of(key, low, effect, high):
    return {"key": key, "low": low, "effect": effect, "high": high}


def test_the_zero_lies_where_the_scale_says():
    told = charts.forest([effect_of("a", -10, -5, 0), effect_of("b", 0, 5, 10)])
    assert told["zero"] == 50.0
    assert told["rows"][0]["at"]["effect"] == pytest.approx(100 - told["rows"][1]["at"]["effect"])
    assert all(0 <= one <= 100 for row in told["rows"] for one in row["at"].values())
    assert [value for value, _ in told["ticks"]] == [-10, -5, 0, 5, 10]


def test_an_effect_that_is_not_known_stands_last_and_is_drawn_nowhere():
    told = charts.forest([effect_of("a", None, None, None), effect_of("b", 1, 2, 3)])
    assert [(row["key"], row["at"] is None) for row in told["rows"]] == [("b", False), ("a", True)]


def test_no_effects_are_no_error():
    assert charts.forest([])["rows"] == []


@pytest.mark.parametrize(("low", "high"), [(-16.2, 0.7), (0, 0.003), (-5000, 80000), (1, 2)])
def test_ticks_are_few_round_and_inside(low, high):
    found = charts.ticks(low, high)
    assert 2 <= len(found) <= 7
    assert all(low <= one <= high for one in found)
    steps = {round(b - a, 9) for a, b in pairwise(found)}
    assert len(steps) == 1
    assert f"{steps.pop():e}"[0:4].rstrip("0").rstrip(".") in {"1", "2", "2.5", "5"}


# Figures


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (None, "s", ("—", "—")),
        (7200, "s", ("2 小时", "2 h")),
        (0.123, "share", ("12.3%", "12.3%")),
        (83.65, "percent", ("83.7%", "83.7%")),
        (0.72, "count", ("0.7", "0.7")),
        (1234, "count", ("1,234", "1,234")),
    ],
)
def test_a_figure_is_written_by_its_unit(value, unit, told):
    assert figure(value, unit) == told


def test_what_is_not_known_is_a_dash():
    assert (number(None), percent(None)) == ("—", "—")


def test_an_effect_has_its_sign():
    assert [effect(value) for value in (2.34, -1, 0)] == ["+2.3", "-1.0", "0"]
