"""Retraining beside what a user would otherwise write: time and quality, in one run.

    python benchmarks/retrain.py --collections ../shared/corpus [--sizes 40,300,1000,2500]

A desk that the base has never seen: messages to officials. The base is made of everything else
(no polarity collections, to be quick). Each way of retraining gets the same examples and is
measured on the frozen test texts of the new desk and of the old ones. The peer is
jieba + TF-IDF + logistic regression, one head for each of the same 12 outputs. Then the time
for 10,000 examples. Prints Markdown tables; trust the ratios.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

NEW = "gov"  # how the names of the new desk's sources begin
THRESHOLD = 3 / 7


def data(collections: Path) -> Any:
    """Return every labelled text, parted by the frozen list."""
    from triage.training.corpus import read_examples
    from triage.training.splits import held_out, split

    folders = [Path("data/seed"), Path("data/annotations")]
    return split(read_examples(folders, collections=collections), held_out())


def base_without(parts: Any, folder: Path) -> Path:
    """Make a base of everything but the new desk."""
    import json

    from triage.training.build import Plan, build

    fields = ("id", "text", "issues", "sentiment", "urgency", "source")
    rows = [e for e in (*parts.train, *parts.dev, *parts.test) if not e.source.startswith(NEW)]
    lines = (json.dumps({f: getattr(e, f) for f in fields}, ensure_ascii=False) for e in rows)
    (folder / "old.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build(Plan([folder / "old.jsonl"], folder / "base", name="old"))
    return folder / "base"


def peer(examples: Sequence[Any]) -> Callable[[Sequence[str]], Any]:
    """Fit jieba + TF-IDF + logistic regression on 12 outputs; return what predicts issues."""
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    from triage.labels import ISSUES
    from triage.training.heads import targets

    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, min_df=2)
    matrix = words.fit_transform([e.text for e in examples])
    wanted = targets(examples, ISSUES)
    varied = [k for k in range(wanted.shape[1]) if 0 < wanted[:, k].sum() < len(wanted)]
    model = OneVsRestClassifier(LogisticRegression(C=10.0, max_iter=300)).fit(
        matrix, wanted[:, varied]
    )

    def predict(texts: Sequence[str]) -> Any:
        given = np.zeros((len(texts), wanted.shape[1]), dtype=bool)
        given[:, varied] = model.predict_proba(words.transform(texts)) >= 0.5
        return given[:, : len(ISSUES)]

    return predict


def ours(base: Path, examples: Sequence[Any]) -> Any:
    """Fit an adapter on the base."""
    from triage.scorers.adapted import AdaptedScorer
    from triage.taxonomy import BUILT_IN
    from triage.training.adapt import fit_adapter
    from triage.training.correct import open_base, texts_of_no_desk

    scorer = open_base(base).scorer
    others = texts_of_no_desk({e.id for e in examples})[:3000]
    return AdaptedScorer(scorer, fit_adapter(scorer, examples, others, BUILT_IN))


def predict_with(scorer: Any) -> Callable[[Sequence[str]], Any]:
    """Return what predicts the issues by a scorer."""
    from triage.text.clean_all import clean_all

    return lambda texts: scorer.score(clean_all(texts)).issues >= THRESHOLD


def f1(predict: Callable[[Sequence[str]], Any], examples: Sequence[Any]) -> str:
    """Return macro- and micro-F1 of the issues."""
    from sklearn.metrics import f1_score

    from triage.labels import ISSUES
    from triage.training.heads import targets

    wanted = targets(examples, ISSUES)[:, : len(ISSUES)]
    given = predict([e.text for e in examples])
    scores = [f1_score(wanted, given, average=a, zero_division=0) for a in ("macro", "micro")]
    return " / ".join(f"{score:.3f}" for score in scores)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call gives, and its seconds."""
    began = time.perf_counter()
    result = call()
    return result, time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--sizes", default="40,300,1000,2500")
    options = parser.parse_args()
    parts = data(options.collections)
    new = sorted((e for e in parts.train if e.source.startswith(NEW)), key=lambda e: e.id)
    order = np.random.default_rng(0).permutation(len(new))
    tests = {
        "new desk": [e for e in parts.test if e.source.startswith(NEW)],
        "old real": [
            e for e in parts.test if not e.source.startswith(NEW) and not e.id.startswith("seed-")
        ],
        "authored": [e for e in parts.test if e.id.startswith("seed-")],
    }
    with tempfile.TemporaryDirectory() as place:
        base, seconds = timed(lambda: base_without(parts, Path(place)))
        columns = " | ".join(f"{name} (n = {len(part)})" for name, part in tests.items())
        print(f"| model | examples | seconds | {columns} |\n|---|---|---|{'---|' * len(tests)}")
        old = predict_with(open_scorer(base))
        show("base alone", 0, seconds, old, tests)
        for size in map(int, options.sizes.split(",")):
            examples = [new[k] for k in order[:size]]
            scorer, seconds = timed(lambda: ours(base, examples))  # noqa: B023
            show("base, corrected", size, seconds, predict_with(scorer), tests)
            predict, seconds = timed(lambda: peer(examples))  # noqa: B023
            show("jieba + TF-IDF + LR", size, seconds, predict, tests)
        many = sorted(parts.train, key=lambda e: e.id)[:10_000]
        _, mine = timed(lambda: ours(base, many))
        _, theirs = timed(lambda: peer(many))
        print(
            f"\n10,000 examples: corrected in {mine:.1f} s, jieba + TF-IDF + LR in {theirs:.1f} s"
        )
        print(f"ratio {mine / theirs:.2f}")


def open_scorer(folder: Path) -> Any:
    """Return the scorer of a model folder."""
    from triage.artifact import load

    return load(folder).scorer


def show(name: str, size: int, seconds: float, predict: Any, tests: dict[str, Any]) -> None:
    """Print one row."""
    figures = " | ".join(f1(predict, part) for part in tests.values())
    print(f"| {name} | {size} | {seconds:.1f} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
