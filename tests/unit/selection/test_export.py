"""A batch as JSON lines and a table to label in, and as tasks of Label Studio."""

import csv
import json

import pytest

from triage import Feedback, FileFormatError
from triage.selection.batch import Mix
from triage.selection.export import write_batch
from triage.selection.select import select
from triage.training.corpus import read_examples


@pytest.fixture(scope="module")
def batch(open_engine, seed_texts):
    texts = ["=SUM(1)快递三天没到，客服还骂人", *seed_texts[:60]]
    records = [Feedback(f"p{k}", text, "web") for k, text in enumerate(texts)]
    return select(open_engine, records, 61, mix=Mix(0.6, 0.2, 0.2)).items


def test_json_lines_are_a_dataset_without_labels_yet(batch, open_engine, tmp_path):
    path = tmp_path / "batch.jsonl"
    write_batch(path, batch, open_engine.taxonomy)
    examples = read_examples([path])
    assert [e.id for e in examples] == [item.feedback.id for item in batch]
    assert {(e.issues, e.sentiment, e.urgency) for e in examples} == {(None, None, None)}
    row = json.loads(path.read_text("utf-8").splitlines()[0])
    assert row["strategy"] == "uncertain"
    assert row["predicted"]["model"]["hash"] == open_engine.name.hash
    assert set(row["reasons"][0]) == {"zh", "en"}


def test_a_table_has_empty_cells_for_the_labels_and_runs_no_formula(batch, open_engine, tmp_path):
    path = tmp_path / "batch.csv"
    write_batch(path, batch, open_engine.taxonomy)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(batch)
    assert {(row["issues"], row["sentiment"], row["urgency"]) for row in rows} == {("", "", "")}
    assert all(row["reason_zh"] and row["predicted_sentiment"] and row["model"] for row in rows)
    (formula,) = [row for row in rows if row["id"] == "p0"]
    assert formula["text"].startswith("'=")


def test_tasks_hold_the_text_why_and_a_prediction_with_its_model(batch, open_engine, tmp_path):
    path = tmp_path / "batch.json"
    write_batch(path, batch, open_engine.taxonomy)
    tasks = json.loads(path.read_text("utf-8"))
    texts = {item.feedback.id: item.feedback.text for item in batch}
    named = set()
    for task in tasks:
        data, (prediction,) = task["data"], task["predictions"]
        assert data["text"] == texts[data["id"]]
        assert data["reason"]
        assert prediction["model_version"] == f"tiny@{open_engine.name.hash}"
        assert 0 <= prediction["score"] <= 1
        for result in prediction["result"]:
            named.add((result["from_name"], result["to_name"], result["type"]))
            if result["type"] == "labels":
                value = result["value"]
                assert data["text"][value["start"] : value["end"]] == value["text"]
    assert named == {
        ("issues", "text", "choices"),
        ("sentiment", "text", "rating"),
        ("urgency", "text", "choices"),
        ("evidence", "text", "labels"),
    }


def test_another_ending_is_refused_and_an_empty_batch_is_a_file_too(open_engine, tmp_path):
    with pytest.raises(FileFormatError, match=r"batch\.xls"):
        write_batch(tmp_path / "batch.xls", [], open_engine.taxonomy)
    write_batch(tmp_path / "batch.csv", [], open_engine.taxonomy)
    assert (tmp_path / "batch.csv").read_text("utf-8-sig").strip() == "id,text"
