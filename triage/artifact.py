"""A model is a folder: manifest.json, weights.safetensors, metrics.json, README.md.

No pickle: nothing in the folder runs when it is loaded. The manifest lists the SHA-256 of
every other file; a folder that does not match its manifest is refused.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triage import features
from triage.errors import ModelError, OutputError, TokeniserMismatchError
from triage.records import ModelName
from triage.scorers.linear import TASKS, LinearScorer, LinearWeights, check_shapes
from triage.scorers.stage2 import Stage2
from triage.taxonomy import Taxonomy, from_list, of_codes
from triage.text.segment import Segmenter, Tokeniser

FORMAT = "fenzhen-model-1"
MANIFEST, WEIGHTS, METRICS, CARD = (
    "manifest.json",
    "weights.safetensors",
    "metrics.json",
    "README.md",
)
_KINDS: Mapping[str, type] = {
    "name": str,
    "version": str,
    "labels": list,
    "tokeniser": dict,
    "features": dict,
    "files": dict,
}
_REMEDY = "Use a folder written by `triage train`, or restore it from its source."


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model: what it is called, its manifest, its scorer, and what its labels mean."""

    name: ModelName
    manifest: Mapping[str, Any]
    scorer: LinearScorer
    taxonomy: Taxonomy


def load(folder: Path, *, segmenter: Segmenter | None = None) -> Model:
    """Load and check a model folder. Raises ModelError or TokeniserMismatchError."""
    manifest = read_manifest(folder)
    _check_files(folder, manifest)
    words = segmenter or Segmenter()
    _check_tokeniser(folder, manifest, words.identity)
    name = ModelName(manifest["name"], manifest["version"], model_hash(manifest))
    return Model(
        name, manifest, LinearScorer(_weights(folder, manifest), words), taxonomy(manifest)
    )


def taxonomy(manifest: Mapping[str, Any]) -> Taxonomy:
    """Return what the labels of a model mean, as its manifest says."""
    if rows := manifest.get("taxonomy"):
        return from_list(rows)
    return of_codes(manifest["labels"])


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and validate the manifest of a model folder."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}.", remedy=_REMEDY) from error
    except ValueError as error:
        raise ModelError(f"{path} is not valid JSON: {error}.", remedy=_REMEDY) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{path} is not a {FORMAT} manifest.", remedy=_REMEDY)
    missing = _KINDS.keys() - manifest.keys()
    if missing:
        raise ModelError(f"{path} lacks {', '.join(sorted(missing))}.", remedy=_REMEDY)
    wrong = [key for key, kind in _KINDS.items() if not isinstance(manifest[key], kind)]
    if wrong:
        raise ModelError(f"{path}: {wrong[0]} is of the wrong kind.", remedy=_REMEDY)
    unlisted = {WEIGHTS, METRICS, CARD} - manifest["files"].keys()
    if unlisted:
        raise ModelError(f"{path} does not vouch for {sorted(unlisted)[0]}.", remedy=_REMEDY)
    return manifest


def model_hash(manifest: Mapping[str, Any]) -> str:
    """Return 12 hex digits that change with any file of the model or its settings."""
    whole = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def save(
    folder: Path,
    weights: LinearWeights,
    manifest: Mapping[str, Any],
    *,
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write a model folder; the manifest goes last, so a half-written folder is refused."""
    from safetensors.numpy import save as to_bytes

    files = {
        WEIGHTS: to_bytes(_tensors(weights)),
        METRICS: _json(metrics),
        CARD: card.encode(),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    whole = {"format": FORMAT, **manifest, "features": _feature_settings(), "files": hashes}
    with writing(f"the model folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        for name, content in {**files, MANIFEST: _json(whole)}.items():
            (folder / name).write_bytes(content)


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn an OSError raised inside into an OutputError that names what was being written."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"Cannot write {what}: {error.strerror or error}.",
            remedy="Free some space or choose another folder.",
        ) from error


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _feature_settings() -> dict[str, Any]:
    return {"name": features.NAME, "bits": features.BITS, "views": list(features.VIEWS)}


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest["features"] != _feature_settings():
        raise ModelError(
            f"{folder} was made for features {manifest['features']}, this version has "
            f"{_feature_settings()}.",
            remedy="Retrain it with `triage train`, or install the version that made it.",
        )
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{folder} lacks its file {name}.", remedy=_REMEDY)
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise ModelError(
                f"{path} was changed after the model was made: its hash differs.", remedy=_REMEDY
            )


def _check_tokeniser(folder: Path, manifest: Mapping[str, Any], here: Tokeniser) -> None:
    made, have = manifest["tokeniser"], here.to_dict()
    differ = [key for key in have if made.get(key) != have[key]]
    if differ:
        details = "; ".join(f"{key}: {made.get(key)} there, {have[key]} here" for key in differ)
        raise TokeniserMismatchError(
            f"{folder} was made with another tokeniser ({details}).",
            remedy=f"Install {made.get('name')}=={made.get('version')} with the same "
            "dictionary, or retrain the model with `triage train`.",
        )


def _tensors(weights: LinearWeights) -> dict[str, np.ndarray[Any, Any]]:
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


def _weights(folder: Path, manifest: Mapping[str, Any]) -> LinearWeights:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(folder / WEIGHTS)
        weights = LinearWeights(
            labels=tuple(manifest["labels"]),
            kept=tensors["kept"],
            idf=tensors["idf"].astype(np.float32),
            heads=tensors["heads"].astype(np.float32),
            bias=tensors["bias"].astype(np.float64),
            stage2={task: _stage2(tensors, task) for task in TASKS},
        )
        check_shapes(weights)
        return weights
    except (SafetensorError, KeyError, OSError, ValueError) as error:
        raise ModelError(f"{folder / WEIGHTS} cannot be read: {error}.", remedy=_REMEDY) from error


def _stage2(tensors: Mapping[str, np.ndarray[Any, Any]], task: str) -> Stage2:
    return Stage2(*(tensors[f"{task}.{key}"] for key in Stage2.__slots__))
