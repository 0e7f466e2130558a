"""The behavioural suite: minimum functionality, invariance, direction (after CheckList).

    python -m tests.behaviour.suite        # the table of docs/behaviour.md

Each case says what a careful reader cannot doubt. No training file holds a case.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from triage import Feedback, Triage, Verdict

HERE = Path(__file__).parent
Case = Mapping[str, Any]
Verdicts = Mapping[str, Verdict]


def cases(kind: str) -> list[dict[str, Any]]:
    """Read the cases of `minimum`, `invariance` or `direction`."""
    lines = (HERE / f"{kind}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"suite": kind} for line in lines if line.strip()]


def every_case() -> list[dict[str, Any]]:
    """Read all cases."""
    return [case for kind in ("minimum", "invariance", "direction") for case in cases(kind)]


def texts_of(case: Case) -> list[str]:
    """Return the one or two texts of a case."""
    return [case[key] for key in ("text", "variant", "changed") if key in case]


def passes(case: Case, verdicts: Verdicts) -> bool:
    """Whether the verdicts on a case's texts are as the case demands."""
    return _JUDGES[case["suite"]](case, verdicts)


def _minimum(case: Case, verdicts: Verdicts) -> bool:
    verdict, expect = verdicts[case["text"]], case["expect"]
    given = set(verdict.issues)
    return all(
        (
            set(expect.get("has", ())) <= given,
            not set(expect.get("lacks", ())) & given,
            "issues" not in expect or set(expect["issues"]) == given,
            verdict.sentiment in expect.get("sentiment_in", range(1, 6)),
            verdict.urgency in expect.get("urgency_in", range(4)),
        )
    )


def _invariance(case: Case, verdicts: Verdicts) -> bool:
    one, two = verdicts[case["text"]], verdicts[case["variant"]]
    return (set(one.issues), one.urgency) == (set(two.issues), two.urgency)


def _direction(case: Case, verdicts: Verdicts) -> bool:
    before, after = verdicts[case["text"]], verdicts[case["changed"]]
    expect = case["expect"]
    moved = {
        "urgency": after.urgency - before.urgency,
        "sentiment": after.sentiment_score - before.sentiment_score,
    }
    return all(
        (
            set(expect.get("adds", ())) <= set(after.issues),
            not set(expect.get("drops", ())) & set(after.issues),
            *(_moves(moved[name], expect[name]) for name in moved if name in expect),
        )
    )


def _moves(by: float, wanted: str) -> bool:
    return {"up": by > 0, "down": by < 0, "not_up": by <= 0}[wanted]


_JUDGES: Mapping[str, Callable[[Case, Verdicts], bool]] = {
    "minimum": _minimum,
    "invariance": _invariance,
    "direction": _direction,
}


def pass_rates(engine: Triage) -> dict[tuple[str, str], tuple[int, int]]:
    """Return passed and total cases by suite and capability."""
    every = every_case()
    texts = sorted({text for case in every for text in texts_of(case)})
    results = engine.pipe(Feedback(text, text) for text in texts)
    verdicts = {text: v for text, v in zip(texts, results, strict=True) if isinstance(v, Verdict)}
    rates: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for case in every:
        counts = rates[case["suite"], case["capability"]]
        counts[0] += passes(case, verdicts)
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


if __name__ == "__main__":
    print(table(Triage.load()))
