import json
from itertools import combinations

import pytest

from triage import DataError
from triage.records import Example
from triage.training.corpus import read_examples
from triage.training.neighbours import ShingleIndex
from triage.training.splits import draw, groups, held_out, held_out_of, split, without_near

TEXT = "昨天买的保温杯今天就漏水了，联系客服一直没有人回复"


@pytest.fixture(scope="module")
def examples(seed_texts):
    """500 authored texts, each of the first 100 with a near copy under another id."""
    first = [Example(f"e{k}", text, (), 3, 0) for k, text in enumerate(seed_texts[:500])]
    copies = [Example(f"copy{e.id}", e.text + "！", (), 3, 0) for e in first[:100]]
    return first + copies


@pytest.fixture(scope="module")
def parts(examples):
    return split(examples, draw(examples))


def near(one, two):
    """Whether any text of one list is a near-duplicate of one of the other."""
    index = ShingleIndex([example.text for example in one])
    return [example.id for example in two if index.near(example.text)]


def test_near_duplicates_never_straddle_a_split(parts):
    for one, two in combinations([parts.train, parts.dev, parts.test], 2):
        assert near(one, two) == []


def test_about_a_fifth_is_for_tests_and_a_tenth_for_development(parts, examples):
    assert 0.14 < len(parts.test) / len(examples) < 0.26
    assert 0.05 < len(parts.dev) / len(examples) < 0.15


def test_every_example_is_in_one_part_only(parts, examples):
    ids = [e.id for part in (parts.train, parts.dev, parts.test) for e in part]
    assert sorted(ids) == sorted(e.id for e in examples)


def test_the_draw_does_not_depend_on_the_order_of_the_examples(examples):
    assert draw(examples) == draw(examples[::-1])


def test_a_text_added_later_moves_no_stranger(examples):
    before, after = draw(examples[:200]), draw([*examples[:200], Example("new", TEXT, (), 3, 0)])
    moved = {*before["test"], *before["dev"]} ^ {*after["test"], *after["dev"]}
    assert moved <= {"new"}


def test_a_later_near_duplicate_of_a_held_out_text_does_not_train():
    held = Example("old", TEXT, (), 3, 0)
    late = [Example("copy", TEXT + "！！", (), 3, 0), Example("new", "物流慢得离谱", (), 3, 0)]
    result = split([held, *late], {"test": ["old"], "dev": []})
    assert [e.id for e in result.train] == ["new"]
    assert result.test == [held]


def test_a_group_is_what_near_duplicates_and_customers_tie_together():
    rows = [
        Example("a", TEXT, (), 3, 0),
        Example("b", TEXT + "！", (), 3, 0, customer="c1"),
        Example("c", "物流慢得离谱，三天没动静", (), 3, 0, customer="c1"),
        Example("d", "客服说话很难听，一直推脱", (), 3, 0, customer="c2"),
        Example("e", "空调装得很好，师傅很耐心", (), 3, 0),
    ]
    found = sorted("".join(e.id for e in group) for group in groups(rows))
    assert found == ["abc", "d", "e"]


def test_the_texts_of_one_customer_never_straddle_a_draw(seed_texts):
    rows = [
        Example(f"e{k}", text, (), 3, 0, customer=f"c{k % 60}")
        for k, text in enumerate(seed_texts[:300])
    ]
    result = split(rows, draw(rows))
    parts = [{e.customer for e in part} for part in (result.train, result.dev, result.test)]
    assert all(parts)
    assert not any(one & two for one, two in combinations(parts, 2))


def test_a_later_text_of_a_held_out_customer_does_not_train():
    held = Example("old", TEXT, (), 3, 0, customer="c1")
    late = [
        Example("same", "物流慢得离谱", (), 3, 0, customer="c1"),
        Example("other", "客服说话很难听", (), 3, 0, customer="c2"),
        Example("nobody", "空调装得很好", (), 3, 0),
    ]
    result = split([held, *late], {"test": [], "dev": ["old"]})
    assert [e.id for e in result.train] == ["other", "nobody"]


def test_the_shares_of_a_draw_can_be_chosen(examples):
    parts = draw(examples, test=50, dev=0)
    assert parts["dev"] == []
    assert 0.4 < len(parts["test"]) / len(examples) < 0.6


@pytest.fixture
def dataset(tmp_path):
    def write(**parts):
        (tmp_path / "heldout.json").write_text(json.dumps(parts), encoding="utf-8")
        return tmp_path

    return write


def test_a_dataset_is_bound_by_its_own_list_and_that_of_the_box(dataset):
    folder, box = dataset(test=["mine"], dev=["yours"], train=["rest"]), held_out()
    for path in (folder, folder / "rows.jsonl"):
        parts = held_out_of([path])
        assert set(parts["test"]) == {"mine", *box["test"]}
        assert set(parts["dev"]) == {"yours", *box["dev"]}


def test_what_one_list_has_for_testing_is_for_testing_only(dataset):
    tested = held_out()["test"][0]
    parts = held_out_of([dataset(test=[], dev=[tested])])
    assert tested in parts["test"]
    assert tested not in parts["dev"]


def test_without_a_list_of_its_own_the_box_binds(tmp_path):
    assert held_out_of([tmp_path]) == {name: sorted(set(ids)) for name, ids in held_out().items()}


@pytest.mark.parametrize("content", ["{", "[]", '{"test": []}', '{"test": 1, "dev": []}'])
def test_a_list_of_another_shape_is_refused(tmp_path, content):
    (tmp_path / "heldout.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"heldout.json") as caught:
        held_out_of([tmp_path])
    assert "triage data split" in caught.value.remedy


def test_texts_near_a_held_out_one_are_taken_out_of_any_list():
    held = [Example("old", TEXT, (), 3, 0)]
    others = [Example("p1", TEXT, None, 4, None), Example("p2", "物流慢得离谱", None, 2, None)]
    assert [e.id for e in without_near(others, held)] == ["p2"]
    assert without_near(others, []) == others


def test_ids_of_texts_that_are_not_there_are_passed_over():
    assert split([], {"test": ["gone"], "dev": []}).test == []


def test_the_frozen_list_in_the_box_has_two_parts_that_do_not_meet():
    parts = held_out()
    assert not set(parts["test"]) & set(parts["dev"])
    assert all(ids == sorted(set(ids)) for ids in (parts["test"], parts["dev"]))
    assert len(parts["test"]) > len(parts["dev"]) > 100


def test_the_frozen_list_names_authored_texts_that_exist(seed_rows):
    known = {row["id"] for row in seed_rows}
    frozen = [i for ids in held_out().values() for i in ids if i.startswith("seed-")]
    assert frozen
    assert [i for i in frozen if i not in known] == []


def test_no_authored_text_that_trains_is_near_a_held_out_one(root):
    parts = split(read_examples([root / "data" / "seed"]), held_out())
    assert near(parts.test + parts.dev, parts.train) == []
    assert near(parts.test, parts.dev) == []
