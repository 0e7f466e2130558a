"""Topics: found, named, growing, fitted anew; their ids stay."""

import random

import numpy as np
import pytest

from tests.unit.trends.topics.texts import KINDS, chargers, mixed, purity, texts
from triage import InputError
from triage.trends.topics import (
    NO_TOPIC,
    Clustering,
    Options,
    TopicModel,
    counts_by,
    from_bytes,
    to_bytes,
)


@pytest.fixture(scope="module")
def fitted():
    """The bytes of a model, its texts and their topics: each test thaws its own."""
    rows, kinds = mixed()
    model, assigned = TopicModel.fit(rows, times=[1000.0 + k for k in range(len(rows))])
    return to_bytes(model), rows, kinds, assigned


@pytest.fixture
def model(fitted):
    return from_bytes(fitted[0])


def test_texts_of_one_kind_share_topics(fitted):
    _, _, kinds, assigned = fitted
    assert purity(assigned, kinds) > 0.95
    assert (assigned != NO_TOPIC).mean() > 0.8


def test_every_kind_of_text_has_a_topic_and_few_have_many(fitted, model):
    _, _, kinds, assigned = fitted
    found = {(kind, topic) for kind, topic in zip(kinds, assigned.tolist(), strict=True)}
    assert {kind for kind, topic in found if topic != NO_TOPIC} == set(KINDS)
    assert len(model.topics) <= 3 * len(KINDS)


def test_sizes_times_and_ids_are_those_of_the_texts(fitted, model):
    _, _, _, assigned = fitted
    for key, topic in model.topics.items():
        places = np.flatnonzero(assigned == key)
        assert (topic.id, topic.size) == (key, len(places))
        assert topic.first_at == 1000.0 + places[0]


def test_names_are_unique_of_the_heaviest_phrases_and_no_word_comes_twice(model):
    names = [topic.name for topic in model.topics.values()]
    assert len(set(names)) == len(names)
    for topic in model.topics.values():
        told = topic.name.split(" · ")
        assert told == [phrase for phrase, _ in topic.phrases[: len(told)]]
        assert all(len(set(phrase)) > 1 and len(phrase) >= 2 for phrase in told)


def test_a_topic_is_named_by_what_its_texts_say(fitted, model):
    _, _, kinds, assigned = fitted
    place = kinds.index("cold")
    name = model.topics[int(assigned[place])].name
    assert any(word in name for word in ("空调", "制冷", "安装", "漏水", "噪音", "遥控器", "师傅"))


def test_the_same_texts_make_the_same_topics(fitted):
    raw, rows, _, _ = fitted
    model, _ = TopicModel.fit(rows, times=[1000.0 + k for k in range(len(rows))])
    assert to_bytes(model) == raw


def test_the_words_of_nobody_are_in_no_state(fitted):
    raw, rows, _, _ = fitted
    assert not any(text.encode() in raw for text in rows)


def test_nothing_is_changed_by_asking(model, fitted):
    before = to_bytes(model)
    assert model.assign(fitted[1][:10]).tolist() == fitted[3][:10].tolist()
    assert to_bytes(model) == before


def test_a_text_that_says_nothing_has_no_topic(model):
    assert model.assign(["。。。", "谢谢", "量子纠缠 哥德巴赫猜想"]).tolist() == [NO_TOPIC] * 3
    assert model.assign([]).tolist() == []


# Growth


def test_new_texts_go_to_the_topics_there_are(model, fitted):
    known = set(model.topics)
    rows, kinds = mixed(10, seed=5)
    found = model.update(rows)
    assert found.opened == ()
    assert set(found.assigned.tolist()) <= known | {NO_TOPIC}
    together = np.concatenate([fitted[3], found.assigned])
    assert purity(together, [*fitted[2], *kinds]) > 0.95


def test_sizes_grow_with_the_texts_and_phrases_stay(model, fitted):
    before = dict(model.topics)
    found = model.update(fitted[1][:50], times=[1.0] * 50)
    for key, old in before.items():
        new = model.topics[key]
        count = int((found.assigned == key).sum())
        assert new.size == old.size + count
        assert (new.phrases, new.name) == (old.phrases, old.name)
        assert new.first_at == (1.0 if count else old.first_at)


def test_what_is_new_and_of_one_kind_opens_a_topic(model):
    known = set(model.topics)
    found = model.update([*chargers(24), *texts("food", 5)])
    (opened,) = found.opened
    assert opened == max(known) + 1
    assert (found.assigned[:24] == opened).mean() > 0.8
    assert not (found.assigned[24:] == opened).any()
    assert "冒烟" in model.topics[opened].name
    assert model.topics[opened].size == (found.assigned == opened).sum()
    assert model.assign(["充电器冒烟了怎么办"]).tolist() == [opened]


def test_texts_that_waited_are_moved_to_the_topic_that_opens(model):
    early = model.update(chargers(6), ids=[f"e{k}" for k in range(6)], times=[7.0] * 6)
    assert (early.opened, early.moved) == ((), {})
    assert (early.assigned == NO_TOPIC).all()
    late = model.update(chargers(24), ids=[f"l{k}" for k in range(24)], times=[9.0] * 24)
    (opened,) = late.opened
    assert len(late.moved) >= 4
    assert {key for key in late.moved if key[0] == "l"} == set()
    assert set(late.moved.values()) == {opened}
    assert model.topics[opened].first_at == 7.0
    assert not set(late.moved) & set(model.waiting.ids)


ODDS = "窗帘 钢琴 篮球 奶粉 台灯 书包 雨伞 牙膏 轮胎 鱼缸 耳机 帐篷 相机 毛巾"
ENDS = "样式 颜色 价格 发票 说明书 赠品 活动 会员 积分 保修 型号 重量"


def test_a_mixture_of_whatever_fits_nothing_opens_no_topic(model):
    drawn = random.Random(1)
    rows = [f"{drawn.choice(ODDS.split())}的{drawn.choice(ENDS.split())}" for _ in range(60)]
    found = model.update(rows)
    assert len(found.opened) <= 1
    assert len(model.waiting.ids) > 40


def test_a_few_of_a_kind_are_no_topic_yet(model):
    assert model.update(chargers(5)).opened == ()


def test_the_least_that_opens_a_topic_can_be_chosen():
    rows, _ = mixed()
    model, _ = TopicModel.fit(rows, options=Options(least=30))
    assert model.update(chargers(20)).opened == ()
    assert len(model.update(chargers(40, seed=1)).opened) == 1


def test_updates_in_another_order_change_no_id_that_there_was(fitted):
    rows = [*fitted[1][:60], *chargers(24)]
    one, other = from_bytes(fitted[0]), from_bytes(fitted[0])
    first = one.update(rows)
    order = random.Random(3).sample(range(len(rows)), len(rows))
    second = other.update([rows[k] for k in order])
    back = np.empty_like(second.assigned)
    back[order] = second.assigned
    assert first.opened == second.opened
    assert (back[:60] == first.assigned[:60]).all()
    assert (back == first.assigned).mean() > 0.9


# Fitted anew


def test_a_new_fit_on_more_texts_keeps_the_ids(model, fitted):
    _, rows, kinds, before = fitted
    known = set(model.topics)
    more, more_kinds = mixed(20, seed=9)
    found = model.refit([*rows, *more])
    assert found.retired == () or len(found.kept) >= 0.7 * len(known)
    same = (found.assigned[: len(rows)] == before)[before >= 0]
    assert same.mean() > 0.7
    assert purity(found.assigned, [*kinds, *more_kinds]) > 0.95
    assert all(key > max(known) for key in found.opened)


def test_a_new_fit_on_the_same_texts_in_another_order_keeps_most_ids(model, fitted):
    _, rows, _, before = fitted
    order = random.Random(4).sample(range(len(rows)), len(rows))
    found = model.refit([rows[k] for k in order])
    back = np.empty_like(found.assigned)
    back[order] = found.assigned
    both = (before >= 0) & (back >= 0)
    assert (back == before)[both].mean() > 0.6
    assert len(found.kept) >= 0.5 * len(set(before.tolist()))


def test_a_topic_without_a_group_is_retired_and_its_id_never_given_again(model, fitted):
    _, rows, kinds, _before = fitted
    gone = [text for text, kind in zip(rows, kinds, strict=True) if kind != "food"]
    last = max(model.topics)
    found = model.refit([*gone, *chargers(60)])
    assert found.retired
    assert all(model.topics[key].retired for key in found.retired)
    assert set(found.opened) and min(found.opened) > last
    assert not set(found.assigned.tolist()) & set(found.retired)
    later = model.refit([*rows, *chargers(60)])
    assert not set(later.opened) & set(found.retired)
    assert set(found.retired) <= model.topics.keys()


def test_a_new_fit_counts_its_own_texts(model, fitted):
    found = model.refit(fitted[1])
    for key in model.live:
        assert model.topics[key].size == (found.assigned == key).sum()


def test_names_stay_unique_beside_those_of_retired_topics(model, fitted):
    model.refit([text for text, k in zip(fitted[1], fitted[2], strict=True) if k != "food"])
    model.refit(fitted[1])
    names = [topic.name for topic in model.topics.values()]
    assert len(set(names)) == len(names)


# What is handed in


@pytest.mark.parametrize("rows", [[], ["退款"] * 5, ["。"] * 100])
def test_too_few_texts_make_no_topics(rows):
    with pytest.raises(InputError, match="make no topics"):
        TopicModel.fit(rows)


def test_ids_or_times_of_another_number_are_refused(model):
    with pytest.raises(InputError, match="2 texts, but 1"):
        model.update(["退款", "快递"], ids=["1"])
    with pytest.raises(InputError, match="2 texts, but 3"):
        model.update(["退款", "快递"], times=[1.0, 2.0, 3.0])


@pytest.mark.parametrize("options", [{"most": 1}, {"least": 1}, {"alike": 0}])
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(InputError, match="cannot be made"):
        Options(**options)


def test_all_texts_the_same_make_one_topic():
    model, assigned = TopicModel.fit(["退款不到账，客服不理"] * 40)
    assert len(model.topics) <= 1
    assert len(set(assigned.tolist())) == 1


def test_the_number_of_groups_to_begin_with_goes_by_the_number_of_texts():
    chosen = Options()
    assert [chosen.groups(n) for n in (50, 4000, 1_000_000)] == [12, 160, 200]
    assert [chosen.smallest(n) for n in (50, 100_000)] == [5, 20]


def test_groups_found_in_another_way_become_topics_too():
    rows, kinds = mixed()
    order = sorted(KINDS)

    class Told:
        def fit(self, texts):
            return Clustering(np.array([order.index(kind) for kind in kinds]), ())

    model, assigned = TopicModel.fit(rows, clusterer=Told())
    assert len(model.topics) == len(KINDS)
    assert purity(assigned, kinds) > 0.95
    assert model.refit(rows, clusterer=Told()).kept == tuple(sorted(model.topics))


# The state


def test_a_model_goes_on_from_its_bytes(fitted):
    rows = [*chargers(24), *fitted[1][:20]]
    one = from_bytes(fitted[0])
    one.update(rows[:10])
    other = from_bytes(to_bytes(one))
    first, second = one.update(rows[10:]), other.update(rows[10:])
    assert first.assigned.tolist() == second.assigned.tolist()
    assert (first.opened, first.moved) == (second.opened, second.moved)
    assert to_bytes(one) == to_bytes(other)


@pytest.mark.parametrize("change", [lambda raw: b"", lambda raw: raw[:-9], lambda raw: b"{}" * 50])
def test_bytes_that_are_no_state_are_refused(fitted, change):
    with pytest.raises(InputError, match="no state of topics"):
        from_bytes(change(fitted[0]))


def test_the_state_of_another_version_is_refused(fitted, monkeypatch):
    monkeypatch.setattr("triage.trends.topics.state.FORM", 2)
    with pytest.raises(InputError, match="form 1"):
        from_bytes(fitted[0])


# Counts


def test_topics_are_counted_by_product_and_by_issue():
    found = counts_by([1, 1, -1, 2, 1], ["手机", "耳机", "手机", None, "手机"])
    assert list(found) == [1, 2]
    assert list(found[1].items()) == [("手机", 2), ("耳机", 1)]
    assert not found[2]
    issues = counts_by([3, 3], [("delivery", "other"), ["delivery"]])
    assert list(issues[3].items()) == [("delivery", 2), ("other", 1)]
