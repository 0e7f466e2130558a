"""Stage two of the word model: small networks on out-of-fold features, then calibration."""

import warnings

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from triage.scorers.base import Floats
from triage.scorers.stage2 import Stage2, log_odds

_LEAST_EARLY = 1000  # with fewer texts nothing can be set aside for early stopping
_LEAST_CALIBRATION = 30


def fit_networks(
    inputs: Floats,
    wanted: NDArray[np.bool_],
    *,
    networks: int,
    hidden: int,
    decay: float,
    seed: int,
) -> Stage2:
    """Fit `networks` equal networks that differ by seed; not yet calibrated."""
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    scaled = np.clip((inputs - mean) / scale, -8, 8)
    nets = [_network(scaled, wanted, hidden, decay, seed + k) for k in range(networks)]
    w1, b1, w2, b2 = (np.stack(column) for column in zip(*nets, strict=True))
    slope, shift = np.ones(wanted.shape[1]), np.zeros(wanted.shape[1])
    return Stage2(mean, scale, w1, b1, w2, b2, slope, shift)


def _network(
    inputs: Floats, wanted: NDArray[np.bool_], hidden: int, decay: float, seed: int
) -> tuple[Floats, Floats, Floats, Floats]:
    net = MLPClassifier(
        (hidden,),
        alpha=decay,
        early_stopping=len(inputs) >= _LEAST_EARLY,
        random_state=seed,
        max_iter=100,
    )
    with warnings.catch_warnings():
        # Stopping before the optimum is the regularisation we want.
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(inputs, wanted if wanted.shape[1] > 1 else wanted[:, 0])
    (w1, w2), (b1, b2) = net.coefs_, net.intercepts_
    return w1, b1, w2, b2


def always(width: int) -> Stage2:
    """Return a network of `width` inputs and one output that is sure of everything."""
    zero, one = np.zeros(1), np.ones(1)
    flat = np.zeros((1, 1, 1))
    wide = np.zeros((1, width, 1))
    return Stage2(np.zeros(width), np.ones(width), wide, flat[0], flat, flat[0], one, zero + 10)


def calibrated(net: Stage2, inputs: Floats, wanted: NDArray[np.bool_]) -> Stage2:
    """Fit a slope and a shift of the log-odds per output (Platt), on texts the fit never saw."""
    odds = log_odds(net.raw(inputs))
    pairs = [platt(odds[:, k], wanted[:, k]) for k in range(wanted.shape[1])]
    slope, shift = (np.array(column) for column in zip(*pairs, strict=True))
    return Stage2(net.mean, net.scale, net.w1, net.b1, net.w2, net.b2, slope, shift)


def platt(odds: Floats, wanted: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and shift of one output's log-odds; 1 and 0 where little can be learned."""
    if min(int(wanted.sum()), int((~wanted).sum())) < _LEAST_CALIBRATION:
        return 1.0, 0.0  # too few of one side to say better than the networks
    fitted = LogisticRegression(C=10.0).fit(odds[:, None], wanted)
    slope = float(fitted.coef_[0, 0])
    return (slope, float(fitted.intercept_[0])) if slope > 0 else (1.0, 0.0)
