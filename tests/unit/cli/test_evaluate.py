import json

import pytest

ROW = {"id": "o1", "text": "质量差，第二天就坏了", "issues": ["product_quality"]}
ROW |= {"sentiment": 2, "urgency": 1}


@pytest.fixture
def evaluate(cli, tiny_model):
    return lambda *args: cli("evaluate", *args, "--model", tiny_model)


def refused(result, *words):
    assert (result.code, result.out) == (2, "")
    assert "[bad_data]" in result.err
    assert "remedy" in result.err
    assert all(word in result.said for word in words)


def test_the_figures_are_shown_as_a_table(evaluate, own_data):
    result = evaluate(own_data)
    assert (result.code, result.err) == (0, "")
    assert "macro-F1" in result.out
    assert "72" in result.out


def test_json_is_the_figures_and_nothing_else(evaluate, own_data):
    result = evaluate(own_data, "--json")
    assert (result.code, result.err) == (0, "")
    (figures,) = result.rows
    assert sum(part["n"] for part in figures.values()) == 72
    assert all(0 <= part["issues"]["macro_f1"] <= 1 for part in figures.values())


def test_the_figures_are_those_of_the_policy_that_was_named(evaluate, own_data, put):
    strict = put("own.toml", "[issues]", "assign = 0.999", "suggest = 0.998")
    (figures,) = evaluate(own_data, "--policy", strict, "--json").rows
    assert all(part["issues"]["micro_f1"] < 0.1 for part in figures.values())


def test_several_files_are_measured_together(evaluate, put):
    first = put("a.jsonl", ROW)
    second = put("b.jsonl", ROW | {"id": "o2", "text": "等了三天还没发货"})
    (figures,) = evaluate(first, second, "--json").rows
    assert sum(part["n"] for part in figures.values()) == 2


def test_texts_that_were_never_held_out_leave_nothing_to_measure(evaluate, own_data):
    refused(evaluate(own_data, "--held-out"), "Nolabelledtextisleft")


def test_only_the_held_out_texts_of_the_split_are_measured(evaluate, root):
    held = json.loads((root / "data" / "splits" / "heldout.json").read_text("utf-8"))["test"]
    seed = root / "data" / "seed" / "short.jsonl"
    ids = [json.loads(line)["id"] for line in seed.read_text("utf-8").splitlines()]
    (figures,) = evaluate(seed, "--held-out", "--json").rows
    assert sum(part["n"] for part in figures.values()) == len(set(ids) & set(held)) > 0


def test_an_empty_folder_leaves_nothing_to_measure(evaluate, tmp_path):
    refused(evaluate(tmp_path), "Nolabelledtextisleft")


def test_data_that_are_not_there_are_refused(evaluate, tmp_path):
    refused(evaluate(tmp_path / "nowhere"), "nowhere")


def test_an_unknown_label_is_refused_with_the_labels_there_are(evaluate, put):
    data = put("own.jsonl", ROW | {"issues": ["delivry"]})
    refused(evaluate(data), "own.jsonl,line1", "'delivry'", "delivery")


def test_one_id_for_two_texts_is_refused(evaluate, put):
    refused(evaluate(put("own.jsonl", ROW, ROW | {"text": "别的"})), "'o1'", "twodifferenttexts")


def test_a_model_that_is_not_there_is_unusable(cli, own_data, tmp_path):
    result = cli("evaluate", own_data, "--model", tmp_path / "nowhere")
    assert (result.code, result.out) == (2, "")
    assert "[bad_model]" in result.err


def test_data_must_be_named(cli):
    result = cli("evaluate")
    assert (result.code, result.out) == (2, "")
    assert "triage evaluate [OPTIONS]" in result.err


def test_issues_that_are_no_list_are_refused_with_their_line(evaluate, put):
    refused(evaluate(put("own.jsonl", ROW | {"issues": "other"})), "own.jsonl,line1")


def test_texts_whose_issues_are_not_known_have_no_figure_of_them(evaluate, put):
    path = put("own.jsonl", ROW | {"issues": None})
    (figures,) = evaluate(path, "--json").rows
    assert figures["real"]["issues"]["macro_f1"] is None
    assert evaluate(path).code == 0


@pytest.mark.parametrize("text", [666, None])
def test_a_labelled_text_that_is_no_string_is_refused_with_its_line(evaluate, put, text):
    refused(evaluate(put("own.jsonl", ROW | {"text": text})), "own.jsonl,line1")


def test_labelled_data_that_are_no_utf_8_are_read_or_refused_in_a_sentence(evaluate, put):
    result = evaluate(put("own.jsonl", ROW, encoding="gb18030"))
    assert result.code in (0, 2)


def test_a_byte_order_mark_does_not_spoil_labelled_data(evaluate, put):
    assert evaluate(put("own.jsonl", ROW, encoding="utf-8-sig")).code == 0
