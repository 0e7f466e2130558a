"""`triage audit`: what looks wrong, and what there is too little of."""

import csv
import json

import pytest


@pytest.fixture(scope="module")
def folder(tmp_path_factory, seed_rows):
    rows = [row for row in seed_rows if len(row["issues"]) <= 1][::11][:250]
    rows[0] = rows[0] | {"id": "planted", "text": "快递十天还没到，物流一直不动", "issues": []}
    place = tmp_path_factory.mktemp("data")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (place / "rows.jsonl").write_text(text, "utf-8")
    return place


@pytest.fixture(scope="module")
def told():
    """What one run said, for the tests that only look."""
    return {}


def test_it_prints_what_is_suspicious_and_writes_a_table(cli, folder, tmp_path, told):
    out = tmp_path / "suspicious.csv"
    done = cli("audit", folder, "--out", out)
    assert done.code == 0, done.err
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert list(rows[0]) == [
        "id", "field", "label", "given", "proposed", "quality", "zh", "en", "text",
    ]  # fmt: skip
    assert f"250条里{len(rows)}处可疑" in done.shown
    told["rows"] = rows


def test_json_says_the_same_and_what_was_not_audited(cli, folder, default_engine, root):
    done = cli("audit", folder, "--json", "--base", root / "models" / "default")
    assert done.code == 0, done.err
    whole = json.loads(done.out)
    assert whole["texts"] == 250
    assert "planted" in {one["id"] for one in whole["suspicions"]}
    assert all("样本不足" in skipped["zh"] for skipped in whole["skipped"])


def test_too_few_texts_are_told_as_such(cli, put):
    path = put(
        "few.jsonl", {"id": "a", "text": "快递没到", "issues": [], "sentiment": 3, "urgency": 0}
    )
    done = cli("audit", path)
    assert done.code == 0, done.err
    assert "样本不足" in done.said
    assert "0处可疑" in done.shown


def test_a_name_that_cannot_be_written_is_refused_before_the_work(cli, folder):
    done = cli("audit", folder, "--out", "suspicious.xlsx")
    assert done.code == 2
    assert ".csv" in done.err
