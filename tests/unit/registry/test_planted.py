"""Regressions planted into the model in the box, saved and loaded as folders."""

from functools import cache
from pathlib import Path

import pytest

from benchmarks.support import regressions
from triage.registry.promote import Question, ask
from triage.registry.report import to_markdown
from triage.training.behaviour import every_case

SEED = Path(__file__).parents[3] / "data" / "seed"


@pytest.fixture(scope="module")
def gate(tmp_path_factory, default_engine):
    """Say what the gate says of a planted model, on the authored held-out texts alone."""
    folder = tmp_path_factory.mktemp("planted")

    @cache
    def verdict(plant):
        getattr(regressions, plant)(folder / plant)
        return ask(folder / plant, default_engine, Question([SEED], "li"))

    return verdict


def codes(gate):
    return {reason.code for reason in gate.reasons}


def places(gate, code):
    return {reason.check.value for reason in gate.reasons if reason.code == code}


def test_the_same_model_under_another_version_passes(gate):
    said = gate("equal")
    assert said.passed
    assert said.candidate.version == "1.0.1"
    assert said.n > 700
    assert sum(len(part.checks) for part in said.families) > 60


def test_a_label_made_worse_is_refused_for_that_label(gate):
    said = gate("worse_label")
    assert places(said, "label") == {"delivery"}
    reason = next(reason for reason in said.reasons if reason.code == "label")
    assert "标签「物流配送」的 F1 变差：0.83" in reason.zh
    assert "delivery F1 is worse: 0.83" in reason.en
    assert "n = 156, paired bootstrap, p = " in reason.en
    assert "critical_recall" not in codes(said)


def test_a_script_made_worse_is_refused_for_that_script(gate):
    said = gate("worse_script")
    assert places(said, "slice") >= {"hant"}
    assert "hans" not in places(said, "slice")
    assert "minimum/cantonese" in places(said, "capability")


def test_the_cases_lost_are_named(gate):
    said = gate("worse_script")
    known = {case["id"] for case in every_case()}
    assert set(said.cases_lost) <= known
    assert len(said.cases_lost) > len(said.cases_won)
    reason = next(reason for reason in said.reasons if reason.code == "behaviour")
    assert said.cases_lost[0] in reason.zh
    page = to_markdown(said, at="now", by="li", override=None)
    assert f"失去的用例 cases lost: {', '.join(said.cases_lost)}" in page
    assert f"失去 − 赢得 {len(said.cases_lost)} − {len(said.cases_won)}" in reason.zh


def test_critical_messages_found_less_often_are_refused_as_such(gate):
    said = gate("worse_critical")
    assert codes(said) == {"critical_recall"}
    assert "exact sign test" in said.reasons[0].en
    assert "n = 90" in said.reasons[0].en


def test_a_swapped_dictionary_is_refused_before_anything_is_judged(gate):
    said = gate("swapped_dictionary")
    assert codes(said) == {"tokeniser"}
    assert "dictionary" in said.reasons[0].en
    assert not said.can_be_overridden
    assert said.families == ()


@pytest.mark.parametrize(("plant", "code"), [("tampered", "tampered"), ("damaged", "unreadable")])
def test_a_spoilt_folder_is_refused_before_anything_is_judged(gate, plant, code):
    said = gate(plant)
    assert codes(said) == {code}
    assert not said.can_be_overridden
