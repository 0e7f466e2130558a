"""`triage select`: a file, a dataset, or the inbox in; a batch with reasons out."""

import json

import pytest

from service.cli.places import own_desk
from service.desk.commands import Correct, OpenTicket


@pytest.fixture
def pool(put, seed_texts):
    rows = [{"id": f"p{k}", "text": text} for k, text in enumerate(seed_texts[:60])]
    return put("pool.jsonl", *rows, {"id": "blank", "text": " "}, "not json")


@pytest.fixture
def rows_of():
    return lambda path: [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_batch_of_a_file_is_written_and_told(cli, pool, tiny_model, tmp_path, rows_of):
    out = tmp_path / "batch.jsonl"
    policy = tmp_path / "open.toml"  # the tiny model does not know what is no feedback
    policy.write_text("[scope]\noutside = 0.001\n", "utf-8")
    done = cli("select", pool, "--n", 10, "--out", out, "--model", tiny_model, "--policy", policy)
    assert done.code == 0, done.err
    rows = rows_of(out)
    assert [row["strategy"] for row in rows] == ["uncertain"] * 8 + ["diverse", "audit"]
    assert "60条里选了10条" in done.said
    assert "2×unreadable" in done.said
    assert "随机抽查audit1" in done.said


def test_the_mix_the_seed_and_what_is_labelled_are_heard(
    cli, pool, tiny_model, tmp_path, rows_of, seed_texts
):
    known = tmp_path / "known"
    known.mkdir()
    row = {"id": "k", "text": seed_texts[3], "issues": [], "sentiment": 3, "urgency": 0}
    unknown = row | {"id": "p5", "text": "还没标的一条文本", "issues": None}
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in (row, unknown))
    (known / "a.jsonl").write_text(lines, "utf-8")
    out, again = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    given = ("--n", 60, "--mix", "audit=1", "--labelled", known, "--model", tiny_model)
    for path in (out, again):
        assert cli("select", pool, *given, "--out", path, "--seed", 3).code == 0
    assert out.read_bytes() == again.read_bytes()
    ids = {row["id"] for row in rows_of(out)}
    assert "p3" not in ids
    assert "p5" in ids  # not labelled yet: its row in the dataset has no issues


def test_of_a_dataset_what_has_no_labels_yet_is_chosen(
    cli, own_data, tiny_model, tmp_path, rows_of
):
    folder = tmp_path / "set"
    folder.mkdir()
    rows = rows_of(own_data / "own.jsonl")
    for row in rows[:20]:
        row["issues"] = row["sentiment"] = row["urgency"] = None
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "a.jsonl").write_text(lines, "utf-8")
    out = tmp_path / "batch.jsonl"
    done = cli("select", folder, "--n", 50, "--out", out, "--model", tiny_model)
    assert done.code == 0, done.err
    assert {row["id"] for row in rows_of(out)} <= {row["id"] for row in rows[:20]}
    assert f"{len(rows) - 20}×labelled" in done.said


def test_tasks_for_label_studio_are_written(cli, pool, tiny_model, tmp_path):
    out = tmp_path / "tasks.json"
    assert cli("select", pool, "--n", 3, "--out", out, "--model", tiny_model).code == 0
    tasks = json.loads(out.read_text("utf-8"))
    assert len(tasks) == 3
    assert tasks[0]["predictions"][0]["model_version"].startswith("tiny@")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["select"], "WhattochooseFrom".lower()),
        (["select", "--inbox", "--out", "x.jsonl"], "takesnopool"),
        (["select", "pool.csv", "--inbox"], "takesnopool"),
        (["select", "--inbox", "--policy", "own.toml"], "policyoftheservice"),
        (["select", "pool.csv", "--out", "x.jsonl", "--mix", "luck=1"], "luck"),
        (["select", "nothing.csv", "--out", "x.jsonl"], "nofile"),
    ],
)
def test_what_makes_no_sense_is_refused(cli, args, said):
    done = cli(*args)
    assert done.code == 2
    assert said in done.said.lower()


def test_a_file_that_cannot_be_written_leaves_nothing(cli, pool, tiny_model, tmp_path):
    out = tmp_path / "batch.docx"
    done = cli("select", pool, "--n", 3, "--out", out, "--model", tiny_model)
    assert done.code == 2
    assert not out.exists()


def test_tickets_of_the_inbox_are_put_on_its_review_queue(cli, tiny_model, seed_texts):
    with own_desk(tiny_model) as desk:
        opened = [
            desk.do(OpenTicket("person:x", text=text, external_id=str(k))).ticket_id
            for k, text in enumerate(seed_texts[:12])
        ]
        given = {"issues": []}
        desk.do(Correct("person:x", ticket_id=opened[0], changes=given, reason="confirmed"))
    done = cli("select", "--inbox", "--n", 5, "--model", tiny_model)
    assert done.code == 0, done.err
    assert "5张已放进复核队列" in done.said
    assert "11条里选了5条" in done.said
    with own_desk(tiny_model) as desk:
        cases = [desk.load(id_) for id_ in opened]
    marked = [
        event for case in cases for event in case.events if event.kind.value == "review.selected"
    ]
    assert len(marked) == 5
    assert opened[0] not in {event.ticket_id for event in marked}
    assert all(event.data["reason"].startswith("selected: ") for event in marked)
    assert all(event.data["model"].startswith("tiny@") for event in marked)
    again = cli("select", "--inbox", "--n", 20, "--model", tiny_model)
    assert "6条里选了6条" in again.said
