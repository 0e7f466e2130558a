"""Words that a model has never learnt: those of a text whose bucket it does not keep.

Words share their 4 million buckets with every other feature, so a new word is taken for a
known one as often as the buckets are full (see `fullness`); what is measured is a little less
than the truth, by the same factor every week.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from triage.features import BITS, buckets, read, views
from triage.scorers.adapted import AdaptedScorer
from triage.scorers.base import Floats, Scorer
from triage.scorers.cascade import CascadeScorer
from triage.scorers.linear import LinearScorer
from triage.text.clean_all import clean_all
from triage.text.segment import Segmenter

_CHUNK = 1024
_NOTHING = "."  # stands for a text of which cleaning leaves nothing


class Unknown:
    """Says which share of a text's words a model does not know."""

    def __init__(self, kept: NDArray[np.uint32], segmenter: Segmenter) -> None:
        self._kept = np.zeros(1 << BITS, dtype=np.bool_)
        self._kept[kept] = True
        self._segmenter = segmenter

    @property
    def fullness(self) -> float:
        """Return how often a word that is new is taken for a known one."""
        return float(self._kept.mean())

    def shares(self, texts: Sequence[str]) -> Floats:
        """Return the share of unknown words of each text, 0 to 1; nan where it has no word."""
        parts = [self._shares(texts[k : k + _CHUNK]) for k in range(0, len(texts), _CHUNK)]
        return np.concatenate(parts) if parts else np.empty(0)

    def _shares(self, texts: Sequence[str]) -> Floats:
        cleaned = [item.text or _NOTHING for item in clean_all(texts)]
        batch = read(cleaned, self._segmenter)
        words = next(view for view in views(batch) if view.name == "w1")
        says = _starts_word()[batch.codes[words.positions]]
        where = np.searchsorted(batch.docs, words.positions[says], side="right") - 1
        new = ~self._kept[buckets(words.hashes[says])]
        whole = np.bincount(where, minlength=len(texts)).astype(np.float64)
        fresh = np.bincount(where[new], minlength=len(texts))
        shares: Floats = np.full(len(texts), np.nan)
        np.divide(fresh, whole, out=shares, where=whole > 0)
        return shares


def unknown_of(scorer: Scorer) -> Unknown | None:
    """Return what knows the words of a scorer; None for one that has no words of its own.

    A cascade knows the words of its word model; an encoder reads characters and knows none.
    """
    if isinstance(scorer, AdaptedScorer):
        base = _words(scorer.base)
        kept = None if base is None else np.union1d(base.weights.kept, scorer.adapter.kept)
        return None if kept is None else Unknown(kept, scorer.base.segmenter)
    words = _words(scorer)
    return None if words is None else Unknown(words.weights.kept, words.segmenter)


def _words(scorer: object) -> LinearScorer | None:
    """Return the word model of a scorer."""
    if isinstance(scorer, CascadeScorer):
        return scorer.word
    return scorer if isinstance(scorer, LinearScorer) else None


@cache
def _starts_word() -> NDArray[np.bool_]:
    """Flag the code points with which a word begins: letters, no digits, no punctuation."""
    return np.array([chr(point).isalpha() for point in range(0x10000)], dtype=np.bool_)
