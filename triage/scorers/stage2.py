"""The second stage: small networks whose outputs are averaged, then calibrated."""

from dataclasses import dataclass

import numpy as np

from triage.scorers.base import Floats

_FAR = 8.0  # standard deviations beyond which an input says no more
_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Stage2:
    """Equal networks with one hidden layer, and a calibration of each output.

    Shapes for k networks, z inputs, h hidden units, t outputs: `mean`, `scale` (z), `w1`
    (k, z, h), `b1` (k, h), `w2` (k, h, t), `b2` (k, t); `slope`, `shift` (t) act on the
    log-odds of the average.
    """

    mean: Floats
    scale: Floats
    w1: Floats
    b1: Floats
    w2: Floats
    b2: Floats
    slope: Floats
    shift: Floats

    def __call__(self, features: Floats) -> Floats:
        """Return n x t calibrated probabilities for n x z features."""
        return sigmoid(self.slope * log_odds(self.raw(features)) + self.shift)

    def raw(self, features: Floats) -> Floats:
        """Return n x t probabilities before calibration."""
        inputs = np.clip((features - self.mean) / self.scale, -_FAR, _FAR)
        inputs = inputs.astype(self.w1.dtype, copy=False)  # single precision once loaded
        total = np.zeros((len(features), self.b2.shape[1]))
        for w1, b1, w2, b2 in zip(self.w1, self.b1, self.w2, self.b2, strict=True):
            hidden = np.maximum(inputs @ w1 + b1, 0)
            total += sigmoid(hidden @ w2 + b2)
        return total / len(self.w1)


def sigmoid(values: Floats) -> Floats:
    """Return the logistic function of each value."""
    result: Floats = 1 / (1 + np.exp(-np.clip(values, -60, 60)))
    return result


def log_odds(probabilities: Floats) -> Floats:
    """Return the log-odds of each probability, kept finite."""
    safe = np.clip(probabilities, _TINY, 1 - _TINY)
    result: Floats = np.log(safe / (1 - safe))
    return result
