import numpy as np
import pytest

from triage.scorers.stage2 import Stage2, log_odds, sigmoid
from triage.training.second import calibrated, fit_networks


def constant(odds, slope=1.0, shift=0.0):
    """A network that says the same of every text."""
    zero = np.zeros((1, 1, 1))
    bias = np.array([[odds]])
    one = np.ones(1)
    return Stage2(0 * one, one, zero, np.zeros((1, 1)), zero, bias, slope * one, shift * one)


def test_log_odds_undo_the_logistic_function():
    values = np.array([-3.0, 0.0, 2.5])
    np.testing.assert_allclose(log_odds(sigmoid(values)), values, atol=1e-6)


def test_calibration_acts_on_the_log_odds():
    given = constant(2.0, slope=0.5, shift=-1.0)(np.zeros((1, 1)))
    np.testing.assert_allclose(given, sigmoid(np.array([[0.0]])), atol=1e-6)


def test_calibration_brings_the_mean_to_the_share_that_holds():
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(2000, 1))
    wanted = rng.random((2000, 1)) < sigmoid(0.5 * inputs)
    one = np.ones(1)
    sure = Stage2(
        0 * one, one, np.array([[[1.0, -1.0]]]), np.zeros((1, 2)),
        np.array([[[3.0], [-3.0]]]), np.zeros((1, 1)), one, 0 * one,
    )  # fmt: skip
    honest = calibrated(sure, inputs, wanted)
    assert abs(honest(inputs).mean() - wanted.mean()) < 0.01
    assert honest.slope[0] == pytest.approx(1 / 6, abs=0.06)


def test_too_few_texts_calibrate_nothing():
    net = constant(1.0)
    same = calibrated(net, np.zeros((10, 1)), np.zeros((10, 1), dtype=np.bool_))
    assert (same.slope, same.shift) == (net.slope, net.shift)


def test_networks_learn_what_no_line_can_part():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(900, 2))
    wanted = inputs[:, :1] * inputs[:, 1:] > 0
    net = fit_networks(inputs, wanted, networks=2, hidden=16, decay=1e-4, seed=0)
    assert ((net(inputs) > 0.5) == wanted).mean() > 0.9
