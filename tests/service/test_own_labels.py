"""An inbox whose model has labels of its own, two levels of them, from the file to the review."""

import csv
import io
import json
import re
import shutil
from contextlib import ExitStack
from dataclasses import replace

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.app import create_app
from service.db.tables import tickets
from service.settings import Settings
from tests.own_labels import CHILD, NEW, PARENT, engine_of, example, flat, own_engine
from tests.service.conftest import problem
from tests.service.web_desk import Pages
from triage import Policy
from triage.artifact import MANIFEST, read_manifest
from triage.cli import main
from triage.policy import Band
from triage.taxonomy import BUILT_IN

HOT = "充电宝充一会儿就发烫，发票也没给。"
RULES = """
version: 1
queues:
  hot: {zh: 过热专办, en: Hot}
  desk: {zh: 前台, en: Desk}
default_queue: desk
rules:
  - name: too_hot
    on: [ticket.created, label.corrected]
    if: {issues: product_quality/overheating}
    then: {queue: hot, tags: [hot]}
"""


@pytest.fixture
def start(own_place, tmp_path):
    """Start the application with an engine and rules that ask for the child."""
    with ExitStack() as stack:

        def serve(engine, rules=RULES):
            (tmp_path / "desk").mkdir(exist_ok=True)
            (tmp_path / "desk" / "rules.yaml").write_text(rules, encoding="utf-8")
            app = create_app(engine, Settings(**own_place, desk=tmp_path / "desk"))
            return stack.enter_context(TestClient(app, raise_server_exceptions=False))

        yield serve


@pytest.fixture
def pages(start):
    return Pages(start(own_engine()))


@pytest.fixture
def ticket(pages):
    return pages.open(HOT)


def seen(pages, ticket):
    """What a form of the ticket's page sends along."""
    case = pages.ticket(ticket)
    return {"issues": ",".join(case.issues), "verdict_id": case.verdict.id}


# The API


def test_the_labels_are_listed_with_their_parents_and_what_they_cover(pages):
    told = {label["code"]: label for label in pages.client.get("/v1/labels").json()["issues"]}
    assert list(told) == list(example().codes)
    assert told[CHILD] == {
        "code": CHILD,
        "zh": "过热",
        "en": "Overheating",
        "parent": PARENT,
        "description": "使用或充电时发烫、冒烟、有焦味。Gets hot, smokes or smells burnt in use.",
    }
    assert told[PARENT]["parent"] == told[NEW]["parent"] == ""


def test_a_rule_on_a_child_routes_its_ticket_and_says_its_name(pages, ticket):
    case = pages.ticket(ticket)
    assert (case.ticket.queue, case.ticket.tags) == ("hot", ["hot"])
    assert case.issues == (NEW, PARENT, CHILD)
    assert "问题：过热" in pages.words(f"/tickets/{ticket}")
    assert pages.ticket(pages.open("用不了，坏了", "b")).ticket.queue == "desk"


@pytest.mark.parametrize("issue", [PARENT, CHILD, NEW])
def test_a_list_is_filtered_by_a_parent_or_by_a_child(pages, ticket, issue):
    found = pages.client.get("/v1/tickets", params={"issue": issue}).json()
    assert [item["id"] for item in found["items"]] == [ticket]
    other = pages.client.get("/v1/tickets", params={"issue": "delivery"}).json()
    assert other["items"] == []


def test_an_export_holds_the_codes(pages, ticket):
    reply = pages.client.get("/v1/export")
    (row,) = csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig")))
    assert row["issues"] == f"{NEW}|{PARENT}|{CHILD}"


def correct(pages, ticket, *issues):
    body = {"issues": list(issues), "reason": "wrong_issue"}
    return pages.client.post(f"/v1/tickets/{ticket}/corrections", json=body)


def test_a_correction_to_a_child_includes_its_parent(pages):
    ticket = pages.open("充电宝不好")
    assert correct(pages, ticket, CHILD).status_code == 201
    case = pages.ticket(ticket)
    assert case.issues == (PARENT, CHILD)
    assert case.ticket.queue == "hot"
    (told,) = pages.client.get("/v1/corrections").json()["items"]
    assert (told["before"], told["after"]) == ([], [CHILD, PARENT])


def test_a_correction_to_a_label_that_is_none_names_those_there_are(pages, ticket):
    error = problem(correct(pages, ticket, "overheating"), 422)
    assert "'overheating' is not known" in error["message"]
    assert CHILD in error["remedy"]


# The pages


def test_a_ticket_shows_the_names_and_each_child_below_its_parent(pages, ticket):
    text = pages.get(f"/tickets/{ticket}")
    assert re.search(r'<span class="tag l-product_quality" title="Overheating">过热</span>', text)
    assert re.search(r'<span class="tag l-own4" title="Invoices">发票开具</span>', text)
    scores = re.findall(r'<th scope="row"( class="within")?>([^<]+)</th><td><meter', text)
    assert scores[:3] == [("", "产品质量"), (' class="within"', "过热"), ("", "发票开具")]
    (marked,) = re.findall(r"<mark[^>]*>发烫<sup>过热 ", text)
    assert marked.startswith('<mark class="l-product_quality" title="产品质量、过热、')


def test_why_a_person_is_asked_is_said_with_the_name_of_a_child(start):
    unsure = replace(Policy(), band=Band(0.5, 0.25, 0.95))
    desk = Pages(start(own_engine(unsure)))
    ticket = desk.open(HOT)
    assert "判为过热，但把握不大（0.90，低于 0.95）" in desk.words(f"/tickets/{ticket}")
    assert "判为过热" in desk.words("/review")


def test_the_inbox_offers_every_label_and_sets_children_in(pages, ticket):
    text = pages.get("/inbox")
    assert re.search(rf'<option value="{PARENT}">产品质量</option>\s*', text)
    assert re.search(rf'<option value="{CHILD}">　过热</option>', text)
    assert "过热" in re.sub("<[^>]*>", "", text.split('id="list"')[1])


@pytest.mark.parametrize(
    ("click", "issues"),
    [
        (f"issues-{CHILD}", (NEW, PARENT)),
        (f"issues-{PARENT}", (NEW,)),
        (f"issues:{CHILD}>delivery", ("delivery", NEW, PARENT)),
        (f"issues:{PARENT}>delivery", ("delivery", NEW)),
        (f"issues:{NEW}>other", ("other", PARENT, CHILD)),
    ],
)
def test_a_click_on_a_label_minds_the_two_levels(pages, ticket, click, issues):
    pages.do(ticket, "correct", set=click, **seen(pages, ticket))
    assert pages.ticket(ticket).issues == issues


def test_a_click_that_adds_a_child_adds_its_parent(pages):
    ticket = pages.open("充电宝不好")
    text = pages.get(f"/tickets/{ticket}")
    assert f'<button name="set" value="issues+{CHILD}" class="within">过热' in text
    pages.do(ticket, "correct", set=f"issues+{CHILD}", **seen(pages, ticket))
    assert pages.ticket(ticket).issues == (PARENT, CHILD)


def ask_for_all(pages):
    with pages.runtime.database.begin() as connection:
        connection.execute(update(tickets).values(review=True))


@pytest.fixture
def asked(pages):
    """A ticket that a person must look at."""
    ticket = pages.open("充电宝不好")
    ask_for_all(pages)
    return ticket


def test_the_review_lists_every_label_with_a_key_and_sets_children_in(pages, asked):
    text = pages.get("/review")
    boxes = re.findall(r'name="issues" value="([^"]+)" data-key="(\w)"', text)
    assert boxes == [(code, str(k)) for k, code in enumerate(example().codes, 1)]
    (child,) = re.findall(r'<label class="check wide within">.*?</label>', text)
    assert CHILD in child
    assert "过热" in child


def review(pages, ticket, *issues):
    case = pages.ticket(ticket)
    fields = {"issues": list(issues), "verdict_id": case.verdict.id}
    fields |= {"urgency": str(case.ticket.urgency), "sentiment": str(case.ticket.sentiment)}
    reply = pages.client.post(f"/review/{ticket}", data=fields, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    return pages.ticket(ticket)


def test_a_reviewer_who_ticks_a_child_has_ticked_its_parent(pages, asked):
    case = review(pages, asked, CHILD)
    assert case.issues == (PARENT, CHILD)
    (told,) = [event for event in case.events if event.kind == "label.corrected"]
    assert told.data["reason"] == "missed_issue"


def test_a_reviewer_who_unticks_only_the_parent_has_changed_nothing(pages, ticket):
    case = review(pages, ticket, CHILD, NEW)
    assert case.issues == (NEW, PARENT, CHILD)
    told = [event for event in case.events if event.kind == "label.corrected"]
    assert told[-1].data["reason"] == "confirmed"


def test_with_many_labels_the_first_have_keys_and_none_has_the_key_of_something_else(start):
    many = flat(*(f"l{k:02}" for k in range(30)))
    desk = Pages(start(engine_of(many), RULES.replace(CHILD, "l00")))
    desk.open("。。。")
    text = desk.get("/review")
    keys = re.findall(r'data-key="(\w)"', text)
    assert len(keys) == len(set(keys)) == 24 + 4 + 5
    assert text.count('name="issues"') == 30
    assert not {"j", "k"} & set(keys)


def test_a_rule_and_a_customer_are_shown_with_the_names(pages, ticket):
    assert "问题：过热" in pages.words("/rules")
    assert "请检查规则" not in pages.words("/rules")


# Another model takes over


@pytest.fixture
def taken_over(pages, ticket, keyword_engine):
    """The desk after a model without the labels has taken over."""
    pages.desk.engine = keyword_engine
    return ticket


def test_earlier_labels_stay_and_are_shown_by_their_code(pages, taken_over):
    text = pages.get(f"/tickets/{taken_over}")
    assert f'<span class="tag l-gone" title="{CHILD}">{CHILD}</span>' in text
    assert f'<span class="tag l-gone" title="{NEW}">{NEW}</span>' in text
    assert pages.client.get("/v1/labels").json()["issues"][0]["description"] == ""


def test_an_earlier_label_may_be_kept_or_taken_away_but_not_given(pages, taken_over):
    pages.do(taken_over, "correct", set="confirm", **seen(pages, taken_over))
    assert pages.ticket(taken_over).issues == (NEW, PARENT, CHILD)
    pages.do(taken_over, "correct", set=f"issues-{CHILD}", **seen(pages, taken_over))
    assert pages.ticket(taken_over).issues == (NEW, PARENT)
    assert problem(correct(pages, taken_over, CHILD), 422)


def test_a_reviewer_sees_an_earlier_label_and_may_leave_it(pages, taken_over):
    ask_for_all(pages)
    values = re.findall(r'name="issues" value="([^"]+)"', pages.get("/review"))
    assert values == [*BUILT_IN.codes, NEW, CHILD]
    case = review(pages, taken_over, *pages.ticket(taken_over).issues)
    told = [event for event in case.events if event.kind == "label.corrected"]
    assert told[-1].data["reason"] == "confirmed"


def test_rules_on_labels_that_vanished_stay_silent_and_are_warned_of(pages, taken_over):
    later = pages.open("又发烫了，质量太差", "later")
    case = pages.ticket(later)
    assert (case.issues, case.ticket.queue) == ((PARENT,), "desk")
    (warning,) = pages.client.get("/v1/rules").json()["warnings"]
    assert re.search(rf"rules\.yaml:8: rules › too_hot: Unknown issue '{CHILD}'", warning)
    assert "请检查规则" in pages.words("/rules")


def test_rules_read_anew_must_fit_the_model(pages, taken_over):
    error = problem(pages.client.post("/v1/rules/reload"), 422)
    assert f"Unknown issue '{CHILD}'" in error["message"]
    assert pages.client.get("/v1/rules").json()["rules"][0]["name"] == "too_hot"


def test_a_desk_opens_with_rules_that_name_vanished_labels_and_says_so(start, keyword_engine):
    with capture_logs() as logs:
        client = start(keyword_engine)
    told = [entry for entry in logs if entry["event"] == "rules.unknown_label"]
    assert len(told) == 1
    assert told[0]["log_level"] == "warning"
    assert f"Unknown issue '{CHILD}'" in told[0]["problem"]
    assert client.post("/v1/tickets", json={"text": "快递没收到"}).status_code in (200, 201)


# The command


@pytest.fixture
def command(tiny_model, tmp_path, monkeypatch, capsys):
    """A function that calls `triage routes` where the model has the labels of the tiny model."""
    model = shutil.copytree(tiny_model, tmp_path / "model")
    manifest = read_manifest(model)
    codes = [code if code != "other" else "parking" for code in manifest["labels"]]
    whole = {**manifest, "labels": codes, "taxonomy": flat(*codes).to_list()}
    (model / MANIFEST).write_text(json.dumps(whole), encoding="utf-8")
    rules = tmp_path / "rules.yaml"
    rules.write_text(RULES.replace(CHILD, "parking"), encoding="utf-8")

    def call(*args):
        monkeypatch.setattr("sys.argv", ["triage", "routes", *map(str, args)])
        with pytest.raises(SystemExit) as stop:
            main()
        told = capsys.readouterr()
        return stop.value.code or 0, "".join((told.out + told.err).split())

    call.model, call.rules = model, rules
    return call


def test_rules_are_checked_for_the_labels_of_a_model(command, monkeypatch):
    code, told = command("check", command.rules, "--model", command.model)
    assert (code, "可用" in told) == (0, True)
    code, told = command("check", command.rules)
    assert code != 0
    assert "Unknownissue'parking'" in told
    monkeypatch.setenv("FENZHEN_MODEL", str(command.model))
    assert command("check", command.rules)[0] == 0


def test_the_rules_of_the_box_are_warned_of_where_the_model_lacks_their_labels(command):
    code, told = command("check", "--model", command.model)
    assert code == 0
    assert "warning" in told
    assert "Unknownissue'other'" in told


def test_rules_are_tried_for_the_labels_of_a_model(command, tmp_path):
    verdicts = tmp_path / "verdicts.jsonl"
    row = {"id": "1", "issues": ["parking"], "sentiment": 2, "urgency": 1}
    verdicts.write_text(json.dumps(row), encoding="utf-8")
    arguments = ("try", command.rules, "--verdicts", verdicts)
    assert "too_hot1100.0%1" in command(*arguments, "--model", command.model)[1]
    assert "Unknownissue'parking'" in command(*arguments)[1]
