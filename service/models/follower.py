"""Follow the champion of the registry: another one is loaded beside, and takes over when warm."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from service.desk.books import warn_of_strangers
from service.desk.desk import Desk
from service.models.loading import champion, load_warm
from service.models.watch import Problem, Watch
from triage import Policy, Triage, artifact
from triage.registry.pointers import Pointer

_log = structlog.get_logger()


@dataclass(slots=True)
class Serving:
    """The model of a process beside its engine: from where, since when, what hinders the next.

    `folder` is None for an engine that was handed in; `pinned` ones follow no registry.
    """

    folder: Path | None
    since: datetime
    pinned: bool = False
    problem: Problem | None = None


class Follower:
    """One round looks whether the registry was written, and serves its champion if it is another.

    The old engine serves until the new one is loaded and warm; whoever began with the old one
    ends with it. What cannot be loaded changes nothing, and is tried again from time to time. The
    policy stays the one the process began with.
    """

    def __init__(
        self, desk: Desk, root: Path, policy: Policy, serving: Serving, watch: Watch
    ) -> None:
        self._desk = desk
        self._root = root
        self._policy = policy
        self._serving = serving
        self._watch = watch

    def __call__(self) -> bool:
        """Look once; there is never more to do at once."""
        if self._watch.due():
            self._follow()
        return False

    def _follow(self) -> None:
        folder = self._root
        try:
            pointer, folder = champion(self._root)
            if _hash(pointer, folder) != self._desk.engine.name.hash:
                self._serve(load_warm(folder, self._policy, pointer))
            self._serving.folder, self._serving.problem = folder, None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the old one serves on
            self._serving.problem = self._watch.failed(folder, error, self._desk.now())

    def _serve(self, engine: Triage) -> None:
        before, self._desk.engine = self._desk.engine, engine
        self._serving.since = self._desk.now()
        told = {"version": engine.name.version, "model": engine.name.hash}
        _log.info("model.served", name=engine.name.name, **told, before=before.name.hash)
        warn_of_strangers(self._desk.books, engine.taxonomy)


def _hash(pointer: Pointer | None, folder: Path) -> str:
    return pointer.hash if pointer else artifact.model_hash(artifact.read_manifest(folder))
