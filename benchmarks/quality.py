"""Quality on texts that training never saw, and the usual sentiment benchmark.

    python benchmarks/quality.py --collections ../shared/corpus [--model models/default]

Held-out texts: the `test` ids of data/splits/heldout.json. ChnSentiCorp: a linear model on our
features, fitted on its train split alone (strength chosen by cross-validation there), judged
once on its dev split.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.model_selection import GridSearchCV
from sklearn.svm import LinearSVC

from triage import Triage
from triage.artifact import read_manifest
from triage.records import Example, Verdict
from triage.resources import default_model
from triage.text.segment import Segmenter
from triage.training.corpus import read_collection, read_examples
from triage.training.linear import document_frequency
from triage.training.matrix import Counts, count
from triage.training.metrics import by_slice, judge
from triage.training.scope import is_held_out, read_scope
from triage.training.splits import held_out


def held_out_pairs(engine: Triage, collections: Path) -> list[tuple[Example, Verdict]]:
    """Return the held-out test texts, real and authored, each with its verdict."""
    data = [Path("data/seed"), Path("data/annotations")]
    test = set(held_out()["test"])
    examples = [e for e in read_examples(data, collections=collections) if e.id in test]
    return judge(engine, examples)


def held_out_figures(engine: Triage, collections: Path) -> dict[str, object]:
    """Return the figures on the held-out test texts, real and authored."""
    return by_slice(held_out_pairs(engine, collections), engine.scorer.labels)


def scope_figures(engine: Triage) -> dict[str, float]:
    """Return how well text that is no feedback is told apart, on authored texts kept aside."""
    aside = [(e, inside) for e, inside in read_scope() if is_held_out(e.id)]
    given = [verdict.in_scope for _, verdict in judge(engine, [e for e, _ in aside])]
    wanted = [inside for _, inside in aside]
    right = [a == b for a, b in zip(given, wanted, strict=True)]
    outside = [ok for ok, inside in zip(right, wanted, strict=True) if not inside]
    inside_ = [ok for ok, inside in zip(right, wanted, strict=True) if inside]
    return {
        "n": len(right),
        "recall of texts that are none": float(np.mean(outside)),
        "feedback kept": float(np.mean(inside_)),
    }


def chnsenticorp(folder: Path) -> dict[str, float]:
    """Return accuracy on ChnSentiCorp dev of a model fitted on its train split."""
    train, dev = (
        list(read_collection(folder / f"chnsenticorp_{p}.csv.gz")) for p in ("train", "dev")
    )
    counts = [count([row["text"] for row in rows], Segmenter()) for rows in (train, dev)]
    wanted = [np.array([row["label"] == "1" for row in rows]) for rows in (train, dev)]
    frequency = document_frequency(counts[0])
    kept = np.flatnonzero(frequency >= 2).astype(np.uint32)
    idf = (np.log((1 + len(train)) / (1 + frequency[kept])) + 1).astype(np.float32)

    def matrix(part: Counts) -> object:
        return part.columns(kept).normed(idf)

    search = GridSearchCV(LinearSVC(random_state=0), {"C": [0.3, 1.0, 3.0]}, cv=4)
    search.fit(matrix(counts[0]), wanted[0])
    return {
        "cross-validation on train": float(search.best_score_),
        "dev accuracy": float(search.score(matrix(counts[1]), wanted[1])),
    }


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=default_model())
    options = parser.parse_args()
    engine = Triage.load(options.model)
    manifest = read_manifest(options.model)
    report = {
        "model": engine.name.to_dict() | {"data": manifest["data"]["hash"][:16]},
        "held_out": held_out_figures(engine, options.collections),
        "scope": scope_figures(engine),
        "chnsenticorp": chnsenticorp(options.collections),
    }
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
