"""Frames of pandas and polars, in and out."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import polars as pl
import pytest

from tests.unit.trends.desks import SHANGHAI, at
from triage import InputError, trends
from triage.taxonomy import BUILT_IN
from triage.trends import Filter, Period, count, count_frame, facts_of, to_frame

KINDS = pytest.mark.parametrize("kind", [pd, pl], ids=["pandas", "polars"])
TABLE = {
    "at": ["2026-01-05 08:00", "2026/01/06 09:00", "2026-01-06T23:30:00+00:00", "2026年1月7日"],
    "issues": ["delivery; other", "staff_attitude,other", "delivery|other", None],
    "sentiment": [1, 2, 5, None],
    "urgency": ["3", "紧急", "", None],
    "channel": ["app", "", None, "web"],
    "product": ["充电器", "充电器", "耳机", None],
    "waited": [1.5, None, 3, 4],
    "answered": [True, False, True, True],
}


def read(frame, **options):
    return facts_of(frame, **{"zone": "Asia/Shanghai", **options})


def stamps(facts):
    return [datetime.fromtimestamp(int(moment), UTC).isoformat() for moment in facts.at]


def refused(frame, **options):
    with pytest.raises(InputError) as caught:
        read(frame, **options)
    return str(caught.value)


@KINDS
def test_a_table_becomes_facts(kind):
    loaded = read(kind.DataFrame(TABLE))
    facts = loaded.facts
    assert loaded.left_out == ()
    assert stamps(facts) == [
        "2026-01-05T00:00:00+00:00",
        "2026-01-06T01:00:00+00:00",
        "2026-01-06T23:30:00+00:00",
        "2026-01-06T16:00:00+00:00",
    ]
    assert facts.labels == BUILT_IN.codes
    assert facts.mask(Filter(values={"issue": ("delivery",)})).tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert facts.issues.sum(axis=1).tolist() == [2, 2, 2, 0]
    assert facts.sentiment.tolist() == [1, 2, 5, -1]
    assert facts.urgency.tolist() == [3, 3, -1, -1]
    assert facts.column("channel").codes.tolist() == [0, -1, -1, 1]
    assert facts.column("product").values == ("充电器", "耳机")
    np.testing.assert_array_equal(facts.number("waited"), [1.5, np.nan, 3, 4])
    assert facts.number("answered").tolist() == [1, 0, 1, 1]
    assert set(facts.numbers) == {"waited", "answered"}


@KINDS
def test_issues_may_be_lists(kind):
    frame = kind.DataFrame({"at": ["2026-01-05"] * 3, "issue": [["delivery"], [], ["other"]]})
    assert read(frame).facts.issues.sum(axis=1).tolist() == [1, 0, 1]


@KINDS
def test_columns_of_times_are_read_as_they_are(kind):
    naive = [datetime(2026, 1, 5, 8), None, datetime(2026, 7, 5, 8)]
    loaded = read(kind.DataFrame({"at": naive}), zone="Europe/Berlin")
    assert stamps(loaded.facts) == ["2026-01-05T07:00:00+00:00", "2026-07-05T06:00:00+00:00"]
    assert [(one.column, one.n) for one in loaded.left_out] == [("time", 1)]
    aware = [datetime(2026, 1, 5, 8, tzinfo=UTC)]
    assert stamps(read(kind.DataFrame({"at": aware})).facts) == ["2026-01-05T08:00:00+00:00"]


def test_columns_of_dates_begin_at_midnight_of_the_zone():
    for frame in (
        pl.DataFrame({"at": [date(2026, 1, 5)]}),
        pd.DataFrame({"at": [date(2026, 1, 5)]}),
    ):
        assert stamps(read(frame).facts) == ["2026-01-04T16:00:00+00:00"]


def test_the_hour_that_a_clock_shows_twice_is_the_first_one():
    frame = pl.DataFrame({"at": [datetime(2026, 10, 25, 2, 30)]})
    assert stamps(read(frame, zone="Europe/Berlin").facts) == ["2026-10-25T00:30:00+00:00"]


def test_columns_may_be_called_otherwise():
    frame = pd.DataFrame({"时间": ["2026-01-05"], "店": ["一店"], "channel": ["app"], "客户": [7]})
    facts = read(frame, time="时间", columns={"channel": "店", "customer": "客户"}).facts
    assert facts.column("channel").values == ("一店",)
    assert facts.column("customer").values == ("7",)


def test_numbers_with_gaps_are_names_without_a_point():
    frame = pd.DataFrame({"at": ["2026-01-05"] * 3, "topic": [3.0, None, 12.0]})
    column = read(frame).facts.column("topic")
    assert column.values == ("3", "12")
    assert column.codes.tolist() == [0, -1, 1]


def test_gaps_of_every_kind_are_no_value():
    frame = pd.DataFrame(
        {
            "at": pd.Series(["2026-01-05", "2026-01-06"], dtype="string"),
            "sentiment": pd.array([1, None], dtype="Int64"),
            "channel": pd.Categorical(["app", None]),
            "waited": pd.array([2, None], dtype="Int64"),
        }
    )
    facts = read(frame).facts
    assert facts.sentiment.tolist() == [1, -1]
    assert facts.column("channel").codes.tolist() == [0, -1]
    assert np.isnan(facts.number("waited")).tolist() == [False, True]


def test_one_bad_row_does_not_lose_the_others():
    frame = pd.DataFrame(
        {
            "at": ["soon", "2026-01-05", "2026-01-05", "2026-01-05", "2026-01-05", "1970-01-01"],
            "issues": ["delivery", "dleivery", "delivery", "other", "none; other", "delivery"],
            "sentiment": [9, 1, 9, 2, 3, 3],
        }
    )
    loaded = read(frame)
    assert len(loaded.facts) == 1
    assert loaded.facts.sentiment.tolist() == [2]
    told = {one.column: (one.n, one.example) for one in loaded.left_out}
    assert told["time"] == (2, "'soon' is no time.")
    assert told["issues"][0] == 2
    assert "'dleivery' is none of the labels product_quality" in told["issues"][1]
    assert told["sentiment"] == (1, "9 is no sentiment.")
    assert str(loaded.left_out[0]) == "2 × time: 'soon' is no time."


def test_a_time_of_a_column_of_times_that_is_far_off_is_no_time():
    frame = pl.DataFrame({"at": [datetime(1970, 1, 1), datetime(2026, 1, 1)]})
    assert read(frame).left_out[0].n == 1


def test_labels_of_ones_own_are_given_as_a_taxonomy_or_a_list():
    frame = pl.DataFrame({"at": ["2026-01-05"], "issues": ["battery"]})
    assert read(frame).left_out[0].n == 1
    assert read(frame, labels=["battery", "screen"]).facts.issues.tolist() == [[True, False]]


def test_an_unknown_word_for_an_urgency_leaves_its_row_out():
    frame = pl.DataFrame({"at": ["2026-01-05"] * 2, "urgency": ["soonish", "2"]})
    loaded = read(frame)
    assert loaded.facts.urgency.tolist() == [2]
    assert loaded.left_out[0].example == "'soonish' is no urgency."


def test_what_is_no_frame_is_refused():
    assert "no frame of pandas or polars: dict" in refused({"at": []})
    assert "call collect()" in refused(pl.DataFrame({"at": ["2026-01-05"]}).lazy())


def test_a_missing_column_of_times_is_named_and_another_proposed():
    told = refused(pd.DataFrame({"created_at": ["2026-01-05"], "n": [1]}))
    assert "no column 'at'. Columns: created_at, n." in told
    assert "Perhaps time='created_at'" in told
    assert "Perhaps" not in refused(pd.DataFrame({"n": [1]}), time="when")


def test_columns_that_are_not_there_and_unknown_dimensions_are_refused():
    frame = pd.DataFrame({"at": ["2026-01-05"]})
    assert "no column 'shop'" in refused(frame, columns={"channel": "shop"})
    assert "no dimension 'colour'" in refused(frame, columns={"colour": "at"})


@KINDS
def test_a_column_without_any_time_is_refused(kind):
    assert "holds no time, for example 'soon'" in refused(kind.DataFrame({"at": ["soon"]}))
    assert "holds numbers, not times" in refused(kind.DataFrame({"at": [1767225600]}))


def test_an_unknown_zone_is_refused():
    assert "Unknown time zone" in refused(pd.DataFrame(TABLE), zone="Mars/Olympus")


@KINDS
def test_a_frame_of_counts_is_of_the_kind_that_was_given(kind):
    found = count_frame(kind.DataFrame(TABLE), by="channel", period="day", zone="Asia/Shanghai")
    assert isinstance(found, kind.DataFrame)
    assert list(found.columns) == ["start", "key", "n", "total", "share", "low", "high"]
    rows = found.to_dict("records") if kind is pd else found.to_dicts()
    assert [(row["start"], row["key"], row["n"], row["total"]) for row in rows[:4]] == [
        (at("2026-01-05"), "app", 1, 1),
        (at("2026-01-05"), "web", 0, 1),
        (at("2026-01-05"), "none", 0, 1),
        (at("2026-01-06"), "app", 0, 1),
    ]
    assert rows[0]["share"] == 1.0
    assert rows[0]["low"] == pytest.approx(0.2065, abs=1e-4)
    assert str(rows[0]["start"].tzinfo) == "Asia/Shanghai"


def test_shares_of_nothing_are_gaps():
    frame = pl.DataFrame({"at": ["2026-01-05", "2026-01-07"], "channel": ["app", "app"]})
    found = count_frame(frame, by="channel", period=Period.DAY, zone="Asia/Shanghai")
    assert found["share"].to_list() == [1.0, None, 1.0]
    whole = count_frame(frame, by="none", period="day", zone="Asia/Shanghai")
    assert whole["key"].to_list() == ["all"] * 3
    assert whole["n"].to_list() == [1, 0, 1]
    assert whole["share"].null_count() == 3


def test_what_is_counted_can_be_narrowed():
    found = count_frame(
        pd.DataFrame(TABLE),
        by="product",
        period="week",
        zone=SHANGHAI,
        start="2026-01-05",
        end=date(2026, 1, 7),
        wanted=Filter(values={"issue": ("other",)}),
        top=1,
    )
    assert found["key"].tolist() == ["充电器"]
    assert found["n"].tolist() == [2]


def test_rows_that_are_left_out_are_warned_of():
    frame = pd.DataFrame({"at": ["2026-01-05", "soon"]})
    with pytest.warns(UserWarning, match="1 × time: 'soon' is no time"):
        found = count_frame(frame, by="none", period="day", zone="UTC")
    assert found["n"].tolist() == [1]


def test_nothing_to_count_is_refused():
    with pytest.raises(InputError, match="It has no rows"):
        count_frame(pd.DataFrame({"at": []}, dtype=str), by="none", period="day", zone="UTC")


def test_times_of_a_zone_without_a_name_are_shown_in_utc():
    frame = pl.DataFrame({"at": ["2026-01-05"]})
    zone = timezone(timedelta(hours=8))
    facts = facts_of(frame, zone=zone).facts
    start, end = at("2026-01-05"), at("2026-01-06")
    counts = count(facts, by="none", period=Period.DAY, start=start, end=end, zone=zone)
    assert str(to_frame(counts, like=frame)["start"].dtype.time_zone) == "UTC"


def test_importing_trends_brings_in_no_library_of_frames():
    code = "import sys, triage.trends; print({'pandas', 'polars', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_every_exported_name_exists_and_is_exported_once():
    assert [name for name in trends.__all__ if not hasattr(trends, name)] == []
    assert len(set(trends.__all__)) == len(trends.__all__)
