import pytest

from triage import Feedback
from triage.training.scope import is_held_out, read_outside, read_scope


def test_the_texts_in_the_box_are_both_in_and_out_of_scope():
    inside = [flag for _, flag in read_scope()]
    assert inside.count(False) >= 200
    assert inside.count(True) >= 100


def test_texts_out_of_scope_train_without_the_collections():
    assert {e.source for e in read_outside(None, None)} == {"scope"}


def test_a_missing_file_gives_no_texts(tmp_path):
    assert read_outside(tmp_path / "none.jsonl", tmp_path) == []


def test_about_a_third_of_the_authored_texts_is_kept_aside():
    kept = [is_held_out(e.id) for e, _ in read_scope()]
    assert 0.2 < sum(kept) / len(kept) < 0.4


def test_only_scope_texts_are_kept_aside():
    assert not any(is_held_out(f"news-{k}") for k in range(300))


def test_the_box_tells_most_texts_apart_that_it_never_saw(default_engine):
    aside = [(e, inside) for e, inside in read_scope() if is_held_out(e.id)]
    right = [default_engine(Feedback(e.id, e.text)).in_scope is inside for e, inside in aside]
    assert sum(right) / len(right) >= 0.8


@pytest.mark.parametrize(
    "text", ["import os\nprint(os.getcwd())", "央行宣布下调存款准备金率0.5个百分点"]
)
def test_code_and_news_get_no_labels(default_engine, text):
    verdict = default_engine(Feedback("1", text))
    assert not verdict.in_scope
    assert verdict.issues == verdict.suggested == ()
    assert verdict.urgency == 0
