"""Scores and policy in, decision out. The only place where thresholds act; pure."""

from collections.abc import Sequence

from triage.policy import Policy
from triage.records import Decision, Scores


def decide(scores: Scores, labels: Sequence[str], policy: Policy) -> Decision:
    """Turn the scores of one text into a decision.

    At or above a label's `assign` it is given, from `suggest` up to there it is suggested
    and a person is asked, below both it is nothing.
    """
    issues, suggested, reasons = [], [], []
    for label, score in zip(labels, scores.issues, strict=True):
        band = policy.band_of(label)
        if score >= band.assign:
            issues.append(label)
        elif score >= band.suggest:
            suggested.append(label)
            reasons.append(f"{label}: {score:.2f} between {band.suggest:.2f} and {band.assign:.2f}")
    urgency = _urgency(scores.urgency, policy)
    if issues:
        urgency = max(urgency, 1)  # the guideline: a complaint deserves an answer
    reasons += _critical_reasons(scores.urgency[3], urgency, policy)
    sentiment, sentiment_score = _sentiment(scores.sentiment)
    return Decision(
        tuple(issues), tuple(suggested), sentiment, sentiment_score, urgency, tuple(reasons)
    )


def _urgency(levels: Sequence[float], policy: Policy) -> int:
    at_least = (levels[1] + levels[2] + levels[3], levels[2] + levels[3], levels[3])
    reached = [k for k in (1, 2, 3) if at_least[k - 1] >= policy.urgency[k - 1]]
    return max(reached, default=0)


def _critical_reasons(critical: float, urgency: int, policy: Policy) -> list[str]:
    if urgency == 3 or critical < policy.suggest_critical:
        return []
    floor, ceiling = policy.suggest_critical, policy.urgency[2]
    return [f"urgency 3: {critical:.2f} between {floor:.2f} and {ceiling:.2f}"]


def _sentiment(levels: Sequence[float]) -> tuple[int, float]:
    """Return the level nearest the expected one, and that expectation on -1 to 1."""
    expected = sum((k + 1) * p for k, p in enumerate(levels))
    return min(5, max(1, int(expected + 0.5))), (expected - 3) / 2
