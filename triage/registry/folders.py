"""The model folders of a registry: found by name or hash, and refused where they are spoilt."""

from pathlib import Path

from triage.artifact import MANIFEST, model_hash, read_manifest, verify
from triage.engine import Triage
from triage.errors import ModelError, RegistryError, TamperedModelError
from triage.registry.history import ever_champions
from triage.registry.pointers import (
    Pointer,
    champion_folder,
    is_folder_name,
    read_registry,
)
from triage.text.segment import Segmenter, Tokeniser
from triage.weights import WEIGHTS


def model_folders(root: Path) -> list[Path]:
    """Return every folder of the registry that is, or was to become, a model."""
    if not root.is_dir():
        return []
    folders = (path for path in sorted(root.iterdir()) if path.is_dir())
    kept = (path for path in folders if is_folder_name(path.name))
    return [path for path in kept if (path / MANIFEST).exists() or (path / WEIGHTS).exists()]


def find_folder(root: Path, model: str) -> Path:
    """Return the folder of a model named by its folder in the registry, or by a path to it.

    Raises RegistryError where it is not in the registry.
    """
    given = Path(model)
    if is_folder_name(model) and (root / model).is_dir():
        return root / model
    if given.is_dir() and given.resolve().parent == root.resolve():
        return root / given.resolve().name
    raise RegistryError(
        f"{model} is no model folder in {root}.",
        remedy=f"Train it with --out {root}/NAME, or copy it there; `triage models` lists them.",
        code="no_such_model",
    )


def is_whole(folder: Path) -> bool:
    """Whether the files of a folder are as its manifest says."""
    try:
        verify(folder, Segmenter().identity)
    except ModelError:
        return False
    return True


def refuse_in_use(folder: Path) -> None:
    """Raise RegistryError for a folder that its registry points at, or may go back to.

    A model written over it would no longer be the one that was promoted: the service would
    refuse it at its next start.
    """
    root = folder.resolve().parent
    if not root.is_dir():
        return
    registry = read_registry(root)
    pointers = (registry.champion, registry.shadow, *ever_champions(root))
    if folder.resolve().name in {pointer.folder for pointer in pointers if pointer}:
        raise RegistryError(
            f"{folder} is, or was, in use: a new model may not be written over it.",
            remedy="Give --out another folder; `triage models` shows those there are.",
            code="model_in_use",
        )


def verified(folder: Path, expected: str | None, here: Tokeniser) -> str:
    """Return the hash of a folder that is as its manifest says and, if given, as `expected`.

    Raises ModelError; nothing is loaded.
    """
    found = model_hash(verify(folder, here))
    check_hash(folder, found, expected)
    return found


def check_hash(folder: Path, found: str, expected: str | None) -> None:
    """Raise TamperedModelError where a folder is not the one that was pointed at."""
    if expected is not None and found != expected:
        raise TamperedModelError(
            f"{folder} was pointed at as {expected} and is now {found}.",
            remedy="Restore the folder from a copy, or promote what is there now.",
        )


def load_champion(root: Path, *, policy: Path | None = None) -> tuple[Triage, Pointer | None]:
    """Load the champion. Raises ModelError where it is spoilt."""
    at = read_registry(root).champion
    folder = champion_folder(root)
    engine = Triage.load(folder, policy=policy)
    check_hash(folder, engine.name.hash, None if at is None else at.hash)
    return engine, at


def hash_or_none(folder: Path) -> str | None:
    """Return what a folder's manifest makes its hash, None where there is no manifest to read."""
    try:
        return model_hash(read_manifest(folder))
    except ModelError:
        return None
