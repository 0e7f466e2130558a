import json
import shutil
import sys

import pytest

from triage.artifact import MANIFEST
from triage.cli import main


@pytest.fixture
def triage(monkeypatch, capfd):
    """Run the command; return exit code, standard output and standard error."""

    def call(*args):
        monkeypatch.setattr(sys, "argv", ["triage", *map(str, args)])
        with pytest.raises(SystemExit) as caught:
            main()
        sys.stdout.flush()
        done = capfd.readouterr()
        return caught.value.code or 0, done.out, " ".join(done.err.split())

    return call


def renamed(folder, to, **changes):
    """Copy a model folder and change its manifest."""
    shutil.copytree(folder, to)
    manifest = json.loads((to / MANIFEST).read_text("utf-8"))
    (to / MANIFEST).write_text(json.dumps(manifest | changes), encoding="utf-8")
    return to


def test_a_model_compared_with_itself_is_neither_better_nor_worse(triage, tiny_model, own_data):
    code, out, _ = triage("compare", tiny_model, tiny_model, own_data, "--json")
    result = json.loads(out)
    assert code == 0
    assert result["n"] == 72
    assert result["slices"]["better"] == result["slices"]["worse"] == []
    assert result["slices"]["looked_at"] > 0


def test_a_comparison_is_shown_with_both_models_and_every_headline(
    triage, tiny_model, own_data, tmp_path
):
    newer = renamed(tiny_model, tmp_path / "newer", version="0.0.2")
    code, out, _ = triage("compare", tiny_model, newer, own_data)
    assert code == 0
    assert "A: tiny 0.0.1" in out
    assert "B: tiny 0.0.2" in out
    assert "the same texts: 72" in out
    for word in ("问题宏平均", "情绪κ", "紧急κ", "紧急召回", "分不出"):
        assert word in out


def test_the_seed_is_said_with_the_result(triage, tiny_model, own_data):
    _, out, _ = triage("compare", tiny_model, tiny_model, own_data, "--json", "--seed", 7)
    assert json.loads(out)["bootstrap"] == {"times": 1000, "seed": 7}


def test_models_are_compared_on_the_labels_they_share(triage, tiny_model, own_data, tmp_path):
    labels = ["product_quality", "staff_attitude", "delivery", "follow_up_neglect", "price"]
    other = renamed(tiny_model, tmp_path / "other", labels=labels)
    code, out, _ = triage("compare", tiny_model, other, own_data)
    assert code == 0
    assert "only A has: other" in out
    assert "only B has: price" in out
    result = json.loads(triage("compare", tiny_model, other, own_data, "--json")[1])
    assert result["labels"]["compared"] == labels[:4]
    figures = {part["figure"] for part in result["overall"]}
    assert "follow_up_neglect.f1" in figures
    assert not {"other.f1", "price.f1"} & figures


def test_models_that_share_no_label_cannot_be_compared(triage, tiny_model, own_data, tmp_path):
    other = renamed(tiny_model, tmp_path / "other", labels=["a", "b", "c", "d", "price"])
    code, _, err = triage("compare", tiny_model, other, own_data)
    assert code == 2
    assert "other_labels" in err
    assert "price" in err


def test_what_is_no_model_cannot_be_compared(triage, tiny_model, own_data, tmp_path):
    code, _, err = triage("compare", tiny_model, tmp_path / "none", own_data)
    assert code == 2
    assert "bad_model" in err


def test_data_of_one_s_own_has_no_held_out_texts(triage, tiny_model, own_data):
    code, _, err = triage("compare", tiny_model, tiny_model, own_data, "--held-out")
    assert code == 2
    assert "No labelled text is left" in err


def test_only_held_out_texts_are_compared_if_asked(triage, tiny_model, root):
    data = root / "data" / "seed" / "short.jsonl"
    every, held = (
        json.loads(triage("compare", tiny_model, tiny_model, data, "--json", *more)[1])["n"]
        for more in ((), ("--held-out",))
    )
    assert 0 < held < every


def test_a_model_may_be_named_before_the_data_or_as_an_option(triage, tiny_model, own_data):
    before = triage("evaluate", tiny_model, own_data, "--json")
    option = triage("evaluate", own_data, "--model", tiny_model, "--json")
    assert before[0] == option[0] == 0
    assert json.loads(before[1]) == json.loads(option[1])


def test_two_models_are_one_too_many_to_evaluate(triage, tiny_model, own_data):
    code, _, err = triage("evaluate", tiny_model, own_data, "--model", tiny_model)
    assert code == 2
    assert "two_models" in err


def test_a_model_without_data_cannot_be_evaluated(triage, tiny_model):
    code, _, err = triage("evaluate", tiny_model)
    assert code == 2
    assert "no_data" in err


def test_an_evaluation_writes_a_report_and_still_prints_its_figures(
    triage, tiny_model, own_data, tmp_path
):
    code, out, err = triage("evaluate", tiny_model, own_data, "--json", "--out", tmp_path / "r")
    whole = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    assert code == 0
    assert json.loads(out)["real"]["n"] == whole["n"] == 72
    assert "index.html" in err
    assert whole["model"]["name"] == "tiny"
    assert "text" in whole["worst"][0]


def test_a_report_can_leave_the_texts_out(triage, tiny_model, own_data, tmp_path):
    triage("evaluate", tiny_model, own_data, "--out", tmp_path, "--no-texts")
    written = (tmp_path / "report.json").read_text("utf-8")
    lines = (own_data / "own.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    assert json.loads(written)["texts"] is False
    assert [text for text in texts if text[:10] in written] == []


def test_texts_that_cannot_be_judged_are_counted_in_the_report(
    triage, tiny_model, own_data, tmp_path
):
    blank = {"id": "blank", "text": "  ", "issues": [], "sentiment": 3, "urgency": 0}
    (tmp_path / "blank.jsonl").write_text(json.dumps(blank), encoding="utf-8")
    data = own_data, tmp_path / "blank.jsonl"
    triage("evaluate", tiny_model, *data, "--out", tmp_path / "r")
    whole = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))
    assert (whole["n"], whole["left_out"]) == (72, 1)
    assert json.loads(triage("compare", tiny_model, tiny_model, *data, "--json")[1])["n"] == 72


def test_texts_of_which_none_can_be_judged_are_no_evaluation(triage, tiny_model, tmp_path):
    blank = {"id": "blank", "text": "  ", "issues": [], "sentiment": 3, "urgency": 0}
    (tmp_path / "blank.jsonl").write_text(json.dumps(blank), encoding="utf-8")
    code, _, err = triage("evaluate", tiny_model, tmp_path / "blank.jsonl")
    assert code == 2
    assert "None of the texts can be judged" in err


def test_a_report_that_cannot_be_written_ends_with_1(triage, tiny_model, own_data, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = triage("evaluate", tiny_model, own_data, "--out", tmp_path / "file")
    assert code == 1
    assert "cannot_write" in err
