"""`/metrics`: the format of Prometheus, bounded labels, nothing of customers, cheap to read."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from service.api.drift import drift_view
from service.metrics.counts import Counts
from service.metrics.scrape import Scrape
from tests.service.api.conftest import LATE


def samples(text):
    """The samples of a text by name and labels; the parser refuses what Prometheus would."""
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "a family comes twice"
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in families
        for one in family.samples
    }


def scraped(desk):
    reply = desk.ask("reader", "GET", "/metrics")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return samples(reply.text)


def requests(found, route, status="200", method="GET"):
    name = "fenzhen_http_requests_total"
    return found.get((name, ("method", method), ("route", route), ("status", status)), 0)


def grown(desk, act):
    """What `act` added to each sample."""
    before = scraped(desk)
    act()
    return {key: value - before.get(key, 0) for key, value in scraped(desk).items()}


def state_of(desk):
    return desk.client.app.state.fenzhen


# Requests


def test_a_request_is_counted_by_the_template_of_its_route(desk):
    path = f"/v1/tickets/{desk.ids['ticket_id']}"
    more = grown(desk, lambda: [desk.ask("reader", "GET", path) for _ in range(3)])
    template = "/v1/tickets/{ticket_id}"
    assert requests(more, template) == 3
    labels = (("method", "GET"), ("route", template))
    assert more["fenzhen_http_request_duration_seconds_count", *labels] == 3
    assert more["fenzhen_http_request_duration_seconds_sum", *labels] > 0


def test_a_request_is_counted_by_its_status(desk):
    more = grown(desk, lambda: desk.ask("reader", "GET", "/v1/tickets/nobody"))
    assert requests(more, "/v1/tickets/{ticket_id}", "404") == 1


def test_addresses_that_lead_nowhere_share_one_series(desk):
    more = grown(desk, lambda: [desk.client.get(f"/nowhere/{n}") for n in range(5)])
    assert requests(more, "none", "404") == 5


def test_files_of_the_pages_share_one_series(desk):
    more = grown(desk, lambda: [desk.client.get(f"/static/{n}") for n in ("fenzhen.css", "no.css")])
    template = next(key[2][1] for key in more if "static" in str(key))
    assert [requests(more, template, status) for status in ("200", "404")] == [1, 1]


def test_a_made_up_method_is_counted_as_other(desk):
    more = grown(desk, lambda: desk.client.request("SPELL", "/health"))
    assert requests(more, "/health", "405", "OTHER") == 1


def test_a_body_that_is_refused_is_counted(desk):
    headers = {"Content-Length": str(1 << 40)}
    more = grown(desk, lambda: desk.client.post("/v1/tickets", headers=headers, content=b"x"))
    assert requests(more, "none", "413", "POST") == 1


def test_an_error_of_ours_is_counted_as_500(desk, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(state_of(desk).runtime.drift, "report", broken)
    more = grown(desk, lambda: desk.ask("reader", "GET", "/v1/drift"))
    assert requests(more, "/v1/drift", "500") == 1


def test_a_streamed_answer_still_streams(desk):
    headers = desk.headers("analyst")
    with desk.client.stream("GET", "/v1/export?format=jsonl", headers=headers) as reply:
        lines = list(reply.iter_lines())
    assert len(lines) >= 3


# What was judged


def verdicts(more, source):
    name = "fenzhen_verdicts_total"
    return sum(v for key, v in more.items() if key[0] == name and ("source", source) in key)


def issue(more, source, code):
    return more.get(("fenzhen_verdict_issues_total", ("issue", code), ("source", source)), 0)


def test_a_new_ticket_counts_its_verdict_with_each_of_its_issues(own_desk):
    ticket = {"text": "快递还没收到，客服没人管"}
    made = {}
    more = grown(own_desk, lambda: made.update(own_desk.made("POST", "/v1/tickets", json=ticket)))
    levels = {name: str(made["verdict"][name]) for name in ("sentiment", "urgency")}
    levels |= {"review": str(made["verdict"]["review"]).lower(), "source": "desk"}
    assert more["fenzhen_verdicts_total", *sorted(levels.items())] == 1
    assert verdicts(more, "desk") == 1
    assert all(issue(more, "desk", code) == 1 for code in made["verdict"]["issues"])
    assert made["verdict"]["issues"]


def test_a_ticket_that_was_sent_again_is_not_counted_again(own_desk):
    ticket = {"text": "衣服起球", "external_id": "again"}
    more = grown(
        own_desk, lambda: [own_desk.made("POST", "/v1/tickets", json=ticket) for _ in range(2)]
    )
    assert verdicts(more, "desk") == 1


def test_a_correction_does_not_change_what_was_judged(own_desk):
    path = f"/v1/tickets/{own_desk.ids['ticket_id']}/corrections"
    wrong = {"issues": ["other"], "reason": "wrong_issue"}
    more = grown(own_desk, lambda: own_desk.made("POST", path, json=wrong))
    assert verdicts(more, "desk") == 0


def test_texts_that_were_only_judged_are_counted_apart(desk):
    items = [{"text": "快递还没收到"}, {"text": "今天天气不错"}, {"text": ""}, 7]
    more = grown(
        desk, lambda: desk.ask("reader", "POST", "/v1/triage/batch", json={"items": items})
    )
    assert verdicts(more, "api") == 2
    assert issue(more, "api", "delivery") == 1
    assert issue(more, "api", "none") == 1
    unjudged = [v for key, v in more.items() if key[0] == "fenzhen_unjudged_total"]
    assert sum(unjudged) == 2
    single = {"text": "快递还没收到"}
    more = grown(desk, lambda: desk.ask("reader", "POST", "/v1/triage", json=single))
    assert verdicts(more, "api") == 1


# How the desk stands


@pytest.mark.parametrize("measure", ["live", "waiting", "breached", "review"])
def test_queues_tell_what_lies_in_them_empty_ones_too(desk, measure):
    told = {one["queue"]: one[measure] for one in desk.made("GET", "/v1/queues")["items"]}
    found, name = scraped(desk), f"fenzhen_tickets_{measure}"
    assert {dict(key[1:])["queue"]: v for key, v in found.items() if key[0] == name} == told
    assert len(told) > 1


def test_the_desk_is_told_on_each_database(each_desk):
    found = scraped(each_desk)
    oldest = [v for key, v in found.items() if key[0] == "fenzhen_oldest_waiting_seconds"]
    assert max(oldest) > 0 == min(oldest)
    assert found["fenzhen_outbox", ("state", "pending")] > 0
    assert found["fenzhen_outbox", ("state", "dead")] == 0
    assert found["fenzhen_emerging_open",] == 0


def test_the_model_is_named(desk):
    found = scraped(desk)
    name = state_of(desk).engine.name
    labels = {"name": name.name, "version": name.version, "hash": name.hash}
    assert found["fenzhen_model_info", *sorted(labels.items())] == 1
    assert found["fenzhen_model_problem",] == 0


def test_drift_is_told_once_it_was_looked_at(own_desk):
    assert ("fenzhen_drift_alerts",) not in scraped(own_desk)
    drift = state_of(own_desk).runtime.drift
    report = drift.report()
    assert drift_view(report, "*", 5)["alerts"] == []
    week = replace(report.weeks[0], tests=3)
    drift.last = replace(report, weeks=(week,))
    assert scraped(own_desk)["fenzhen_drift_alerts",] == 0


def test_requests_that_wait_are_told(desk):
    state_of(desk).waiting += 3
    try:
        assert scraped(desk)["fenzhen_judging_requests",] == 3
    finally:
        state_of(desk).waiting -= 3
    assert scraped(desk)["fenzhen_writing_commands",] == 0


def test_the_database_is_asked_once_in_ten_seconds(desk):
    runtime, now, asked = state_of(desk).runtime, [100.0], []
    scrape = Scrape(Counts(), clock=lambda: now[0])
    event.listen(runtime.database, "before_cursor_execute", lambda *a: asked.append(a[2]))
    scrape.text(runtime, 0)
    first = len(asked)
    now[0] += 9.9
    scrape.text(runtime, 0)
    assert len(asked) == first > 0
    now[0] += 0.2
    scrape.text(runtime, 0)
    assert len(asked) == 2 * first


def test_a_database_that_is_away_costs_only_what_it_knows(desk):
    class Away:
        def connect(self):
            raise OperationalError("SELECT", {}, Exception("gone"))

    runtime = replace(state_of(desk).runtime, database=Away())
    found = samples(Scrape(Counts()).text(runtime, 0).decode())
    assert found["fenzhen_database_up",] == 0
    assert not [key for key in found if key[0] == "fenzhen_tickets_live"]
    assert scraped(desk)["fenzhen_database_up",] == 1


# Labels


def test_no_label_holds_a_text_an_id_a_name_or_a_path(desk):
    desk.ask("admin", "GET", f"/v1/tickets/{desk.ids['ticket_id']}")
    desk.client.get("/nowhere/13800001234")
    text = desk.ask("reader", "GET", "/metrics").text
    secrets = ["13800001234", "王女士", "林晓", "nowhere", LATE[:4]]
    secrets += [key for key in map(str, desk.ids.values()) if len(key) > 2]  # "1" is a number too
    assert not [word for word in secrets if word in text]
    assert set(re.findall(r'(\w+)="', text)) == {
        "method", "route", "status", "le", "source", "sentiment", "urgency", "review", "issue",
        "queue", "state", "name", "version", "hash", "python", "code",
    } - ({"code"} if 'code="' not in text else set())  # fmt: skip


def test_every_metric_is_on_the_page_of_operations(desk):
    page = Path(__file__).parents[3].joinpath("docs", "operations.md").read_text("utf-8")
    table = page.split("| 指标 metric |")[1].split("\n\n")[0]
    told = set()
    for cell in re.findall(r"^\| (`.*?) \|", table, re.M):
        first, *more = re.findall(r"`([\w*]+)`", cell)
        told |= {first, *(one if one[0] != "_" else first.rsplit("_", 1)[0] + one for one in more)}
    drift = state_of(desk).runtime.drift
    drift.last = drift.report()
    drift.last = replace(drift.last, weeks=(replace(drift.last.weeks[0], tests=1),))
    text = desk.ask("reader", "GET", "/metrics").text
    known = set(re.findall(r"^# TYPE (fenzhen_\w+)", text, re.M))
    assert told - {"process_*"} == known


@pytest.mark.parametrize("wrong", ["fz_nobody", None])
def test_nobody_reads_it_without_a_key_once_there_is_one(desk, wrong):
    headers = {"Authorization": f"Bearer {wrong}"} if wrong else {}
    assert desk.client.get("/metrics", headers=headers).status_code == 401


def test_two_applications_count_apart(start):
    first, second = start(), start()
    first.get("/health")
    second.get("/nowhere")
    assert requests(samples(first.get("/metrics").text), "/health") == 1
    assert requests(samples(second.get("/metrics").text), "/health") == 0
