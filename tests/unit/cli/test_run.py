import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.cli.conftest import COMMAND
from triage import Feedback, Triage

LATE, GOOD = "等了三天还没发货，客服也不回。", "很满意，下次还来。"


@pytest.fixture
def source(put):
    return put("in.jsonl", {"id": "k1", "text": LATE}, {"id": "k2", "text": GOOD})


@pytest.fixture
def run(cli, tiny_model):
    """`triage run` with the tiny model."""
    return lambda *args, **options: cli("run", *args, "--model", tiny_model, **options)


# Output


def test_standard_output_holds_the_verdicts_as_json_lines_and_nothing_else(run, source, tiny_model):
    engine = Triage.load(tiny_model)
    result = run(source)
    assert result.code == 0
    assert result.rows == [
        engine(Feedback(id_, text)).to_dict() for id_, text in (("k1", LATE), ("k2", GOOD))
    ]


def test_the_summary_goes_to_standard_error(run, source):
    said = run(source).said
    assert "2条records" in said
    assert "没有问题noissue" in said
    assert "需人工复核review" in said


def test_quiet_says_nothing_at_all(run, source, tmp_path):
    result = run(source, "--out", tmp_path / "out.csv", "--quiet")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_with_a_file_to_write_standard_output_stays_empty(run, source, tmp_path):
    result = run(source, "--out", tmp_path / "out.jsonl")
    assert (result.code, result.out) == (0, "")
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2
    assert str(tmp_path / "out.jsonl") in result.said


def test_the_summary_names_a_target_with_brackets_in_its_name(run, source, tmp_path):
    result = run(source, "--out", tmp_path / "out[final].csv")
    assert (tmp_path / "out[final].csv").exists()
    assert "out[final].csv" in result.said


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_every_kind_of_result_is_written(run, source, tmp_path, name):
    assert run(source, "--out", tmp_path / name).code == 0
    assert (tmp_path / name).stat().st_size > 100


def test_nothing_moves_on_a_terminal_that_is_none(run, source):
    assert "\x1b" not in run(source).err


# Input


def test_standard_input_is_read_for_a_dash(run):
    result = run("-", stdin=f"{LATE}\n{GOOD}\n".encode())
    assert [row["id"] for row in result.rows] == ["1", "2"]


def test_columns_can_be_named(run, put):
    source = put("in.csv", "text,备注,单号", f"x,{LATE},n1")
    result = run(source, "--text-field", "备注", "--id-field", "单号")
    assert [row["id"] for row in result.rows] == ["n1"]
    assert all(e["text"] in LATE for e in result.rows[0]["evidence"])


def test_chinese_columns_are_found(run, put):
    result = run(put("in.csv", "店铺,评论内容,工单号", f"甲,{LATE},n1", encoding="gb18030"))
    assert [row["id"] for row in result.rows] == ["n1"]


def test_the_columns_of_the_input_can_be_kept(run, put):
    result = run(put("in.csv", "text,店铺", f"{LATE},甲"), "--keep-input")
    assert result.rows[0]["input"] == {"text": LATE, "店铺": "甲"}


def test_a_broken_line_is_reported_in_its_place_and_in_the_summary(run, put):
    lines = [{"id": f"k{k}", "text": GOOD} for k in range(1, 9)]
    lines[6] = '{"text": '
    result = run(put("in.jsonl", *lines))
    assert result.code == 0
    assert "Line 7 " in result.rows[6]["error"]["message"]
    assert "8条records" in result.said
    assert "1×broken_json" in result.said


def test_a_policy_file_changes_what_is_decided(run, put, source):
    policy = put("own.toml", "[limits]", "max_chars = 3")
    rows = run(source, "--policy", policy).rows
    assert [row["error"]["code"] for row in rows] == ["text_too_long"] * 2


# Exit code 2: the input cannot be used


def refused(result, code, *words):
    assert result.code == 2
    assert result.out == ""
    assert f"[{code}]" in result.err
    assert all(word in result.said for word in words)
    assert "Traceback" not in result.err


def test_a_missing_file_is_unusable_input(run, tmp_path):
    refused(run(tmp_path / "nowhere.csv"), "bad_file", "nowhere.csv", "remedy:Checkthepath.")


def test_a_missing_column_is_unusable_input_and_the_columns_are_listed(run, put):
    result = run(put("in.csv", "店铺,时间", "甲,昨天"))
    refused(result, "bad_file", "店铺,时间", "--text-field")


def test_a_named_column_that_is_missing_is_unusable_input(run, put):
    result = run(put("in.csv", "店铺,评论", "甲,好"), "--text-field", "正文")
    refused(result, "bad_file", "'正文'", "店铺,评论")


def test_an_unknown_ending_is_unusable_input(run, put):
    refused(run(put("in.doc", "好")), "bad_file", "in.doc", ".parquet,.xlsx")


def test_a_folder_is_unusable_input(run, tmp_path):
    (tmp_path / "in.csv").mkdir()
    refused(run(tmp_path / "in.csv"), "bad_file", "isafolder")


def test_a_result_of_unknown_ending_is_unusable(run, source, tmp_path):
    refused(run(source, "--out", tmp_path / "out.doc"), "bad_file", "out.doc", ".jsonl,.csv")


def test_a_model_that_is_not_there_is_unusable(cli, source, tmp_path):
    result = cli("run", source, "--model", tmp_path / "nowhere")
    refused(result, "bad_model", "nowhere", "triagetrain")


def test_a_policy_that_is_none_is_unusable(run, put, source):
    policy = put("own.toml", "[issues]", "asign = 0.5")
    refused(run(source, "--policy", policy), "bad_policy", "'asign'", "assign,")


def test_an_unusable_input_leaves_the_older_result(run, put, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    result = run(put("in.csv", "店铺", "甲"), "--out", tmp_path / "out.csv")
    assert result.code == 2
    assert (tmp_path / "out.csv").read_text() == "old"


@pytest.mark.parametrize("args", [(), ("in.csv", "--no-such-option"), ("a.csv", "b.csv")])
def test_wrong_usage_is_told_on_standard_error(cli, args):
    result = cli("run", *args)
    assert (result.code, result.out) == (2, "")
    assert "triage run [OPTIONS]" in result.err


def test_without_a_command_the_help_is_shown(cli):
    result = cli()
    assert result.code == 2
    words = result.out + result.err
    assert all(name in words for name in ("run", "train", "evaluate", "explain", "serve", "info"))


def test_help_explains_in_both_languages(cli):
    result = cli("run", "--help")
    assert result.code == 0
    assert "处理一个文件" in result.out
    assert "column of the text" in " ".join(result.out.replace("│", " ").split())


# Exit code 1: the output cannot be written


def test_a_place_that_cannot_be_written_is_an_output_error(run, source):
    result = run(source, "--out", source / "out.csv")
    assert (result.code, result.out) == (1, "")
    assert "[cannot_write]" in result.err
    assert "nopartialfile" in result.said


@pytest.mark.skipif(os.name != "posix", reason="needs limits of POSIX")
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet"])
def test_a_disk_that_fills_up_leaves_the_older_result(process, put, tiny_model, tmp_path, name):
    """The file system refuses the write: a limit on the size of files stands for a full disk."""
    import resource

    rows = ({"id": f"k{k}", "text": f"{LATE}{k}{GOOD}"} for k in range(3000))
    source = put("in.jsonl", *rows)
    (tmp_path / name).write_text("old")
    result = process(
        *("run", source, "--out", tmp_path / name, "--model", tiny_model),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
    )
    assert result.code == 1
    assert "[cannot_write]" in result.err
    assert (tmp_path / name).read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.jsonl", name])


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_standard_output_is_told_in_a_sentence(process, source, tiny_model):
    with FULL.open("wb") as full:
        result = process("run", source, "--model", tiny_model, stdout=full)
    assert result.code == 1
    assert "[cannot_write]" in result.err
    assert "Traceback" not in result.err


def test_a_reader_that_goes_away_is_no_error(put, tiny_model, root):
    source = put("in.jsonl", *({"text": LATE} for _ in range(3000)))
    with subprocess.Popen(
        [*COMMAND, "run", str(source), "--model", str(tiny_model), "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
    ) as running:
        first = running.stdout.readline()
        running.stdout.close()
        err = running.stderr.read()
        code = running.wait(timeout=60)
    assert json.loads(first)["id"] == "1"
    assert (code, err) == (0, b"")


def test_verdicts_are_utf_8_whatever_the_terminal_speaks(process, put, tiny_model):
    source = put("in.jsonl", {"id": "k1", "text": LATE, "店": "甲"})
    result = process(
        *("run", source, "--keep-input", "--model", tiny_model),
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert result.code == 0
    assert result.rows[0]["input"]["店"] == "甲"
