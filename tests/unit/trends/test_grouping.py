"""Terms of an alert, as people read them."""

import pytest

from triage.trends.grouping import stitched


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (["充电宝发", "宝发烫", "外壳"], ("充电宝发烫", "外壳")),
        (["宝发烫", "外壳", "充电宝发"], ("外壳", "充电宝发烫")),
        (["充电器", "器冒烟"], ("充电器", "器冒烟")),  # one character in common is chance
        (["漏水", "漏水"], ("漏水",)),
        (["甲乙丙丁戊己", "戊己庚辛壬癸子"], ("甲乙丙丁戊己", "戊己庚辛壬癸子")),  # too long
        ([], ()),
    ],
)
def test_terms_that_overlap_are_read_as_one(terms, told):
    assert stitched(terms) == told
