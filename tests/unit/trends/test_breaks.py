"""What a change of the model does to counts, and what is left of a jump without it."""

import numpy as np
import pytest

from triage.errors import InputError
from triage.trends.breaks import Ratio, count_pairs, level_shift, ratio, ratios, scale

NOTHING = {"issues": [], "sentiment": 4, "urgency": 0, "review": False}


def paired(rng, n, share, kept, gained):
    """n texts: a share found before, of which some are kept, and of the others some gained."""
    before = rng.random(n) < share
    after = np.where(before, rng.random(n) < kept, rng.random(n) < gained)
    return ratio(n, int(before.sum()), int(after.sum()), int((before & after).sum()))


# Counting pairs


def test_pairs_are_counted_for_each_label_and_each_level():
    late = {"issues": ["delivery"], "sentiment": 2, "urgency": 3, "review": True}
    worse = {"issues": ["delivery", "other"], "sentiment": 3, "urgency": 2, "review": False}
    assert count_pairs([(late, worse), (NOTHING, late), (NOTHING, NOTHING)]) == {
        "issue:delivery": [3, 1, 2, 1],
        "issue:other": [3, 0, 1, 0],
        "sentiment<=2": [3, 1, 1, 0],
        "urgency>=2": [3, 1, 2, 1],
        "urgency=3": [3, 1, 1, 0],
        "review": [3, 1, 1, 0],
    }


def test_what_a_model_could_not_judge_found_nothing_but_work_for_a_person():
    unjudged = {"unjudged": "no_content", "review": True}
    counts = count_pairs([(unjudged, NOTHING | {"sentiment": None, "urgency": None})])
    assert counts == {
        "sentiment<=2": [1, 0, 0, 0],
        "urgency>=2": [1, 0, 0, 0],
        "urgency=3": [1, 0, 0, 0],
        "review": [1, 1, 0, 0],
    }


def test_no_pairs_are_no_counts():
    assert count_pairs([]) == {}


# The ratio


def test_the_ratio_is_after_over_before_within_its_interval():
    told = ratio(1000, 100, 200, 90)
    assert told.value == 2
    assert told.low < 2 < told.high
    assert told.agreement == pytest.approx(1 - (10 + 110) / 1000)
    assert told.beyond_noise


def test_the_interval_of_many_texts_is_that_of_the_delta_method():
    """The variance of the logarithm is (b + c) / (before * after), b and c the discordant."""
    told = ratio(1_000_000, 40_000, 60_000, 30_000)
    reach = 1.959964 * np.sqrt((10_000 + 30_000) / (40_000 * 60_000))
    assert np.log(told.high / told.low) / 2 == pytest.approx(reach, rel=0.01)
    assert np.sqrt(told.low * told.high) == pytest.approx(1.5, rel=0.001)


def test_models_that_mostly_agree_are_told_apart_by_fewer_texts_than_strangers():
    """The same counts: only the texts on which they disagree make the ratio unsure."""
    near, far = ratio(2000, 200, 225, 200), ratio(2000, 200, 225, 22)
    assert near.beyond_noise
    assert not far.beyond_noise


def test_the_other_way_round_the_ratio_and_its_interval_are_turned_over():
    there, back = ratio(500, 40, 60, 30), ratio(500, 60, 40, 30)
    turned = (1 / back.value, 1 / back.high, 1 / back.low)
    assert (there.value, there.low, there.high) == pytest.approx(turned)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0), (None, None, None, None)),
        ((50, 0, 0, 0), (None, None, None, 1)),
    ],
)
def test_where_neither_found_anything_there_is_no_ratio(counts, expected):
    told = ratio(*counts)
    assert (told.value, told.low, told.high, told.agreement) == expected
    assert not told.beyond_noise


def test_what_only_the_new_model_finds_has_a_lower_end_alone():
    told = ratio(500, 0, 20, 0)
    assert (told.value, told.high) == (None, None)
    assert told.low > 1
    assert told.beyond_noise


def test_what_only_the_old_model_found_has_an_upper_end_below_one():
    told = ratio(500, 20, 0, 0)
    assert (told.value, told.low) == (0, 0)
    assert 0 < told.high < 1
    assert told.beyond_noise


def test_two_models_that_always_agreed_may_still_differ_a_little():
    few, many = ratio(20, 5, 5, 5), ratio(20_000, 5000, 5000, 5000)
    assert few.low < many.low < 1 < many.high < few.high
    assert many.high < 1.001


@pytest.mark.parametrize("share", [0.01, 0.1])
@pytest.mark.parametrize(("kept", "gained"), [(1.0, 0.0), (0.9, 0.02), (0.5, 0.01)])
def test_the_interval_holds_the_true_ratio_in_95_of_100_draws(share, kept, gained):
    rng = np.random.default_rng(6)
    true = (share * kept + (1 - share) * gained) / share
    held = 0
    for _ in range(600):
        told = paired(rng, 800, share, kept, gained)
        held += (told.low or 0) <= true <= (np.inf if told.high is None else told.high)
    assert held / 600 >= 0.93


@pytest.mark.parametrize("counts", [(10, 5, 5, 6), (10, 8, 8, 1), (10, 5, 5, -1)])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(InputError, match="no paired counts"):
        ratio(*counts)


def test_each_measure_of_a_table_has_its_ratio():
    told = ratios({"issue:delivery": [10, 2, 4, 2], "review": [10, 0, 0, 0]})
    assert (told["issue:delivery"].value, told["review"].value) == (2, None)


# Scaling, and what is left of a jump


def test_earlier_counts_are_scaled_with_the_interval_of_the_ratio():
    told = ratio(1000, 100, 200, 90)
    found = scale([0, 10], told)
    assert found.value.tolist() == [0, 20]
    assert found.low.tolist() == [0, 10 * told.low]
    assert found.high.tolist() == [0, 10 * told.high]


def test_without_a_ratio_earlier_counts_are_not_known():
    assert np.isnan(scale([3], ratio(50, 0, 4, 0)).value).all()


def test_a_ratio_without_an_upper_end_scales_to_no_upper_end():
    found = scale([0, 3], Ratio(9, 1, 1, 1, 1.0, 0.5, None, 1.0))
    assert found.high.tolist() == [0, np.inf]


def weeks(rng, mean, n=8):
    return rng.poisson(mean, size=n)


def test_a_jump_that_the_model_made_is_explained_and_none_is_left():
    rng = np.random.default_rng(1)
    told = level_shift(weeks(rng, 100), weeks(rng, 200), ratio(2000, 100, 200, 95))
    assert told.jumps
    assert told.explained
    assert told.left[0] == pytest.approx(1, abs=0.1)
    assert told.expected.value.mean() == pytest.approx(200, abs=15)


def test_a_jump_of_the_customers_stays_where_the_models_agree():
    rng = np.random.default_rng(2)
    told = level_shift(weeks(rng, 100), weeks(rng, 200), ratio(2000, 200, 200, 195))
    assert told.jumps
    assert told.explained is False


def test_a_steady_series_hides_a_jump_that_a_blind_model_swallows():
    """The model finds half as many, and as many are counted: twice as many complained."""
    rng = np.random.default_rng(3)
    told = level_shift(weeks(rng, 100), weeks(rng, 100), ratio(2000, 200, 100, 98))
    assert not told.jumps
    assert told.explained is False
    assert told.left[0] == pytest.approx(2, abs=0.3)


def test_shares_do_not_jump_where_there_were_only_more_texts():
    rng = np.random.default_rng(4)
    same = ratio(2000, 200, 200, 198)
    sizes = (np.full(8, 1000), np.full(8, 3000))
    before, after = weeks(rng, 100), weeks(rng, 300)
    assert level_shift(before, after, same, sizes=sizes).explained
    assert level_shift(before, after, same).explained is False


def test_weeks_that_swing_widely_need_a_larger_jump():
    same = ratio(5000, 500, 500, 495)
    calm, wild = [100, 101, 99, 100], [20, 180, 30, 170]
    assert level_shift(calm, [150, 149, 151, 150], same).jumps
    assert not level_shift(wild, [150, 30, 250, 170], same).jumps


def test_false_jumps_are_rare_where_the_model_alone_changed():
    rng = np.random.default_rng(5)
    wrong = sum(
        not level_shift(
            weeks(rng, 40, 4), weeks(rng, 60, 4), paired(rng, 1000, 0.1, 0.9, 0.0667)
        ).explained
        for _ in range(400)
    )
    assert wrong / 400 <= 0.06


@pytest.mark.parametrize("by", [ratio(100, 0, 5, 0), ratio(100, 5, 0, 0), ratio(100, 0, 0, 0)])
def test_without_a_ratio_nobody_can_say_what_the_model_explains(by):
    told = level_shift([5, 5], [9, 9], by)
    assert told.explained is None
    assert told.jump[0] == pytest.approx(1.8)


def test_a_series_without_any_count_does_not_jump():
    told = level_shift([0, 0], [0], ratio(100, 5, 5, 5))
    assert (told.jump, told.left, told.jumps, told.explained) == (None, None, False, None)


def test_what_comes_up_at_the_break_jumps_without_an_upper_end():
    told = level_shift([0, 0], [40, 40], ratio(900, 90, 90, 89))
    assert told.jumps
    assert told.explained is False
    assert (told.jump[2], told.left[2]) == (np.inf, np.inf)
    assert np.isfinite(told.left[:2]).all()


def test_what_is_gone_at_the_break_jumps_to_nothing():
    told = level_shift([40, 40], [0, 0], ratio(900, 90, 90, 89))
    assert told.jumps
    assert told.explained is False
    assert told.jump[1] == told.left[1] == 0


def test_one_period_on_each_side_is_enough_to_ask():
    assert level_shift([100], [400], ratio(900, 90, 90, 89)).explained is False


def test_an_uneven_ratio_leaves_one_end_open():
    told = level_shift([9], [9], Ratio(9, 1, 1, 1, 1.0, None, None, 1.0))
    assert told.left[1:] == (0, np.inf)


@pytest.mark.parametrize(
    ("before", "after", "sizes"), [([], [1], None), ([1], [], None), ([1], [1, 2], ([1], [1]))]
)
def test_a_side_without_periods_is_refused(before, after, sizes):
    with pytest.raises(InputError, match="no periods"):
        level_shift(before, after, ratio(9, 3, 3, 3), sizes=sizes)
