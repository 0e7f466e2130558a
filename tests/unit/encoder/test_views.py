"""Other forms of a text: the same text, typed otherwise."""

from collections import Counter

import numpy as np
import pytest

from triage.training.encoder.settings import EncoderSettings
from triage.training.encoder.views import ending, punctuation, slip, traditional, viewed

TEXTS = tuple(f"软件第{k}次打不开，客服的态度很差，里面的质量也不好！" for k in range(200))
ORDER = np.arange(len(TEXTS))


def rng(seed=0):
    return np.random.default_rng(seed)


def forms(settings=None, epoch=0, order=ORDER, texts=TEXTS):
    rows, changed = viewed(texts, order, settings or EncoderSettings(), epoch)
    return dict(zip(rows.tolist(), changed, strict=True))


def test_about_the_asked_share_of_the_texts_is_changed():
    assert 35 <= len(forms()) <= 65
    assert len(forms(EncoderSettings(noise=0.0))) == 0


def test_every_epoch_has_forms_of_its_own_and_the_same_each_time():
    assert forms() == forms()
    assert forms() != forms(epoch=1)
    assert forms() != forms(EncoderSettings(seed=1))


def test_the_form_of_a_text_does_not_depend_on_what_else_is_read():
    some = ORDER[::-1][:50]
    assert forms(order=some) == {row: text for row, text in forms().items() if row in set(some)}


def test_forms_are_simplified_and_cleaned():
    from triage.text.clean import clean
    from triage.text.script import to_simplified

    for text in forms(EncoderSettings(noise=1.0)).values():
        assert text == to_simplified(text) == clean(text).text


def test_a_text_that_no_change_touches_is_left_out():
    assert forms(EncoderSettings(noise=1.0), texts=("12",) * 20, order=np.arange(20)) == {}


def test_traditional_brings_the_words_of_other_places():
    written = {traditional("软件里的信息", rng(seed)) for seed in range(8)}
    assert "軟體裡的資訊" in written
    assert len(written) == 2


@pytest.mark.parametrize("seed", range(8))
def test_punctuation_changes_no_letter(seed):
    changed = punctuation(TEXTS[0], rng(seed))
    assert [c for c in changed if c.isalnum()] == [c for c in TEXTS[0] if c.isalnum()]


@pytest.mark.parametrize("seed", range(8))
def test_a_slip_changes_a_little(seed):
    changed = slip(TEXTS[0], rng(seed))
    assert changed != TEXTS[0]
    assert abs(len(changed) - len(TEXTS[0])) <= 2
    assert (Counter(TEXTS[0]) - Counter(changed)).total() <= 2


def test_a_slip_in_a_few_letters_would_say_something_else():
    assert slip("很好", rng()) == "很好"


def test_an_ending_is_drawn_out_at_the_end_of_a_clause():
    written = {ending("太慢了，差！", rng(seed)) for seed in range(40)}
    assert written == {"太慢了了，差！", "太慢了了了，差！", "太慢了，差差！", "太慢了，差差差！"}
    assert ending("！！", rng()) == "！！"
