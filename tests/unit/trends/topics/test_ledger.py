"""What people made of topics: names, merges, what is hidden, each deed kept."""

import json

import pytest

from triage import InputError
from triage.trends.topics import Ledger

WHO = {"by": "person:林晓", "at": "2026-11-20T10:00:00+08:00"}


def merged(*pairs):
    ledger = Ledger()
    for topic, into in pairs:
        ledger = ledger.merge(topic, into, **WHO)
    return ledger


def test_a_topic_that_nobody_touched_is_itself():
    ledger = Ledger()
    assert ledger.resolve(7) == 7
    assert (ledger.mark(7).name, ledger.mark(7).hidden) == (None, False)


def test_a_name_is_given_and_taken_back_with_who_and_when():
    ledger = Ledger().rename(1, " 充电器冒烟 ", **WHO)
    assert ledger.mark(1).name == "充电器冒烟"
    assert ledger.rename(1, None, **WHO).mark(1).name is None
    (change,) = ledger.history
    assert (change.topic, change.what, change.before, change.after) == (
        1,
        "renamed",
        None,
        "充电器冒烟",
    )
    assert (change.by, change.at) == (WHO["by"], WHO["at"])


@pytest.mark.parametrize("name", ["", "  ", "长" * 201])
def test_a_name_of_no_length_or_too_long_is_refused(name):
    with pytest.raises(InputError, match="1 to 200"):
        Ledger().rename(1, name, **WHO)


def test_hiding_and_showing_are_kept_and_what_changes_nothing_is_not():
    ledger = Ledger().hide(1, **WHO).hide(1, **WHO)
    assert ledger.mark(1).hidden
    assert len(ledger.history) == 1
    shown = ledger.show(1, **WHO)
    assert not shown.mark(1).hidden
    assert [change.what for change in shown.history] == ["hidden", "shown"]


def test_merges_are_followed_to_their_end():
    ledger = merged((1, 2), (2, 3))
    assert [ledger.resolve(topic) for topic in (1, 2, 3)] == [3, 3, 3]


def test_a_split_undoes_one_merge_and_no_other():
    ledger = merged((1, 2), (2, 3)).split(2, **WHO)
    assert [ledger.resolve(topic) for topic in (1, 2, 3)] == [2, 2, 3]
    assert ledger.history[-1].what == "split"
    assert ledger.history[-1].before == 3


@pytest.mark.parametrize("pairs", [[(1, 1)], [(1, 2), (2, 1)], [(1, 2), (2, 3), (3, 1)]])
def test_merges_in_a_circle_are_refused(pairs):
    with pytest.raises(InputError, match="cannot be merged"):
        merged(*pairs)


def test_what_is_merged_already_is_split_first():
    with pytest.raises(InputError, match="merged into 2 already"):
        merged((1, 2), (1, 3))
    with pytest.raises(InputError, match="not merged"):
        Ledger().split(1, **WHO)


def test_a_ledger_survives_json():
    ledger = merged((1, 2)).rename(2, "退款", **WHO).hide(3, **WHO)
    assert Ledger.from_dict(json.loads(json.dumps(ledger.to_dict()))) == ledger


@pytest.mark.parametrize(
    "told", [{}, {"marks": 3, "history": []}, {"marks": {"x": {}}, "history": []}]
)
def test_what_is_no_ledger_is_refused(told):
    with pytest.raises(InputError, match="no ledger"):
        Ledger.from_dict(told)
