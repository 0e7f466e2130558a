"""`triage label-studio` and `triage data pull`."""

import json

import pytest

from service.cli.places import own_desk
from service.desk.commands import Correct, OpenTicket, Person
from triage.datasets.ls_controls import read_controls, standard_controls
from triage.taxonomy import BUILT_IN, load_taxonomy

ANNA = "person:anna"
PHONE = "13800001234"


def test_the_config_is_printed_for_the_labels_of_the_model(cli, tiny_model):
    done = cli("label-studio", "config", "--model", tiny_model)
    assert done.code == 0, done.err
    assert read_controls(done.out, BUILT_IN) == standard_controls(BUILT_IN)


def test_the_config_follows_a_taxonomy_of_ones_own(cli, tmp_path):
    path = tmp_path / "taxonomy.yaml"
    path.write_text("labels: [{code: heat, zh: 发热, children: [{code: fire, zh: 起火}]}]", "utf-8")
    own = load_taxonomy(path)
    done = cli("label-studio", "config", "--taxonomy", path)
    assert read_controls(done.out, own) == standard_controls(own)
    assert '<View style="margin-left: 2em"><Choice value="起火" alias="heat/fire"' in done.out


def test_one_names_a_taxonomy_or_a_model_and_not_both(cli, tiny_model, tmp_path):
    done = cli("label-studio", "config", "--taxonomy", tmp_path, "--model", tiny_model)
    assert done.code == 2
    assert "Both--taxonomyand--model." in done.said


def test_a_file_becomes_tasks_with_predictions(cli, tiny_model, put, tmp_path):
    rows = [
        {"id": "a", "text": "等了三天还没发货😡", "ticket_id": "t_1", "secret": "x"},
        {"id": "b", "text": " "},
        {"id": "c", "text": "很好"},
    ]
    out = tmp_path / "tasks.json"
    done = cli("label-studio", "tasks", put("in.jsonl", *rows), "--out", out, "--model", tiny_model)
    assert done.code == 0, done.err
    assert "2个任务" in done.said
    assert "rejectedb:Thetextisemptyorblank." in done.said
    first, second = json.loads(out.read_bytes())
    assert first["data"] == {"id": "a", "ticket_id": "t_1", "text": "等了三天还没发货😡"}
    assert second["data"]["id"] == "c"
    (prediction,) = first["predictions"]
    assert prediction["model_version"].startswith("tiny@")
    assert 0 <= prediction["score"] <= 1


def test_a_file_without_a_usable_line_becomes_no_task(cli, tiny_model, put, tmp_path):
    out = tmp_path / "tasks.json"
    source = put("in.jsonl", {"id": "b", "text": " "})
    cli("label-studio", "tasks", source, "--out", out, "--model", tiny_model)
    assert json.loads(out.read_bytes()) == []


# Pull


@pytest.fixture
def inbox(tiny_model):
    """Two tickets of the inbox that the commands will open; return what makes corrections."""

    def correcting(ticket, reason="wrong_issue", **changes):
        with own_desk(tiny_model) as desk:
            done = desk.do(Correct(ANNA, ticket_id=ticket, changes=changes, reason=reason))
            assert not isinstance(done, Exception), done

    with own_desk(tiny_model) as desk:
        person = Person(external_id="c-1")
        texts = (f"等了三天还没发货，电话{PHONE}", "衣服起球")
        opened = [desk.do(OpenTicket(ANNA, text=text, customer=person)) for text in texts]
    correcting.tickets = [done.ticket_id for done in opened]
    return correcting


def rows(folder):
    lines = (folder / "inbox.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: row for row in map(json.loads, lines)}


def test_corrections_become_examples_of_a_dataset(cli, inbox, tmp_path):
    first, second = inbox.tickets
    inbox(first, issues=["delivery"])
    inbox(second, urgency=0)
    done = cli("data", "pull", "--out", tmp_path / "own")
    assert done.code == 0, done.err
    assert "2条样本" in done.shown
    assert "新new2" in done.shown
    made = rows(tmp_path / "own")
    row = made[f"inbox-{first}"]
    assert row.pop("customer").startswith("c_")
    assert row == {
        "id": f"inbox-{first}",
        "text": f"等了三天还没发货，电话{PHONE}",
        "issues": ["delivery"],
        "sentiment": None,
        "urgency": None,
        "source": "inbox",
        "channel": "",
    }
    assert made[f"inbox-{second}"]["urgency"] == 0


def test_pulling_again_changes_nothing_and_touches_no_file(cli, inbox, tmp_path):
    inbox(inbox.tickets[0], urgency=3)
    cli("data", "pull", "--out", tmp_path)
    before = (tmp_path / "inbox.jsonl").stat()
    done = cli("data", "pull", "--out", tmp_path, "--all")
    assert "新new0·改changed0·撤gone0" in done.shown
    after = (tmp_path / "inbox.jsonl").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_new_correction_changes_its_example(cli, inbox, tmp_path):
    inbox(inbox.tickets[0], urgency=3)
    cli("data", "pull", "--out", tmp_path)
    inbox(inbox.tickets[0], urgency=1)
    assert "改changed1" in cli("data", "pull", "--out", tmp_path).shown
    assert [row["urgency"] for row in rows(tmp_path).values()] == [1]


def test_since_looks_at_later_corrections_only_and_leaves_the_rest(cli, inbox, tmp_path):
    first, second = inbox.tickets
    inbox(first, urgency=3)
    newest = cli("data", "pull", "--out", tmp_path).out.split("--since ")[1].strip()
    text = (tmp_path / "inbox.jsonl").read_text("utf-8").replace("还没发货", "未发货")
    (tmp_path / "inbox.jsonl").write_text(text, "utf-8")
    inbox(second, urgency=1)
    done = cli("data", "pull", "--out", tmp_path, "--since", newest)
    assert "2条样本" in done.shown
    assert "新new1·改changed0·撤gone0" in done.shown
    assert "未发货" in rows(tmp_path)[f"inbox-{first}"]["text"]


def test_what_is_no_longer_said_leaves_the_dataset(cli, inbox, tmp_path):
    inbox(inbox.tickets[0], urgency=3)
    cli("data", "pull", "--out", tmp_path)
    line = (tmp_path / "inbox.jsonl").read_text("utf-8")
    (tmp_path / "inbox.jsonl").write_text(line + line.replace("inbox-t", "inbox-x"), "utf-8")
    assert "撤gone1" in cli("data", "pull", "--out", tmp_path).shown
    assert len(rows(tmp_path)) == 1


def test_a_correction_that_is_not_there_is_no_beginning(cli, inbox, tmp_path):
    done = cli("data", "pull", "--out", tmp_path, "--since", "k_nope")
    assert done.code == 2
    assert "Thereisnocorrection'k_nope'." in done.said


def test_since_and_all_exclude_each_other(cli, tmp_path):
    done = cli("data", "pull", "--out", tmp_path, "--since", "k", "--all")
    assert done.code == 2
    assert "Both--sinceand--all." in done.said


def test_personal_data_are_masked_where_asked_for(cli, inbox, tmp_path):
    inbox(inbox.tickets[0], urgency=3)
    cli("data", "pull", "--out", tmp_path, "--mask")
    (row,) = rows(tmp_path).values()
    assert PHONE not in row["text"]
    assert "138******34" in row["text"]


def test_a_file_of_that_name_that_is_not_ours_is_left_alone(cli, inbox, put, tmp_path):
    inbox(inbox.tickets[0], urgency=3)
    path = put("inbox.jsonl", "not ours")
    done = cli("data", "pull", "--out", tmp_path)
    assert done.code == 2
    assert "line1:notwrittenby`triagedatapull`." in done.said
    assert path.read_text("utf-8") == "not ours\n"


def test_an_inbox_without_corrections_makes_an_empty_file(cli, tmp_path):
    done = cli("data", "pull", "--out", tmp_path)
    assert done.code == 0, done.err
    assert (tmp_path / "inbox.jsonl").read_bytes() == b""
    assert "--since" not in done.out
