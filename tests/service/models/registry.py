"""A registry of small models that differ in their version, and so in their hash."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triage import artifact
from triage.registry.pointers import Pointer, Registry, read_registry, write_registry
from triage.weights import WEIGHTS


@dataclass
class Models:
    """A registry in a folder of the test's own."""

    root: Path
    source: Path

    def add(self, name, version=None, **changes):
        """Copy the source; another version makes another model of it. Returns its hash."""
        folder = self.root / name
        shutil.copytree(self.source, folder)
        manifest = artifact.read_manifest(folder) | {"version": version or name} | changes
        (folder / artifact.MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        return self.hash(name)

    def hash(self, name):
        return artifact.model_hash(artifact.read_manifest(self.root / name))

    def pointer(self, name, **changes):
        told = {"hash": self.hash(name), "at": datetime.now(UTC).isoformat(), "by": "林晓"}
        return Pointer(folder=name, **(told | changes))

    def champion(self, name, **changes):
        """Point at a champion, as a promotion does at its end."""
        held = read_registry(self.root)
        write_registry(self.root, Registry(self.pointer(name, **changes), held.shadow))

    def shadow(self, name, **changes):
        """Point at a shadow."""
        held = read_registry(self.root)
        shadow = self.pointer(name, **changes) if name else None
        write_registry(self.root, Registry(held.champion, shadow))

    def spoil(self, name):
        """Change the weights of a model behind its manifest's back."""
        path = self.root / name / WEIGHTS
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
