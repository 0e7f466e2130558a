"""Two ways to group texts behind one interface: our own, and BERTopic where it is installed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from triage.errors import InputError
from triage.trends.facts import Ints
from triage.trends.topics.fitting import fit_rows, points_of, space_of
from triage.trends.topics.phrases import terms_of
from triage.trends.topics.records import Clustering, Options
from triage.trends.topics.words import clauses_of

_SEPARATOR = "\t"  # between the terms of a document


@dataclass(frozen=True, slots=True)
class OwnTopics:
    """Groups texts as `TopicModel` does."""

    options: Options = field(default_factory=Options)

    def fit(self, texts: Sequence[str]) -> Clustering:
        """Return the groups of the texts. Raises InputError where there are too few."""
        found = fit_rows(clauses_of(texts), self.options)
        return Clustering(found.assigned, found.phrases)


@dataclass(frozen=True, slots=True)
class BerTopics:
    """Groups texts with BERTopic, by our own words, phrases and vectors: no model is fetched.

    `more`: other arguments of `bertopic.BERTopic`.
    """

    options: Options = field(default_factory=Options)
    more: dict[str, Any] = field(default_factory=dict)

    def fit(self, texts: Sequence[str]) -> Clustering:
        """Return the groups of the texts. Raises InputError where it is absent, or texts few."""
        bertopic, text = _module("bertopic"), _module("sklearn.feature_extraction.text")
        rows = clauses_of(texts)
        space = space_of(rows)
        terms = [list(terms_of(row, space.phrases)) for row in rows]
        inside = [k for k, row in enumerate(terms) if row]
        matrix = space.vocabulary.matrix([terms[k] for k in inside])
        topics = bertopic.BERTopic(
            embedding_model=None,
            vectorizer_model=text.CountVectorizer(analyzer=_split),
            min_topic_size=self.options.smallest(len(texts)),
            calculate_probabilities=False,
            **self.more,
        )
        documents = [_SEPARATOR.join(terms[k]) for k in inside]
        groups, _ = topics.fit_transform(documents, embeddings=points_of(matrix, self.options))
        return _clustering(topics, inside, groups, len(texts))


def _split(document: str) -> list[str]:
    return document.split(_SEPARATOR)


def _clustering(topics: Any, inside: list[int], groups: Sequence[int], n: int) -> Clustering:
    assigned: Ints = np.full(n, -1, dtype=np.int64)
    assigned[inside] = groups
    told = [topics.get_topic(k) or [] for k in range(int(assigned.max(initial=-1)) + 1)]
    phrases = tuple(tuple((str(p), round(float(w), 4)) for p, w in one if p) for one in told)
    return Clustering(assigned, phrases)


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise InputError(
            f"{name.partition('.')[0]} is not installed.",
            remedy="pip install 'fenzhen[topics]', or use our own topics.",
        ) from error
