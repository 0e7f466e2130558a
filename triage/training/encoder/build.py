"""From data and an encoder to a model folder: fit, export, calibrate, mix, measure, write."""

import hashlib
import importlib.metadata
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage import artifact, features
from triage.engine import Triage
from triage.errors import DataError, InputError
from triage.policy import Policy
from triage.scorers.cascade import CascadeWeights
from triage.scorers.encoder import EncoderWeights
from triage.scorers.linear import LinearScorer
from triage.taxonomy import BUILT_IN
from triage.text.segment import Segmenter
from triage.training import build as words
from triage.training.build import Data, Plan
from triage.training.corpus import content_hash
from triage.training.encoder import card
from triage.training.encoder.agreement import MOST
from triage.training.encoder.assemble import Assembled, assemble, fit_cascade, read_share
from triage.training.encoder.checkpoint import load_checkpoint, save_checkpoint
from triage.training.encoder.export import Precision
from triage.training.encoder.fit import FittedEncoder, called, fit_encoder
from triage.training.encoder.mixing import Point
from triage.training.encoder.settings import EncoderSettings
from triage.weights import CASCADE, ENCODER

Progress = Callable[[str], None]
_VERSIONS = ("numpy", "torch", "transformers", "tokenizers", "onnx", "onnxruntime")


@dataclass(frozen=True, slots=True)
class EncoderPlan:
    """What to fit on what, and what to call it.

    `source`: a folder or a name in the cache of models (`fetch`: or of the hub). `cascade`: a
    word model to put before the encoder; `read`: at most this share of texts is read by the
    encoder (None: what keeps the quality). `teacher`: a model whose word is learned where nobody
    labelled. `work`: where a fit that is cut off goes on from (None: beside `out`).
    """

    data: Sequence[Path]
    source: str
    out: Path
    collections: Path | None = None
    name: str = "model"
    version: str = "1.0.0"
    outside: Path | None = None
    taxonomy: Path | None = None
    settings: EncoderSettings = field(default_factory=EncoderSettings)
    precision: Precision = "int8"
    cascade: Path | None = None
    read: float | None = None
    teacher: Path | None = None
    work: Path | None = None
    fetch: bool = False

    @property
    def checkpoint(self) -> Path:
        """Where the fitted encoder is kept, in the format of transformers."""
        return self.out.with_name(f"{self.out.name}.checkpoint")


@dataclass(frozen=True, slots=True)
class WordModel:
    """The word model of a cascade, and its manifest."""

    scorer: LinearScorer
    manifest: Mapping[str, Any]
    told: Mapping[str, Any]  # name, version, hash


def build_encoder(plan: EncoderPlan, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Fit an encoder, write the model folder and a checkpoint beside it; return the metrics.

    What was fitted before a break is not fitted again. Raises DataError for unusable data,
    InputError for an encoder that cannot be loaded or a word model of another kind.
    """
    data = _gather(plan)
    word = _word_model(plan, data, progress)
    teacher = Triage.load(plan.teacher) if plan.teacher else None
    work = plan.work or plan.out.with_name(f".{plan.out.name}.fit")
    fitted = fit_encoder(
        data.texts,
        data.labels.codes,
        plan.source,
        teacher=teacher,
        settings=plan.settings,
        work=work,
        fetch=plan.fetch,
        progress=progress,
    )
    save_checkpoint(fitted, plan.checkpoint)
    metrics = _finish(plan, data, fitted, word, progress)
    shutil.rmtree(work, ignore_errors=True)
    return metrics


def export_checkpoint(plan: EncoderPlan, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Make a model folder of the checkpoint `plan.source`; return the metrics.

    The data must be those it was fitted on: they part what it has seen from what it is measured
    on. Raises ModelError for a folder that holds no fitted encoder, InputError where its labels
    are others than those of the data.
    """
    fitted = load_checkpoint(Path(plan.source))
    data = gather_for(plan, fitted.labels)
    return _finish(plan, data, fitted, _word_model(plan, data, progress), progress)


def gather_for(plan: EncoderPlan, labels: tuple[str, ...]) -> Data:
    """Return the data of a plan, parted. Raises DataError, and InputError for other labels."""
    data = _gather(plan)
    if labels != tuple(data.labels.codes):
        raise InputError(
            f"{plan.source} was fitted for the labels {', '.join(labels)}; the data have "
            f"{', '.join(data.labels.codes)}.",
            remedy="Give the data it was fitted on.",
        )
    return data


def _gather(plan: EncoderPlan) -> Data:
    return words.gather(
        Plan(
            plan.data,
            plan.out,
            plan.collections,
            plan.name,
            plan.version,
            outside=plan.outside,
            taxonomy=plan.taxonomy,
        )
    )


def _word_model(plan: EncoderPlan, data: Data, progress: Progress) -> WordModel | None:
    """Load the word model of a cascade. Raises InputError where it cannot be one."""
    if plan.cascade is None:
        return None
    model = artifact.load(plan.cascade)
    if not isinstance(model.scorer, LinearScorer):
        raise InputError(
            f"{plan.cascade} is of the kind {model.manifest['kind']}; a cascade begins with a "
            "word model.",
            remedy="Give one that `triage train` made from nothing, such as models/default.",
            code="not_a_word_model",
        )
    if model.scorer.labels != tuple(data.labels.codes):
        raise DataError(
            f"{plan.cascade} knows other labels than the data.",
            remedy="Train a word model on the same data first.",
        )
    warn_of_other_data(plan.cascade, model.manifest, data, progress)
    return WordModel(model.scorer, model.manifest, model.name.to_dict())


def warn_of_other_data(
    folder: Path, manifest: Mapping[str, Any], data: Data, progress: Progress
) -> None:
    """Say so where a model was not made with these data, and cannot be measured fairly on them."""
    if manifest.get("data", {}).get("test_hash") != content_hash(data.parts.test):
        progress(
            f"{folder} was made with other data: where it has learned from the texts held "
            "out here, it is measured too well"
        )


def _finish(
    plan: EncoderPlan,
    data: Data,
    fitted: FittedEncoder,
    word: WordModel | None,
    progress: Progress,
) -> dict[str, Any]:
    """Export, calibrate, mix, measure from the folder as it will be loaded, write."""
    policy = Policy.load()
    aside, texts = data.texts.calibration, compared(data)
    made = assemble(
        fitted, aside, texts, precision=plan.precision, policy=policy, progress=progress
    )
    told: dict[str, Any] = {"export": made.to_dict(), "fit": _fit_told(fitted)}
    weights: EncoderWeights | CascadeWeights = made.weights
    if word is not None:
        progress("mixing the word model and the encoder")
        weights, points = fit_cascade(
            word.scorer,
            made.weights,
            aside,
            taxonomy=data.labels,
            policy=policy,
            most=plan.read,
        )
        told["cascade"] = cascade_told(word.scorer, weights, data, points)
    return write(plan, data, weights, _manifest(plan, data, fitted, made, word), told, progress)


def write(
    plan: EncoderPlan,
    data: Data,
    weights: EncoderWeights | CascadeWeights,
    manifest: Mapping[str, Any],
    told: Mapping[str, Any],
    progress: Progress,
) -> dict[str, Any]:
    """Measure a model on what was held out, as it will be loaded; write it; return the metrics."""
    with artifact.drafted(plan.out, weights, manifest) as draft:
        progress("measuring on held-out texts")
        metrics = words.measure(Triage.load(draft), data.parts) | dict(told)
    artifact.save(plan.out, weights, manifest, metrics=metrics, card=card.write(manifest, metrics))
    return metrics


def compared(data: Data, most: int = MOST) -> list[str]:
    """Return the texts on which the export is compared: held-out ones first, then any."""
    seen, texts = data.parts, data.texts
    held = [*seen.test, *seen.dev]
    rest = sorted([*texts.polarity, *texts.labelled], key=lambda e: _shuffled(e.id))
    return [example.text for example in [*held, *rest][:most]]


def _shuffled(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def _fit_told(fitted: FittedEncoder) -> dict[str, Any]:
    size = sum(parameter.numel() for parameter in fitted.model.parameters())
    history = [dict(line) for line in fitted.history]
    return {"parameters": size, "settings": fitted.settings.to_dict(), "history": history}


def cascade_told(
    word: LinearScorer, weights: CascadeWeights, data: Data, points: Sequence[Point]
) -> dict[str, Any]:
    """Return what the metrics say of a cascade: the share read, and the quality by share."""
    held = (("dev", data.parts.dev), ("test", data.parts.test))
    return {
        "read": {name: read_share(word, weights, part) for name, part in held},
        "curve": [point.to_dict() for point in points],
    }


def _manifest(
    plan: EncoderPlan,
    data: Data,
    fitted: FittedEncoder,
    made: Assembled,
    word: WordModel | None,
) -> dict[str, Any]:
    labels, config = data.labels, fitted.model.body.config
    words_of = word.manifest if word else {}
    return {
        "name": plan.name,
        "version": plan.version,
        "kind": CASCADE if word else ENCODER,
        "feature_name": features.NAME,
        "labels": list(labels.codes),
        **({} if labels == BUILT_IN else {"taxonomy": labels.to_list()}),
        **({"bands": words_of["bands"]} if "bands" in words_of else {}),
        "tokeniser": Segmenter().identity.to_dict(),
        "seed": fitted.settings.seed,
        "encoder": {
            "source": fitted.source or called(plan.source),
            "type": config.model_type,
            "layers": getattr(config, "num_hidden_layers", None),
            "width": config.hidden_size,
            "precision": made.precision,
        },
        **({"word": dict(word.told)} if word else {}),
        "data": words.data_told(data),
        "code": importlib.metadata.version("fenzhen"),
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS},
    }
