"""A corrected model beside its base: texts a second on one core, turn about in one run.

python -m benchmarks.corrected --collections FOLDER --model models/mine [--texts 6000]
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed import texts_of  # on import: one thread for everybody
from triage import Feedback, Triage
from triage.text.clean_all import clean_all

_BATCH = 1024
_ROUNDS = 4


def seconds(call: Callable[[], object]) -> float:
    """Return the processor seconds of a call."""
    began = time.process_time()
    call()
    return time.process_time() - began


def labels(engine: Triage, texts: list[str]) -> None:
    """Score every text, and nothing else."""
    for start in range(0, len(texts), _BATCH):
        engine.scorer.score(clean_all(texts[start : start + _BATCH]))


def verdicts(engine: Triage, texts: list[str]) -> None:
    """Judge every text."""
    list(engine.pipe(Feedback(str(k), text) for k, text in enumerate(texts)))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=6000)
    options = parser.parse_args()
    texts = texts_of(options.collections, options.texts)
    engines = (Triage.load(), Triage.load(options.model))
    print("| | base texts/s | corrected texts/s | ratio |\n|---|---|---|---|")
    for work in (labels, verdicts):
        rounds = [[seconds(lambda: work(e, texts)) for e in engines] for _ in range(_ROUNDS)]  # noqa: B023
        base, corrected = (len(texts) / min(column) for column in zip(*rounds, strict=True))
        print(f"| {work.__name__} | {base:,.0f} | {corrected:,.0f} | {corrected / base:.2f} |")


if __name__ == "__main__":
    main()
