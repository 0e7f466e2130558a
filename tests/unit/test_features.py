from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import features
from triage.features import BITS, VIEWS, buckets, read, views
from triage.text.clean import clean
from triage.text.segment import Segmenter

WORDS = Segmenter()
CHINESE = st.text(
    st.sampled_from("快递质量差好不退货客服东西壞這沒覆1２aB，。！ \n😡"), max_size=30
)
TEXT = CHINESE.map(lambda text: clean(text).text).filter(lambda text: len(text) >= 2)


def hashes(*texts, view=None):
    """The hashes of each text of a batch, as one counter a text."""
    batch = read(texts, WORDS)
    found = [Counter() for _ in texts]
    for part in views(batch):
        if view in {None, part.name}:
            owners = np.searchsorted(batch.docs, part.positions, side="right") - 1
            for owner, value in zip(owners.tolist(), part.hashes.tolist(), strict=True):
                found[owner][value] += 1
    return found


def test_the_views_are_the_ones_that_a_model_names():
    assert tuple(view.name for view in views(read(["质量差"], WORDS))) == VIEWS


@pytest.mark.parametrize(("size", "expected"), [(1, 6), (2, 5), (3, 4), (4, 3)])
def test_a_text_of_n_characters_has_n_minus_k_plus_1_pieces_of_k(size, expected):
    (found,) = hashes("快递三天没到", view=f"c{size}")
    assert found.total() == expected


def test_words_and_pairs_of_neighbouring_words_are_counted():
    text = "客服态度差"
    count = len(WORDS.cut(text))
    assert hashes(text, view="w1")[0].total() == count
    assert hashes(text, view="w2")[0].total() == count - 1


def test_no_pair_of_words_spans_a_blank():
    assert hashes("iPhone 客服", view="w2")[0].total() == 0


@given(TEXT, TEXT)
def test_the_hash_of_a_piece_does_not_depend_on_its_position(before, text):
    for size in (1, 2, 3, 4):
        (alone,) = hashes(text, view=f"c{size}")
        (later,) = hashes(before + "，" + text, view=f"c{size}")
        # OpenCC converts by phrase, so only texts of one script are pieces of their sums.
        if features.to_simplified(before + "，" + text) == before + "，" + text:
            assert alone <= later


def test_the_hash_of_a_piece_far_into_a_batch_is_its_hash_at_the_start():
    (first, *_, last) = hashes("快递三天没到", *["服务态度很好"] * 3000, "快递三天没到")
    assert first == last


@given(st.lists(TEXT, min_size=1, max_size=6), TEXT)
def test_the_features_of_a_text_do_not_depend_on_the_others_of_its_batch(others, text):
    simple = [item.translate(str.maketrans("壞這沒覆", "坏这没复")) for item in [*others, text]]
    assert hashes(*simple)[-1] == hashes(simple[-1])[0]


@pytest.mark.parametrize("text", ["客服一直不回覆", "箱子被打坏了"])
def test_a_traditional_neighbour_does_not_change_the_features_of_a_text(text):
    assert hashes("東西壞了", text)[-1] == hashes(text)[0]


@pytest.mark.parametrize("text", ["差", "好", "😡"])
def test_a_text_of_one_character_can_be_read_alone(text):
    assert hashes(text, view="c1")[0].total() == 1


def test_texts_of_one_character_can_be_read_together():
    assert hashes("差", "差")[0] == hashes("差", "差")[1]


def test_no_piece_spans_two_texts():
    apart = hashes("快递", "三天", view="c2")
    (joined,) = hashes("快递三天", view="c2")
    assert sum(apart, Counter()).total() == 2
    assert (joined - apart[0] - apart[1]).total() == 1


@given(st.lists(TEXT, min_size=2, max_size=6, unique=True))
def test_equal_hashes_mean_equal_pieces(texts):
    batch = read(texts, WORDS)
    for view in views(batch):
        if not view.name.startswith("c"):
            continue
        codes, size = batch.codes.tolist(), int(view.name[1])
        pieces = [tuple(codes[at : at + size]) for at in view.positions.tolist()]
        pairs = set(zip(pieces, view.hashes.tolist(), strict=True))
        assert len({piece for piece, _ in pairs}) == len({value for _, value in pairs})


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("iPhone坏了", "IPHONE坏了"),
        ("等了3天半", "等了7天半"),
        ("东西坏了", "東西壞了"),
        ("Ä差", "ä差"),
    ],
)
def test_case_digits_and_script_make_no_difference(one, two):
    assert hashes(one) == hashes(two)


@pytest.mark.parametrize(("one", "two"), [("差评", "评差"), ("坏了", "好了"), ("不好", "好不")])
def test_other_characters_and_another_order_do_make_one(one, two):
    assert hashes(one) != hashes(two)


def test_a_fault_that_is_denied_is_not_the_fault():
    (denied,), (found,) = hashes("没有任何破损", view="c2"), hashes("外壳破损", view="c2")
    assert not denied & hashes("破损", view="c2")[0]
    assert hashes("破损", view="c2")[0] <= found


def test_a_pair_of_words_has_an_order():
    assert hashes("客服差评", view="w1") == hashes("差评客服", view="w1")
    assert hashes("客服差评", view="w2") != hashes("差评客服", view="w2")


def test_two_emoji_are_two_features():
    assert hashes("太差了😡") != hashes("太差了😊")


def test_a_piece_and_a_word_of_the_same_characters_are_two_features():
    (pieces,), (words,) = hashes("质量", view="c2"), hashes("质量", view="w1")
    assert not pieces & words


def test_every_bucket_lies_within_the_table(seed_texts):
    batch = read([clean(text).text or "。" for text in seed_texts[:300]], WORDS)
    for view in views(batch):
        found = buckets(view.hashes)
        assert found.min() >= 0
        assert found.max() < 1 << BITS


def test_buckets_are_evenly_used(seed_texts):
    batch = read([clean(text).text or "。" for text in seed_texts[:1000]], WORDS)
    distinct = np.unique(np.concatenate([view.hashes for view in views(batch)]))
    used = len(np.unique(buckets(distinct)))
    expected = (1 << BITS) * -np.expm1(-len(distinct) / (1 << BITS))  # balls into bins
    assert used == pytest.approx(expected, rel=0.01)


def clauses(*texts):
    batch = read(texts, WORDS)
    whole, ends = "\x00".join(texts) + "\x00", [*batch.clauses.tolist()[1:], len(batch.codes)]
    return [whole[a:b].strip("\x00") for a, b in zip(batch.clauses.tolist(), ends, strict=True)]


def test_clauses_end_with_their_punctuation_and_at_the_end_of_a_text():
    assert clauses("质量差，不回复！！退钱", "好评") == ["质量差，", "不回复！！", "退钱", "好评"]


@pytest.mark.parametrize("text", ["涨了3.5元", "约好12:30来", "1,200元"])
def test_a_mark_between_digits_parts_nothing(text):
    assert clauses(text) == [text]


def test_a_long_stretch_without_punctuation_is_parted_between_words():
    text = "我上个月买的洗衣机用了不到两个星期就开始漏水打了五次电话客服每次都说登记了会有人联系我"
    parts = clauses(text)
    assert len(parts) > 1
    assert "".join(parts) == text
    assert [word for part in parts for word in WORDS.cut(part)] == WORDS.cut(text)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_clauses_laid_end_to_end_are_the_batch_and_each_text_starts_one(texts):
    batch = read(texts, WORDS)
    assert set(batch.docs.tolist()) <= set(batch.clauses.tolist())
    assert batch.clauses[0] == 0
    assert (np.diff(batch.clauses) > 0).all()
    lengths = [len(text) + 1 for text in texts]
    assert batch.docs.tolist() == np.cumsum([0, *lengths[:-1]]).tolist()
    assert len(batch.codes) == len(batch.raw) == sum(lengths)


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_word_starts_and_the_end_cover_the_batch(texts):
    batch = read(texts, WORDS)
    assert batch.words[0] == 0
    assert batch.words[-1] == len(batch.codes)
    assert (np.diff(batch.words) > 0).all()
