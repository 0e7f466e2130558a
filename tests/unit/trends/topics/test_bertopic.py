"""Texts grouped by BERTopic or by ourselves, behind one interface."""

import sys
from types import ModuleType
from typing import ClassVar

import pytest

from tests.unit.trends.topics.texts import mixed, purity
from triage import InputError
from triage.trends.topics import BerTopics, Options, OwnTopics, TopicModel


class FakeTopics:
    """Groups documents by whether they tell of refunds; keeps what it was given."""

    made: ClassVar = []

    def __init__(self, **options):
        self.options = options
        FakeTopics.made.append(self)

    def fit_transform(self, documents, embeddings):
        self.documents, self.embeddings = documents, embeddings
        self.words = self.options["vectorizer_model"].analyzer(documents[0])
        return [0 if "退款" in one else -1 for one in documents], None

    def get_topic(self, topic):
        return [("退款", 0.5), ("", 0.0)] if topic == 0 else False


class CountVectorizer:
    def __init__(self, analyzer):
        self.analyzer = analyzer


@pytest.fixture
def fake(monkeypatch):
    bertopic, text = ModuleType("bertopic"), ModuleType("sklearn.feature_extraction.text")
    bertopic.BERTopic = FakeTopics
    text.CountVectorizer = CountVectorizer
    monkeypatch.setitem(sys.modules, "bertopic", bertopic)
    monkeypatch.setitem(sys.modules, text.__name__, text)
    FakeTopics.made.clear()
    return FakeTopics


def test_bertopic_is_given_our_words_and_our_vectors_and_no_model(fake):
    rows, _ = mixed()
    found = BerTopics(Options(least=7), more={"nr_topics": 3}).fit([*rows, "。。。"])
    (made,) = fake.made
    assert made.options["embedding_model"] is None
    assert (made.options["min_topic_size"], made.options["nr_topics"]) == (7, 3)
    assert len(made.documents) == len(made.embeddings) == len(rows)
    assert "\t" not in "".join(made.words)
    assert all(len(word) > 1 for word in made.words)
    assert found.phrases == ((("退款", 0.5),),)
    assert found.assigned[-1] == -1
    assert [bool(group == 0) for group in found.assigned[:-1]] == ["退款" in row for row in rows]


def test_topics_are_made_of_the_groups_of_bertopic(fake):
    rows, _ = mixed()
    model, assigned = TopicModel.fit(rows, clusterer=BerTopics())
    (topic,) = model.topics.values()
    assert "退款" in topic.name
    assert (assigned == topic.id).sum() >= sum("退款" in row for row in rows) * 0.8


def test_where_bertopic_is_absent_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "bertopic", None)
    with pytest.raises(InputError, match="bertopic is not installed") as caught:
        BerTopics().fit(["退款"])
    assert "fenzhen[topics]" in caught.value.remedy


def test_our_own_groups_have_the_same_form():
    rows, kinds = mixed()
    found = OwnTopics().fit(rows)
    assert len(found.phrases) == found.assigned.max() + 1
    assert purity(found.assigned, kinds) > 0.95


def test_the_real_bertopic_groups_our_texts():
    pytest.importorskip("bertopic")
    rows, kinds = mixed()
    found = BerTopics().fit(rows)
    assert len(found.assigned) == len(rows)
    assert purity(found.assigned, kinds) > 0.7
