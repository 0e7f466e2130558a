"""What the fit of an encoder sees of each text."""

import numpy as np
import pytest

from tests.unit.encoder.texts import LABELS, example
from triage.engine import Triage
from triage.errors import InputError
from triage.policy import Policy
from triage.records import ModelName
from triage.scorers.keyword import KeywordScorer
from triage.training.encoder.rows import rows_beside, rows_of
from triage.training.encoder.settings import EncoderSettings
from triage.training.linear import Texts

STEPS = slice(2, 9)
POLARITY, SCOPE = 9, 10


def rows(labelled, polarity=(), outside=(), **options):
    settings = EncoderSettings(**options)
    return rows_of(Texts(labelled, polarity, outside), LABELS, settings=settings)


def test_a_labelled_text_teaches_everything_it_is_labelled_with():
    one = rows([example("a", "物流太慢", ("logistics",), 2, 1)])
    assert one.targets[0].tolist() == [1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert (one.weights[0] > 0).all()


def test_what_is_not_known_of_a_text_weighs_nothing():
    one = rows([example("a", "还行", None, 3, None)])
    known = one.weights[0] > 0
    assert known.tolist() == [False] * 2 + [True] * 4 + [False] * 3 + [False, True]


def test_a_mood_of_its_own_degree_is_not_read_into_a_polarity_text():
    many = rows([example("a", "慢", (), 3, 0)], [example("b", "好", None, 4, None)])
    assert many.targets[1, POLARITY] == 1
    assert not many.weights[1, STEPS].any()


def test_a_text_that_is_no_feedback_teaches_the_scope_alone():
    many = rows([example("a", "慢", (), 3, 0)], (), [example("c", "今日股市", None, None, None)])
    assert many.targets[1, SCOPE] == 0
    assert np.flatnonzero(many.weights[1]).tolist() == [SCOPE]


def test_the_rarer_side_of_an_output_weighs_more_up_to_the_cap():
    labelled = [example(str(k), "慢", ("quality",) if k == 0 else (), 3, 0) for k in range(10)]
    weights = rows(labelled).weights[:, 1]
    assert weights[1] == 1
    assert weights[0] == pytest.approx(3)
    assert rows(labelled, cap=2.0).weights[0, 1] == 2


def test_texts_are_cleaned_and_simplified_and_their_order_does_not_matter():
    given = [example("b", "質量　很差", (), 1, 0), example("a", "好", (), 5, 0)]
    assert rows(given).texts == rows(given[::-1]).texts == ("好", "质量很差")


def test_denied_faults_are_marked_as_in_service_and_signals_see_the_words():
    denied = example("a", "东西没有破损，再不退钱我就去12315投诉", (), 3, 2)
    one = rows([denied])
    assert one.texts[0].startswith("东西〇〇〇〇")
    plain = rows([example("a", "再不退钱我就去12315投诉", (), 3, 2)])
    assert (one.signals == plain.signals).all()


def test_the_signals_of_a_text_are_found_once():
    many = rows([example("a", "再不退钱我就去12315投诉", (), 1, 2), example("b", "好", (), 5, 0)])
    assert many.signals[0].any()
    assert not many.signals[1].any()


def test_dev_texts_are_weighed_like_those_of_the_fit():
    labelled = [example(str(k), "慢", ("quality",) if k == 0 else (), 3, 0) for k in range(10)]
    beside = rows_beside([example("z", "坏", ("quality",), 1, 0)], LABELS, rows(labelled))
    assert beside.weights[0, 1] == pytest.approx(3)
    assert len(rows_beside([], LABELS, rows(labelled))) == 0


@pytest.fixture(scope="module")
def teacher():
    scorer = KeywordScorer()
    return Triage(scorer, Policy.load(), ModelName("words", "1", "0"))


def test_a_teacher_says_at_less_weight_what_nobody_labelled(teacher):
    labels = teacher.scorer.labels
    texts = Texts([example("a", "慢", (), 3, 0)], [example("b", "快递太慢了", None, 2, None)])
    taught = rows_of(texts, labels, settings=EncoderSettings(soft=0.25), teacher=teacher)
    scores = teacher.scorer.score([_cleaned("快递太慢了")])
    assert taught.targets[1, : len(labels)] == pytest.approx(scores.issues[0], abs=1e-6)
    mood = scores.sentiment[0]
    steps = [mood[k:].sum() for k in (1, 2, 3, 4)]
    assert taught.targets[1, len(labels) : len(labels) + 4] == pytest.approx(steps, abs=1e-6)
    assert set(taught.weights[1, : len(labels) + 7]) == {0.25}
    assert taught.weights[1, -2] == 1
    assert taught.weights[0, 0] == 1


def _cleaned(text):
    from triage.text.clean import clean

    return clean(text)


def test_a_teacher_of_other_labels_is_refused(teacher):
    texts = Texts([example("a", "慢", (), 3, 0)], [example("b", "好", None, 4, None)])
    with pytest.raises(InputError, match="does not know the label 'smell'"):
        rows_of(texts, ("smell",), settings=EncoderSettings(), teacher=teacher)


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"window": 2}, {"rate": 0.0}, {"noise": 2.0}, {"precision": "fp8"}]
)
def test_a_setting_out_of_bounds_is_named(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        EncoderSettings(**wrong).check()
