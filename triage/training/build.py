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
from triage.records import Example
from triage.taxonomy import BUILT_IN, Taxonomy, load_taxonomy
from triage.text.segment import Segmenter
from triage.training import card
from triage.training.corpus import content_hash, read_examples, read_polarity, taxonomy_of
from triage.training.linear import Settings, Texts, fit
from triage.training.metrics import by_slice, judge
from triage.training.scope import is_held_out, read_outside
from triage.training.splits import Split, draw, held_out_of, split, without_near

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
    outside: Path | None = None
    taxonomy: Path | None = None


def build(plan: Plan, progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Train, write the model folder, measure it on held-out texts; return the metrics.

    Raises DataError for unusable data.
    """
    data = gather(plan)
    segmenter = Segmenter()
    weights = fit(
        data.texts,
        segmenter=segmenter,
        labels=data.labels.codes,
        settings=plan.settings,
        progress=progress,
    )
    manifest = _manifest(plan, data, segmenter)
    # Measured from the folder as it will be loaded: storage rounds the numbers.
    with artifact.drafted(plan.out, weights, manifest) as draft:
        progress("measuring on held-out texts")
        metrics = measure(Triage.load(draft), data.parts)
    text = card.write(manifest, metrics)
    artifact.save(plan.out, weights, manifest, metrics=metrics, card=text)
    return metrics


@dataclass(frozen=True, slots=True)
class Data:
    """What a model is made of: the labels, the split, and what the fit may see."""

    labels: Taxonomy
    parts: Split
    texts: Texts


def gather(plan: Plan) -> Data:
    """Read the data of a plan and part it; what is near a held-out text is left out."""
    labels = load_taxonomy(plan.taxonomy) if plan.taxonomy else taxonomy_of(plan.data)
    examples = read_examples(plan.data, collections=plan.collections, labels=labels.codes)
    _refuse_few(plan, examples)
    frozen = held_out_of(plan.data)
    known = {example.id for example in examples} & {*frozen["test"], *frozen["dev"]}
    # Data of one's own has no frozen split: draw one by the same rule.
    parts = split(examples, frozen if known else draw(examples))
    labelled = {example.id for example in examples}
    held = parts.dev + parts.test
    polarity = read_polarity(plan.collections) if plan.collections else []
    # The second stage learns from out-of-fold features: the polarity head must not have
    # seen the labelled texts either.
    unseen = [example for example in polarity if example.id not in labelled]
    outside = [e for e in read_outside(plan.outside, plan.collections) if not is_held_out(e.id)]
    texts = Texts(parts.train, without_near(unseen, held), outside, parts.dev)
    return Data(labels, parts, texts)


def _refuse_few(plan: Plan, examples: Sequence[Example]) -> None:
    """Raise DataError where some label is known of too few texts to learn it."""
    for name in ("issues", "sentiment", "urgency"):
        n = sum(getattr(example, name) is not None for example in examples)
        if n < _LEAST:
            raise DataError(
                f"Only {n} texts with known {name} in {', '.join(map(str, plan.data))}.",
                remedy=f"A whole model needs at least {_LEAST} of each; "
                "with --base models/default it needs 5 and takes the rest from there.",
            )


def measure(engine: Triage, parts: Split) -> dict[str, Any]:
    """Return the figures on the dev and test texts, by slice."""
    named = (("dev", parts.dev), ("test", parts.test))
    return {name: by_slice(judge(engine, part), engine.scorer.labels) for name, part in named}


def _manifest(plan: Plan, data: Data, segmenter: Segmenter) -> dict[str, Any]:
    labels = data.labels
    return {
        "name": plan.name,
        "version": plan.version,
        "kind": "linear",
        "feature_name": features.NAME,
        "labels": list(labels.codes),
        **({} if labels == BUILT_IN else {"taxonomy": labels.to_list()}),
        "tokeniser": segmenter.identity.to_dict(),
        "seed": plan.settings.seed,
        "data": data_told(data),
        "code": importlib.metadata.version("fenzhen"),
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS},
    }


def data_told(data: Data) -> dict[str, Any]:
    """Return what a manifest says of the data: hashes and numbers of texts, no text."""
    parts, texts = data.parts, data.texts
    return {
        "hash": content_hash([*parts.train, *texts.polarity, *texts.outside]),
        "test_hash": content_hash(parts.test),
        "labelled": len(parts.train),
        "polarity": len(texts.polarity),
        "outside": len(texts.outside),
        "calibration": len(texts.calibration),
        "dev": len(parts.dev),
        "test": len(parts.test),
        "sources": dict(Counter(example.source for example in parts.train)),
    }
