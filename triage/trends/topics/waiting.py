"""Texts that fit no topic, kept as words until there are enough of one kind for a topic."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from triage.trends.facts import Ints
from triage.trends.topics.fitting import FEWEST, Fit, fit_groups, fit_rows
from triage.trends.topics.naming import overlap
from triage.trends.topics.phrases import Row, terms_of
from triage.trends.topics.records import NO_TOPIC, Options
from triage.trends.topics.vectors import Vocabulary

_MOST = 3000  # texts: the oldest are given up
_FINE = 16  # texts for one of the groups looked for: what is new is small
_FEWEST = 3  # texts of a piece, before pieces are joined
_SHARED = 0.4  # of the texts of a new topic have the same two words or phrases


@dataclass(slots=True)
class Waiting:
    """Ids, times and telling words of texts, the oldest first; how many there were at a look."""

    ids: list[str] = field(default_factory=list)
    times: list[float | None] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    looked: int = 0

    def add(self, ids: Sequence[str], times: Sequence[float | None], rows: Sequence[Row]) -> None:
        """Add texts that fit nothing; those that say nothing are left out."""
        told = [k for k, row in enumerate(rows) if row]
        self.ids = [*self.ids, *(ids[k] for k in told)][-_MOST:]
        self.times = [*self.times, *(times[k] for k in told)][-_MOST:]
        self.rows = [*self.rows, *(list(rows[k]) for k in told)][-_MOST:]

    def look(self, options: Options, least: int, known: Vocabulary) -> Fit | None:
        """Return topics among them, of `least` texts or more; None where none is to be seen.

        Much of what fits no topic has a word in common by chance. A topic has two that its texts
        share, one of them seldom heard when the topics were made (`known`).
        """
        if len(self.rows) < max(FEWEST, self.looked + least):
            return None
        self.looked = len(self.rows)
        most = options.most or min(max(len(self.rows) // _FINE, 4), 100)
        first = Options(most=most, least=_FEWEST, alike=options.alike, seed=options.seed)
        pieces = fit_rows(self.rows, first, known=known)
        fit = fit_groups(self.rows, _joined(pieces), replace(first, least=least), known=known)
        kept = [k for k in range(len(fit.phrases)) if self._is_one(fit, k, known)]
        return _only(fit, kept) if kept else None

    def keep(self, left: Ints) -> None:
        """Keep the texts at some places only."""
        self.ids = [self.ids[k] for k in left]
        self.times = [self.times[k] for k in left]
        self.rows = [self.rows[k] for k in left]
        self.looked = len(self.rows)

    def _is_one(self, fit: Fit, group: int, known: Vocabulary) -> bool:
        """Tell whether the texts of a group have something in common, not chance alone."""
        inside = np.flatnonzero(fit.assigned == group)
        rows = [set(terms_of(self.rows[place], fit.space.phrases)) for place in inside]
        counts = Counter(term for row in rows for term in row)
        enough = _SHARED * len(rows)
        usual = [term for term, n in counts.items() if n >= enough]
        return any(
            sum(one in row and other in row for row in rows) >= enough
            for one, other in combinations(sorted(usual), 2)
            if not overlap(one, other) and (known.is_rare(one) or known.is_rare(other))
        )


def _only(fit: Fit, kept: Sequence[int]) -> Fit:
    places = np.full(len(fit.phrases) + 1, -1, dtype=np.int64)
    places[list(kept)] = np.arange(len(kept))
    centres = type(fit.centres)(fit.centres.matrix[list(kept)], fit.centres.floors[list(kept)])
    phrases = tuple(fit.phrases[k] for k in kept)
    return Fit(fit.space, centres, phrases, places[fit.assigned])


def _joined(fit: Fit) -> Ints:
    """Return the groups of a fit after those were joined that are called alike."""
    # A few texts of one kind fall apart by chance: into those with and without the smell.
    firsts = [[phrase for phrase, _ in phrases[:2]] for phrases in fit.phrases]
    home = [
        next((j for j in range(k) if _alike(firsts[j], firsts[k])), k) for k in range(len(firsts))
    ]
    return np.array([*home, NO_TOPIC], dtype=np.int64)[fit.assigned]


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(overlap(a, b) for a in one for b in other)
