import numpy as np
import pytest

from triage import ISSUES, Script
from triage.scorers.keyword import WORDS, KeywordScorer
from triage.text.clean import clean


def scored(*texts):
    return KeywordScorer().score([clean(text) for text in texts])


@pytest.mark.parametrize("label", ISSUES)
def test_every_word_of_a_label_speaks_for_it(label):
    column = ISSUES.index(label)
    for word in WORDS[label]:
        assert scored(f"说到{word}就来气").issues[0, column] == 0.9


def test_a_text_without_known_words_scores_low_everywhere_and_is_content():
    batch = scored("今天天气不错")
    assert (batch.issues == 0.05).all()
    assert batch.sentiment.argmax() + 1 == 4
    assert batch.urgency.argmax() == 0


def test_a_complaint_is_negative_and_deserves_an_answer():
    batch = scored("快递太慢")
    assert batch.sentiment.argmax() + 1 == 2
    assert batch.urgency.argmax() == 1


@pytest.mark.parametrize("text", ["我要打12315", "插座漏电", "菜里有玻璃"])
def test_danger_and_law_are_critical(text):
    assert scored(text).urgency.argmax() == 3


def test_every_row_is_a_distribution():
    batch = scored("快递太慢", "很好", "我要起诉")
    np.testing.assert_allclose(batch.sentiment.sum(axis=1), 1)
    np.testing.assert_allclose(batch.urgency.sum(axis=1), 1)


def test_a_clue_is_the_word_where_it_stands():
    batch = scored("很好", "东西坏了，质量差")
    clues = batch.clues(1, "product_quality", 5)
    quoted = {"东西坏了,质量差"[clue.start : clue.end] for clue in clues}
    assert quoted == {"坏了", "质量"}
    assert batch.clues(0, "product_quality", 5) == []


def test_no_more_clues_come_than_are_asked_for():
    assert len(scored("坏了，掉色，漏水").clues(0, "product_quality", 2)) == 2


def test_traditional_writing_is_read_too_and_named():
    batch = scored("包裹還沒收到，東西壞了")
    assert batch.issues[0, ISSUES.index("delivery")] == 0.9
    assert batch.scripts == [Script.HANT]
