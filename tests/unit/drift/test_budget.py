"""Simulated desks: how often nothing is an alert, how soon something is."""

import pytest

from benchmarks.drift import CHANGES, Plan, cost, detection, false_alarms, judged
from tests.unit.drift.desks import LABEL, desk, report, series, states

WEEKS = 52


@pytest.mark.slow
@pytest.mark.parametrize("n", [50, 200])
def test_a_calm_desk_has_no_more_false_alarms_a_year_than_its_budget(n):
    # 5 desks of 22 weeks are two years: 8.5 alarms are expected, more than 16 once in a hundred.
    told = false_alarms(Plan(n), desks=5)
    assert told["without a floor"] * 5 * 22 / WEEKS <= 16
    assert told["with the floor"] <= told["without a floor"]


@pytest.mark.slow
def test_a_desk_of_uneven_weeks_has_no_more_either():
    told = false_alarms(Plan(1000, within=0.005), desks=5)
    assert told["with the floor"] * 5 * 22 / WEEKS <= 16


def test_a_large_calm_desk_is_quiet():
    assert all(not judged(Plan(5000), seed).alerts for seed in range(3))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "n", "in_first_week"),
    [
        ("a label 10 % -> 30 %", 50, 0.5),
        ("a label 10 % -> 20 %", 200, 0.5),
        ("a label 10 % -> 30 %", 200, 1.0),
        ("script: Traditional 4 % -> 20 %", 200, 1.0),
        ("unknown words: texts with over 10 %, 15 % -> 35 %", 200, 0.8),
    ],
)
def test_a_planted_change_is_seen_in_its_first_week(change, n, in_first_week):
    code, shares = CHANGES[change]
    told = detection(Plan(n, change={code: shares}), code, desks=4)
    assert told["first week"] >= in_first_week
    assert told["within 8 weeks"] == 1


def test_a_change_too_small_for_so_few_texts_is_not_seen_and_that_is_said_in_the_docs():
    told = report(desk(50, change={LABEL: (0.85, 0.15)}))
    assert "alert" not in states(series(told, LABEL))


@pytest.mark.slow
def test_a_hundred_thousand_verdicts_are_counted_and_compared_in_seconds():
    taken = cost(100_000)
    assert taken["count"] + taken["compare"] < 20  # on a busy machine; docs/drift.md has figures
    assert taken["again"] < 2
