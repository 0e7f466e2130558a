import getpass
import json
import shutil

import pytest

from triage import artifact
from triage.cli import registry as module


@pytest.fixture(autouse=True)
def no_seed(monkeypatch):
    """Measure on the data that is named alone: the texts of the checkout take seconds."""
    monkeypatch.setattr(module, "_own_data", lambda _: [])


@pytest.fixture
def two(add):
    return add("default"), add("next", version="2")


@pytest.fixture
def put(cli, registry, held_data):
    """`triage promote` on the data that is held out."""

    def call(model, *more):
        return cli("promote", model, "--models", registry, "--data", held_data, *more)

    return call


def test_models_are_listed_with_their_marks(cli, registry, two):
    result = cli("models", "--models", registry, "--json")
    assert result.code == 0
    (listed,) = result.rows
    assert [(row["mark"], row["hash"]) for row in listed] == [
        ("champion", two[0]),
        ("candidate", two[1]),
    ]


def test_each_model_is_shown_with_mark_scores_lineage_and_gate(cli, registry, two, put, add):
    parent = {"name": "default", "version": "1", "hash": two[0]}
    hash_ = add("later", version="3", parent=parent, code="0.1.0")
    put("next")
    head, figures, lineage, *rest = cli("models", "--models", registry).out.splitlines()
    assert head.startswith(f"在用 champion  next  next 2  {two[1]}  linear  0 天")
    assert "macro-F1 0." in figures
    assert "关卡 gate 通过 passed" in lineage
    assert "来自 parent –" in lineage
    row = next(k for k, line in enumerate(rest) if hash_ in line)
    assert rest[row].startswith("候选 candidate  later")
    assert "来自 parent default 1 " in rest[row + 2]
    assert "代码 code 0.1.0  关卡 gate –" in rest[row + 2]


def test_a_folder_that_is_refused_is_shown_with_the_reason_alone(cli, registry, two):
    (registry / "next" / artifact.CARD).write_text("changed")
    out = cli("models", "--models", registry).out
    assert "refused [tampered]: " in out
    assert "README.md" in out
    assert out.count("macro-F1") == 1


def test_a_model_without_scores_is_shown_as_such(cli, registry, two, tiny_model):
    model = artifact.load(tiny_model)
    manifest = artifact.read_manifest(tiny_model)
    artifact.save(registry / "bare", model.scorer.weights, manifest, metrics={}, card="")
    assert "没有成绩 no scores" in cli("models", "--models", registry).out


def test_the_folder_of_models_may_come_from_the_environment(
    cli,
    registry,
    two,
    monkeypatch,
):
    monkeypatch.setenv("FENZHEN_MODELS", str(registry))
    assert len(cli("models", "--json").rows[0]) == 2


def test_promote_puts_a_model_in_use_and_rollback_takes_it_back(
    cli,
    put,
    registry,
    two,
):
    done = put("next", "--by", "li")
    assert done.code == 0
    assert "已启用 promoted: next 2" in done.out
    assert f"gates/{two[1]}.md" in done.out
    back = cli("rollback", "--models", registry, "--by", "li")
    assert back.code == 0
    assert "已回到 back in use" in back.out
    marks = cli("models", "--models", registry, "--json").rows[0]
    assert [(row["folder"].rpartition("/")[2], row["mark"]) for row in marks] == [
        ("default", "champion"),
        ("next", "candidate"),
    ]
    assert marks[1]["gate"]["passed"] is True


def test_a_refusal_ends_with_3_and_says_why_in_both_languages(put, add, two, mute):
    add("mute", mute)
    result = put("mute")
    assert result.code == 3
    assert "✗ [overall] 整体的问题宏平均 F1变差：" in result.out
    assert "Overall macro-F1 is worse: " in result.out
    assert "n = 72, paired bootstrap, p = " in result.out
    assert "未启用 refused" in result.out
    again = put("mute", "--json")
    assert again.code == 3
    (told,) = again.rows
    assert (told["promoted"], told["passed"], told["pointer"]) == (False, False, None)


def test_an_override_needs_a_name_given_on_purpose(put, add, two, mute, registry):
    add("mute", mute)
    result = put("mute", "--override", "today")
    assert result.code == 2
    assert "override_unsigned" in result.err
    result = put("mute", "--override", "today", "--by", "li")
    assert result.code == 0
    assert "li 放行 overridden" in result.out
    assert json.loads((registry / "history.jsonl").read_text("utf-8"))["override"]["by"] == "li"


def test_a_new_label_is_shown_with_what_it_scores(put, add, two):
    labels = ["product_quality", "staff_attitude", "delivery", "follow_up_neglect", "price"]
    add("own", labels=labels)
    result = put("own")
    assert result.code == 3
    assert "[labels]" in result.out
    assert "新标签 new label price: n = 0, F1" in result.out


def test_who_is_logged_in_is_named_where_nobody_else_is(
    cli,
    put,
    registry,
    two,
    monkeypatch,
):
    monkeypatch.setattr(getpass, "getuser", lambda: "zhao")
    (told,) = put("next", "--json").rows
    assert told["pointer"]["by"] == "zhao"

    def nobody():
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nobody)
    (entry,) = cli("rollback", "--models", registry, "--json").rows
    assert (entry["by"], entry["what"]) == ("unknown", "rollback")


def test_rollback_with_nothing_before_ends_with_2(cli, registry, two):
    result = cli("rollback", "--models", registry)
    assert result.code == 2
    assert "no_previous" in result.err


def test_the_texts_of_the_checkout_are_measured_without_being_named(monkeypatch, root):
    monkeypatch.undo()
    assert module._own_data(None) == [root / "data" / "seed"]
    assert module._own_data(root) == [root / "data" / "seed", root / "data" / "annotations"]


def test_a_policy_of_one_s_own_is_used_for_both(put, add, two, mute, root, tmp_path):
    shutil.copy(root / "data" / "policy" / "default.toml", tmp_path / "policy.toml")
    assert put("next", "--policy", tmp_path / "policy.toml").code == 0
