"""Judged pairs made by hand: what was wanted of a text, and what was given."""

from dataclasses import replace
from functools import cache

from triage import ISSUES, Evidence, Feedback, ModelName, Policy, Triage
from triage.records import Example
from triage.scorers.keyword import KeywordScorer

MODEL = ModelName("by-hand", "1", "0" * 12)


@cache
def _some_verdict():
    """A real verdict to start from: it has every field, whichever are added later."""
    return Triage(KeywordScorer(), Policy(), MODEL)(Feedback("a", "质量差"))


def pair(
    id_,
    text,
    wanted=(),
    given=(),
    *,
    scores=None,
    sentiment=(2, 2),
    urgency=(1, 1),
    critical=0.0,
    review=False,
    script="hans",
    model=MODEL,
    **fields,
):
    """An example with its verdict; scores follow what is given, levels are (wanted, given)."""
    example = Example(id_, text, tuple(wanted), sentiment[0], urgency[0], **fields)
    verdict = replace(
        _some_verdict(),
        id=id_,
        issues=tuple(given),
        suggested=(),
        scores={label: 0.9 if label in given else 0.1 for label in ISSUES} | (scores or {}),
        sentiment=sentiment[1],
        sentiment_score=0.0,
        urgency=urgency[1],
        urgency_scores=(1 - critical, 0.0, 0.0, critical),
        review_reasons=("asked",) if review else (),
        evidence=tuple(Evidence(label, text[:8], 0, len(text[:8]), 1.0) for label in given),
        script=script,
        model=model,
    )
    return example, verdict
