"""What is counted of verdicts, and of which texts the words are looked at."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.unit.drift.desks import NEW, OLD, monday, row
from triage import InputError
from triage.drift import Row, Tally
from triage.drift.measures import length_band, measure_of, order, unknown_band
from triage.drift.sample import Sample, banded
from triage.drift.tally import with_all
from triage.drift.weeks import is_range, name, parse, parse_range, week_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def counted(*rows):
    tally = Tally()
    tally.add(rows)
    return {
        key: {week: cells.tolist() for week, cells in weeks.items()}
        for key, weeks in tally.counts.items()
    }


def test_a_verdict_is_counted_in_every_measure_it_tells_of():
    told = counted(row(issues=("delivery",), sentiment=1, urgency=3, review=True))
    week = monday(0)
    assert told["issue:delivery", "app", OLD] == {week: [0, 1]}
    assert told["issue:other", "app", OLD] == {week: [1, 0]}
    assert told["score:delivery", "app", OLD][week][9] == 1
    assert told["score:other", "app", OLD][week][0] == 1
    assert told["sentiment", "app", OLD] == {week: [1, 0, 0, 0, 0]}
    assert told["urgency", "app", OLD] == {week: [0, 0, 0, 1]}
    assert told["review", "app", OLD] == {week: [0, 1]}
    assert told["out_of_scope", "app", OLD] == {week: [1, 0]}


def test_script_length_and_rejection_belong_to_no_model():
    told = counted(row(script="hant", length=15), row(model=NEW, script="hans", length=15))
    week = monday(0)
    assert told["script", "app", ""] == {week: [1, 1, 0, 0]}
    assert told["length", "app", ""][week] == [0, 2, 0, 0, 0, 0, 0]
    assert told["rejected", "app", ""] == {week: [2, 0]}
    assert set(told["sentiment", "app", OLD]) == set(told["sentiment", "app", NEW])


def test_a_text_that_could_not_be_judged_is_counted_as_rejected_and_nowhere_else():
    told = counted(Row(monday(0), "app", "", None, None), row())
    assert told["rejected", "app", ""] == {monday(0): [1, 1]}
    assert told["sentiment", "app", OLD] == {monday(0): [0, 1, 0, 0, 0]}
    assert told["length", "app", ""] == {monday(0): [0, 1, 0, 0, 0, 0, 0]}


def test_only_rejected_texts_are_counted_too():
    assert counted(Row(monday(0), "app", "", None)) == {
        ("rejected", "app", ""): {monday(0): [0, 1]}
    }


def test_a_script_of_another_version_is_left_out():
    assert ("script", "app", "") not in counted(row(script="runes"))


def test_the_order_and_the_batches_in_which_texts_come_do_not_matter():
    rows = [row(k % 3, "app" if k % 2 else "web", length=k, sentiment=1 + k % 5) for k in range(60)]
    one, many = Tally(), Tally()
    one.add(rows)
    random.Random(1).shuffle(rows)
    for start in range(0, 60, 7):
        many.add(rows[start : start + 7])
    assert one.counts.keys() == many.counts.keys()
    for key, weeks in one.counts.items():
        for week, cells in weeks.items():
            assert (many.counts[key][week] == cells).all()


def test_a_copy_keeps_what_it_had():
    tally = Tally()
    tally.add([row()])
    other = tally.copy()
    tally.add([row()])
    tally.merge(other)
    assert other.counts["sentiment", "app", OLD][monday(0)].sum() == 1
    assert tally.counts["sentiment", "app", OLD][monday(0)].sum() == 3


def test_all_channels_together_are_the_sum_of_each():
    tally = Tally()
    tally.add([row(), row(channel="web"), row(channel="web")])
    whole = with_all(tally.counts)
    assert whole["rejected", "*", ""][monday(0)].tolist() == [3, 0]
    assert whole["rejected", "web", ""][monday(0)].tolist() == [2, 0]


# Cells


@pytest.mark.parametrize(
    ("length", "band"), [(0, 0), (10, 0), (11, 1), (320, 5), (321, 6), (9999, 6)]
)
def test_a_length_has_its_band(length, band):
    assert length_band(length) == band


@pytest.mark.parametrize(
    ("share", "band"), [(0, 0), (0.01, 1), (0.05, 1), (0.2, 3), (0.41, 5), (1, 5)]
)
def test_a_share_of_unknown_words_has_its_band(share, band):
    assert unknown_band(share) == band


def test_a_score_of_one_lies_in_the_last_bin_and_of_zero_in_the_first():
    told = counted(Row(monday(0), "app", OLD, row().verdict | {"scores": {"x": 1.0, "y": 0.0}}, 1))
    assert told["score:x", "app", OLD][monday(0)] == [0] * 9 + [1]
    assert told["score:y", "app", OLD][monday(0)] == [1] + [0] * 9


def test_labels_come_first_and_their_scores_last():
    codes = ["score:a", "length", "issue:b", "sentiment", "issue:a"]
    assert sorted(codes, key=order) == ["issue:a", "issue:b", "sentiment", "length", "score:a"]
    assert measure_of("issue:a").is_share
    assert not measure_of("score:a").is_share


# The sample


def sampled(ids, most=5):
    sample = Sample(most)
    for one in ids:
        sample.add(monday(0), "app", one, f"text {one}")
    return sample


def test_the_sample_is_the_same_whatever_the_order_and_never_larger():
    ids = [f"t{k}" for k in range(200)]
    ((place, held),) = sampled(ids)
    assert place == (monday(0), "app")
    assert len(held) == 5
    assert list(sampled(ids[::-1])) == [(place, held)]


def test_the_sample_of_two_halves_is_the_sample_of_both():
    ids = [f"t{k}" for k in range(200)]
    assert list(sampled(ids[:90]).merged(sampled(ids[90:]))) == list(sampled(ids))


def test_another_week_has_another_sample():
    one, other = Sample(5), Sample(5)
    for k in range(200):
        one.add(monday(0), "app", f"t{k}", f"t{k}")
        other.add(monday(1), "app", f"t{k}", f"t{k}")
    assert next(iter(one))[1] != next(iter(other))[1]


def test_shares_are_counted_by_band():
    assert banded([0, 0, 0.3]).tolist() == [2, 0, 0, 0, 1, 0]
    assert banded([]).tolist() == [0] * 6
    assert banded([]).dtype == np.int64


# Weeks


def test_a_time_belongs_to_the_week_of_the_desk():
    sunday_night = datetime(2026, 1, 11, 17, tzinfo=UTC)  # Monday morning in Shanghai
    assert week_of(sunday_night, SHANGHAI) == monday(1)
    assert week_of(sunday_night, ZoneInfo("UTC")) == monday(0)
    assert week_of(datetime(2026, 1, 11, 23), SHANGHAI) == monday(0)


def test_weeks_have_the_names_of_iso():
    assert name(monday(0)) == "2026-W02"
    assert parse("2026-W02") == parse(" 2026W02 ") == monday(0)
    assert parse_range("2026-W02..2026-W05") == (monday(0), monday(3))
    assert parse_range("2026-W02") == (monday(0), monday(0))
    assert is_range("2026-W02..2026-W05")
    assert not is_range("reference.jsonl")


@pytest.mark.parametrize("text", ["last week", "2026-W54", "2026-W05..2026-W02", ""])
def test_what_is_no_week_is_refused_with_a_remedy(text):
    with pytest.raises(InputError) as caught:
        parse_range(text)
    assert caught.value.remedy
