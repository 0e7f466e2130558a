"""Points that lie near each other where texts are alike, and the farthest of them first."""

import numpy as np
import pytest

from triage.selection.diverse import farthest_first, nearest, points
from triage.text.segment import Segmenter


@pytest.fixture(scope="module")
def segmenter():
    return Segmenter()


def test_points_have_length_one_and_alike_texts_lie_near(segmenter, seed_texts):
    texts = ["快递三天了还没到", "快递三天了都没到", "客服态度太差骂人", *seed_texts[:200]]
    found = points(texts, segmenter)
    assert found.shape == (203, 64)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert found[0] @ found[1] > found[0] @ found[2] + 0.3


def test_few_texts_need_no_reduction_and_empty_ones_are_points_too(segmenter):
    found = points(["快递没到", "快递没到", " "], segmenter)
    assert found[0] @ found[1] == pytest.approx(1)
    assert len(found) == 3


def test_the_same_texts_give_the_same_points(segmenter, seed_texts):
    texts = seed_texts[:100]
    assert (points(texts, segmenter, seed=3) == points(texts, segmenter, seed=3)).all()


def test_the_farthest_from_what_is_seen_comes_first_then_from_it_too():
    circle = np.array([[1, 0], [0.99, 0.14], [0, 1], [-1, 0]], dtype=np.float32)
    order = list(farthest_first(circle, circle[:1]))
    assert [row for row, _ in order] == [3, 2, 1, 0]
    assert order[0][1] == pytest.approx(2)
    assert order[-1][1] == pytest.approx(0, abs=1e-6)


def test_a_row_of_little_weight_comes_later():
    circle = np.array([[0, 1], [-1, 0]], dtype=np.float32)
    seen = np.array([[1, 0]], dtype=np.float32)
    order = farthest_first(circle, seen, weight=np.array([1.0, 0.1]))
    assert next(order)[0] == 0


def test_without_anything_seen_every_point_is_as_far_as_can_be():
    assert nearest(np.eye(2, dtype=np.float32), np.zeros((0, 2), dtype=np.float32)).tolist() == [
        2,
        2,
    ]
