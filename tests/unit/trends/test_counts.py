"""Counts and shares by period and group."""

import math
from datetime import UTC, timedelta

import numpy as np
import pytest

from tests.pace import taken
from tests.unit.trends.desks import LABELS, SHANGHAI, at, facts, one
from triage import InputError
from triage.trends.counts import count, models
from triage.trends.facts import DIMENSIONS, Column, Facts, Filter
from triage.trends.periods import Period, place

DESK = facts(
    one("2026-01-05T23:59:59", ["delivery"], 1, 3, channel="app", model="old"),
    one("2026-01-06T00:00", ["delivery", "other"], 2, 0, channel="web", model="old"),
    one("2026-01-06T12:00", [], 5, None, channel=None, model="new"),
    one("2026-01-08T08:00", ["other"], None, 1, channel="app", model="new"),
)
START, END = at("2026-01-05"), at("2026-01-09")


def counted(by="none", desk=DESK, **options):
    window = {"period": Period.DAY, "start": START, "end": END, "zone": SHANGHAI}
    return count(desk, by=by, **{**window, **options})


def groups(counts):
    return {group.key: group.counts.tolist() for group in counts.groups}


def test_texts_are_counted_on_the_day_of_the_zone():
    found = counted()
    assert found.total.tolist() == [1, 2, 0, 1]
    assert found.n == 4
    assert found.groups == ()
    assert [day.isoformat() for day in found.buckets][:2] == [
        "2026-01-05T00:00:00+08:00",
        "2026-01-06T00:00:00+08:00",
    ]


def test_the_first_and_last_period_hold_only_what_is_in_the_window():
    found = counted(start=at("2026-01-06T06:00"), end=at("2026-01-08T08:00"))
    assert found.total.tolist() == [1, 0, 0]
    assert found.buckets[0] == at("2026-01-06")


def test_a_text_counts_in_each_of_its_issues_and_one_without_in_none():
    assert groups(counted("issue")) == {
        "delivery": [1, 1, 0, 0],
        "product_quality": [0, 0, 0, 0],
        "other": [0, 1, 0, 1],
        "none": [0, 1, 0, 0],
    }


def test_shares_are_of_the_texts_of_the_period_and_none_where_there_is_no_text():
    delivery = counted("issue").group("delivery")
    assert delivery.shares.tolist()[:2] == [1.0, 0.5]
    assert math.isnan(delivery.shares[2])
    assert math.isnan(delivery.low[2])
    assert delivery.share == 0.5
    assert delivery.n == 2
    assert delivery.share_low == pytest.approx(0.1500, abs=1e-4)
    assert delivery.share_high == pytest.approx(0.8500, abs=1e-4)


def test_levels_come_in_their_order_with_a_group_for_the_unknown():
    found = groups(counted("sentiment"))
    assert list(found) == ["1", "2", "3", "4", "5", "none"]
    assert found["5"] == [0, 1, 0, 0]
    assert found["none"] == [0, 0, 0, 1]
    assert groups(counted("urgency"))["3"] == [1, 0, 0, 0]


def test_levels_that_are_all_known_have_no_group_for_the_unknown():
    known = facts(one("2026-01-05", sentiment=3))
    assert list(groups(counted("sentiment", known))) == ["1", "2", "3", "4", "5"]


def test_the_largest_groups_come_first_then_the_rest_then_those_without():
    products = ["A"] * 2 + ["B"] * 4 + ["C"] + ["D"] * 2 + [None] * 5
    desk = facts(*(one("2026-01-05", product=name) for name in products))
    sizes = {group.key: group.n for group in counted("product", desk).groups}
    assert list(sizes.items()) == [("B", 4), ("A", 2), ("D", 2), ("C", 1), ("none", 5)]
    few = {group.key: group.n for group in counted("product", desk, top=2).groups}
    assert list(few.items()) == [("B", 4), ("A", 2), ("other_groups", 3), ("none", 5)]
    nobody = {group.key: group.n for group in counted("product", desk, top=0).groups}
    assert nobody == {"other_groups": 9, "none": 5}


def test_values_of_no_wanted_text_are_no_groups():
    found = counted("channel", wanted=Filter(values={"issue": ("other",)}))
    assert groups(found) == {"app": [0, 0, 0, 1], "web": [0, 1, 0, 0]}
    assert found.total.tolist() == [0, 1, 0, 1]
    early = counted("channel", end=at("2026-01-06"), top=5)
    assert groups(early) == {"app": [1]}


def test_values_called_as_the_special_groups_are_in_them():
    codes = np.array([0, 1, 2, -1], dtype=np.int32)
    columns = {"product": Column(codes, ("none", "other_groups", "A"))}
    desk = Facts(
        at=DESK.at,
        labels=LABELS,
        issues=DESK.issues,
        sentiment=DESK.sentiment,
        urgency=DESK.urgency,
        columns=columns,
    )
    sizes = {group.key: group.n for group in counted("product", desk).groups}
    assert sizes == {"A": 1, "other_groups": 1, "none": 2}
    without = counted("product", desk, end=at("2026-01-05T23:59:59"))
    assert without.groups == ()
    late = counted("product", desk, start=at("2026-01-06T12:00"))
    assert {group.key: group.n for group in late.groups} == {"A": 1, "none": 1}


def test_the_window_of_a_filter_narrows_that_of_the_counts():
    window = Filter(start=at("2026-01-06"), end=at("2026-01-07"))
    assert counted(wanted=window).total.tolist() == [0, 2, 0, 0]


def test_a_desk_without_texts_or_labels_has_counts_of_zero():
    empty = DESK.where(np.zeros(4, dtype=np.bool_))
    assert counted("issue", empty).n == 0
    assert counted("channel", empty).groups == ()
    assert groups(counted("issue", facts(one("2026-01-05"), labels=()))) == {"none": [1, 0, 0, 0]}


def test_a_group_that_is_not_there_is_none():
    assert counted("channel").group("fax") is None


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(InputError, match="no dimension 'colour'"):
        counted("colour")
    desk = facts(*(one("2026-01-05", product=str(k)) for k in range(300)))
    with pytest.raises(InputError, match="too many groups"):
        counted("product", desk, period=Period.HOUR, start=at("2016-01-01"))


def test_models_are_told_with_their_first_and_last_text():
    old, new = models(DESK, zone=SHANGHAI)
    assert (old.key, old.n, old.first, old.last) == (
        "old",
        2,
        at("2026-01-05T23:59:59"),
        at("2026-01-06"),
    )
    assert new.key == "new"
    only = models(DESK, end=at("2026-01-06"), wanted=Filter(values={"channel": ("app",)}))
    assert [(model.key, model.n) for model in only] == [("old", 1)]
    assert only[0].first.tzinfo is UTC
    assert models(facts(one("2026-01-05"))) == []


def random_desk(n, seed=0):
    draw = np.random.default_rng(seed)
    start = int(START.timestamp())

    def column(size):
        codes = draw.integers(-1, size, n).astype(np.int32)
        return Column(codes, tuple(f"v{k}" for k in range(size)))

    sizes = {"channel": 4, "product": 40, "region": 9, "tier": 3, "queue": 5, "model": 2}
    return Facts(
        at=draw.integers(start, start + 30 * 86_400, n),
        labels=LABELS,
        issues=draw.random((n, 3)) < 0.3,
        sentiment=draw.integers(-1, 6, n).clip(1).astype(np.int8),
        urgency=draw.integers(-1, 4, n).astype(np.int8),
        columns={name: column(size) for name, size in sizes.items()},
    )


def slow(desk, by, wanted, bounds):
    """Count one text after the other."""
    found = {}
    for row in np.flatnonzero(desk.mask(wanted)):
        if by == "issue":
            keys = [label for label, has in zip(LABELS, desk.issues[row], strict=True) if has]
        elif by in ("sentiment", "urgency"):
            level = int(getattr(desk, by)[row])
            keys = [] if level < 0 else [str(level)]
        else:
            code = desk.column(by).codes[row]
            keys = [] if code < 0 else [desk.column(by).values[code]]
        for key in keys or ["none"]:
            spot = place(desk.at[row : row + 1], bounds)[0]
            found.setdefault(key, [0] * (len(bounds) - 1))[spot] += 1
    return found


@pytest.mark.parametrize("by", DIMENSIONS)
def test_the_fast_way_counts_what_counting_one_by_one_counts(by):
    desk = random_desk(600)
    wanted = Filter(values={"urgency": ("0", "1", "none"), "channel": ("v0", "v2", "none")})
    found = counted(by, desk, period=Period.WEEK, end=START + timedelta(days=30), wanted=wanted)
    nonzero = {key: n for key, n in groups(found).items() if any(n)}
    assert nonzero == slow(desk, by, wanted, found.bounds)


def test_a_million_texts_are_counted_in_a_moment():
    desk, end = random_desk(1_000_000), START + timedelta(days=30)
    # 0.05 where nothing else runs.
    assert taken(lambda: counted("issue", desk, period=Period.HOUR, end=end)) < 0.5
