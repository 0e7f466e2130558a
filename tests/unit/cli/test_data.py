import gzip
import json

import pytest

from triage.training.corpus import text_hash

TEXT = "等了三天还没发货"


@pytest.fixture
def folders(tmp_path):
    collections = tmp_path / "collections"
    collections.mkdir()
    table = f"id,cat,polarity,text\nshopping-1,书籍,0,{TEXT}\nshopping-2,书籍,0,换过的文字\n"
    (collections / "shopping.csv.gz").write_bytes(gzip.compress(table.encode()))
    row = {"issues": ["delivery"], "sentiment": 2, "urgency": 2}
    rows = [
        {"id": "shopping-1", "hash": text_hash(TEXT), **row},
        {"id": "shopping-2", "hash": text_hash("原来的文字"), **row},
        {"id": "shopping-3", "hash": text_hash("没有的文字"), **row},
    ]
    labels = tmp_path / "labels.jsonl"
    labels.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return labels, collections


def test_labels_are_joined_with_the_text_whose_hash_they_hold(cli, folders, tmp_path):
    labels, collections = folders
    out = tmp_path / "whole.jsonl"
    result = cli("data", "join", labels, "--collections", collections, "--out", out)
    (row,) = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert result.code == 0
    assert (row["id"], row["text"], row["issues"]) == ("shopping-1", TEXT, ["delivery"])


def test_a_folder_that_is_not_there_is_refused(cli, folders, tmp_path):
    result = cli(
        "data", "join", folders[0], "--collections", tmp_path / "no", "--out", tmp_path / "x"
    )
    assert result.code == 2
    assert "remedy" in result.err
