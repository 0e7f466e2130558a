"""Calibration, the mix of two models, and the limit from which the encoder reads."""

from math import inf

import numpy as np
import pytest

pytest.importorskip("torch")

from triage.records import Example
from triage.scorers.stage2 import sigmoid
from triage.training.encoder.calibrate import calibration, known_of, wanted_of
from triage.training.encoder.mixing import Point, cheapest, curve, fit_mix, quality

RNG = np.random.default_rng(7)


def drawn(odds):
    return RNG.random(odds.shape) < sigmoid(odds)


# Calibration


def test_calibration_finds_the_slope_and_shift_that_odds_were_bent_by():
    true = RNG.normal(0, 2, (4000, 2))
    slope, shift = calibration((true - 1) / 2, drawn(true), np.ones((4000, 2), dtype=bool))
    assert slope == pytest.approx([2, 2], rel=0.15)
    assert shift == pytest.approx([1, 1], abs=0.2)


def test_a_rare_label_has_a_shift_only_so_that_as_many_are_expected_as_there_are():
    odds = RNG.normal(0, 1, (200, 1))
    wanted = np.zeros((200, 1), dtype=bool)
    wanted[:5] = True
    slope, shift = calibration(odds, wanted, np.ones((200, 1), dtype=bool))
    assert slope == [1.0]
    assert sigmoid(odds + shift).sum() == pytest.approx(5.5, abs=0.1)


def test_what_is_not_known_calibrates_nothing():
    odds, wanted = RNG.normal(0, 1, (100, 2)), np.zeros((100, 2), dtype=bool)
    known = np.zeros((100, 2), dtype=bool)
    known[:, 1] = True
    slope, shift = calibration(odds, wanted, known)
    assert (slope[0], shift[0]) == (1.0, 0.0)
    assert shift[1] < -3


def test_texts_where_nothing_is_known_do_not_move_the_shift_of_the_others():
    odds = RNG.normal(0, 1, (300, 1))
    wanted = odds > 0
    known = np.ones((300, 1), dtype=bool)
    alone = calibration(odds, wanted, known)
    more = (np.vstack([x, x]) for x in (odds, ~wanted))
    half = np.vstack([known, ~known])
    doubled, turned = more
    assert calibration(doubled, np.vstack([wanted, turned[:300]]), half) == alone


def test_targets_hold_polarity_where_it_is_clear_and_nothing_of_scope():
    examples = [
        Example("a", "好", ("x",), 5, 0),
        Example("b", "行", None, 3, None),
        Example("c", "差", (), None, 3),
    ]
    wanted, known = wanted_of(examples, ("x", "y")), known_of(examples, ("x", "y"))
    assert wanted.shape == known.shape == (3, 11)
    assert wanted[0].tolist() == [True, False, *[True] * 4, *[False] * 3, True, True]
    assert known[:, -2].tolist() == [True, False, False]
    assert not known[:, -1].any()
    assert known[1, :2].tolist() == [False, False]
    assert wanted_of([], ("x", "y")).shape == known_of([], ("x", "y")).shape == (0, 11)


# The mix


def test_the_better_model_has_the_larger_share_in_the_mix():
    true = RNG.normal(0, 2, (3000, 1))
    noisy = true + RNG.normal(0, 3, (3000, 1))
    mix = fit_mix(noisy, true, drawn(true), np.ones((3000, 1), dtype=bool))
    assert mix.shape == (3, 1)
    assert mix[1, 0] > 0.85
    assert mix[0, 0] < 0.1


def test_a_model_that_says_the_opposite_has_no_share_and_never_a_negative_one():
    true = RNG.normal(0, 2, (3000, 1))
    mix = fit_mix(-true + RNG.normal(0, 1, true.shape), true, drawn(true), true < inf)
    assert mix[0, 0] == 0.0
    assert mix[1, 0] > 0.8


def test_where_nothing_is_known_the_mix_is_the_mean_of_both():
    none = np.zeros((0, 2))
    mix = fit_mix(none, none, none > 0, none > 0)
    assert mix == pytest.approx(np.array([[0.5, 0.5], [0.5, 0.5], [0, 0]]))


def test_of_a_handful_of_texts_the_mix_stays_near_the_mean():
    word, encoder = np.full((4, 1), -1.0), np.full((4, 1), 1.0)
    mix = fit_mix(word, encoder, np.ones((4, 1), dtype=bool), np.ones((4, 1), dtype=bool))
    assert mix[:2, 0] == pytest.approx([0.5, 0.5], abs=0.15)


# The limit


class Told:
    """A verdict of which only what is measured is there."""

    def __init__(self, issues, sentiment=3, urgency=0):
        self.issues, self.sentiment, self.urgency = issues, sentiment, urgency
        self.urgency_scores, self.review = (1.0, 0.0, 0.0, 0.0), False


def judged(right):
    """Forty texts, every other one of which has the label; a model right on some of them."""
    named = {True: ("a",), False: ()}
    return [
        (Example(str(k), "x", named[k % 2 == 1], None, None), Told(named[(k % 2 == 1) == r]))
        for k, r in enumerate(right)
    ]


def test_the_curve_goes_from_the_word_model_to_the_encoder():
    doubts = np.arange(40) / 40
    word, both = judged([True] * 30 + [False] * 10), judged([True] * 40)
    points = curve(doubts, word, both, ("a",))
    assert (points[0].limit, points[0].share) == (inf, 0.0)
    assert (points[-1].limit, points[-1].share) == (-1.0, 1.0)
    assert points[0].quality == quality_of(word)
    assert points[-1].quality == 100
    assert [p.share for p in points] == sorted(p.share for p in points)


def quality_of(pairs):
    from triage.training.metrics import measure

    return quality(measure(pairs, ("a",)))


def test_the_limit_sends_just_those_texts_to_the_encoder_that_it_must():
    doubts = np.arange(40) / 40
    word, both = judged([True] * 30 + [False] * 10), judged([True] * 40)
    point = cheapest(curve(doubts, word, both, ("a",)))
    assert point.share == 0.25
    assert (doubts > point.limit).sum() == 10


def test_texts_of_equal_doubt_are_read_all_or_none():
    doubts = np.array([0.5] * 20 + [0.1] * 20)
    right = judged([True] * 40)
    shares = {p.share for p in curve(doubts, right, right, ("a",))}
    assert shares == {0.0, 0.5, 1.0}


def test_a_word_model_that_is_as_good_alone_leaves_nothing_to_the_encoder():
    right = judged([True] * 40)
    point = cheapest(curve(np.arange(40) / 40, right, right, ("a",)))
    assert (point.limit, point.share) == (inf, 0.0)
    assert point.to_dict() == {"limit": None, "share": 0.0, "quality": 100.0}


def test_a_lucky_dip_below_a_loss_is_not_taken():
    course = ((inf, 0, 80), (2, 0.2, 90), (1, 0.5, 85), (0.5, 0.7, 90), (-1, 1, 90))
    points = [Point(*point) for point in course]
    assert cheapest(points).share == 0.7


def test_a_loss_of_at_most_three_tenths_is_allowed():
    points = [Point(inf, 0, 89.6), Point(1, 0.5, 89.71), Point(-1, 1, 90)]
    assert cheapest(points).share == 0.5


def test_quality_is_the_mean_of_what_is_known():
    figures = {"issues": {"macro_f1": 0.8}, "sentiment_kappa": None, "urgency_kappa": 0.6}
    assert quality(figures) == pytest.approx(70)
    figures = {"issues": {"macro_f1": None}, "sentiment_kappa": None, "urgency_kappa": None}
    assert quality(figures) == 0.0
