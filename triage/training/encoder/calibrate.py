"""Slope and shift of an encoder's log-odds, from texts that its fit did not learn from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from triage.records import Example
from triage.scorers.base import Floats
from triage.scorers.stage2 import sigmoid
from triage.training.heads import known_outputs, targets
from triage.training.second import platt

Bools = NDArray[np.bool_]
_LEAST = 30  # of each side, to learn a slope
_FAR = 15.0
_STEPS = 7  # 4 of sentiment, 3 of urgency


def calibration(odds: Floats, wanted: Bools, known: Bools) -> tuple[Floats, Floats]:
    """Return slope and shift (outputs) that make log-odds (n x outputs) probabilities.

    An output with few texts of one side has a shift only, so that as many are expected as
    there are: rare sides weigh more in the fit, which alone would make them too likely. An
    output of which nothing is known stays as it is.
    """
    pairs = [_pair(odds[use, k], wanted[use, k]) for k, use in enumerate(known.T)]
    slope, shift = (np.array(column) for column in zip(*pairs, strict=True))
    return slope, shift


def _pair(odds: Floats, wanted: Bools) -> tuple[float, float]:
    yes = int(wanted.sum())
    if not len(wanted):
        return 1.0, 0.0
    if min(yes, len(wanted) - yes) >= _LEAST:
        return platt(odds, wanted)
    expected = (yes + 0.5) / (len(wanted) + 1)

    def excess(shift: float) -> float:
        return float(sigmoid(odds + shift).mean()) - expected

    reach = _FAR + float(np.abs(odds).max())
    return 1.0, float(brentq(excess, -reach, reach))


def wanted_of(examples: Sequence[Example], labels: Sequence[str]) -> Bools:
    """Return what holds of labelled examples: n x (labels, 4 + 3 steps, polarity, scope)."""
    steps = targets(examples, labels).reshape(len(examples), len(labels) + _STEPS)
    positive = [[(example.sentiment or 3) > 3, True] for example in examples]
    return np.hstack([steps, np.array(positive, dtype=np.bool_).reshape(-1, 2)])


def known_of(examples: Sequence[Example], labels: Sequence[str]) -> Bools:
    """Return, shaped as `wanted_of`, what is known; that all are feedback says nothing of scope."""
    polar = [[(example.sentiment or 3) != 3, False] for example in examples]
    return np.hstack(
        [known_outputs(examples, labels), np.array(polar, dtype=np.bool_).reshape(-1, 2)]
    )
