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


@pytest.fixture(scope="module")
def aside(default_engine):
    """Texts kept aside: whether each is feedback, and whether the box says so."""
    texts = [(e, inside) for e, inside in read_scope() if is_held_out(e.id)]
    return [(inside, default_engine(Feedback(e.id, e.text)).in_scope) for e, inside in texts]


def test_the_box_keeps_feedback_that_is_easily_mistaken(aside):
    kept = [given for inside, given in aside if inside]
    assert sum(kept) / len(kept) >= 0.95


def test_the_box_tells_nearly_half_of_the_hard_texts_apart_that_are_none(aside):
    found = [not given for inside, given in aside if not inside]
    assert sum(found) / len(found) >= 0.45


NOT_FEEDBACK = [
    "import os\nprint(os.getcwd())",
    "Where is my parcel?",
    "央行宣布下调存款准备金率0.5个百分点",
]


@pytest.mark.parametrize("text", NOT_FEEDBACK)
def test_code_news_and_other_languages_get_no_labels(default_engine, text):
    verdict = default_engine(Feedback("1", text))
    assert not verdict.in_scope
    assert verdict.issues == verdict.suggested == ()
    assert verdict.urgency == 0
