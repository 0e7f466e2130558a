"""`triage drift`: files of verdicts, and the tickets of the inbox."""

import json
import random
from datetime import date, timedelta

import pytest

FIRST = date(2026, 1, 5)
TEXTS = ("快递还没收到", "质量太差，坏了", "客服态度恶劣", "价格太贵了", "很满意，谢谢")
HASH = "a" * 12


def verdict(number, week, text, issues, channel="app", **more):
    scores = {label: 0.95 if label in issues else 0.05 for label in ("delivery", "other")}
    at = FIRST + timedelta(days=7 * week + number % 7)
    return {
        "id": f"{week}-{number}",
        "issues": issues,
        "scores": scores,
        "sentiment": 2,
        "urgency": 1,
        "review": False,
        "script": "hans",
        "in_scope": True,
        "model": {"name": "m", "version": "1", "hash": HASH},
        "input": {"内容": text, "时间": at.isoformat(), "渠道": channel, **more},
    }


def desk(weeks=8, n=200, late=0.1):
    """Verdicts of a desk where late deliveries become `late` of all from the seventh week on."""
    rng = random.Random(3)
    for week in range(weeks):
        share = late if week >= 6 else 0.1
        for number in range(n):
            issues = ["delivery"] if rng.random() < share else []
            yield verdict(number, week, rng.choice(TEXTS), issues)


@pytest.fixture
def drift(cli, put, tiny_model):
    """Run the command on a file of verdicts."""

    def call(rows, *options):
        return cli("drift", put("v.jsonl", *rows), "--model", tiny_model, *options)

    return call


def told(result):
    assert result.code == 0, result.err
    return json.loads(result.out)


def test_a_calm_file_has_nothing_outside_the_budget(drift):
    done = drift(desk())
    assert done.code == 0, done.err
    assert "nothing outside the budget" in done.out
    assert "问题：物流配送" in done.out
    assert "预算 budget: 4" in " ".join(done.out.split())


def test_a_changed_label_is_named_with_its_shares_and_since_when(drift):
    done = drift(desk(late=0.4))
    assert "2026-W09" in done.shown
    assert "2026-W08起2周" in done.shown
    assert "█" in done.out


def test_the_json_has_every_week_and_every_alert(drift):
    found = told(drift(desk(late=0.4), "--json"))
    alerts = {(one["week"], one["measure"]) for one in found["alerts"]}
    assert alerts >= {("2026-W08", "issue:delivery"), ("2026-W09", "issue:delivery")}
    assert len(found["weeks"]) == 8
    assert {one["measure"] for one in found["series"]} >= {"unknown", "length", "score:delivery"}


def test_the_budget_decides_what_is_an_alert(drift):
    levels = [
        told(drift(desk(), "--json", "--budget", budget))["weeks"][-1]["level"]
        for budget in (1, 10)
    ]
    assert levels[1] == pytest.approx(10 * levels[0])


def test_a_reference_is_a_range_of_weeks_or_a_file(drift, put):
    rows = list(desk(late=0.4))
    by_weeks = told(drift(rows, "--json", "--reference", "2026-W08..2026-W09"))
    assert by_weeks["series"][0]["reference"]["weeks"] == ["2026-W08", "2026-W09"]
    other = put("calm.jsonl", *desk(weeks=4))
    by_file = told(drift(rows, "--json", "--reference", other))
    states = [point["state"] for point in by_file["series"][0]["points"]]
    assert states == ["steady"] * 6 + ["alert"] * 2


def test_the_number_of_reference_weeks_can_be_said(drift):
    found = told(drift(desk(), "--json", "--reference-weeks", 2, "--by", "week"))
    assert len(found["series"][0]["reference"]["weeks"]) == 2


def test_columns_can_be_named_and_weeks_begin_in_the_zone_of_the_desk(drift):
    row = verdict(0, 0, "坏了", [], when="2026-01-04T20:00:00+00:00", way="fax")
    options = ("--date-field", "when", "--channel-field", "way", "--json")
    assert told(drift([row], *options))["weeks"][0]["week"] == "2026-W02"
    assert told(drift([row], *options, "--zone", "UTC"))["weeks"][0]["week"] == "2026-W01"


def test_a_change_of_the_model_is_said(drift):
    rows = [
        row | {"model": row["model"] | {"hash": "b" * 12 if k >= 800 else HASH}}
        for k, row in enumerate(desk())
    ]
    assert f"{HASH}→{'b' * 12}" in drift(rows).shown


def test_records_without_a_time_are_counted_aloud(drift):
    rows = [*desk(), verdict(0, 0, "坏了", []) | {"input": {"内容": "坏了", "时间": "?"}}]
    assert "without a time: 1" in drift(rows).out


def test_alerts_of_very_many_channels_are_cut_and_the_rest_counted(drift):
    rows = [
        verdict(number, week, "坏了", ["delivery"] * (week >= 4), channel=f"c{channel}")
        for channel in range(25)
        for week in range(5)
        for number in range(30)
    ]
    done = drift(rows)
    assert "more: see --json" in done.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--zone", "Mars/Olympus"), "Unknowntimezone"),
        (("--reference", "none.jsonl"), "Cannotread"),
        (("--reference", "2026-W60"), "isnoweek"),
        (("--inbox",), "Giveonefile"),
        (("--date-field", "when"), "nocolumn'when'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(drift, options, told):
    done = drift(desk(weeks=1, n=3), *options)
    assert done.code == 2
    assert told in done.said


def test_a_file_or_the_inbox_must_be_given(cli):
    done = cli("drift")
    assert done.code == 2
    assert "--inbox" in done.said


def test_the_inbox_is_read_where_it_is_asked_for(cli, tiny_model, tmp_path):
    path = tmp_path / "in.csv"
    lines = [f"{k},快递还没收到,app,2026-01-0{5 + k % 3}" for k in range(40)]
    path.write_text("\n".join(["编号,内容,渠道,时间", *lines]), encoding="utf-8")
    assert cli("import", path, "--model", tiny_model).code == 0
    found = told(cli("drift", "--inbox", "--model", tiny_model, "--json"))
    assert [(week["week"], week["n"]) for week in found["weeks"]] == [("2026-W02", 40)]
    refused = cli("drift", "--inbox", "--model", tiny_model, "--reference", "v.jsonl")
    assert "isnoweek" in refused.said
