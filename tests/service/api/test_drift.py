"""`GET /v1/drift`: what changed, on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.desk.commands import OpenTicket
from triage.drift import weeks

SHANGHAI = ZoneInfo("Asia/Shanghai")
LATE, GLAD = "快递还没收到", "很满意，谢谢"


def fill(desk):
    """Fill four calm weeks before this one, and a fifth in which deliveries are late."""
    runtime = desk.client.app.state.fenzhen.runtime
    commands = [
        OpenTicket(
            "person:x",
            datetime.now(UTC) - timedelta(weeks=week),
            text=LATE if number < (24 if week == 1 else 3) else GLAD,
            external_id=f"{week}-{number}",
            channel="web",
        )
        for week in (5, 4, 3, 2, 1)
        for number in range(30)
    ]
    assert not [one for one in runtime.desk.run(commands) if isinstance(one, Exception)]
    return desk


@pytest.fixture
def drifted(each_desk):
    return fill(each_desk)


def test_a_changed_week_is_an_alert_with_its_figures(drifted):
    told = drifted.made("GET", "/v1/drift")
    alert = next(one for one in told["alerts"] if one["measure"] == "issue:delivery")
    last_week = weeks.name(weeks.week_of(datetime.now(UTC), SHANGHAI) - weeks.WEEK)
    assert (alert["week"], alert["channel"], alert["now"]) == (last_week, "*", [0.2, 0.8])
    assert alert["low"] <= alert["excess"] <= alert["high"]
    assert told["settings"]["budget"] == 4
    assert told["weeks"][-2]["n"] == 30


def test_the_weeks_shown_can_be_fewer_and_the_channel_another(drifted):
    told = drifted.made("GET", "/v1/drift?weeks=2&channel=web")
    assert len(told["weeks"]) == 2
    assert {one["channel"] for one in told["series"]} == {"web"}
    assert all(len(one["points"]) <= 2 for one in told["series"])
    assert "*" in {one["channel"] for one in told["alerts"]}


def test_a_channel_that_nobody_used_has_no_series(drifted):
    told = drifted.made("GET", "/v1/drift?channel=fax")
    assert told["series"] == []
    assert told["channels"] == ["*", "web"]


@pytest.mark.parametrize("query", ["weeks=0", "weeks=1000", "weeks=x", "channel="])
def test_a_query_that_makes_no_sense_is_refused(desk, query):
    assert desk.ask("reader", "GET", f"/v1/drift?{query}").status_code == 422
