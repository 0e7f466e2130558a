import json

import pytest

TEXT = "昨天买的保温杯今天就漏水了，联系客服一直没有人回复"


@pytest.fixture
def dataset(tmp_path, seed_rows):
    """A folder of sixty authored rows under ids of their own, and rows beside them."""

    def write(*more):
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        rows = [row | {"id": f"own-{k:03}"} for k, row in enumerate(seed_rows[:60])]
        lines = "".join(json.dumps(row) + "\n" for row in [*rows, *more])
        (folder / "rows.jsonl").write_text(lines, encoding="utf-8")
        return folder

    return write


def row(id_, text, **labels):
    return {"id": id_, "text": text, "issues": [], "sentiment": 3, "urgency": 0} | labels


def test_a_dataset_without_errors_is_fine(cli, dataset):
    result = cli("data", "check", dataset())
    assert result.code == 0
    assert "60条texts；要改tomend0" in result.shown
    assert "triagedatasplit" in result.shown


def test_what_must_be_mended_is_told_by_the_exit_code(cli, dataset):
    conflict = row("a", TEXT), row("b", TEXT, issues=["other"])
    result = cli("data", "check", dataset(*conflict))
    assert result.code == 1
    assert "a=b" in result.shown
    assert "tomend1" in result.shown


def test_more_places_than_are_shown_are_hinted_at(cli, dataset):
    result = cli("data", "check", dataset(*(row(f"s{k}", "好") for k in range(7))))
    assert "s0；s1；s2；s3；s4……" in result.shown


def test_a_check_is_json_on_demand(cli, dataset):
    result = cli("data", "check", dataset(row("a", TEXT, issues=["bill"])), "--json")
    (told,) = result.rows
    assert result.code == 1
    assert told["fine"] is False
    assert told["problems"][0]["code"] == "unknown_label"


def test_a_folder_that_is_not_there_is_refused(cli, tmp_path):
    for command in ("check", "split", "stats"):
        assert cli("data", command, tmp_path / "none").code == 2


def test_a_split_is_written_and_told_with_its_interval(cli, dataset):
    folder = dataset()
    result = cli("data", "split", folder, "--test", 30, "--dev", 20)
    parts = json.loads((folder / "heldout.json").read_text(encoding="utf-8"))
    assert result.code == 0
    assert len(parts["test"]) + len(parts["dev"]) + len(parts["train"]) == 60
    assert f"{len(parts['test'])}条测试文本" in result.shown
    assert "只有60条" in result.shown
    assert "产品质量product_quality" in result.shown


def test_texts_that_go_nowhere_are_told(cli, dataset):
    folder = dataset()
    cli("data", "split", folder)
    held = json.loads((folder / "heldout.json").read_text(encoding="utf-8"))["test"][0]
    rows = map(json.loads, (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines())
    text = next(one["text"] for one in rows if one["id"] == held)
    result = cli("data", "split", dataset(row("copy", text)))
    assert "1条与留出的几乎相同" in result.shown


def test_a_draw_without_test_texts_is_an_error(cli, tmp_path):
    (tmp_path / "rows.jsonl").write_text(json.dumps(row("m", TEXT)), encoding="utf-8")
    result = cli("data", "split", tmp_path, "--test", 1, "--dev", 0)
    assert result.code == 2
    assert "--test" in result.err


def test_counts_are_shown_and_json_on_demand(cli, dataset):
    folder = dataset(row("a", TEXT, issues=None, customer="c1"))
    shown = cli("data", "stats", folder).shown
    assert "61条texts" in shown
    assert "不知道notknown1" in shown
    (told,) = cli("data", "stats", folder, "--json").rows
    assert told["n"] == 61
    assert told["known"]["issues"] == 60
    assert told["hash"] in shown
