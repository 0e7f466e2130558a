"""A model is a folder: manifest.json, weights.safetensors, metrics.json, README.md.

Where an encoder reads texts its graph and its tokenizer are beside (see triage/weights.py). No
pickle: nothing in the folder runs when it is loaded. The manifest lists the SHA-256 of every
other file; a folder that does not match its manifest is refused.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage import features
from triage.errors import (
    DataError,
    ModelError,
    OutputError,
    TamperedModelError,
    TokeniserMismatchError,
)
from triage.policy import Band
from triage.records import ModelName
from triage.taxonomy import Taxonomy, from_list, of_codes
from triage.text.segment import Segmenter, Tokeniser
from triage.weights import (
    ANY_KIND,
    ModelScorer,
    Weights,
    encoder_settings,
    files_of,
    from_folder,
    reads_words,
    scorer_of,
    to_files,
)

FORMAT = "fenzhen-model-1"
MANIFEST, METRICS, CARD = "manifest.json", "metrics.json", "README.md"
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
    scorer: ModelScorer
    taxonomy: Taxonomy


def load(folder: Path, *, segmenter: Segmenter | None = None) -> Model:
    """Load and check a model folder.

    Raises ModelError or TokeniserMismatchError; InputError where a model with an encoder needs
    what is not installed.
    """
    words = segmenter or Segmenter()
    manifest = verify(folder, words.identity)
    name = ModelName(manifest["name"], manifest["version"], model_hash(manifest))
    weights = from_folder(folder, manifest)
    return Model(name, manifest, scorer_of(weights, words), taxonomy(manifest))


def verify(folder: Path, here: Tokeniser) -> dict[str, Any]:
    """Return the manifest of a folder whose files, features and tokeniser are as it says.

    Raises ModelError, TamperedModelError or TokeniserMismatchError. No weight is read as one.
    """
    manifest = read_manifest(folder)
    if reads_words(manifest):
        _check_features(folder, manifest)
    _check_files(folder, manifest)
    if reads_words(manifest):
        _check_tokeniser(folder, manifest, here)
    return manifest


def taxonomy(manifest: Mapping[str, Any]) -> Taxonomy:
    """Return what the labels of a model mean, as its manifest says. Raises ModelError."""
    rows = manifest.get("taxonomy")
    if not rows:
        return of_codes(manifest["labels"])
    try:
        found = from_list(rows)
    except DataError as error:
        raise ModelError(f"taxonomy in {MANIFEST}: {error.message}", remedy=_REMEDY) from error
    if list(found.codes) != manifest["labels"]:
        raise ModelError(f"{MANIFEST}: taxonomy and labels differ.", remedy=_REMEDY)
    return found


def bands(manifest: Mapping[str, Any]) -> dict[str, Band]:
    """Return the thresholds a model brings for labels of its own. Raises ModelError."""
    rows = manifest.get("bands", {})
    try:
        found = {code: Band(**row) for code, row in rows.items()}
    except (TypeError, AttributeError) as error:
        raise ModelError(f"bands in {MANIFEST}: {error}.", remedy=_REMEDY) from error
    if wrong := [code for code, band in found.items() if not band.sound]:
        raise ModelError(f"{MANIFEST}: the band of {wrong[0]!r} is unusable.", remedy=_REMEDY)
    return found


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
    unlisted = {*files_of(manifest), METRICS, CARD} - manifest["files"].keys()
    if unlisted:
        raise ModelError(f"{path} does not vouch for {sorted(unlisted)[0]}.", remedy=_REMEDY)
    return manifest


def model_hash(manifest: Mapping[str, Any]) -> str:
    """Return 12 hex digits that change with any file of the model or its settings."""
    whole = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def save(
    folder: Path,
    weights: Weights,
    manifest: Mapping[str, Any],
    *,
    metrics: Mapping[str, Any],
    card: str,
) -> None:
    """Write a model folder; the manifest goes last, so a half-written folder is refused."""
    files = {**to_files(weights), METRICS: _json(metrics), CARD: card.encode()}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    whole = {"format": FORMAT, **manifest, "features": _feature_settings(), "files": hashes}
    if encoder := encoder_settings(weights):
        whole["encoder"] = {**manifest.get("encoder", {}), **encoder}
    with writing(f"the model folder {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (MANIFEST, *(ANY_KIND - files.keys())):  # no part of another model stays
            (folder / name).unlink(missing_ok=True)
        for name, content in {**files, MANIFEST: _json(whole)}.items():
            (folder / name).write_bytes(content)


@contextmanager
def drafted(folder: Path, weights: Weights, manifest: Mapping[str, Any]) -> Iterator[Path]:
    """Yield a folder with the model beside where it will be, to be measured; gone afterwards.

    So that what stands under the model's own name is whole, whenever the fit is interrupted.
    """
    draft = folder.with_name(f".{folder.name}.draft")
    try:
        save(draft, weights, manifest, metrics={}, card="")
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


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


def _check_features(folder: Path, manifest: Mapping[str, Any]) -> None:
    if manifest["features"] != _feature_settings():
        raise ModelError(
            f"{folder} was made for features {manifest['features']}, this version has "
            f"{_feature_settings()}.",
            remedy="Retrain it with `triage train`, or install the version that made it.",
            code="other_features",
        )


def _check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise ModelError(f"{folder} lacks its file {name}.", remedy=_REMEDY)
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise TamperedModelError(
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
