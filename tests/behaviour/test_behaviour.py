"""Pass rates of the behavioural suite do not fall below what the shipped model reached."""

import json

import pytest

from tests.behaviour.suite import HERE, every_case, pass_rates, texts_of
from triage.training.neighbours import ShingleIndex

FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


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


def test_no_training_file_holds_a_case(seed_texts):
    index = ShingleIndex(seed_texts)
    held = [case["id"] for case in every_case() if any(index.near(t) for t in texts_of(case))]
    assert held == []
