"""Annotations by webhook: kept once, in the right order whatever comes first, on each database."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from service.db.analyst_tables import annotations
from tests.service.conftest import problem
from tests.service.labelstudio.conftest import PLACE, RESULT, TEXT, deletion, event
from tests.unit.datasets.ls_results import choices, mark, rating

LATER = "2026-11-22T02:50:00Z"
LATEST = "2026-11-22T02:55:00Z"
KEPT, KNOWN = {"kept": 1, "known": 0}, {"kept": 0, "known": 1}


def rows(desk):
    database = desk.client.app.state.fenzhen.runtime.database
    with database.connect() as connection:
        return [dict(row) for row in connection.execute(select(annotations)).mappings()]


def one(desk):
    (row,) = rows(desk)
    return row


def test_an_annotation_is_kept_with_all_that_was_marked(studio, tell):
    assert tell(event()) == KEPT
    row = one(studio)
    assert (row["source"], row["external_id"], row["task_id"]) == (
        "labelstudio",
        f"{PLACE}/7",
        f"{PLACE}/3",
    )
    assert (row["issues"], row["sentiment"], row["urgency"]) == (["delivery"], 2, 2)
    assert row["spans"] == [{"for": "delivery", "start": 1, "end": 9}]
    assert (row["text"], row["model_hash"], row["by"]) == (TEXT, "0123456789ab", "labelstudio:5")
    assert row["at"].isoformat() == "2026-11-22T02:43:31.766167+00:00"
    assert row["deleted"] is False
    assert row["ticket_id"] is None


def test_the_same_event_again_changes_nothing(studio, tell):
    tell(event())
    before = one(studio)
    assert tell(event()) == KNOWN
    assert one(studio) == before


def test_a_later_change_wins(studio, tell):
    tell(event())
    assert tell(event("ANNOTATION_UPDATED", result=[rating(5)], updated_at=LATER)) == KEPT
    row = one(studio)
    assert (row["issues"], row["sentiment"], row["urgency"], row["spans"]) == (None, 5, None, [])


def test_an_older_event_that_comes_late_changes_nothing(studio, tell):
    tell(event("ANNOTATION_UPDATED", result=[rating(5)], updated_at=LATER))
    assert tell(event()) == KNOWN
    assert one(studio)["sentiment"] == 5


def test_a_deleted_annotation_leaves_no_text_and_no_label(studio, tell):
    tell(event())
    assert tell(deletion(7)) == KEPT
    row = one(studio)
    assert row["deleted"] is True
    assert (row["text"], row["issues"], row["sentiment"], row["spans"]) == ("", None, None, [])
    assert row["task_id"] == f"{PLACE}/3"


def test_what_was_deleted_stays_so_whatever_comes_late(studio, tell):
    tell(deletion(7))
    assert tell(event()) == KNOWN
    assert tell(event("ANNOTATION_UPDATED", updated_at="2027-01-01T00:00:00Z")) == KNOWN
    assert tell(deletion(7)) == KNOWN
    assert one(studio)["deleted"] is True


def test_many_annotations_come_in_one_event(studio, tell):
    single = event()
    pair = [single["annotation"], single["annotation"] | {"id": 8}]
    tasks = [single["task"], single["task"] | {"id": 4}]
    body = single | {"action": "ANNOTATIONS_CREATED", "annotation": pair, "task": tasks}
    assert tell(body) == {"kept": 2, "known": 0}
    assert {row["task_id"] for row in rows(studio)} == {f"{PLACE}/3", f"{PLACE}/4"}
    assert tell(deletion(7, 8, 9)) == {"kept": 3, "known": 0}


def test_the_same_numbers_of_another_installation_are_another_annotation(studio, tell):
    tell(event())
    tell(event(project={"created_at": "2025-01-01T00:00:00Z"}))
    assert len(rows(studio)) == 2


def test_whoever_skips_a_task_says_nothing_of_it(studio, tell):
    tell(event(was_cancelled=True))
    row = one(studio)
    assert (row["issues"], row["sentiment"], row["urgency"], row["deleted"]) == (
        None,
        None,
        None,
        False,
    )
    tell(event("ANNOTATION_UPDATED", updated_at=LATER))
    assert one(studio)["sentiment"] == 2


def test_an_annotation_of_our_ticket_is_tied_to_it_and_leaves_its_labels(studio, tell):
    ticket = studio.ids["ticket_id"]
    before = studio.made("GET", f"/v1/tickets/{ticket}")
    tell(event(data={"ticket_id": ticket}))
    assert one(studio)["ticket_id"] == ticket
    after = studio.made("GET", f"/v1/tickets/{ticket}")
    assert after | {"clocks": before["clocks"]} == before  # the clocks run on


@pytest.mark.parametrize("ticket", ["t_unknown", "", 5, None, "x" * 500, "\x00"])
def test_a_ticket_that_is_not_ours_is_no_ticket(studio, tell, ticket):
    tell(event(data={"ticket_id": ticket}))
    assert one(studio)["ticket_id"] is None


def test_a_label_that_the_model_does_not_know_yet_is_kept(studio, tell):
    tell(event(result=[choices("issues", "过热", "delivery")]))
    assert one(studio)["issues"] == ["delivery", "过热"]


def test_who_annotated_may_be_told_in_full(studio, tell):
    tell(event(completed_by={"id": 5, "email": "lin@example.org"}))
    assert one(studio)["by"] == "labelstudio:lin@example.org"


def test_an_annotation_without_a_prediction_before_it_names_no_model(studio, tell):
    tell(event(prediction={}))
    assert one(studio)["model_hash"] is None


def test_two_deliveries_at_once_leave_the_later_one(studio, tell):
    bodies = [event(updated_at=LATEST, result=[rating(5)])]
    bodies += [event(updated_at=f"2026-11-22T02:44:{k:02}Z", result=[rating(1)]) for k in range(12)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(tell, bodies))
    assert all(sum(answer.values()) == 1 for answer in told)
    assert one(studio)["sentiment"] == 5


@pytest.mark.parametrize("action", ["PROJECT_UPDATED", "TASKS_CREATED", "anything"])
def test_other_events_are_acknowledged_and_left(studio, tell, action):
    assert tell(event(action)) == {"kept": 0, "known": 0}
    assert rows(studio) == []


def test_the_button_for_training_is_told_how_training_is_done(desk):
    reply = desk.ask("analyst", "POST", "/label-studio/webhook", json={"action": "START_TRAINING"})
    assert "triage train" in problem(reply, 409)["remedy"]


NASTY = [None, {}, "x", 5, -1, 10**40, "9" * 5000, True, {"data": {}}, [[[]]], "\x00"]


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("name", ["annotation", "annotations", "task", "project"])
def test_a_payload_of_another_shape_is_refused_whole(desk, name, value):
    for body in (event(), deletion(7)):
        reply = desk.ask("analyst", "POST", "/label-studio/webhook", json=body | {name: value})
        if name in body:
            error = problem(reply, 400)
            assert error["code"] == "bad_webhook"
            assert error["message"].startswith(name)
        else:
            assert reply.status_code == 200


def test_an_annotation_without_its_task_is_refused(desk):
    body = event("ANNOTATIONS_CREATED") | {"task": []}
    error = problem(desk.ask("analyst", "POST", "/label-studio/webhook", json=body), 400)
    assert error["message"].startswith("1 annotations of 0 tasks")


def test_an_annotation_of_a_task_without_text_is_kept_for_what_it_is(studio, tell):
    tell(event() | {"task": {"id": 3}})
    assert one(studio)["text"] == ""


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("name", ["id", "result", "updated_at", "completed_by", "prediction"])
def test_no_value_of_an_annotation_breaks_the_service(studio, name, value):
    body = event(**{name: value})
    reply = studio.ask("analyst", "POST", "/label-studio/webhook", json=body)
    assert reply.status_code in (200, 400), reply.text


def test_text_that_no_database_keeps_is_kept_as_well_as_can_be(studio, tell):
    content = json.dumps(event(text="坏\x00了", result=[*RESULT, mark(0, 1, "\x00")]))
    headers = {"Content-Type": "application/json"}
    body = content.replace("\\u4e86", "\\ud83d").encode()
    reply = studio.ask("analyst", "POST", "/label-studio/webhook", content=body, headers=headers)
    assert reply.status_code == 200
    assert one(studio)["text"] == "坏\ufffd\ufffd"


def test_a_project_whose_config_is_not_ours_is_refused(desk):
    body = event(project={"label_config": "<View/>"})
    reply = desk.ask("analyst", "POST", "/label-studio/webhook", json=body)
    assert problem(reply, 400)["code"] == "bad_label_config"


def test_an_annotation_is_acknowledged_only_when_it_is_kept(own_desk):
    database = own_desk.client.app.state.fenzhen.runtime.database
    with database.begin() as connection:
        annotations.drop(connection)
    reply = own_desk.ask("analyst", "POST", "/label-studio/webhook", json=event())
    assert problem(reply, 503)["code"] == "storage_unavailable"
