"""The numbers of a model as the files of its folder, and back.

A model has one weights file; one with an encoder has its graph and its tokenizer beside. The
weights file of a cascade is that of its word model, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import ModelError
from triage.scorers.adapted import AdaptedScorer, Adapter, BaseScorer, check_adapter
from triage.scorers.cascade import CascadeScorer, CascadeWeights, check_cascade
from triage.scorers.encoder import EncoderScorer, EncoderWeights, check_encoder
from triage.scorers.linear import TASKS, LinearScorer, LinearWeights, check_shapes
from triage.scorers.stage2 import Stage2
from triage.text.segment import Segmenter

LINEAR, ADAPTED, ENCODER, CASCADE = "linear", "adapted", "encoder", "cascade"
WEIGHTS, NUMBERS = "weights.safetensors", "encoder.safetensors"
GRAPH, TOKENIZER = "encoder.onnx", "tokenizer.json"
_FILES: Mapping[str, tuple[str, ...]] = {
    LINEAR: (WEIGHTS,),
    ENCODER: (WEIGHTS, GRAPH, TOKENIZER),
    CASCADE: (WEIGHTS, NUMBERS, GRAPH, TOKENIZER),
}
ANY_KIND = frozenset(name for names in _FILES.values() for name in names)
_ENCODER = ("signals", "slope", "shift")
Tensors = Mapping[str, np.ndarray[Any, Any]]
BaseWeights = LinearWeights | EncoderWeights | CascadeWeights
_REMEDY = "Use a folder written by `triage train`, or restore it from its source."


@dataclass(frozen=True, slots=True)
class AdaptedWeights:
    """The numbers of a base and of what corrects it."""

    base: BaseWeights
    adapter: Adapter

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self.adapter.labels


Weights = BaseWeights | AdaptedWeights
ModelScorer = BaseScorer | AdaptedScorer


def scorer_of(weights: Weights, segmenter: Segmenter) -> ModelScorer:
    """Return the scorer that works with these numbers.

    Raises ModelError for an encoder that cannot be used, InputError where what runs it is not
    installed.
    """
    if isinstance(weights, AdaptedWeights):
        return AdaptedScorer(_base_scorer(weights.base, segmenter), weights.adapter)
    return _base_scorer(weights, segmenter)


def _base_scorer(weights: BaseWeights, segmenter: Segmenter) -> BaseScorer:
    if isinstance(weights, EncoderWeights):
        return EncoderScorer(weights, segmenter)
    if isinstance(weights, CascadeWeights):
        return CascadeScorer(LinearScorer(weights.word, segmenter), weights)
    return LinearScorer(weights, segmenter)


def kind_of(weights: BaseWeights) -> str:
    """Return the kind that a manifest says of these numbers."""
    if isinstance(weights, LinearWeights):
        return LINEAR
    return ENCODER if isinstance(weights, EncoderWeights) else CASCADE


def files_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files that hold the numbers of a model. Raises ModelError for a strange kind."""
    kind = _base_kind(manifest)
    if kind not in _FILES:
        raise ModelError(
            f"This version does not know models of the kind {kind!r}.",
            remedy="Install the version that made it.",
        )
    return _FILES[kind]


def reads_words(manifest: Mapping[str, Any]) -> bool:
    """Whether a model's scores depend on how texts are parted into words and hashed."""
    return manifest.get("kind") != ENCODER


def encoder_settings(weights: Weights) -> dict[str, int]:
    """Return what a manifest must say of the encoder among these numbers; {} without one."""
    whole = weights.base if isinstance(weights, AdaptedWeights) else weights
    encoder = whole.encoder if isinstance(whole, CascadeWeights) else whole
    if not isinstance(encoder, EncoderWeights):
        return {}
    return {"window": encoder.window, "stride": encoder.stride}


def _base_kind(manifest: Mapping[str, Any]) -> str:
    """Return the kind of a model, or of the base of a corrected one."""
    kind = manifest.get("kind", LINEAR)
    if kind != ADAPTED:
        return str(kind)
    base = manifest.get("base")
    return str(base.get("kind", LINEAR)) if isinstance(base, dict) else LINEAR


def to_files(weights: Weights) -> dict[str, bytes]:
    """Return the files by name. Rows and heads of words are stored in half precision."""
    from safetensors.numpy import save

    tensors, files = _parts(weights.base if isinstance(weights, AdaptedWeights) else weights)
    if isinstance(weights, AdaptedWeights):
        tensors[WEIGHTS] |= _adapter(weights.adapter)
    return {name: save(part) for name, part in tensors.items()} | files


def _parts(weights: BaseWeights) -> tuple[dict[str, dict[str, Any]], dict[str, bytes]]:
    """Return what a base holds: tensors by file, and other files."""
    if isinstance(weights, LinearWeights):
        return {WEIGHTS: _linear(weights)}, {}
    encoder = weights.encoder if isinstance(weights, CascadeWeights) else weights
    files = {GRAPH: encoder.graph, TOKENIZER: encoder.tokenizer}
    if isinstance(weights, EncoderWeights):
        return {WEIGHTS: _encoder(encoder)}, files
    mixing = {"mix": weights.mix.astype(np.float64), "limit": np.array([float(weights.limit)])}
    return {WEIGHTS: _linear(weights.word), NUMBERS: _encoder(encoder) | mixing}, files


def from_folder(folder: Path, manifest: Mapping[str, Any]) -> Weights:
    """Read what `to_files` gave. Raises ModelError where it does not fit the manifest."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    files_of(manifest)
    try:
        tensors, labels = load_file(folder / WEIGHTS), tuple(manifest["labels"])
        if manifest.get("kind") != ADAPTED:
            return _read_base(tensors, folder, manifest, labels)
        base = _read_base(tensors, folder, manifest, tuple(manifest["base"]["labels"]))
        return AdaptedWeights(base, _read_adapter(tensors, labels))
    except (SafetensorError, KeyError, OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"The numbers in {folder} cannot be read: {error}.", remedy=_REMEDY
        ) from error


def _read_base(
    tensors: Tensors, folder: Path, manifest: Mapping[str, Any], labels: tuple[str, ...]
) -> BaseWeights:
    from safetensors.numpy import load_file

    kind = _base_kind(manifest)
    if kind == LINEAR:
        return _read_linear(tensors, labels)
    if kind == ENCODER:
        return _read_encoder(tensors, folder, manifest, labels)
    numbers = load_file(folder / NUMBERS)
    encoder = _read_encoder(numbers, folder, manifest, labels)
    limit = float(numbers["limit"][0])
    weights = CascadeWeights(_read_linear(tensors, labels), encoder, numbers["mix"], limit)
    check_cascade(weights)
    return weights


def _linear(weights: LinearWeights) -> dict[str, np.ndarray[Any, Any]]:
    numbers = {
        f"{task}.{key}": np.ascontiguousarray(getattr(net, key), dtype=np.float32)
        for task, net in weights.stage2.items()
        for key in Stage2.__slots__
    }
    return {
        "kept": weights.kept.astype(np.uint32),
        "idf": weights.idf.astype(np.float16),
        "heads": np.ascontiguousarray(weights.heads, dtype=np.float16),
        "bias": weights.bias.astype(np.float32),
        **numbers,
    }


def _read_linear(tensors: Tensors, labels: tuple[str, ...]) -> LinearWeights:
    weights = LinearWeights(
        labels=labels,
        kept=tensors["kept"],
        idf=tensors["idf"].astype(np.float32),
        heads=tensors["heads"].astype(np.float32),
        bias=tensors["bias"].astype(np.float64),
        stage2={task: _stage2(tensors, task) for task in TASKS},
    )
    check_shapes(weights)
    return weights


def _stage2(tensors: Tensors, task: str) -> Stage2:
    return Stage2(*(tensors[f"{task}.{key}"] for key in Stage2.__slots__))


def _adapter(adapter: Adapter) -> dict[str, np.ndarray[Any, Any]]:
    return {
        "adapter.kept": adapter.kept.astype(np.uint32),
        "adapter.table": np.ascontiguousarray(adapter.table, dtype=np.float16),
        "adapter.inner": adapter.inner.astype(np.float32),
        "adapter.gain": adapter.gain.astype(np.float32),
        "adapter.bias": adapter.bias.astype(np.float32),
    }


def _read_adapter(tensors: Tensors, labels: tuple[str, ...]) -> Adapter:
    adapter = Adapter(
        labels,
        tensors["adapter.kept"],
        tensors["adapter.table"].astype(np.float32),
        *(tensors[f"adapter.{key}"].astype(np.float64) for key in ("inner", "gain", "bias")),
    )
    check_adapter(adapter)
    return adapter


def _encoder(weights: EncoderWeights) -> dict[str, np.ndarray[Any, Any]]:
    parts = {key: getattr(weights, key) for key in _ENCODER}
    return {key: np.ascontiguousarray(part, dtype=np.float64) for key, part in parts.items()}


def _read_encoder(
    tensors: Tensors, folder: Path, manifest: Mapping[str, Any], labels: tuple[str, ...]
) -> EncoderWeights:
    weights = EncoderWeights(
        labels,
        (folder / GRAPH).read_bytes(),
        (folder / TOKENIZER).read_bytes(),
        int(manifest["encoder"]["window"]),
        int(manifest["encoder"]["stride"]),
        *(tensors[key].astype(np.float64) for key in _ENCODER),
    )
    check_encoder(weights)
    return weights
