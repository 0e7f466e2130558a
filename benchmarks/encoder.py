"""The word model, an encoder and the cascade of both, side by side in one run.

    python -m benchmarks.encoder --collections FOLDER [--cascade models/careful]
    python -m benchmarks.encoder --collections FOLDER --chnsenticorp BODY

Quality on the held-out `test` ids; speed, memory and latency each in a process of its own, on one
core. The second form fits BODY on the train split of ChnSentiCorp alone and judges its dev split
once.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import held_out_pairs
from benchmarks.speed import texts_of
from triage import Triage
from triage.artifact import load, read_manifest, save
from triage.resources import default_model
from triage.scorers.cascade import CascadeScorer
from triage.training.metrics import SLICES, measure
from triage.training.reliability import reliability

_ROWS = (
    ("issue macro-F1, real 真实", "real", ("issues", "macro_f1")),
    ("issue macro-F1, authored 自编", "authored", ("issues", "macro_f1")),
    ("sentiment kappa, real", "real", ("sentiment_kappa",)),
    ("sentiment kappa, authored", "authored", ("sentiment_kappa",)),
    ("urgency kappa, real", "real", ("urgency_kappa",)),
    ("urgency kappa, authored", "authored", ("urgency_kappa",)),
    ("urgency 3: recall, real", "real", ("critical", "recall")),
    ("urgency 3: recall, authored", "authored", ("critical", "recall")),
    ("… at precision 0.6, real", "real", ("critical", "recall_at_precision_60")),
    ("… at precision 0.6, authored", "authored", ("critical", "recall_at_precision_60")),
    ("all issues of a text right, real", "real", ("exact_match",)),
    ("mean ECE of the labels, real", "real", ("ece",)),
    ("mean ECE of the labels, authored", "authored", ("ece",)),
    ("whole verdicts a second, one core", "cost", ("texts_per_second",)),
    ("p50 of one text, ms", "cost", ("p50_ms",)),
    ("p99 of one text, ms", "cost", ("p99_ms",)),
    ("seconds to the first verdict", "cost", ("ready_s",)),
    ("memory, MB", "cost", ("resident_mb",)),
    ("folder, MB", "cost", ("folder_mb",)),
    ("share of the reviews that the encoder reads", "cost", ("read_share",)),
)


def quality(folder: Path, collections: Path) -> dict[str, Any]:
    """Return the figures of a model on the held-out texts, real and authored."""
    engine = Triage.load(folder)
    pairs, labels = held_out_pairs(engine, collections), engine.scorer.labels
    parts = {name: [pair for pair in pairs if test(pair[0])] for name, test in SLICES.items()}
    return {
        name: measure(part, labels) | {"ece": _ece(part, labels)} for name, part in parts.items()
    }


def _ece(pairs: Sequence[Any], labels: Sequence[str]) -> float:
    """Return the mean calibration error over the labels."""
    known = [(example, verdict) for example, verdict in pairs if example.issues is not None]
    errors = [
        reliability(
            np.array([verdict.scores[label] for _, verdict in known]),
            np.array([label in example.issues for example, _ in known]),
        )["ece"]
        for label in labels
    ]
    return float(np.mean(errors))


def cost(folder: Path, texts: Sequence[str]) -> dict[str, float]:
    """Return what a model costs, measured in a process of its own with one thread."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.support.cost", str(folder)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **one},
    )
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    return {**json.loads(done.stdout), "folder_mb": size, "read_share": _read(folder, texts)}


def _read(folder: Path, texts: Sequence[str]) -> float:
    """Return the share of texts that the encoder of a model reads."""
    from triage.scorers.cascade import doubts
    from triage.text.clean_all import clean_all

    scorer = load(folder).scorer
    if not isinstance(scorer, CascadeScorer):
        return float(read_manifest(folder)["kind"] == "encoder")
    scores = scorer.word.score([item for item in clean_all(texts) if item.text])
    return float((doubts(scores) > scorer.weights.limit).mean())


def encoder_alone(cascade: Path, folder: Path) -> Path:
    """Write the encoder of a cascade as a model of its own."""
    model = load(cascade)
    assert isinstance(model.scorer, CascadeScorer)
    kept = ("name", "version", "labels", "tokeniser", "taxonomy", "bands")
    manifest = {key: value for key, value in model.manifest.items() if key in kept}
    weights = model.scorer.weights.encoder
    numbers = {"window": weights.window, "stride": weights.stride}
    save(
        folder,
        weights,
        manifest | {"kind": "encoder", "encoder": numbers},
        metrics={},
        card="",
    )
    return folder


def always_read(cascade: Path, folder: Path) -> Path:
    """Write a cascade whose encoder reads every text."""
    from dataclasses import replace

    model = load(cascade)
    assert isinstance(model.scorer, CascadeScorer)
    weights = replace(model.scorer.weights, limit=-1.0)
    manifest = {k: v for k, v in model.manifest.items() if k not in ("files", "features", "format")}
    save(folder, weights, manifest, metrics={}, card="")
    return folder


def table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the figures of each tier as a Markdown table."""
    head = ["| measure 指标 | " + " | ".join(rows) + " |", "|---|" + "---|" * len(rows)]
    body = [
        f"| {name} | " + " | ".join(_cell(row, part, path) for row in rows.values()) + " |"
        for name, part, path in _ROWS
    ]
    return "\n".join([*head, *body])


def _cell(row: Mapping[str, Any], part: str, path: Sequence[str]) -> str:
    value: Any = row[part]
    for key in path:
        value = value[key]
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if part == "cost" else f"{value:.3f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--collections", type=Path, required=True)
    parser.add_argument("--word", type=Path, default=default_model())
    parser.add_argument("--cascade", type=Path, default=Path("models/careful"))
    parser.add_argument("--texts", type=int, default=10_000)
    parser.add_argument("--chnsenticorp", metavar="BODY")
    parser.add_argument("--rate", type=float)
    parser.add_argument("--epochs", type=int, default=4)
    options = parser.parse_args()
    if options.chnsenticorp:
        from benchmarks.support.chnsenticorp import fitted_on_train
        from triage.training.encoder.settings import EncoderSettings

        settings = EncoderSettings(epochs=options.epochs, rate=options.rate, threads=1)
        print(json.dumps(fitted_on_train(options.collections, options.chnsenticorp, settings)))
        return
    texts = texts_of(options.collections, options.texts)
    with tempfile.TemporaryDirectory() as scratch:
        tiers = {
            "word model": options.word,
            "encoder alone": encoder_alone(options.cascade, Path(scratch) / "encoder"),
            "cascade": options.cascade,
            "both read everything": always_read(options.cascade, Path(scratch) / "always"),
        }
        rows = {
            name: quality(folder, options.collections) | {"cost": cost(folder, texts)}
            for name, folder in tiers.items()
        }
    print(table(rows))


if __name__ == "__main__":
    main()
