"""Scores, signals and policy in, decision out. The only place where thresholds act; pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from triage.policy import Policy
from triage.records import Decision, Scores

_FLAT: Mapping[str, str] = MappingProxyType({})


def decide(
    scores: Scores,
    labels: Sequence[str],
    policy: Policy,
    *,
    parents: Mapping[str, str] = _FLAT,
    signal_level: int = 0,
    settled: bool = False,
) -> Decision:
    """Turn the scores of one text into a decision.

    At or above a label's `assign` it is given, from `suggest` up to there it is suggested
    and a person is asked, below both it is nothing. `parents` names the label above each that
    has one: what is given is given with its parent. `signal_level` is the highest urgency
    that a fact found by rule deserves: where there is one, less is asked of the model.
    `settled` says that the customer calls it over: then nobody must act, unless the model
    sees danger on its own.
    """
    if scores.scope < policy.outside:
        return _outside(scores)
    issues, suggested, reasons = _issues(scores, labels, policy, parents)
    critical = scores.urgency[3]
    if settled and critical < policy.urgency[2]:
        urgency = 0
    else:
        urgency = _urgency(scores.urgency, policy, signal_level)
        urgency = max(urgency, 1) if issues else urgency  # a complaint deserves an answer
    if urgency < 3 and critical >= policy.suggest_critical:
        reasons.append(f"urgency 3: {critical:.2f}, asked from {policy.suggest_critical:.2f}")
    if scores.scope < policy.scope_sure:
        reasons.append(f"scope: {scores.scope:.2f} below {policy.scope_sure:.2f}")
    sentiment, sentiment_score = _sentiment(scores.sentiment)
    return Decision(
        tuple(issues), tuple(suggested), sentiment, sentiment_score, urgency, tuple(reasons)
    )


def _outside(scores: Scores) -> Decision:
    sentiment, sentiment_score = _sentiment(scores.sentiment)
    return Decision((), (), sentiment, sentiment_score, 0, (), in_scope=False)


def _issues(
    scores: Scores, labels: Sequence[str], policy: Policy, parents: Mapping[str, str]
) -> tuple[list[str], list[str], list[str]]:
    suggested, reasons = [], []
    found = dict(zip(labels, scores.issues, strict=True))
    given = {label for label, score in found.items() if score >= policy.band_of(label).assign}
    implied = {parents[label] for label in given if label in parents}
    for label, score in found.items():
        band = policy.band_of(label)
        if label in implied:  # whether to ask is said of the child
            continue
        if label in given and score < band.sure:
            reasons.append(f"{label}: {score:.2f} given, but below {band.sure:.2f}")
        elif label not in given and score >= band.suggest:
            suggested.append(label)
            reasons.append(f"{label}: {score:.2f} between {band.suggest:.2f} and {band.assign:.2f}")
    return [label for label in labels if label in given | implied], suggested, reasons


def _urgency(levels: Sequence[float], policy: Policy, signal_level: int) -> int:
    at_least, reached = 0.0, 0
    for level in (3, 2, 1):
        at_least += levels[level]
        needed = policy.urgency[level - 1]
        if level >= 2 and signal_level >= level:
            needed = min(needed, policy.signals[level - 2])
        if at_least >= needed:
            reached = max(reached, level)
    return reached


def _sentiment(levels: Sequence[float]) -> tuple[int, float]:
    """Return the level nearest the expected one, and that expectation on -1 to 1."""
    one, two, three, four, five = levels
    expected = one + 2 * two + 3 * three + 4 * four + 5 * five
    return min(5, max(1, int(expected + 0.5))), (expected - 3) / 2
