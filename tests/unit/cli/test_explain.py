import json
import os
import re

import pytest

from triage import Feedback, Triage

LATE = "等了三天还没发货，客服也不回。"


@pytest.fixture
def explain(cli, tiny_model):
    return lambda *args, **options: cli("explain", *args, "--model", tiny_model, **options)


@pytest.fixture
def keyword_explain(cli, keyword_engine, monkeypatch):
    """`triage explain` where known words decide, so that the verdict is known too."""
    monkeypatch.setattr(Triage, "load", lambda *_, **__: keyword_engine)
    return lambda *args, **options: cli("explain", *args, **options)


def test_the_verdict_is_told_in_chinese_and_english(keyword_explain):
    result = keyword_explain("等了三天还没发货，质量太差")
    assert result.code == 0
    assert "问题issues:产品质量、物流配送" in result.shown
    assert "情绪sentiment:2不满" in result.shown
    assert "紧急urgency:1普通" in result.shown
    assert result.err == ""


def test_the_text_stands_above_its_verdict_as_it_was_written(keyword_explain):
    text = "[b]快递[/b]没收到，[red]质量[/red]差 <b>"
    assert keyword_explain(text).out.startswith(text)


def test_every_piece_of_evidence_is_shown_with_its_place(keyword_explain):
    shown = keyword_explain("😡等了三天还没发货").shown
    assert "没发货6–9" in shown


def test_a_text_without_a_complaint_is_said_to_have_none(keyword_explain):
    assert "没有问题noissue" in keyword_explain("很满意").shown


def test_json_is_the_verdict_and_nothing_else(explain, tiny_model):
    result = explain(LATE, "--json")
    assert (result.code, result.err) == (0, "")
    assert result.rows == [Triage.load(tiny_model)(Feedback("1", LATE)).to_dict()]


def test_the_places_of_evidence_are_characters_of_the_text(keyword_explain):
    text = "😡😡<b>快递</b>还没送达，质量太差"
    (verdict,) = keyword_explain(text, "--json").rows
    assert verdict["evidence"]
    assert all(text[e["start"] : e["end"]] == e["text"] for e in verdict["evidence"])


def test_a_dash_reads_the_text_from_standard_input(keyword_explain):
    text = "快递没到\n质量也差\n"
    (verdict,) = keyword_explain("-", "--json", stdin=text.encode()).rows
    assert verdict["issues"] == ["product_quality", "delivery"]


def test_the_model_in_the_box_explains_without_being_named(cli):
    result = cli("explain", LATE, "--json")
    assert result.code == 0
    assert "delivery" in result.rows[0]["issues"]


def test_a_policy_file_changes_the_verdict(explain, put):
    policy = put("own.toml", "[limits]", "max_chars = 5")
    result = explain(LATE, "--policy", policy)
    assert result.code == 2
    assert "[text_too_long]" in result.err


@pytest.mark.parametrize("text", ["", "  ", "\n", "　"])
def test_a_blank_text_is_refused(explain, text):
    result = explain(text)
    assert (result.code, result.out) == (2, "")
    assert "[empty_text]" in result.err
    assert "remedy" in result.err


def test_blank_standard_input_is_refused(explain):
    result = explain("-", stdin=b" \n")
    assert (result.code, result.out) == (2, "")
    assert "[empty_text]" in result.err


def test_a_text_of_punctuation_is_refused(explain):
    result = explain("。。。！！！", "--json")
    assert (result.code, result.out) == (2, "")
    assert "[no_content]" in result.err


def test_a_text_of_punctuation_is_refused_with_a_remedy(explain):
    assert "remedy" in explain("。。。！！！").err


def test_a_text_too_long_is_refused_with_the_limit(explain):
    result = explain("差" * 20_001)
    assert result.code == 2
    assert re.search(r"20001.*20000", result.said)


def test_a_missing_text_is_wrong_usage(cli):
    result = cli("explain")
    assert (result.code, result.out) == (2, "")
    assert "triage explain [OPTIONS]" in result.err


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes on POSIX only")
def test_bytes_of_the_command_line_that_are_no_utf_8_do_not_break_json(process, tiny_model):
    broken = os.fsdecode(b"\xff\xfe" + "快递还没收到".encode())
    result = process("explain", broken, "--json", "--model", tiny_model)
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.stdout)["id"] == "1"


def test_a_terminal_that_cannot_show_chinese_gets_a_verdict_all_the_same(process, tiny_model):
    env = {"PYTHONIOENCODING": "cp1252"}
    result = process("explain", LATE, "--model", tiny_model, env=env)
    assert result.code == 0
    assert "Traceback" not in result.err
