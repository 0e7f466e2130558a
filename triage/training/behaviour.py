"""The behavioural suite: minimum functionality, invariance, direction (after CheckList).

Each case says what a careful reader cannot doubt. No training file holds a case.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from triage.engine import Triage
from triage.records import Feedback, Verdict
from triage.resources import resource

KINDS = ("minimum", "invariance", "direction")
_TEXTS = ("text", "variant", "changed")
_NAMED = ("has", "lacks", "issues", "adds", "drops")
Case = Mapping[str, Any]
Verdicts = Mapping[str, Verdict]


def case_folder() -> Path:
    """Return the folder of the cases in the box."""
    return resource("data", "behaviour")


def cases(kind: str) -> list[dict[str, Any]]:
    """Read the cases of `minimum`, `invariance` or `direction`."""
    lines = (case_folder() / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"suite": kind} for line in lines if line.strip()]


def every_case() -> list[dict[str, Any]]:
    """Read all cases."""
    return [case for kind in KINDS for case in cases(kind)]


def texts_of(case: Case) -> list[str]:
    """Return the one or two texts of a case."""
    return [case[key] for key in _TEXTS if key in case]


def labels_of(case: Case) -> set[str]:
    """Return the labels that a case names."""
    expect = case.get("expect", {})
    return {label for key in _NAMED for label in expect.get(key, ())}


def passes(case: Case, verdicts: Verdicts, labels: Sequence[str] | None = None) -> bool:
    """Whether the verdicts on a case's texts are as the case demands.

    With `labels`, what a model says of other labels is not looked at.
    """
    given = {text: _given(verdicts[text], labels) for text in texts_of(case)}
    return _JUDGES[case["suite"]](case, verdicts, given)


def outcomes(
    engine: Triage, every: Sequence[Case], labels: Sequence[str] | None = None
) -> list[bool]:
    """Return for each case whether the engine passes it, judged on `labels` alone if given."""
    texts = sorted({text for case in every for text in texts_of(case)})
    results = engine.pipe(Feedback(text, text) for text in texts)
    verdicts = {text: v for text, v in zip(texts, results, strict=True) if isinstance(v, Verdict)}
    return [passes(case, verdicts, labels) for case in every]


def pass_rates(engine: Triage) -> dict[tuple[str, str], tuple[int, int]]:
    """Return passed and total cases by suite and capability."""
    every = every_case()
    rates: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for case, passed in zip(every, outcomes(engine, every), strict=True):
        counts = rates[case["suite"], case["capability"]]
        counts[0] += passed
        counts[1] += 1
    return {key: (passed, total) for key, (passed, total) in sorted(rates.items())}


def table(engine: Triage) -> str:
    """Return the pass rates as Markdown."""
    rates = pass_rates(engine)
    rows = [
        f"| {suite} | {name} | {passed} / {total} | {passed / total:.0%} |"
        for (suite, name), (passed, total) in rates.items()
    ]
    passed, total = (sum(column) for column in zip(*rates.values(), strict=True))
    head = "| suite | capability | passed | rate |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + f"\n| all | | {passed} / {total} | {passed / total:.0%} |\n"


Given = Mapping[str, set[str]]


def _given(verdict: Verdict, labels: Sequence[str] | None) -> set[str]:
    return {label for label in verdict.issues if labels is None or label in labels}


def _minimum(case: Case, verdicts: Verdicts, given: Given) -> bool:
    verdict, issues, expect = verdicts[case["text"]], given[case["text"]], case["expect"]
    return all(
        (
            set(expect.get("has", ())) <= issues,
            not set(expect.get("lacks", ())) & issues,
            "issues" not in expect or set(expect["issues"]) == issues,
            verdict.sentiment in expect.get("sentiment_in", range(1, 6)),
            verdict.urgency in expect.get("urgency_in", range(4)),
        )
    )


def _invariance(case: Case, verdicts: Verdicts, given: Given) -> bool:
    one, two = case["text"], case["variant"]
    return (given[one], verdicts[one].urgency) == (given[two], verdicts[two].urgency)


def _direction(case: Case, verdicts: Verdicts, given: Given) -> bool:
    before, after = verdicts[case["text"]], verdicts[case["changed"]]
    issues, expect = given[case["changed"]], case["expect"]
    moved = {
        "urgency": after.urgency - before.urgency,
        "sentiment": after.sentiment_score - before.sentiment_score,
    }
    return all(
        (
            set(expect.get("adds", ())) <= issues,
            not set(expect.get("drops", ())) & issues,
            *(_moves(moved[name], expect[name]) for name in moved if name in expect),
        )
    )


def _moves(by: float, wanted: str) -> bool:
    return {"up": by > 0, "down": by < 0, "not_up": by <= 0}[wanted]


_JUDGES: Mapping[str, Callable[[Case, Verdicts, Given], bool]] = {
    "minimum": _minimum,
    "invariance": _invariance,
    "direction": _direction,
}
