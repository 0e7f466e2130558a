"""Every model folder of a registry: what it is, where it comes from, what it scored."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from triage.artifact import MANIFEST, METRICS, read_manifest
from triage.errors import ModelError
from triage.registry.folders import hash_or_none, model_folders, verified
from triage.registry.pointers import Pointer, box_folder, read_registry
from triage.text.segment import Segmenter, Tokeniser

GATES = "gates"
Mark = Literal["champion", "shadow", "candidate"]
_SCORED = ("real", "authored")  # the slice whose scores are shown: the first there is
_CODES = {
    "model_tampered": "tampered",
    "tokeniser_mismatch": "tokeniser",
    "other_features": "features",
}


@dataclass(frozen=True, slots=True)
class Scores:
    """What a model scored on its own held-out texts, and on which of them."""

    texts: str
    n: int
    macro_f1: float | None
    micro_f1: float | None
    sentiment_kappa: float | None
    urgency_kappa: float | None
    critical_recall: float | None


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the last gate said of a model."""

    at: str
    passed: bool
    overridden: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a folder is not loaded: `code` as in a refusal of the gate, and the whole reason."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One model folder. What a folder does not say is empty; `refused` is why it cannot be used.

    `created` is when its manifest was written, in UTC; `parent` is the model it was made from.
    """

    folder: Path
    mark: Mark
    created: str
    name: str = ""
    version: str = ""
    hash: str = ""
    kind: str = ""
    labels: tuple[str, ...] = ()
    parent: Mapping[str, str] | None = None
    data_hash: str = ""
    code_version: str = ""
    scores: Scores | None = None
    gate: GateResult | None = None
    refused: Refusal | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self) | {"folder": str(self.folder)}


def list_models(root: Path) -> list[Row]:
    """Return the models of a registry: champion, shadow, then candidates, the newest first.

    Folders are checked, not loaded. The model in the box is listed where it is the champion.
    Raises RegistryError where the pointers cannot be read.
    """
    registry = read_registry(root)
    marked: dict[Path, tuple[Mark, Pointer | None]] = {}
    if registry.shadow is not None:
        marked[root / registry.shadow.folder] = ("shadow", registry.shadow)
    champion = registry.champion
    place = box_folder(root) if champion is None else root / champion.folder
    marked[place] = ("champion", champion)
    here = Segmenter().identity
    folders = dict.fromkeys([*marked, *model_folders(root)])
    rows = [
        _row(root, folder, *marked.get(folder, ("candidate", None)), here) for folder in folders
    ]
    order = ("champion", "shadow", "candidate")
    newest = sorted(rows, key=lambda row: row.created, reverse=True)
    return sorted(newest, key=lambda row: order.index(row.mark))


def _row(root: Path, folder: Path, mark: Mark, pointer: Pointer | None, here: Tokeniser) -> Row:
    created = _written(folder)
    try:
        hash_ = verified(folder, None if pointer is None else pointer.hash, here)
    except ModelError as error:
        code = _CODES.get(error.code, "unreadable")
        refusal = Refusal(code, str(error))
        return Row(folder, mark, created, hash=hash_or_none(folder) or "", refused=refusal)
    manifest = read_manifest(folder)
    return Row(
        folder=folder,
        mark=mark,
        created=created,
        name=manifest["name"],
        version=manifest["version"],
        hash=hash_,
        kind=str(manifest.get("kind", "")),
        labels=tuple(manifest["labels"]),
        parent=manifest.get("parent"),
        data_hash=str(_get(manifest, "data", "hash") or ""),
        code_version=str(manifest.get("code") or ""),
        scores=_scores(_json(folder / METRICS)),
        gate=_gate(root / GATES / f"{hash_}.json"),
    )


def _written(folder: Path) -> str:
    """Return when the manifest, or else the folder, was last written."""
    paths = (path for path in (folder / MANIFEST, folder) if path.exists())
    path = next(paths, None)
    if path is None:
        return ""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds")


def _scores(metrics: Any) -> Scores | None:
    test = _get(metrics, "test") or _get(metrics, "cross_validated")
    texts = next((name for name in _SCORED if _get(test, name)), None)
    if texts is None:
        return None
    part = test[texts]
    return Scores(
        texts,
        int(_get(part, "n") or 0),
        _get(part, "issues", "macro_f1"),
        _get(part, "issues", "micro_f1"),
        _get(part, "sentiment_kappa"),
        _get(part, "urgency_kappa"),
        _get(part, "critical", "recall"),
    )


def _gate(path: Path) -> GateResult | None:
    told = _json(path)
    at, passed = _get(told, "at"), _get(told, "passed")
    if at is None or passed is None:
        return None
    return GateResult(str(at), bool(passed), _get(told, "override") is not None)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _get(value: Any, *names: str) -> Any:
    """Return what lies under `names`, None where a step is missing."""
    for name in names:
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
