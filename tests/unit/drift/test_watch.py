"""References, breaks, what is too little, and the budget."""

from itertools import pairwise

import pytest

from tests.unit.drift.desks import (
    LABEL,
    NEW,
    OLD,
    OTHER,
    desk,
    monday,
    report,
    series,
    states,
)
from triage.drift import Settings, Tally, watch
from triage.drift.weeks import name

CALM = ["steady"] * 8


def test_the_first_full_weeks_are_the_reference_and_the_others_are_compared():
    one = series(report(desk()), LABEL)
    assert states(one) == ["reference"] * 4 + CALM
    assert [name(week) for week in one.reference.weeks] == [f"2026-W0{k}" for k in range(2, 6)]
    assert one.reference.n == 800
    assert all((point.shift is None) is (k < 4) for k, point in enumerate(one.points))


def test_how_many_weeks_are_the_reference_can_be_said():
    told = report(desk(), settings=Settings(reference_weeks=6))
    assert states(series(told, LABEL))[:7] == ["reference"] * 6 + ["steady"]


def test_chosen_weeks_are_the_reference_and_weeks_before_them_are_compared_too():
    told = report(desk(), reference=(monday(2), monday(5)))
    expected = ["steady"] * 2 + ["reference"] * 4 + ["steady"] * 6
    assert states(series(told, LABEL)) == expected


def test_the_counts_of_another_file_are_a_reference_for_every_week():
    one = series(report(desk(), reference=desk(seed=9, weeks=5)), LABEL)
    assert states(one) == ["steady"] * 12
    assert one.reference.n == 1000


def test_a_file_of_another_model_is_a_reference_only_for_what_no_model_decides():
    told = report(desk(), reference=desk(seed=9, model=lambda _: NEW))
    assert states(series(told, LABEL)) == ["no_reference"] * 12
    assert states(series(told, "length")) == ["steady"] * 12


def test_a_changed_share_is_an_alert_in_every_week_it_lasts():
    told = report(desk(400, change={LABEL: (0.7, 0.3)}))
    assert states(series(told, LABEL)) == ["reference"] * 4 + ["steady"] * 4 + ["alert"] * 4
    assert {alert.series.measure.code for alert in told.alerts} == {LABEL}
    assert [alert.point.week for alert in told.alerts] == [monday(k) for k in (11, 10, 9, 8)]
    (standing,) = told.standing
    assert (standing.alert.point.week, standing.first, standing.weeks) == (
        monday(11),
        monday(8),
        4,
    )


def test_a_week_that_is_not_over_is_shown_but_not_compared():
    told = watch(desk(400, change={LABEL: (0.5, 0.5)}), until=monday(11))
    assert states(series(told, LABEL))[-2:] == ["alert", "open"]


def test_a_week_that_is_not_over_is_no_part_of_the_reference():
    assert states(series(watch(desk(weeks=3), until=monday(2)), LABEL)) == [
        "reference",
        "reference",
        "open",
    ]


def test_corrections_are_waited_for_a_week_longer():
    tally = Tally()
    for week in range(8):
        tally.put("corrected", "app", OLD, monday(week), desk(200)[LABEL, "app", OLD][monday(0)])
        tally.put(
            "sentiment", "app", OLD, monday(week), desk(200)["sentiment", "app", OLD][monday(0)]
        )
    told = watch(tally.counts, until=monday(8))
    assert states(series(told, "corrected"))[-2:] == ["steady", "open"]
    assert states(series(told, "sentiment"))[-2:] == ["steady", "steady"]


# A change of the model


def changed(week):
    return OLD if week < 6 else NEW


def test_a_new_model_begins_a_series_of_its_own_with_a_reference_of_its_own():
    told = report(desk(model=changed))
    assert states(series(told, LABEL, model=OLD)) == ["reference"] * 4 + ["steady"] * 2
    assert states(series(told, LABEL, model=NEW)) == ["reference"] * 4 + ["steady"] * 2
    assert told.breaks == [(monday(6), OLD, NEW)]


def test_what_a_new_model_sees_otherwise_is_no_change_of_the_customers():
    told = report(desk(1000, model=changed, change={LABEL: (0.4, 0.6)}, at=6))
    assert told.alerts == []


def test_what_no_model_decides_goes_on_across_a_change_of_the_model():
    told = report(desk(1000, model=changed, change={"script": (0.6, 0.37, 0.01, 0.02)}, at=6))
    assert states(series(told, "script")) == ["reference"] * 4 + ["steady"] * 2 + ["alert"] * 6
    assert {alert.series.measure.code for alert in told.alerts} == {"script"}


def test_a_week_judged_by_two_models_is_no_full_week_of_either():
    both = Tally()
    both.put(LABEL, "app", NEW, monday(0), desk(100)[LABEL, "app", OLD][monday(0)])
    both.put("sentiment", "app", NEW, monday(0), desk(100)["sentiment", "app", OLD][monday(0)])
    for (code, channel, model), weeks in desk().items():
        for week, cells in weeks.items():
            both.put(code, channel, model, week, cells)
    told = report(both.counts)
    assert states(series(told, LABEL, model=OLD))[:5] == ["steady", *["reference"] * 4]
    assert states(series(told, LABEL, model=NEW)) == ["no_reference"]
    assert told.weeks[0].models == {OLD: 200, NEW: 100}


# Too little to say anything


def test_few_texts_are_not_enough_however_different_they_are():
    told = report(desk(29, change={LABEL: (0.0, 1.0)}))
    assert set(states(series(told, LABEL))) == {"reference", "not_enough"}
    assert told.weeks[-1].tests == 0
    assert told.weeks[-1].level is None


def test_a_small_reference_is_not_enough_for_large_weeks():
    told = report(desk(40), settings=Settings(reference_weeks=2))
    assert set(states(series(told, LABEL))) == {"reference", "not_enough"}


def test_a_channel_that_begins_later_has_its_own_first_weeks_as_reference():
    late = {
        key: {week: cells for week, cells in weeks.items() if week >= monday(5)}
        for key, weeks in desk(channels=("web",), seed=4).items()
    }
    told = report({**desk(), **late})
    assert states(series(told, LABEL, "web")) == ["reference"] * 4 + ["steady"] * 3
    assert states(series(told, LABEL, "app")) == ["reference"] * 4 + CALM


def test_a_channel_without_one_week_of_enough_texts_is_counted_in_all_alone():
    told = report({**desk(), **desk(5, channels=("fax",))})
    assert told.channels == ("*", "app")
    assert series(told, LABEL).points[0].n == 205


# The budget


def test_every_test_of_a_week_has_the_same_part_of_the_budget():
    told = report(desk(channels=("app", "web")))
    measures, channels = 7, 3
    assert told.weeks[-1].tests == measures * channels
    assert told.weeks[-1].level == pytest.approx(4 / 52 / (measures * channels))
    twice = report(desk(channels=("app", "web")), settings=Settings(budget=8))
    assert twice.weeks[-1].level == pytest.approx(8 / 52 / (measures * channels))


def test_one_channel_alone_is_not_tested_a_second_time_as_all():
    assert report(desk()).channels == ("*",)
    assert report(desk()).weeks[-1].tests == 7


def test_a_tiny_change_of_a_huge_desk_is_no_alert_however_sure():
    told = report(desk(60_000, change={LABEL: (0.885, 0.115)}))
    point = series(told, LABEL).points[-1]
    assert point.shift.p < told.weeks[-1].level
    assert point.state == "steady"
    small = Settings(floor_share=0.001)
    assert (
        series(report(desk(60_000, change={LABEL: (0.885, 0.115)}), settings=small), LABEL)
        .points[-1]
        .state
        == "alert"
    )


def test_weeks_that_were_never_even_take_more_to_be_an_alert():
    even = report(desk(2000, weeks=14, seed=2), weeks=14)
    uneven = report(desk(2000, weeks=14, seed=2, within=0.02), weeks=14)
    assert series(even, LABEL).correlation < 0.002
    assert series(uneven, LABEL).correlation > 0.005
    assert series(uneven, LABEL).reference.size < 800 < series(even, LABEL).reference.size


def test_the_unevenness_of_one_measure_is_at_least_that_of_all():
    told = report(desk(2000, seed=2, within=0.02))
    values = {one.measure.code: one.correlation for one in told.series}
    assert min(values.values()) > 0.005
    assert values[LABEL] == values[OTHER]


def test_no_text_at_all_is_an_empty_report():
    told = report({})
    assert (told.weeks, told.series, told.alerts, told.breaks) == ((), (), [], [])
    assert told.to_dict()["weeks"] == []


def test_a_week_without_a_text_is_a_week():
    counts = {
        key: {week: cells for week, cells in weeks.items() if week != monday(6)}
        for key, weeks in desk().items()
    }
    told = report(counts)
    assert len(told.weeks) == 12
    assert (told.weeks[6].n, told.weeks[6].models) == (0, {})
    assert all((b.week - a.week).days == 7 for a, b in pairwise(told.weeks))


# The forms


def test_a_report_is_narrowed_to_a_channel_and_to_the_last_weeks():
    told = report(desk(400, channels=("app", "web"), change={LABEL: (0.7, 0.3)}))
    part = told.narrowed("web", 3)
    assert {one.channel for one in part.series} == {"web"}
    assert [point.week for point in series(part, LABEL, "web").points] == [
        monday(k) for k in (9, 10, 11)
    ]
    assert {alert.series.channel for alert in part.alerts} == {"web"}
    assert len(part.weeks) == 3


def test_the_json_form_holds_what_was_then_and_what_is_now():
    told = report(desk(400, change={LABEL: (0.7, 0.3)})).to_dict()
    alert = told["alerts"][0]
    assert (alert["week"], alert["channel"], alert["measure"]) == ("2026-W13", "*", LABEL)
    assert alert["then"][1] == pytest.approx(0.1, abs=0.03)
    assert alert["now"][1] == pytest.approx(0.3, abs=0.06)
    assert alert["low"] <= alert["excess"] <= alert["high"]
    assert told["settings"]["budget"] == 4
    point = told["series"][0]["points"][0]
    assert (point["state"], point["psi"], point["n"]) == ("reference", None, 400)
