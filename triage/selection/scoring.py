"""The numbers of a model for many texts, without evidence: what a choice among them needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from triage.engine import Triage
from triage.scorers.base import Floats, ScoreBatch
from triage.text.clean_all import clean_all

_BATCH = 1024
_BLANK = "。"  # keeps a row for a text that cleaning empties
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities of n texts: issues n x labels, sentiment n x 5, urgency n x 4, scope n."""

    issues: Floats
    sentiment: Floats
    urgency: Floats
    scope: Floats


def judge_numbers(
    engine: Triage, texts: Sequence[str], *, progress: Progress = lambda _: None
) -> Judged:
    """Return what the engine's scorer says of `texts`; `progress` hears how many are done."""
    parts: list[ScoreBatch] = []
    for start in range(0, len(texts), _BATCH):
        cleaned = clean_all([text or _BLANK for text in texts[start : start + _BATCH]])
        parts.append(engine.scorer.score(cleaned))
        progress(min(start + _BATCH, len(texts)))
    names = ("issues", "sentiment", "urgency", "scope")
    return Judged(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
