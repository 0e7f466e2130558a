from triage import CHINESE, ENGLISH, ISSUES, Issue, Script, Sentiment, Urgency
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)


def test_the_order_of_the_issues_is_the_order_of_the_columns_and_never_changes():
    assert ISSUES == (
        "product_quality",
        "staff_attitude",
        "delivery",
        "follow_up_neglect",
        "other",
    )
    assert tuple(Issue) == ISSUES


def test_every_issue_has_a_name_in_both_languages():
    assert tuple(CHINESE) == tuple(ENGLISH) == ISSUES
    assert CHINESE["delivery"] == "物流配送"
    assert len(set(CHINESE.values())) == len(set(ENGLISH.values())) == len(ISSUES)


def test_every_level_has_a_name_in_both_languages():
    assert list(SENTIMENT_CHINESE) == list(SENTIMENT_ENGLISH) == list(Sentiment)
    assert list(URGENCY_CHINESE) == list(URGENCY_ENGLISH) == list(Urgency)


def test_labels_are_plain_strings_and_numbers_for_programs():
    assert f"{Issue.DELIVERY}" == "delivery"
    assert Sentiment.VERY_NEGATIVE == 1
    assert Urgency.CRITICAL == 3
    assert Script.HANT == "hant"
