"""From data to a model folder: read, split, fit, measure, write."""

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage import artifact, features
from triage.engine import Triage
from triage.errors import DataError
from triage.policy import Policy
from triage.records import Example, ModelName
from triage.scorers.linear import LinearScorer, LinearWeights
from triage.text.segment import Segmenter
from triage.training import card
from triage.training.corpus import content_hash, read_examples, read_polarity
from triage.training.linear import Settings, fit
from triage.training.metrics import by_slice, judge
from triage.training.splits import Split, draw, held_out, split, without_near

_LEAST = 20
_VERSIONS = ("numpy", "scipy", "scikit-learn", "opencc")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train on and what to call it."""

    data: Sequence[Path]
    out: Path
    collections: Path | None = None
    name: str = "model"
    version: str = "1.0.0"
    settings: Settings = field(default_factory=Settings)


def build(plan: Plan, progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Train, measure on held-out texts, and write the model folder; return the metrics.

    Raises DataError for unusable data.
    """
    parts, polarity = gather(plan)
    segmenter = Segmenter()
    weights = fit(parts.train, polarity, segmenter, settings=plan.settings, progress=progress)
    progress("measuring on held-out texts")
    metrics = measure(weights, segmenter, parts, plan)
    manifest = _manifest(plan, parts, polarity, segmenter, weights)
    text = card.write(manifest, metrics)
    artifact.save(plan.out, weights, manifest, metrics=metrics, card=text)
    return metrics


def gather(plan: Plan) -> tuple[Split, list[Example]]:
    """Read the data of a plan and part it; polarity texts near a held-out text are left out."""
    examples = read_examples(plan.data, collections=plan.collections)
    if len(examples) < _LEAST:
        raise DataError(
            f"Only {len(examples)} labelled texts in {', '.join(map(str, plan.data))}.",
            remedy=f"Training needs at least {_LEAST}; add data with --data.",
        )
    frozen = held_out()
    known = {example.id for example in examples} & {*frozen["test"], *frozen["dev"]}
    # Data of one's own has no frozen split: draw one by the same rule.
    parts = split(examples, frozen if known else draw(examples))
    polarity = read_polarity(plan.collections) if plan.collections else []
    return parts, without_near(polarity, parts.dev + parts.test)


def measure(
    weights: LinearWeights, segmenter: Segmenter, parts: Split, plan: Plan
) -> dict[str, Any]:
    """Return the figures on the dev and test texts, by slice."""
    name = ModelName(plan.name, plan.version, "unsaved")
    engine = Triage(LinearScorer(weights, segmenter), Policy.load(), name)
    return {
        part: by_slice(judge(engine, examples), weights.labels)
        for part, examples in (("dev", parts.dev), ("test", parts.test))
    }


def _manifest(
    plan: Plan,
    parts: Split,
    polarity: Sequence[Example],
    segmenter: Segmenter,
    weights: LinearWeights,
) -> dict[str, Any]:
    return {
        "name": plan.name,
        "version": plan.version,
        "kind": "linear",
        "feature_name": features.NAME,
        "labels": list(weights.labels),
        "tokeniser": segmenter.identity.to_dict(),
        "seed": plan.settings.seed,
        "data": {
            "hash": content_hash([*parts.train, *polarity]),
            "test_hash": content_hash(parts.test),
            "labelled": len(parts.train),
            "polarity": len(polarity),
            "dev": len(parts.dev),
            "test": len(parts.test),
            "sources": dict(Counter(example.source for example in parts.train)),
        },
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS},
    }
