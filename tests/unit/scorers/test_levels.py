from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.own_labels import CHILD, PARENT, example, own_engine
from triage.scorers.base import URGENCY, Clue
from triage.scorers.levels import lifted
from triage.text.clean import clean

LABELS = ("a", "a/x", "b", "a/y")
PARENTS = {"a/x": "a", "a/y": "a"}


def batch_of(*rows):
    """A batch with these scores, where every label quotes its own column."""
    scored = own_engine().scorer.score([clean("好")] * len(rows))

    def clues(row, target, limit):
        place = LABELS.index(target) if target in LABELS else 9
        return [Clue(target, place, place + 1, 1.0)][:limit]

    return replace(scored, issues=np.array(rows, dtype=float), clues=clues)


@pytest.mark.parametrize(
    ("row", "lifted_row"),
    [
        ((0.1, 0.8, 0.2, 0.3), (0.8, 0.8, 0.2, 0.3)),
        ((0.1, 0.2, 0.2, 0.3), (0.3, 0.2, 0.2, 0.3)),
        ((0.9, 0.8, 0.2, 0.3), (0.9, 0.8, 0.2, 0.3)),
    ],
)
def test_a_parent_is_scored_at_least_as_high_as_each_child(row, lifted_row):
    batch = batch_of(row)
    assert lifted(batch, LABELS, PARENTS).issues.tolist() == [list(lifted_row)]
    assert batch.issues.tolist() == [list(row)]  # the scorer's own numbers stay


@given(arrays(float, (3, 4), elements=st.floats(0, 1)))
def test_only_parents_change_and_never_downwards(issues):
    found = lifted(batch_of(*issues), LABELS, PARENTS).issues
    np.testing.assert_array_equal(found[:, 1:], issues[:, 1:])
    np.testing.assert_array_equal(found[:, 0], issues[:, [0, 1, 3]].max(axis=1))


@pytest.mark.parametrize(
    ("row", "place"),
    [((0.1, 0.8, 0.2, 0.3), 1), ((0.1, 0.2, 0.2, 0.3), 3), ((0.8, 0.8, 0.2, 0.3), 0)],
)
def test_a_parent_is_quoted_by_whichever_of_the_family_speaks_loudest(row, place):
    (clue,) = lifted(batch_of(row), LABELS, PARENTS).clues(0, "a", 1)
    assert clue == Clue("a", place, place + 1, 1.0)


@pytest.mark.parametrize("target", ["a/x", "b", URGENCY])
def test_other_targets_are_quoted_as_before(target):
    batch = batch_of((0.1, 0.8, 0.2, 0.3))
    assert lifted(batch, LABELS, PARENTS).clues(0, target, 1) == batch.clues(0, target, 1)


def test_without_parents_a_batch_stays_the_very_same():
    batch = batch_of((0.1, 0.8, 0.2, 0.3))
    assert lifted(batch, LABELS, {}) is batch


def test_the_labels_of_the_example_lift_their_parent():
    scores = own_engine().scorer.score([clean("充电器发烫")])
    found = lifted(scores, example().codes, example().parents)
    places = [example().codes.index(code) for code in (PARENT, CHILD)]
    assert found.issues[0, places].tolist() == [0.9, 0.9]
