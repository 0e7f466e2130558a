"""The gate on models made worse on purpose, and on models that are equally good.

    python -m benchmarks.gate [--runs 1000]

Three tables, all of authored held-out texts alone: what the gate says of each planted regression
(real weights, saved and loaded as folders); how often it refuses a model that is as good as the
champion; how large a loss must be to be seen.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.support import equals, regressions
from triage import Triage
from triage.registry.checks import Sampling, case_checks, text_checks
from triage.registry.gate import Family, Gate, family
from triage.registry.measure import read_held_out
from triage.registry.promote import Question, ask
from triage.training.behaviour import every_case, outcomes
from triage.training.metrics import judge
from triage.training.slices import slices
from triage.training.tally import Pairs, tally

PLANTED: dict[str, Callable[[Path], None]] = {
    "equal": regressions.equal,
    "label": regressions.worse_label,
    "script": regressions.worse_script,
    "dictionary": regressions.swapped_dictionary,
    "critical": regressions.worse_critical,
    "tampered": regressions.tampered,
    "damaged": regressions.damaged,
}
_SHARES = (0.01, 0.03, 0.10)
_FLIPPED_CASES = 0.05
_ALONE = 0.05


def planted(champion: Triage) -> dict[str, Gate]:
    """Return what the gate says of each model made worse on purpose."""
    said: dict[str, Gate] = {}
    question = Question([regressions.SEED], by="benchmark")
    with TemporaryDirectory() as folder:
        for name, plant in PLANTED.items():
            plant(Path(folder, name))
            said[name] = ask(Path(folder, name), champion, question)
    return said


def false_alarms(
    pairs: Pairs, passed: Sequence[bool], share: float, runs: int
) -> tuple[float, float]:
    """Return how often an equally good model is refused that decides differently in `share`.

    The second figure is how often it would be if each check on texts were asked alone, at 5 %.
    """
    labels = tuple(pairs[0][1].scores)
    rows, groups = tally(pairs, labels), slices(pairs)
    refused = alone = 0
    for run in range(runs):
        random = np.random.default_rng(run)
        one, two = equals.shuffled(rows, equals.another(rows, share, random), random)
        texts = family("texts", text_checks(one, two, groups, Sampling(300, run)))
        refused += bool(texts.failed or _cases(passed, random).failed)
        alone += any(check.p <= _ALONE for check in texts.checks)
    return refused / runs, alone / runs


def _cases(passed: Sequence[bool], random: np.random.Generator) -> Family:
    before = np.array(passed)
    after = before ^ (random.random(len(before)) < _FLIPPED_CASES)
    coin = random.random(len(before)) < 0.5
    one, two = np.where(coin, before, after), np.where(coin, after, before)
    return family("behaviour", case_checks(every_case(), one.tolist(), two.tolist()))


def _print_planted(said: dict[str, Gate]) -> None:
    print("planted      passed  reasons (the first two)")
    for name, gate in said.items():
        counts = Counter(reason.code for reason in gate.reasons)
        print(f"{name:12} {gate.passed!s:7} {dict(counts)}")
        for reason in gate.reasons[:2]:
            print(f"{'':20} {reason.en}")


def _print_seen(gate: Gate) -> None:
    print("\nfigure                      n  loss seen four times in five")
    for part in gate.families:
        for check in part.checks:
            loss = check.seen_from(part.bound)
            if check.code != "capability" and loss is not None:
                place = f"{check.figure} {check.value}".strip()
                print(f"{place:24} {check.n:4}  {loss:.3f}")


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    runs = parser.parse_args().runs
    champion, held_out = Triage.load(), read_held_out([regressions.SEED])
    said = planted(champion)
    _print_planted(said)
    pairs = judge(champion, held_out.examples)
    passed = outcomes(champion, every_case())
    print(f"\nequally good models, {runs} runs: decisions that differ, refused, each check alone")
    for share in _SHARES:
        refused, alone = false_alarms(pairs, passed, share, runs)
        print(f"{share:4.0%}  {refused:5.1%}  {alone:5.1%}")
    _print_seen(said["label"])


if __name__ == "__main__":
    main()
