"""Scores made by hand, and a pool of authored texts."""

from dataclasses import replace

import numpy as np
import pytest

from triage import Policy, Triage
from triage.selection.scoring import Judged
from triage.selection.uncertain import doubts


@pytest.fixture
def judge():
    """Make scores of n texts from the issues' scores; mood and urgency are sure."""

    def make(issues, critical=None, sentiment=None):
        issues = np.array(issues, dtype=float)
        n = len(issues)
        urgency = np.zeros((n, 4))
        urgency[:, 3] = 0.001 if critical is None else critical
        urgency[:, 0] = 1 - urgency[:, 3]
        mood = np.tile([0.01, 0.96, 0.01, 0.01, 0.01], (n, 1)) if sentiment is None else sentiment
        return Judged(issues, np.array(mood, dtype=float), urgency, np.ones(n))

    return make


@pytest.fixture
def doubt(judge):
    """Make doubts from the issues' scores under the usual policy."""

    def make(issues, labels=("delivery", "staff_attitude"), policy=None, **options):
        return doubts(judge(issues, **options), labels, policy or Policy())

    return make


@pytest.fixture(scope="session")
def pool_texts(seed_texts):
    """A few hundred authored texts."""
    return seed_texts[:400]


@pytest.fixture(scope="session")
def open_engine(tiny_engine):
    """The tiny model, which has seen too little to say what is feedback: everything is."""
    policy = replace(tiny_engine.policy, outside=0.001)
    return Triage(tiny_engine.scorer, policy, tiny_engine.name)
