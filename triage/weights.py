"""The numbers of a model as one safetensors file, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import ModelError
from triage.scorers.adapted import AdaptedScorer, Adapter, check_adapter
from triage.scorers.linear import TASKS, LinearScorer, LinearWeights, check_shapes
from triage.scorers.stage2 import Stage2
from triage.text.segment import Segmenter

LINEAR, ADAPTED = "linear", "adapted"
Tensors = Mapping[str, np.ndarray[Any, Any]]
_REMEDY = "Use a folder written by `triage train`, or restore it from its source."


@dataclass(frozen=True, slots=True)
class AdaptedWeights:
    """The numbers of a base and of what corrects it."""

    base: LinearWeights
    adapter: Adapter

    @property
    def labels(self) -> tuple[str, ...]:
        """The issue labels, in column order."""
        return self.adapter.labels


Weights = LinearWeights | AdaptedWeights
WordScorer = LinearScorer | AdaptedScorer


def scorer_of(weights: Weights, segmenter: Segmenter) -> WordScorer:
    """Return the scorer that works with these numbers."""
    if isinstance(weights, AdaptedWeights):
        return AdaptedScorer(LinearScorer(weights.base, segmenter), weights.adapter)
    return LinearScorer(weights, segmenter)


def to_bytes(weights: Weights) -> bytes:
    """Return the file. Rows and heads are stored in half precision."""
    from safetensors.numpy import save

    if isinstance(weights, LinearWeights):
        return save(_linear(weights))
    return save(_linear(weights.base) | _adapter(weights.adapter))


def from_file(path: Path, manifest: Mapping[str, Any]) -> Weights:
    """Read what `to_bytes` gave. Raises ModelError where it does not fit the manifest."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(path)
        labels = tuple(manifest["labels"])
        if manifest.get("kind") != ADAPTED:
            return _read_linear(tensors, labels)
        base = _read_linear(tensors, tuple(manifest["base"]["labels"]))
        return AdaptedWeights(base, _read_adapter(tensors, labels))
    except (SafetensorError, KeyError, OSError, ValueError, TypeError) as error:
        raise ModelError(f"{path} cannot be read: {error}.", remedy=_REMEDY) from error


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
