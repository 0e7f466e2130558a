"""Load what a process serves: the model that was named, or the champion of the registry."""

from pathlib import Path

from service.settings import Settings
from triage import Feedback, Policy, Triage, artifact
from triage.registry.folders import check_hash
from triage.registry.pointers import Pointer, champion_folder, read_registry

_WARM_UP = "等了三天还没发货，客服也不回。"


def load_served(settings: Settings) -> Triage:
    """Load the model a process begins with, warm. Raises ModelError, RegistryError, PolicyError."""
    policy = Policy.load(settings.policy)
    if settings.model is not None:
        return load_warm(settings.model, policy)
    pointer, folder = champion(settings.models)
    return load_warm(folder, policy, pointer)


def champion(root: Path) -> tuple[Pointer | None, Path]:
    """Return the champion of a registry and its folder; without a pointer that in the box."""
    pointer = read_registry(root).champion
    return pointer, root / pointer.folder if pointer else champion_folder(root)


def load_warm(folder: Path, policy: Policy, pointer: Pointer | None = None) -> Triage:
    """Load a folder and judge a first text with it, so that no request waits for its tables.

    Labels that the policy does not name have the thresholds that the model brings. Raises
    ModelError where it is not the model that `pointer` was made for.
    """
    model = artifact.load(folder)
    check_hash(folder, model.name.hash, pointer.hash if pointer else None)
    rules = policy.with_bands(artifact.bands(model.manifest))
    engine = Triage(model.scorer, rules, model.name, model.taxonomy)
    engine(Feedback("warm-up", _WARM_UP))
    return engine
