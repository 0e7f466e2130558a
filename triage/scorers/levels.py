"""Two levels of labels: what is said of a child is said of its parent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from triage.scorers.base import Clue, ScoreBatch


def lifted(batch: ScoreBatch, labels: Sequence[str], parents: Mapping[str, str]) -> ScoreBatch:
    """Return the batch with every parent scored at least as high as each of its children.

    A parent that owes its score to a child is quoted by what speaks for that child.
    `parents` names the label above each that has one; both are among `labels`.
    """
    if not parents:
        return batch
    place = {label: k for k, label in enumerate(labels)}
    below: dict[str, list[str]] = defaultdict(list)
    for child, parent in parents.items():
        below[parent].append(child)
    scores, issues = batch.issues, batch.issues.copy()
    for parent, children in below.items():
        family = [place[label] for label in (parent, *children)]
        issues[:, place[parent]] = scores[:, family].max(axis=1)

    def clues(row: int, target: str, limit: int) -> list[Clue]:
        family = (target, *below.get(target, ()))
        if len(family) == 1:
            return batch.clues(row, target, limit)
        loudest = max(family, key=lambda label: float(scores[row, place[label]]))
        return [replace(clue, target=target) for clue in batch.clues(row, loudest, limit)]

    return replace(batch, issues=issues, clues=clues)
