"""The customers who do not complain: only under an assumption that is named."""

import pytest

from triage import InputError
from triage.trends.silent import SOURCES, Assumption, silent


def test_nothing_is_said_by_default():
    assert silent(100) is None
    assert silent(100, assume=None) is None


def test_few_complain():
    found = silent(100, assume="few")
    (one,) = found.estimates
    assert one.customers == pytest.approx(2500)
    assert (one.low, one.high) == pytest.approx((81.364 / 0.04, 121.627 / 0.04), rel=1e-4)
    assert (found.count_low, found.count_high) == pytest.approx((81.364, 121.627), rel=1e-4)
    assert "4%" in found.zh
    assert "2,500" in found.zh
    assert "2,500" in found.en
    assert "Assumed, not measured" in found.en


def test_most_complain_and_nobody_less_than_those_who_did():
    found = silent(100, assume=Assumption.MOST)
    assert found.estimates[0].customers == pytest.approx(149.25, abs=0.01)
    assert silent(3, assume="most").low == 3


def test_the_range_reaches_from_one_figure_to_the_other_and_says_that_they_disagree():
    found = silent(100, assume="range")
    assert [one.source.key for one in found.estimates] == ["few", "most"]
    assert found.low == silent(100, assume="most").low
    assert found.high == silent(100, assume="few").high
    assert "矛盾" in found.zh
    assert "149 to 2,500" in found.en
    assert "contradict each other" in found.en


def test_no_complaint_can_still_stand_for_some():
    found = silent(0, assume="few")
    assert found.estimates[0].customers == 0
    assert (found.low, found.high) == pytest.approx((0, 3.6889 / 0.04), rel=1e-4)


def test_each_source_says_what_and_who_says_so_in_two_languages():
    assert [source.complain for source in SOURCES] == [0.04, 0.67]
    for source in SOURCES:
        texts = (source.zh, source.en, source.said_by_zh, source.said_by_en)
        assert all(texts)
        assert f"{source.complain:.0%}" in source.zh
    assert "矛盾" in SOURCES[1].said_by_zh
    assert "contradicts" in SOURCES[1].said_by_en


@pytest.mark.parametrize(
    ("n", "assume", "told"), [(5, "all", "no assumption 'all'"), (-1, "few", "-1 is no count")]
)
def test_an_unknown_assumption_and_a_negative_count_are_refused(n, assume, told):
    with pytest.raises(InputError, match=told):
        silent(n, assume=assume)
