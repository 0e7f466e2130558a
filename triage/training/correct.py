"""From a base model and a desk's own examples to a model folder, in seconds."""

import hashlib
import importlib.metadata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage import artifact, features
from triage.engine import Triage
from triage.errors import DataError
from triage.labels import ISSUES
from triage.policy import Policy
from triage.records import Example, ModelName
from triage.resources import resource
from triage.scorers.adapted import AdaptedScorer, Adapter, BaseScorer
from triage.taxonomy import Taxonomy, load_taxonomy
from triage.text.clean import clean
from triage.training import card
from triage.training.adapt import AdaptSettings, fit_adapter
from triage.training.corpus import content_hash, folders_of, read_examples, taxonomy_of
from triage.training.heads import folds
from triage.training.metrics import by_slice, judge
from triage.training.splits import Split, draw, held_out, held_out_of, split
from triage.weights import ADAPTED, AdaptedWeights, kind_of

LEAST = 5  # examples; with fewer nothing can be learned
SMALL = 200  # with fewer none are held out: the figures come from cross-validation
FEW = 30  # examples of a new label; with fewer a person is asked widely
WIDE = {"assign": 0.60, "suggest": 0.10, "sure": 0.95}
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Correction:
    """What to correct, with which examples, and what to call it."""

    base: Path
    data: Sequence[Path]
    out: Path
    collections: Path | None = None
    name: str = "model"
    version: str = "1.0.0"
    taxonomy: Path | None = None
    settings: AdaptSettings = field(default_factory=AdaptSettings)


@dataclass(frozen=True, slots=True)
class Base:
    """The model that is corrected. `parent` is what was named, `root` what it stands on."""

    scorer: BaseScorer
    manifest: Mapping[str, Any]
    parent: ModelName
    root: Mapping[str, Any]
    taxonomy: Taxonomy


def correct(plan: Correction, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Train from a base, write the model folder, measure it; return the metrics.

    Raises DataError for unusable data and ModelError for an unusable base. A base that was
    itself corrected gives its own base; its examples must be given again.
    """
    base = open_base(plan.base)
    taxonomy = labels_of(plan, base)
    parts = gather(plan, taxonomy)
    own = {e.id for e in (*parts.train, *parts.dev, *parts.test)}
    others = texts_of_no_desk(own)[: plan.settings.others]
    fit = _Fit(base, others, taxonomy, plan.settings)
    adapter = fit(parts.train, progress)
    weights = AdaptedWeights(base.scorer.weights, adapter)
    manifest = _manifest(plan, base, taxonomy, parts)
    # Measured from the folder as it will be loaded: storage rounds the numbers.
    with artifact.drafted(plan.out, weights, manifest) as draft:
        metrics = _measure(Triage.load(draft), fit, parts, progress)
    text = card.write(manifest, metrics)
    artifact.save(plan.out, weights, manifest, metrics=metrics, card=text)
    return metrics


@dataclass(frozen=True, slots=True)
class _Fit:
    """Fits adapters of one base, on whatever examples it is given."""

    base: Base
    others: Sequence[Example]
    taxonomy: Taxonomy
    settings: AdaptSettings

    def __call__(self, examples: Sequence[Example], progress: Progress = lambda _: None) -> Adapter:
        return fit_adapter(
            self.base.scorer,
            examples,
            self.others,
            self.taxonomy,
            settings=self.settings,
            progress=progress,
        )

    def engine(self, examples: Sequence[Example]) -> Triage:
        """Return an engine corrected with these examples, with the policy in the box."""
        scorer = AdaptedScorer(self.base.scorer, self(examples))
        policy = Policy.load().with_bands(
            artifact.bands({"bands": bands(examples, self.base, self.taxonomy)})
        )
        return Triage(scorer, policy, ModelName("fold", "0", ""), self.taxonomy)


def open_base(folder: Path) -> Base:
    """Load the model to correct. Raises ModelError where it cannot be loaded."""
    model = artifact.load(folder)
    if isinstance(model.scorer, AdaptedScorer):
        root: Mapping[str, Any] = model.manifest["base"]
        return Base(model.scorer.base, model.manifest, model.name, root, model.taxonomy)
    kind = {"kind": kind_of(model.scorer.weights), "labels": list(model.scorer.labels)}
    own = model.name.to_dict() | kind
    return Base(model.scorer, model.manifest, model.name, own, model.taxonomy)


def labels_of(plan: Correction, base: Base) -> Taxonomy:
    """Return the labels to train: of the file named, of the data, or of the base."""
    if plan.taxonomy is not None:
        return load_taxonomy(plan.taxonomy)
    has_own = any((folder / "taxonomy.yaml").exists() for folder in folders_of(plan.data))
    return taxonomy_of(plan.data) if has_own else base.taxonomy


def gather(plan: Correction, taxonomy: Taxonomy) -> Split:
    """Read the examples and part them. Raises DataError where too few are left to train on."""
    found = read_examples(plan.data, collections=plan.collections, labels=taxonomy.codes)
    examples = [e for e in found if any(map(str.isalnum, clean(e.text).text))]
    bound = held_out_of(plan.data)
    known = {e.id for e in examples} & {*bound["test"], *bound["dev"]}
    if not known and len(examples) >= SMALL:
        bound = draw(examples)
    parts = split(examples, bound)
    if len(parts.train) < LEAST:
        raise DataError(
            f"Only {len(parts.train)} examples to train on in {', '.join(map(str, plan.data))}.",
            remedy=f"Give at least {LEAST}; look at them with `triage data stats`.",
        )
    return parts


def texts_of_no_desk(taken: set[str]) -> list[Example]:
    """Return authored texts of many trades, the same ones each time, without those `taken`."""
    folder = resource("data", "seed")
    if not folder.is_dir():
        return []
    reserved = {id_ for ids in held_out().values() for id_ in ids}
    free = [e for e in read_examples([folder]) if e.id not in taken and e.id not in reserved]
    return sorted(free, key=lambda e: hashlib.sha256(e.id.encode()).hexdigest())


def texts_of_the_box() -> list[Example]:
    """Return the authored texts that are held out for good: what must not be forgotten."""
    folder, test = resource("data", "seed"), set(held_out()["test"])
    return [e for e in read_examples([folder]) if e.id in test] if folder.is_dir() else []


def bands(examples: Sequence[Example], base: Base, taxonomy: Taxonomy) -> dict[str, Any]:
    """Return wide thresholds for labels that the base lacks and few examples show."""
    known = Counter(label for e in examples for label in e.issues or ())
    new = [code for code in taxonomy.codes if code not in base.scorer.labels]
    return {code: dict(WIDE) for code in new if known[code] < FEW}


def _measure(engine: Triage, fit: _Fit, parts: Split, progress: Progress) -> dict[str, Any]:
    labels = engine.scorer.labels
    held = (("dev", parts.dev), ("test", parts.test))
    found = {name: by_slice(judge(engine, part), labels) for name, part in held if part}
    progress("measuring on held-out texts")
    shared = [label for label in ISSUES if label in labels]
    if shared and (box := texts_of_the_box()):
        found["box"] = by_slice(judge(engine, box), shared)
    if parts.test:
        return found
    progress("measuring by cross-validation")
    return found | {"cross_validated": by_slice(list(_cross_validated(fit, parts.train)), labels)}


def _cross_validated(fit: _Fit, examples: Sequence[Example]) -> Iterator[tuple[Example, Any]]:
    """Judge each example with a model that did not see it."""
    rows = sorted(examples, key=lambda e: e.id)
    parts = folds(len(rows), min(fit.settings.folds, len(rows)), fit.settings.seed)
    for number in sorted(set(parts)):
        rest = [e for e, part in zip(rows, parts, strict=True) if part != number]
        aside = [e for e, part in zip(rows, parts, strict=True) if part == number]
        yield from judge(fit.engine(rest), aside)


def _manifest(plan: Correction, base: Base, taxonomy: Taxonomy, parts: Split) -> dict[str, Any]:
    return {
        "name": plan.name,
        "version": plan.version,
        "kind": ADAPTED,
        "feature_name": features.NAME,
        "labels": list(taxonomy.codes),
        "taxonomy": taxonomy.to_list(),
        "bands": bands(parts.train, base, taxonomy),
        "tokeniser": base.scorer.segmenter.identity.to_dict(),
        "seed": plan.settings.seed,
        "parent": base.parent.to_dict(),
        "base": dict(base.root),
        **{key: base.manifest[key] for key in ("encoder", "word") if key in base.manifest},
        "data": {
            "hash": content_hash(parts.train),
            "test_hash": content_hash(parts.test),
            "labelled": len(parts.train),
            "polarity": 0,
            "dev": len(parts.dev),
            "test": len(parts.test),
            "sources": dict(Counter(example.source for example in parts.train)),
        },
        "code": importlib.metadata.version("fenzhen"),
    }
