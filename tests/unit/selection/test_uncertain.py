"""Doubt is greatest at the threshold, and a rare label's counts as much as a common one's."""

import numpy as np
import pytest

from triage import Policy
from triage.policy import Band
from triage.selection.uncertain import binary_entropy, most_doubtful

ALL = np.ones(100, dtype=bool)


def test_doubt_is_one_bit_at_the_threshold_and_falls_with_the_margin():
    scores = np.array([0.02, 0.2, 0.43, 0.7, 0.99])
    found = binary_entropy(scores, np.array(0.43))
    assert found[2] == pytest.approx(1)
    assert (np.diff(found) > 0).tolist() == [True, True, False, False]


def test_each_label_has_the_threshold_of_the_policy(doubt):
    policy = Policy(labels={"delivery": Band(0.8, 0.5, 0.9)})
    found = doubt([[0.8, 0.8]], policy=policy)
    assert found.names == ("delivery", "staff_attitude", "urgency", "sentiment")
    assert found.doubt[0, 0] == pytest.approx(1)
    assert found.doubt[0, 1] < 0.7


def test_urgency_is_in_doubt_near_the_threshold_of_its_highest_level(doubt):
    found = doubt([[0.01, 0.01]] * 3, critical=[0.001, 0.35, 0.99])
    assert np.argmax(found.doubt[:, 2]) == 1
    assert found.doubt[1, 2] == pytest.approx(1)


def test_mood_is_in_doubt_where_its_levels_are_alike(doubt):
    flat, sure = [0.2] * 5, [0.0, 1.0, 0.0, 0.0, 0.0]
    found = doubt([[0.01, 0.01]] * 2, sentiment=[flat, sure])
    assert found.doubt[:, 3] == pytest.approx([1, 0])


def test_a_rare_labels_doubt_counts_as_much_as_a_common_ones(doubt):
    common = [[0.43, 0.01]] * 9  # always in doubt on the first label
    found = doubt([*common, [0.01, 0.43]])
    assert found.doubt[0, 0] == pytest.approx(found.doubt[9, 1], abs=0.01)
    assert int(np.argmax(found.total)) == 9


def test_a_label_that_is_never_in_doubt_does_not_win_on_noise(doubt):
    found = doubt([[0.4, 0.0001], [0.01, 0.0002]])
    assert found.total[0] > found.total[1]


def test_every_label_has_its_share_of_the_places(doubt):
    scores = [[0.43 - 0.0001 * k, 0.001] for k in range(90)] + [[0.001, 0.2]] * 10
    chosen = most_doubtful(doubt(scores), ALL, 16)
    assert len(chosen) == 16
    assert sum(row >= 90 for row in chosen) >= 3


def test_only_allowed_rows_are_chosen_each_once(doubt):
    found = doubt([[0.4, 0.4]] * 100)
    allowed = np.arange(100) % 2 == 0
    chosen = most_doubtful(found, allowed, 200)
    assert sorted(chosen) == list(range(0, 100, 2))
