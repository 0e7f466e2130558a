"""The parts that topics are made with: groups, names, partners."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from triage.trends.topics.cluster import joined, k_means
from triage.trends.topics.fitting import Centres
from triage.trends.topics.matching import partners
from triage.trends.topics.naming import name_of, names_of, overlap
from triage.trends.topics.vectors import Vocabulary, learn, project, unit


def told(*phrases):
    return tuple((phrase, 1.0) for phrase in phrases)


def heaps(seed=0):
    """Forty points about each of three directions."""
    rng = np.random.default_rng(seed)
    points = np.repeat(np.eye(3, 8, dtype=np.float32), 40, axis=0)
    return unit(points + rng.normal(0, 0.05, points.shape).astype(np.float32))


def test_points_of_one_direction_are_of_one_group():
    groups = k_means(heaps(), 3, seed=0)
    assert [len(set(groups[k : k + 40])) for k in (0, 40, 80)] == [1, 1, 1]
    assert len(set(groups)) == 3


def test_fewer_kinds_of_points_than_groups_leave_groups_empty():
    groups = k_means(np.eye(2, 4, dtype=np.float32)[[0, 1] * 10], 5, seed=0)
    assert len(set(groups)) == 2


def test_groups_begin_from_those_there_were():
    before = np.repeat([2, 0, 1], 40)
    groups = k_means(heaps(), 3, seed=0, before=before)
    assert (groups == before).all()


def test_groups_that_are_alike_are_joined_and_others_are_not():
    points = heaps()
    groups = np.arange(len(points)) // 20  # each heap is cut in two
    assert len(set(joined(points, groups, alike=0.75))) == 3
    assert len(set(joined(points, groups, alike=1.5))) == 6


def test_no_topic_is_near_where_there_is_none():
    centres = Centres(csr_matrix((0, 4)), np.zeros(0))
    groups, cosines = centres.nearest(csr_matrix(np.eye(3, 4)))
    assert (groups.tolist(), cosines.tolist()) == ([-1] * 3, [0.0] * 3)


def test_rare_terms_weigh_more_and_unknown_ones_most():
    known = learn([["退款", "慢"]] * 3 + [["退款", "快递"]] * 2 + [["空调"]] * 30, least=2)
    assert known.weights[known.places["快递"]] > known.weights[known.places["退款"]]
    (half,) = known.matrix([["快递", "冒烟"]]).toarray()
    assert half.max() == pytest.approx(0.5**0.5)
    assert known.is_rare("冒烟")
    assert not known.is_rare("退款")


def test_terms_keep_their_places_when_a_vocabulary_grows():
    one = Vocabulary({"退款": 0, "快递": 1}, np.array([1.0, 2.0]))
    other = Vocabulary({"冒烟": 0, "快递": 1}, np.array([3.0, 4.0]))
    grown = one.grown(other)
    assert grown.places == {"退款": 0, "快递": 1, "冒烟": 2}
    assert grown.weights.tolist() == [1.0, 2.0, 3.0]
    assert other.places_in(grown).tolist() == [2, 1]


def test_texts_of_the_same_words_are_the_same_point():
    matrix = csr_matrix(np.array([[1.0, 1, 0, 0], [2, 2, 0, 0], [0, 0, 1, 3]]))
    points = project(matrix, 2, seed=0)
    assert points[0] == pytest.approx(points[1], abs=1e-5)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


# Names


def test_phrases_that_share_two_characters_say_the_same():
    assert overlap("充电器发热", "充电器")
    assert overlap("退款慢", "申请退款")
    assert not overlap("退款", "退货")


def test_a_name_that_is_taken_gets_another_phrase_and_then_a_number():
    phrases = told("退款", "银行卡", "到账", "申请")
    assert name_of(phrases) == "退款 · 银行卡 · 到账"
    assert name_of(phrases, ["退款 · 银行卡 · 到账"]) == "退款 · 银行卡 · 到账 · 申请"
    assert names_of([told("退款")] * 3) == ["退款", "退款 2", "退款 3"]
    assert names_of([(), ()]) == ["…", "… 2"]


# Partners


def test_a_group_goes_on_from_the_topic_whose_texts_it_has():
    old = np.array([7, 7, 7, 9, 9, 9, -1, -1])
    new = np.array([1, 1, 1, 0, 0, -1, 2, 2])
    assert partners(old, new) == {1: 7, 0: 9}


def test_of_two_pieces_the_larger_goes_on():
    old, new = np.full(10, 4), np.array([0] * 7 + [1] * 3)
    assert partners(old, new) == {0: 4}


def test_too_little_in_common_is_another_topic():
    old = np.array([5] * 20 + [-1] * 20)
    new = np.array([-1] * 17 + [0] * 23)
    assert partners(old, new) == {}


def test_nothing_has_no_partner():
    none = np.full(3, -1)
    assert partners(none, np.zeros(3, dtype=np.int64)) == {}
    assert partners(np.zeros(3, dtype=np.int64), none) == {}
