"""Topics: clusters of texts that keep their ids, with the phrases that name them."""

from triage.trends.topics.bertopic import BerTopics, OwnTopics
from triage.trends.topics.counts import counts_by
from triage.trends.topics.ledger import Change, Ledger, Mark
from triage.trends.topics.model import TopicModel
from triage.trends.topics.records import (
    NO_TOPIC,
    Clusterer,
    Clustering,
    Options,
    Refit,
    Topic,
    Update,
)
from triage.trends.topics.state import from_bytes, to_bytes
from triage.trends.topics.words import words_of

__all__ = [
    "NO_TOPIC",
    "BerTopics",
    "Change",
    "Clusterer",
    "Clustering",
    "Ledger",
    "Mark",
    "Options",
    "OwnTopics",
    "Refit",
    "Topic",
    "TopicModel",
    "Update",
    "counts_by",
    "from_bytes",
    "to_bytes",
    "words_of",
]
