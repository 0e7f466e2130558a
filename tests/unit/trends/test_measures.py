from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.unit.trends.desk_facts import DAY, END, START, desk
from triage.errors import InputError
from triage.trends.facts import Column, Facts, Filter
from triage.trends.measures import MEASURES, Stays, measure_over, time_by_queue
from triage.trends.periods import Period

KEYS = [item.key for item in MEASURES]
NAN = np.nan


def tickets(at=None, **numbers):
    n = len(next(iter(numbers.values())))
    days = np.zeros(n) if at is None else np.array(at)
    return Facts(
        at=(START.timestamp() + 3600 + days * DAY).astype(np.int64),
        labels=("delivery",),
        issues=np.zeros((n, 1), dtype=bool),
        sentiment=np.full(n, 3, dtype=np.int8),
        urgency=np.full(n, 1, dtype=np.int8),
        numbers={name: np.array(values, dtype=float) for name, values in numbers.items()},
    )


def measured(facts, key=None, *, days=60, zone=UTC, wanted=None, period=Period.DAY):
    end = START + timedelta(days=days)
    keys = None if key is None else [key]
    found = measure_over(
        facts, period=period, start=START, end=end, zone=zone, wanted=wanted, keys=keys
    )
    return found if key is None else found.series[0].estimates


def test_every_measure_is_told_for_every_period_and_the_whole():
    found = measured(desk(5000))
    assert [item.measure.key for item in found.series] == KEYS
    for item in found.series:
        assert len(found.bounds) == 61
        assert len(item.estimates.n) == 61
        assert item.estimates.n[-1] == item.estimates.n[:-1].sum() > 0
        assert np.all(item.estimates.low <= item.estimates.value)
        assert np.all(item.estimates.value <= item.estimates.high)


def test_the_order_of_the_tickets_does_not_matter():
    facts = desk(3000, in_order=True)
    mixed = facts.where(np.random.default_rng(1).permutation(3000))
    for one, other in zip(measured(facts).series, measured(mixed).series, strict=True):
        assert np.allclose(one.estimates.value, other.estimates.value, equal_nan=True)
        assert np.allclose(one.estimates.high, other.estimates.high, equal_nan=True)


@pytest.mark.parametrize("in_order", [True, False])
def test_a_ticket_counts_where_it_was_opened_and_only_within_the_time(in_order):
    facts = desk(2000, in_order=in_order)
    start, end = START + timedelta(days=3), START + timedelta(days=5, hours=5)
    found = measure_over(
        facts, period=Period.DAY, start=start, end=end, zone=UTC, keys=["answered"]
    ).series[0]
    inside = (facts.at >= start.timestamp()) & (facts.at < end.timestamp())
    day = (facts.at[inside] - int(start.timestamp())) // DAY
    assert found.estimates.n[:-1].tolist() == np.bincount(day, minlength=3).tolist()


def test_days_are_those_of_the_zone():
    facts = tickets(first_reply_s=[60.0])  # 01:00 in London is 09:00 in Shanghai
    bounds = measured(facts, zone=ZoneInfo("Asia/Shanghai")).bounds
    assert datetime.fromtimestamp(int(bounds[0]), ZoneInfo("Asia/Shanghai")).hour == 0


def test_only_what_is_wanted_is_measured():
    facts = desk(2000)
    wanted = Filter(values={"channel": ("app",)})
    found = measured(facts, "handoffs", wanted=wanted)
    app = facts.column("channel").codes == 0
    assert found.n[-1] == app.sum()
    assert found.value[-1] == pytest.approx(facts.number("handoffs")[app].mean())


def test_times_of_replies_are_those_of_answered_tickets_and_the_rest_are_told():
    facts = tickets(first_reply_s=[60, 120, 180, NAN])
    assert measured(facts, "first_reply_median").value[0] == 120
    assert measured(facts, "answered").value[0] == 0.75


def test_a_reopen_rate_is_of_the_tickets_that_were_ever_closed():
    # closed; reopened and not closed again; never closed
    facts = tickets(resolved_s=[100, NAN, NAN], reopened=[0, 2, 0])
    found = measured(facts, "reopen_rate")
    assert (found.n[0], found.value[0]) == (2, 0.5)


def test_promises_and_clocks_are_counted_one_by_one():
    facts = tickets(
        promises_kept=[3, 0, 0],
        promises_broken=[0, 1, 0],
        clocks_met=[1, 2, 3],
        clocks_missed=[1, 0, 0],
    )
    found = measured(facts, "promise_keeping")
    assert (found.n[0], found.value[0]) == (2, 0.75)
    assert measured(facts, "sla_attainment").value[0] == pytest.approx(6 / 7)


def test_handoffs_are_a_mean_and_a_share():
    facts = tickets(handoffs=[0, 0, 3, 1])
    assert measured(facts, "handoffs").value[0] == 1.0
    assert measured(facts, "handed_off").value[0] == 0.5


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("first_contact_resolution", "first_contact"),
        ("asked_before_closing", "asked_before_closing"),
        ("repeat_contact", "repeated"),
        ("retention", "retained"),
    ],
)
def test_what_is_not_known_yet_is_no_failure(key, number):
    found = measured(tickets(**{number: [1, 0, NAN, 1]}), key)
    assert (found.n[0], found.value[0]) == (3, pytest.approx(2 / 3))


def test_satisfaction_is_the_mean_of_those_who_answered():
    found = measured(tickets(satisfaction=[100, 50, NAN]), "satisfaction")
    assert (found.n[0], found.value[0]) == (2, 75)


@pytest.mark.parametrize("key", KEYS)
def test_a_measure_that_nobody_recorded_has_no_value(key):
    found = measured(tickets(handoffs=[NAN]), key)
    if key == "answered":
        assert found.value[0] == 0  # nobody was answered: that is known
    else:
        assert found.n[-1] == 0
        assert np.isnan(found.value).all()


def test_an_unknown_measure_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match="no measure 'happiness'") as error:
        measured(desk(10), "happiness")
    assert "promise_keeping" in str(error.value.remedy)


def test_no_time_is_refused():
    with pytest.raises(InputError):
        measure_over(desk(10), period=Period.DAY, start=END, end=START, zone=UTC)


def test_every_measure_says_in_both_languages_what_it_counts_and_what_is_better():
    assert len(set(KEYS)) == len(KEYS)
    for item in MEASURES:
        assert item.better in ("up", "down")
        assert item.zh
        assert item.en
        assert len(item.definition_zh) > 5
        assert len(item.definition_en) > 10


def stays(rows, queues, seconds):
    names = ("shop", "courier")
    codes = np.array([-1 if q is None else names.index(q) for q in queues], dtype=np.int32)
    return Stays(np.array(rows), Column(codes, names), np.array(seconds, dtype=float))


def test_the_time_of_a_hop_is_that_of_its_queue():
    given = stays([0, 0, 1, 1], ["shop", "courier", "shop", None], [10, 100, 30, 5])
    found = {item.queue: item for item in time_by_queue(desk(2), given)}
    assert found["shop"].n == 2
    assert found["shop"].median_s == 20
    assert found["shop"].p90_s == pytest.approx(28)
    assert found["courier"].median_s == 100
    assert found["none"].median_s == 5
    assert next(iter(found)) == "shop"  # the busiest first


def test_hops_are_those_of_the_tickets_that_are_wanted():
    facts = tickets(at=[0, 5], handoffs=[0, 0])
    given = stays([0, 1], ["shop", "shop"], [10, 30])
    (found,) = time_by_queue(facts, given, wanted=Filter(end=START + timedelta(days=1)))
    assert (found.n, found.median_s) == (1, 10)
    assert time_by_queue(facts, given, wanted=Filter(start=END)) == ()


def test_the_page_of_the_measures_has_each_as_the_code_defines_it():
    page = (Path(__file__).parents[3] / "docs" / "service-measures.md").read_text("utf-8")
    for item in MEASURES:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{item.key}` |")]
        better = {"up": "高 up", "down": "低 down"}[item.better]
        for told in (item.zh, item.en, better, item.definition_zh, item.definition_en):
            assert told in row, item.key
