"""Pass rates of the behavioural suite do not fall below what the shipped model reached."""

import json
from pathlib import Path

import pytest

from triage import ISSUES
from triage.training.behaviour import every_case, labels_of, outcomes, pass_rates, table, texts_of
from triage.training.neighbours import ShingleIndex

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rates(default_engine):
    return pass_rates(default_engine)


def test_there_are_at_least_three_hundred_cases():
    assert len(every_case()) >= 300


def test_case_ids_are_unique():
    ids = [case["id"] for case in every_case()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("suite", "capability"), [name.split("/") for name in FLOORS])
def test_a_capability_keeps_its_pass_rate(rates, suite, capability):
    passed, total = rates[suite, capability]
    assert passed >= FLOORS[f"{suite}/{capability}"], f"{passed} of {total}"


def test_every_capability_has_a_floor(rates):
    assert {f"{suite}/{name}" for suite, name in rates} == set(FLOORS)


def test_the_table_of_the_page_is_the_one_of_the_shipped_model(default_engine, root):
    page = (root / "docs" / "behaviour.md").read_text(encoding="utf-8")
    assert table(default_engine).strip() in page


def test_no_training_file_holds_a_case(seed_texts):
    index = ShingleIndex(seed_texts)
    held = [case["id"] for case in every_case() if any(index.near(t) for t in texts_of(case))]
    assert held == []


def test_every_case_names_known_labels_only():
    assert set().union(*map(labels_of, every_case())) == set(ISSUES)


def test_what_is_said_of_other_labels_costs_no_case(keyword_engine):
    strict = {"suite": "minimum", "text": "质量差，还没发货", "expect": {"issues": ["delivery"]}}
    assert outcomes(keyword_engine, [strict]) == [False]
    assert outcomes(keyword_engine, [strict], ["delivery"]) == [True]
