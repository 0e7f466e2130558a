"""Against a real Label Studio: config, predictions, annotations and back into a dataset.

    pip install label-studio    (in an environment of its own)
    LABEL_STUDIO=…/bin/label-studio pytest -m labelstudio

It skips where there is none.
"""

import json
import time

import httpx
import pytest
from sqlalchemy import select

from service.app import create_app
from service.cli.pull import pull
from service.db.analyst_tables import annotations
from service.settings import Settings
from tests.e2e.conftest import browser, serving
from tests.service.api.conftest import key_of_each_role
from tests.service.labelstudio.studio import PASSWORD, USER, Project, done, executable, running
from tests.unit.datasets.ls_results import RENAMED, choices, rating
from triage.datasets.ls_config import labelling_config

__all__ = ["browser"]
pytestmark = [
    pytest.mark.labelstudio,
    pytest.mark.skipif(executable() is None, reason="Label Studio is not installed"),
]
TEXT = "😀😀 等了三天还没发货，\n快递员😡态度很差，我要投诉到12315"
PATIENCE = 20  # seconds


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A client of a Label Studio."""
    with running(executable(), tmp_path_factory.mktemp("label-studio")) as client:
        yield client


@pytest.fixture(scope="module")
def inbox(tiny_engine, tmp_path_factory):
    """Our running service: its address, its keys, its database."""
    folder = tmp_path_factory.mktemp("inbox")
    url = f"sqlite:///{folder}/fenzhen.db"
    settings = Settings(database_url=url, secret_file=folder / "key", jobs=False)
    app = create_app(tiny_engine, settings)
    with serving(app) as address, httpx.Client(base_url=address) as client:
        client.keys = key_of_each_role(client)
        client.address, client.url = address, url
        client.database = app.state.fenzhen.runtime.database
        client.headers["Authorization"] = f"Bearer {client.keys['admin']}"
        yield client


@pytest.fixture
def project(studio, inbox, tiny_engine):
    """A project with our config, connected, whose webhook bears the key of an analyst."""
    made = Project(studio, labelling_config(tiny_engine.taxonomy))
    assert made.connect(inbox.address, inbox.keys["analyst"]).status_code == 201
    assert made.sign_webhook(inbox.keys["analyst"]) == f"{inbox.address}/label-studio/webhook"
    return made


def kept(inbox, task, wanted):
    """Return the annotation of a task once the table has it as wanted."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with inbox.database.connect() as connection:
            rows = [dict(row) for row in connection.execute(select(annotations)).mappings()]
        found = [row for row in rows if row["task_id"].endswith(f"/{task}") and wanted(row)]
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(rows)


def test_predictions_go_there_and_annotations_come_back_into_a_dataset(
    project, inbox, tiny_engine, tmp_path, monkeypatch
):
    ticket = done(inbox.post("/v1/tickets", json={"text": TEXT}))["ticket"]["id"]
    first, second = project.take([{"text": TEXT, "ticket_id": ticket}, {"text": "很好，谢谢"}])
    assert project.predict()["processed_items"] == 2

    (prediction,) = project.task(first)["predictions"]
    name = tiny_engine.name
    assert prediction["model_version"] == f"{name.name}@{name.hash}"
    assert 0 <= prediction["score"] <= 1
    quotes = [item["value"] for item in prediction["result"] if item["type"] == "labels"]
    assert all(TEXT[quote["start"] : quote["end"]] == quote["text"] for quote in quotes)

    project.show(prediction["model_version"])
    result = [choices("issues", "delivery"), rating(1), choices("urgency", "3")]
    made = project.annotate(first, result)
    row = kept(inbox, first, lambda row: row["urgency"] == 3)
    assert (row["issues"], row["sentiment"], row["ticket_id"]) == (["delivery"], 1, ticket)
    assert (row["text"], row["model_hash"]) == (TEXT, name.hash)

    changed = {"result": [choices("issues", "_none"), rating(5)]}
    done(project.client.patch(f"/api/annotations/{made}", json=changed))
    kept(inbox, first, lambda row: (row["issues"], row["sentiment"]) == ([], 5))

    gone = project.annotate(second, [rating(5)])
    kept(inbox, second, lambda row: row["sentiment"] == 5)
    assert project.client.delete(f"/api/annotations/{gone}").status_code == 204
    assert kept(inbox, second, lambda row: row["deleted"])["text"] == ""

    monkeypatch.setenv("FENZHEN_DATABASE_URL", inbox.url)
    path = pull(tmp_path).path
    (example,) = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert example["id"] == f"inbox-{ticket}"
    assert (example["text"], example["issues"], example["sentiment"]) == (TEXT, [], 5)


def test_tags_of_other_names_get_predictions_that_label_studio_accepts(studio, inbox):
    project = Project(studio, RENAMED)
    assert project.connect(inbox.address, inbox.keys["reader"]).status_code == 201
    (task,) = project.take([{"message": TEXT}])
    project.predict()
    (prediction,) = project.task(task)["predictions"]
    assert {item["from_name"] for item in prediction["result"]} <= {"what", "mood", "speed", "why"}
    assert {item["to_name"] for item in prediction["result"]} == {"words"}


def test_a_task_that_cannot_be_judged_costs_the_others_nothing(project):
    good, bad = project.take([{"text": TEXT}, {"text": "……"}])
    project.predict()
    assert len(project.task(good)["predictions"]) == 1
    assert project.task(bad)["predictions"] == []


def test_a_wrong_key_is_told_where_the_backend_is_connected(studio, inbox, tiny_engine):
    project = Project(studio, labelling_config(tiny_engine.taxonomy))
    reply = project.connect(inbox.address, "fz_wrong")
    assert reply.status_code == 400
    assert "authentication parameters" in reply.text


def test_a_project_of_another_task_cannot_be_connected(studio, inbox):
    config = '<View><Text name="t" value="$t"/><TextArea name="a" toName="t"/></View>'
    reply = Project(studio, config).connect(inbox.address, inbox.keys["reader"])
    assert reply.status_code == 400
    assert "valid ML backend" in reply.text


def test_marks_made_in_its_editor_are_where_they_are_after_emoji(project, inbox, browser):
    (task,) = project.take([{"text": TEXT}])
    page = browser.new_page(viewport={"width": 1360, "height": 860})
    login(page, project.client.base_url)
    page.goto(f"{project.client.base_url}/projects/{project.id}/data?task={task}")
    page.wait_for_selector("text=态度很差")
    page.get_by_text("服务态度", exact=True).first.click()
    drag_over(page, "态度很差")
    page.locator("[class*=rating] svg, .ant-rate-star").nth(3).click()
    page.get_by_text("0 低").first.click()
    page.click("button:has-text('Submit')")
    row = kept(inbox, task, lambda row: row["spans"])
    page.close()
    start = TEXT.index("态度很差")
    assert {"for": "staff_attitude", "start": start, "end": start + 4} in row["spans"]
    assert (row["sentiment"], row["urgency"]) == (4, 0)


def login(page, address):
    """Log in to Label Studio."""
    page.goto(f"{address}/user/login")
    page.fill("input[name=email]", USER)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")


_PLACE = """(words) => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(words);
    if (at < 0 || !node.parentElement.closest("[class*=richtext]")) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    const box = range.getBoundingClientRect();
    return [box.left, box.right, (box.top + box.bottom) / 2];
  }
}"""


def drag_over(page, words):
    """Mark words of the text with the mouse."""
    left, right, middle = page.evaluate(_PLACE, words)
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle, steps=4)
    page.mouse.move(right - 1, middle, steps=4)
    page.mouse.up()
