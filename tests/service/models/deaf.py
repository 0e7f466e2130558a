"""A candidate that differs from the engine of known words in a way a test can foresee."""

from triage import ModelName, Policy, Triage
from triage.scorers.keyword import KeywordScorer


class Deaf(KeywordScorer):
    """Knows every issue but late deliveries."""

    def score(self, *args, **options):
        found = super().score(*args, **options)
        found.issues[:, self.labels.index("delivery")] = 0.0
        return found


def deaf(hash_):
    """The engine of the deaf candidate, under the hash of a folder of the registry."""
    return Triage(Deaf(), Policy(), ModelName("deaf", "1", hash_))
