"""The quick learner: what it fits, and the scores it works on."""

import numpy as np
import pytest

from triage.scorers.steps import as_log_odds
from triage.selection.quick import base_columns, fit_output, inputs_of
from triage.selection.scoring import judge_numbers


def test_the_numbers_are_those_of_the_verdicts(tiny_engine, seed_texts):
    from triage import Feedback

    texts, heard = seed_texts[:1030], []
    judged = judge_numbers(tiny_engine, texts, progress=heard.append)
    verdict = tiny_engine(Feedback("a", texts[1029]))
    assert judged.issues[1029] == pytest.approx(list(verdict.scores.values()), abs=1e-4)
    assert judged.urgency[1029] == pytest.approx(verdict.urgency_scores, abs=1e-4)
    assert heard == [1024, 1030]


def test_a_text_that_cleaning_empties_keeps_its_row(tiny_engine):
    assert judge_numbers(tiny_engine, ["", "快递没到"]).issues.shape == (2, 5)


def test_base_columns_are_log_odds_of_every_label_and_step(tiny_engine, seed_texts):
    found = base_columns(tiny_engine, seed_texts[:3])
    judged = judge_numbers(tiny_engine, seed_texts[:3])
    assert found.shape == (3, 5 + 4 + 3)
    assert found == pytest.approx(as_log_odds(judged))
    above_two = judged.urgency[:, 3]
    assert 1 / (1 + np.exp(-found[:, -1])) == pytest.approx(above_two, abs=1e-5)


def test_it_overfits_a_handful_and_says_a_constant_where_all_agree():
    texts = ["快递没到"] * 5 + ["客服骂人"] * 5
    inputs = inputs_of(texts, base=np.zeros((10, 2)))
    wanted = np.arange(10) < 5
    coefficients, bias = fit_output(inputs.matrix, wanted)
    assert ((inputs.matrix @ coefficients + bias > 0) == wanted).all()
    none, low = fit_output(inputs.matrix, np.zeros(10, dtype=bool))
    assert not none.any()
    assert low < -2
