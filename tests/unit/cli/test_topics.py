"""`triage topics`: a file in; topics with their names out, ids that stay."""

import json

import pytest

from tests.unit.trends.topics.texts import KINDS, chargers, mixed


@pytest.fixture
def rows():
    texts, kinds = mixed(25)
    return [
        {"id": f"r{k}", "text": text, "product": kind, "issues": ["delivery", kind], "at": k}
        for k, (text, kind) in enumerate(zip(texts, kinds, strict=True))
    ]


@pytest.fixture
def file(put, rows):
    return put("texts.jsonl", *rows, "not json")


def test_topics_are_printed_with_counts_names_and_phrases(cli, file, rows):
    done = cli("topics", file)
    assert done.code == 0, done.err
    assert f"{len(rows)} 条，" in done.out
    assert "个话题 topics" in done.out
    assert "空调" in done.out


def test_topics_and_the_topic_of_each_text_are_written(cli, file, tmp_path, rows):
    out = tmp_path / "topics.json"
    assert cli("topics", file, "--out", out, "--by", "product").code == 0
    told = json.loads(out.read_text("utf-8"))
    assert [one["id"] for one in told["texts"]] == [row["id"] for row in rows]
    assert len(told["topics"]) >= len(KINDS)
    assert sum(one["n"] for one in told["topics"]) + told["without"] == len(rows)
    for one in told["topics"]:
        assert sum(one["by"].values()) == one["n"]
        assert len(one["by"]) == 1


def test_topics_are_counted_by_the_issues_of_a_list(cli, file):
    done = cli("topics", file, "--by", "issue")
    assert done.code == 0, done.err
    assert "delivery" in done.out


def test_a_column_to_count_by_that_is_not_there_is_told(cli, put):
    texts, _ = mixed(10)
    path = put("bare.jsonl", *({"text": text} for text in texts))
    done = cli("topics", path, "--by", "product")
    assert done.code == 2
    assert "商品" in done.err


def test_a_state_is_gone_on_from_and_ids_stay(cli, file, put, tmp_path, rows):
    state, out = tmp_path / "topics.state", tmp_path / "topics.json"
    assert cli("topics", file, "--state", state, "--out", out).code == 0
    first = json.loads(out.read_text("utf-8"))
    more = put("more.jsonl", *({"id": f"c{k}", "text": t} for k, t in enumerate(chargers(30))))
    assert cli("topics", more, "--state", state, "--out", out).code == 0
    second = json.loads(out.read_text("utf-8"))
    last = max(one["id"] for one in first["topics"])
    assert [one["id"] for one in second["topics"]] == [last + 1]
    assert "冒烟" in second["topics"][0]["name"]
    assert cli("topics", file, "--state", state, "--refit", "--out", out).code == 0
    third = json.loads(out.read_text("utf-8"))
    names = {one["id"] for one in first["topics"]}
    assert len(names & {one["id"] for one in third["topics"]}) > 0.6 * len(names)


@pytest.mark.parametrize("state", [".", "broken"])
def test_a_state_that_cannot_be_used_is_told(cli, file, tmp_path, state):
    (tmp_path / "broken").write_bytes(b"broken")
    done = cli("topics", file, "--state", tmp_path / state)
    assert done.code == 2
    assert "state" in done.err or "read" in done.err


def test_a_place_that_cannot_be_written_is_told(cli, file, tmp_path):
    done = cli("topics", file, "--out", tmp_path / "no" / "topics.json")
    assert done.code == 1
    assert "write" in done.err


def test_too_few_texts_are_told(cli, put):
    done = cli("topics", put("few.jsonl", {"text": "退款不到账"}))
    assert done.code == 2
    assert "10" in done.err


def test_bertopic_that_is_not_installed_is_told(cli, file, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "bertopic", None)
    done = cli("topics", file, "--with", "bertopic")
    assert done.code == 2
    assert "fenzhen[topics]" in done.err
