"""Scores of levels as steps: P(sentiment > 1) to P(> 4), P(urgency > 0) to P(> 2)."""

from typing import Protocol

import numpy as np

from triage.scorers.base import Floats
from triage.scorers.linear import SENTIMENT_STEPS, URGENCY_STEPS
from triage.scorers.stage2 import log_odds

STEPS = SENTIMENT_STEPS + URGENCY_STEPS


class Scored(Protocol):
    """Probabilities of n texts: issues n x labels, sentiment n x 5, urgency n x 4."""

    @property
    def issues(self) -> Floats:
        """Probabilities of the labels."""

    @property
    def sentiment(self) -> Floats:
        """Distribution over the five levels of mood."""

    @property
    def urgency(self) -> Floats:
        """Distribution over the four levels of urgency."""


def as_log_odds(scores: Scored) -> Floats:
    """Return scores as log-odds, shaped as `probabilities`."""
    return log_odds(probabilities(scores))


def probabilities(scores: Scored) -> Floats:
    """Return scores as probabilities: n x (labels, sentiment > 1..4, urgency > 0..2)."""
    above = [_above(scores.sentiment), _above(scores.urgency)]
    return np.concatenate([scores.issues, *above], axis=1)


def _above(distribution: Floats) -> Floats:
    """Turn a distribution over levels into P(level > k) for each k."""
    result: Floats = np.cumsum(distribution[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return result
