"""`/v1/trends/…`: counts, expectations, measures, drivers, on both databases."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from service.desk.commands import Close, Correct, OpenTicket, Person, Rate
from service.desk.trends import Trends
from service.trends.board import Board
from tests.service.api.conftest import Desk, key_of_each_role

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)  # a Wednesday, noon in Shanghai
LATE, RUDE, GLAD = "快递还没收到", "客服态度差，还骂人", "很满意，谢谢"
ANNA = "person:anna"


def ticket(days, text, number=0, hours=2.0, **more):
    at = NOW - timedelta(days=days, hours=hours)
    name = f"{days}-{hours}-{text}-{number}"
    return OpenTicket(ANNA, at, text=text, external_id=name, **more)


def opened(days):
    """Three parcels that are late, one rude word and one word of thanks each day."""
    people = [Person(f"c{k}", tier="vip" if k == 0 else None) for k in range(3)]
    for day in days:
        for k in range(3):
            channel = ("web", "app", "phone")[k]
            yield ticket(day, LATE, k, product="水壶", channel=channel, customer=people[k])
        yield ticket(day, RUDE, channel="web", product="电饭煲")
        yield ticket(day, GLAD, channel="web")


class Answers:
    """The desk of a running application, seen at a moment of ours."""

    def __init__(self, desk):
        self.desk = desk
        self.runtime = desk.client.app.state.fenzhen.runtime
        self.runtime.desk.now = lambda: NOW

    def do(self, *commands):
        results = self.runtime.desk.run(commands)
        assert not [one for one in results if isinstance(one, Exception)], results
        self.runtime.board = Board(self.runtime.desk, Trends(self.runtime.desk))
        return [one.ticket_id for one in results]

    def __call__(self, path, **query):
        return self.desk.made("GET", f"/v1/trends/{path}", params=query)


@pytest.fixture
def each_bare_desk(start, database_url):
    """A desk with keys and nothing else, on each kind of database in turn."""
    client = start(database_url=database_url)
    return Desk(client, key_of_each_role(client))


def busy(desk):
    answers = Answers(desk)
    answers.do(*opened(range(40)))
    return answers


@pytest.fixture(scope="module")
def ask(start, module_url):
    """A busy desk that is only asked: the tests share it."""
    client = start(database_url=module_url)
    return busy(Desk(client, key_of_each_role(client)))


@pytest.fixture
def own(each_bare_desk):
    """A busy desk of one test's own."""
    return busy(each_bare_desk)


def group(view, key):
    return next(one for one in view["groups"] if one["key"] == key)


def test_counts_and_shares_come_by_day_with_their_intervals(ask):
    told = ask("counts", **{"from": "2026-03-16"})
    assert told["buckets"] == [f"2026-03-{day}T00:00:00+08:00" for day in (16, 17, 18)]
    assert told["total"] == [5, 5, 5]
    late = group(told, "delivery")
    assert (late["zh"], late["en"]) == ("物流配送", "Delivery")
    assert late["counts"] == [3, 3, 3]
    assert late["shares"] == [0.6, 0.6, 0.6]
    assert late["low"][0] < 0.6 < late["high"][0]
    assert late["share_high"] - late["share_low"] < late["high"][0] - late["low"][0]
    assert group(told, "none")["counts"] == [1, 1, 1]
    assert told["n"] == 15
    assert told["zone"] == "Asia/Shanghai"
    assert [one["name"] for one in told["models"]] == ["keyword 0"]


def test_the_last_thirty_days_are_shown_unless_others_are_asked_for(ask):
    told = ask("counts")
    assert len(told["buckets"]) == 31
    assert told["to"] == "2026-03-18T12:00:00+08:00"
    assert told["first"] < told["from"]


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"issue": "delivery"}, 9),
        ({"issue": ["delivery", "none"]}, 12),
        ({"product": "none"}, 3),
        ({"product": "水壶", "channel": "app"}, 3),
        ({"tier": "vip"}, 3),
        ({"tier": "none"}, 12),
        ({"channel": "fax"}, 0),
        ({"queue": "delivery"}, 9),
        ({"model": "0" * 12}, 15),
        ({"topic": "none"}, 15),
    ],
)
def test_filters_narrow_what_is_counted_and_the_inbox_lists_the_same_tickets(ask, query, n):
    told = ask("counts", **query, **{"from": "2026-03-16"})
    assert told["n"] == n
    window = [("status", "all"), ("since", told["from"]), ("until", told["to"])]
    named = [(f"is_{name}", value) for name, some in query.items() for value in [some].copy()]
    pairs = [(key, v) for key, some in named for v in (some if isinstance(some, list) else [some])]
    page = ask.desk.ask("admin", "GET", "/inbox", params=[*window, *pairs])
    assert f"共 {n} 张" in page.text


def test_a_correction_and_a_merge_change_what_is_counted(own):
    (key,) = own.do(ticket(0, LATE, 9))
    change = {"issues": ["product_quality"]}
    own.do(Correct(ANNA, ticket_id=key, changes=change, reason="wrong_issue"))
    told = own("counts", **{"from": "2026-03-18"})
    assert group(told, "product_quality")["n"] == 1
    assert group(told, "delivery")["n"] == 3


def test_few_large_groups_stand_alone_and_the_others_together(ask):
    told = ask("counts", by="channel", top=1)
    assert [one["key"] for one in told["groups"]] == ["web", "other_groups"]
    assert group(told, "other_groups")["zh"] == "其余"
    assert group(told, "web")["zh"] == "网页"


def test_hours_and_weeks_are_periods_too(ask):
    hours = ask("counts", by="none", period="hour", **{"from": "2026-03-17", "to": "2026-03-18"})
    assert len(hours["buckets"]) == 24
    assert hours["total"][10] == 5
    weeks = ask("counts", by="none", period="week", **{"from": "2026-03-02", "to": "2026-03-16"})
    assert weeks["total"] == [35, 35]


def test_holidays_are_named(ask):
    told = ask("counts", **{"from": "2026-02-16", "to": "2026-02-20"})
    assert {"2026-02-17"} <= {one["day"] for one in told["days"]}
    assert "春节" in {one["zh"] for one in told["days"]}


def test_a_day_like_others_is_usual_and_a_burst_is_not(own):
    assert not any(own("expected", key="delivery")["unusual"])
    own.do(*(ticket(0, LATE, 10 + k) for k in range(12)))
    told = own("expected", key="delivery")
    assert told["unusual"][-1]
    assert told["n"][-1] == 15
    assert told["high"][-1] < 15
    assert 0 < told["part"] <= 1
    assert len(told["buckets"]) == len(told["expected"]) == 31


def test_without_groups_all_tickets_are_the_one_group(ask):
    told = ask("counts", by="none", **{"from": "2026-03-16"})
    (whole,) = told["groups"]
    assert (whole["key"], whole["counts"], whole["shares"]) == ("all", [5, 5, 5], [1, 1, 1])
    assert ask("expected", **{"from": "2026-03-16"})["n"] == [5, 5, 5]
    query = {"what": "counts", "by": "none", "from": "2026-03-16"}
    reply = ask.desk.ask("analyst", "GET", "/v1/trends/export", params=query)
    assert len(reply.text.splitlines()) == 4


def test_what_is_to_come_is_not_told(ask):
    told = ask("expected", by="none", **{"from": "2026-03-16", "to": "2026-04-16"})
    assert told["buckets"][-1] == "2026-03-18T00:00:00+08:00"
    assert not any(told["unusual"])
    assert told["to"] == "2026-03-18T12:00:00+08:00"


def test_a_week_that_is_partly_asked_for_holds_what_lies_inside(ask):
    query = {"period": "week", "from": "2026-03-06"}  # a Friday
    counts = ask("counts", by="none", **query)
    told = ask("expected", by="none", **query)
    assert told["n"] == counts["total"] == [15, 35, 15]
    assert told["expected"][0] is None


def test_a_group_that_there_is_not_is_refused_by_name(ask):
    reply = ask.desk.ask("reader", "GET", "/v1/trends/expected?key=nope")
    assert reply.status_code == 400
    assert "nope" in reply.json()["error"]["message"]


def test_the_overview_holds_today_against_normal(own):
    own.do(*(ticket(0, LATE, 10 + k) for k in range(12)))
    told = own("overview")
    assert told["today"]["n"] == 17
    assert told["today"]["unusual"]
    by_issue = {one["key"]: one for one in told["issues"]}
    assert by_issue["delivery"]["unusual"]
    assert not by_issue["staff_attitude"]["unusual"]
    assert own("overview", issue="staff_attitude")["today"]["n"] == 1
    measures = {one["key"]: one for one in told["service"]}
    assert measures["questions"]["n"] == 7 * 5 + 12
    assert measures["questions"]["before"]["n"] == 7 * 5


def test_service_measures_come_over_time_and_time_per_hop_by_queue(own):
    (key,) = own.do(ticket(1, RUDE, 7))
    own.do(Close(ANNA, NOW - timedelta(hours=20), ticket_id=key))
    own.do(Rate(ANNA, ticket_id=key, expected=10, perceived=7))
    told = own("service", **{"from": "2026-03-17"})
    measures = {one["key"]: one for one in told["measures"]}
    assert measures["satisfaction"]["whole"]["value"] == 70
    assert measures["satisfaction"]["n"] == [1, 0]
    assert measures["resolution_median"]["value"] == [6 * 3600, None]
    (hop,) = told["queues"]
    assert (hop["n"], hop["median_s"]) == (1, 6 * 3600)
    assert hop["zh"] != hop["queue"]


def test_what_cannot_be_told_of_drivers_is_said(ask):
    told = ask("drivers", outcome="satisfaction")
    assert told["effects"] == []
    assert any("200" in note["en"] for note in told["notes"])
    assert {one["key"] for one in told["outcomes"]} >= {"reopened", "retained"}


def test_nothing_is_said_of_the_silent_unless_a_figure_is_named(ask):
    told = ask("silent", **{"from": "2026-03-18"})
    assert (told["complaints"], told["assumption"], told["estimates"]) == (4, None, [])
    assumed = ask("silent", assume="few", **{"from": "2026-03-18"})
    assert assumed["estimates"][0]["customers"] == 100
    both = ask("silent", assume="range", **{"from": "2026-03-18"})
    assert both["low"] <= 4 / 0.67 < 100 <= both["high"]
    assert {one["key"] for one in both["sources"]} == {"few", "most"}


def test_quality_is_told_by_what_people_looked_at_and_changed(own):
    right, wrong = own.do(ticket(0, LATE, 20), ticket(0, LATE, 21))
    same = {"issues": ["delivery"]}
    own.do(Correct(ANNA, ticket_id=right, changes=same, reason="confirmed"))
    change = {"issues": ["staff_attitude"], "urgency": 3}
    own.do(Correct(ANNA, ticket_id=wrong, changes=change, reason="wrong_issue"))
    (model,) = own("quality", period="week")["models"]
    fields = {one["key"]: (one["n"], one["corrected"]) for one in model["fields"]}
    assert fields == {"issues": (2, 1), "sentiment": (2, 0), "urgency": (2, 1), "queue": (2, 0)}
    labels = {one["key"]: one for one in model["labels"]}
    assert labels["delivery"]["precision"]["value"] == 0.5
    assert labels["staff_attitude"]["recall"]["value"] == 0
    told = own("quality")["over_time"]
    assert (told["looked"][-1], told["corrected"][-1]) == (2, 1)
    (none,) = own("quality", channel="phone")["models"]
    assert none["looked"] == 0


@pytest.mark.parametrize("what", ["counts", "expected", "service"])
def test_figures_come_as_files(ask, what):
    import pyarrow.parquet as pq

    query = {"what": what, "from": "2026-03-16"}
    reply = ask.desk.ask("analyst", "GET", "/v1/trends/export", params=query)
    rows = list(csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert reply.headers["content-disposition"].endswith('.csv"')
    assert rows[0]["at"].startswith("2026-03-16")
    more = {**query, "format": "parquet"}
    reply = ask.desk.ask("analyst", "GET", "/v1/trends/export", params=more)
    assert pq.read_table(io.BytesIO(reply.content)).num_rows == len(rows)


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("from=2026-13-01", 422, "2026-13-01"),
        ("from=gestern", 422, "gestern"),
        ("from=2026-03-19&to=2026-03-18", 422, "not before"),
        ("from=1999-01-01", 422, "between 2000 and 2100"),
        ("period=hour&from=2025-01-01", 422, "more than 2000"),
        ("sentiment=9", 400, "no level"),
        ("issue=nonsense", 400, "no label 'nonsense'"),
        ("by=colour", 422, "by"),
        ("top=0", 422, "top"),
    ],
)
def test_a_question_that_is_none_is_told_what_is_wrong(ask, query, code, said):
    reply = ask.desk.ask("reader", "GET", f"/v1/trends/counts?{query}")
    assert reply.status_code == code
    assert said in reply.json()["error"]["message"]


def test_a_desk_without_tickets_answers_everything(each_bare_desk):
    ask = Answers(each_bare_desk)
    for path in ("counts", "overview", "service", "drivers", "silent", "quality"):
        ask(path)
    assert ask("expected")["expected"][-1] is None
    assert ask("counts")["first"] is None
