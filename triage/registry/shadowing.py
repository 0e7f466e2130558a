"""Put a candidate into the champion's shadow, where it judges and nothing follows from it."""

from pathlib import Path

from triage.errors import RegistryError
from triage.registry.folders import find_folder, hash_or_none, verified
from triage.registry.history import Entry, change, now
from triage.registry.pointers import Pointer, champion_folder, read_registry
from triage.text.segment import Segmenter


def start_shadow(root: Path, model: str, *, by: str) -> Pointer:
    """Let a model of the registry judge beside the champion, in place of any other that did.

    Raises ModelError for a spoilt folder; RegistryError for one that is not in the registry, and
    for the champion itself.
    """
    folder = find_folder(root, model)
    pointer = Pointer(folder.name, verified(folder, None, Segmenter().identity), now(), by)
    before = read_registry(root)
    if pointer.hash == hash_or_none(champion_folder(root)):
        raise RegistryError(
            f"{folder.name} is the champion: it would judge as itself.",
            remedy="Name a candidate; `triage models` lists them.",
            code="own_shadow",
        )
    change(root, Entry(pointer.at, by, "shadow_start", before.shadow, pointer))
    return pointer


def stop_shadow(root: Path, *, by: str) -> Pointer:
    """Let no model judge beside the champion; return the one that did. Raises RegistryError."""
    before = read_registry(root).shadow
    if before is None:
        raise RegistryError(
            f"No model stands in the shadow in {root}.",
            remedy="Start one with `triage shadow MODEL`.",
            code="no_shadow",
        )
    change(root, Entry(now(), by, "shadow_stop", before, None))
    return before
