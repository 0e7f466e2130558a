import json

import pytest

from triage import DataError
from triage.datasets.splitting import extend, interval
from triage.training.corpus import read_examples
from triage.training.splits import held_out, held_out_of, split

TEXT = "昨天买的保温杯今天就漏水了，联系客服一直没有人回复"


@pytest.fixture
def grown(folder, seed_texts):
    """A dataset of the first `n` authored texts, two of each customer, and rows beside them."""

    def write(n, *more):
        rows = [{"text": text, "customer": f"c{k // 2}"} for k, text in enumerate(seed_texts[:n])]
        return folder(*rows, *more)

    return write


def lists(place):
    return json.loads((place / "heldout.json").read_text(encoding="utf-8"))


def test_a_split_is_written_and_binds_what_is_trained_on(grown):
    place = grown(120)
    drawn = extend(place)
    parts = split(read_examples([place]), held_out_of([place]))
    for name in ("train", "dev", "test"):
        assert list(drawn.parts[name]) == getattr(parts, name)
    assert drawn.n == 120
    assert 10 <= len(parts.test) <= 40
    assert parts.dev


def test_splitting_again_changes_nothing(grown):
    place = grown(120)
    extend(place)
    before = lists(place)
    assert set(extend(place, test=60, dev=20).added.values()) == {0}
    assert lists(place) == before


def test_customers_stay_together(grown):
    drawn = extend(grown(120))
    seen = [{e.customer for e in examples} for examples in drawn.parts.values()]
    assert not seen[0] & seen[1]
    assert not seen[0] & seen[2]
    assert not seen[1] & seen[2]


def test_what_was_held_out_stays_and_what_trained_trains_whatever_is_added(grown):
    first = lists_after(grown(80))
    later = lists_after(grown(160))
    for name in ("test", "dev", "train"):
        assert set(first[name]) <= set(later[name])
    assert len(later["test"]) > len(first["test"])
    assert not set(later["test"]) & set(later["train"])


def lists_after(place):
    extend(place)
    return lists(place)


def test_a_first_id_that_comes_later_moves_no_group_that_trained(folder):
    """The draw goes by the first id of a group; a smaller one must not draw it anew."""
    place = folder({"id": "m", "text": TEXT})
    (place / "heldout.json").write_text('{"test": [], "dev": [], "train": ["m"]}', encoding="utf-8")
    for k in range(20):
        rows = [{"id": f"a{k}", "text": TEXT + "！"}, {"id": "m", "text": TEXT}]
        folder(*rows)
        with pytest.raises(DataError, match="largest group holds 2 of 2"):
            extend(place, test=80, dev=10)
    assert lists(place) == {"test": [], "dev": [], "train": ["m"]}


def test_a_draw_that_tests_nothing_is_not_written_down(folder):
    place = folder({"id": "m", "text": TEXT})
    with pytest.raises(DataError, match="No text fell"):
        extend(place, test=1, dev=0)
    assert not (place / "heldout.json").exists()


def test_a_later_text_of_a_held_out_group_goes_nowhere(grown):
    place = grown(100)
    drawn = extend(place)
    held = drawn.parts["test"][0]
    place = grown(
        100,
        {"id": "near", "text": held.text + "！"},
        {"id": "same", "text": TEXT, "customer": held.customer},
    )
    after = extend(place)
    used = {e.id for examples in after.parts.values() for e in examples}
    assert after.aside == 2
    assert not used & {"near", "same"}
    assert not {"near", "same"} & {id_ for ids in lists(place).values() for id_ in ids}


def test_the_list_of_the_box_binds_too(folder, seed_rows):
    tested = set(held_out()["test"])
    rows = [row for row in seed_rows if row["id"] in tested][:30]
    place = folder(*({"id": row["id"], "text": row["text"]} for row in rows))
    drawn = extend(place)
    assert len(drawn.parts["test"]) == 30
    assert lists(place) == {"test": [], "dev": [], "train": []}


@pytest.mark.parametrize(("test", "dev"), [(0, 10), (20, -1), (80, 20)])
def test_shares_that_leave_nothing_are_refused(grown, test, dev):
    with pytest.raises(DataError, match="cannot be"):
        extend(grown(10), test=test, dev=dev)


def test_a_folder_that_is_not_there_or_empty_is_refused(tmp_path):
    with pytest.raises(DataError, match="no folder"):
        extend(tmp_path / "none")
    with pytest.raises(DataError, match="holds no examples"):
        extend(tmp_path)


def test_the_interval_narrows_with_the_texts():
    few, many = interval(20), interval(1000)
    assert few == pytest.approx((0.584, 0.919), abs=0.001)
    assert many[0] - few[0] > 0.15
    assert few[1] - many[1] > 0.05
