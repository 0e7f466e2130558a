"""A batch keeps to its mix, holds no two texts alike, and its audit is drawn from all alike."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from triage import InputError
from triage.selection.batch import Mix, Pool, choose
from triage.selection.diverse import points
from triage.text.segment import Segmenter


@cache
def _points(texts):
    return points(texts, Segmenter())


@pytest.fixture
def pool_of(doubt):
    """Make a pool of texts whose doubts are given, or fall with the row."""

    def make(texts, scores=None, seen=(), usable=None):
        n = len(texts)
        given = scores or [[0.43 * (1 - k / n), 0.01] for k in range(n)]
        places = _points((*texts, *seen))
        allowed = np.ones(n, dtype=bool) if usable is None else np.array(usable)
        return Pool(texts, places[:n], doubt(given), allowed, seen, places[n:])

    return make


def test_the_places_of_a_mix_add_up():
    assert Mix.parse("uncertain=0.6,diverse=0.3,audit=0.1").counts(100) == {
        "uncertain": 60,
        "diverse": 30,
        "audit": 10,
    }
    for n in range(1, 40):
        assert sum(Mix(0.35, 0.33, 0.32).counts(n).values()) == n
    assert Mix.parse("audit=3").counts(7) == {"uncertain": 0, "diverse": 0, "audit": 7}


@pytest.mark.parametrize(
    "text",
    ["", "rare=1", "uncertain", "uncertain=x", "audit=-1", "audit=0", "audit=nan", "audit=inf"],
)
def test_a_mix_that_says_nothing_is_refused_with_an_example(text):
    with pytest.raises(InputError) as caught:
        Mix.parse(text)
    assert caught.value.code == "bad_mix"
    assert "uncertain=0.8" in caught.value.remedy


def test_a_batch_keeps_to_its_mix_and_no_row_comes_twice(pool_of, pool_texts):
    picks = choose(pool_of(pool_texts), 50, mix=Mix(0.6, 0.2, 0.2))
    assert Counter(pick.strategy for pick in picks) == {"uncertain": 30, "diverse": 10, "audit": 10}
    assert len({pick.row for pick in picks}) == 50


def test_the_same_seed_gives_the_same_batch_and_another_seed_another(pool_of, pool_texts):
    pool = pool_of(pool_texts)
    assert choose(pool, 20, seed=1) == choose(pool, 20, seed=1)
    assert choose(pool, 20, seed=1) != choose(pool, 20, seed=2)


def test_uncertain_texts_are_those_the_model_doubts(pool_of, pool_texts):
    picks = choose(pool_of(pool_texts), 10, mix=Mix(1, 0, 0))
    # The doubt falls with the row; five candidates a place are spread.
    assert np.mean([pick.row for pick in picks]) < 60


def test_near_duplicates_of_each_other_and_of_the_labelled_are_not_chosen(pool_of, seed_texts):
    distinct = ["快递三天了还没有送到我家", "客服态度太差了一直骂人", "这个锅用了两次就坏了不能用"]
    texts = [f"{text}{end}" for text in distinct for end in ("", "！", "，真的", "。。")]
    picks = choose(pool_of(texts, seen=["快递三天了还没有送到我家呀"]), 12, mix=Mix(0.5, 0.3, 0.2))
    chosen = [texts[pick.row] for pick in picks]
    assert len(chosen) == 2
    assert {text[:4] for text in chosen} == {"客服态度", "这个锅用"}


def test_candidates_grow_until_the_batch_is_full(pool_of, seed_texts):
    copies = [f"同一句话说了很多很多遍{'。' * k}" for k in range(60)]
    different = seed_texts[:20]
    scores = [[0.43, 0.01]] * 60 + [[0.01, 0.01]] * 20
    picks = choose(pool_of([*copies, *different], scores), 6, mix=Mix(1, 0, 0))
    assert len(picks) == 6


def test_an_audit_is_drawn_from_all_texts_with_one_chance(pool_of, pool_texts):
    texts = pool_texts[:200]
    usable = [k < 20 for k in range(200)]
    picks = choose(pool_of(texts, usable=usable), 30, mix=Mix(1 / 3, 0, 2 / 3))
    audit = [pick for pick in picks if pick.strategy == "audit"]
    assert {pick.chance for pick in audit} == {20 / 200}
    assert sum(pick.row >= 20 for pick in audit) >= 14  # also what the model calls no feedback
    assert all(pick.row < 20 for pick in picks if pick.strategy == "uncertain")


def test_an_audit_estimates_the_share_of_errors_without_bias(pool_of, pool_texts):
    # The doubted third is wrong: a batch of doubts alone would say all is wrong.
    texts = pool_texts[:150]
    pool = pool_of(texts)
    told = []
    for seed in range(30):
        picks = choose(pool, 60, mix=Mix(0.5, 0, 0.5), seed=seed)
        told.append(np.mean([pick.row < 50 for pick in picks if pick.strategy == "audit"]))
    assert np.mean(told) == pytest.approx(1 / 3, abs=0.04)


def test_a_diverse_text_tells_how_far_it_is_from_the_nearest(pool_of, pool_texts):
    pool = pool_of(pool_texts, seen=pool_texts[:5])
    picks = choose(pool, 10, mix=Mix(0, 1, 0))
    taken = [*pool.seen]
    for pick in picks:
        nearest = 1 - max(float(pool.points[pick.row] @ other) for other in taken)
        assert pick.distance == pytest.approx(nearest, abs=1e-5)
        taken.append(pool.points[pick.row])
