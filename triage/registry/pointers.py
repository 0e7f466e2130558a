"""Which folder of a registry is the champion, and which stands in its shadow.

A registry is a folder of model folders with a `registry.json` beside them. The file is only
ever replaced as a whole: who reads it sees the old pointers or the new ones, never half.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from triage.artifact import MANIFEST
from triage.errors import RegistryError
from triage.files.writers import whole_file
from triage.resources import default_model

FORMAT = "fenzhen-registry-1"
FILE = "registry.json"
DEFAULT = "default"
_HASH = re.compile(r"[0-9a-f]{12}")
_REMEDY = "Restore it from a copy, or remove it: the model in the box is then the champion."


@dataclass(frozen=True, slots=True)
class Pointer:
    """A model folder by its name in the registry, the hash it had, and who pointed at it when."""

    folder: str
    hash: str
    at: str
    by: str

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Registry:
    """The pointers of a registry; without a champion, the model in the box is in use."""

    champion: Pointer | None = None
    shadow: Pointer | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {"format": FORMAT, **asdict(self)}


def read_registry(root: Path) -> Registry:
    """Read the pointers of the registry in `root`; no file is a registry without pointers.

    Raises RegistryError where the file cannot be read or is not what it should be.
    """
    path = root / FILE
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Registry()
    except OSError as error:
        raise RegistryError(f"Cannot read {path}: {error.strerror}.", remedy=_REMEDY) from error
    except ValueError as error:
        raise RegistryError(f"{path} is not valid JSON: {error}.", remedy=_REMEDY) from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise RegistryError(f"{path} is not a {FORMAT} file.", remedy=_REMEDY)
    return Registry(
        pointer(whole.get("champion"), str(path)), pointer(whole.get("shadow"), str(path))
    )


def pointer(value: Any, place: str) -> Pointer | None:
    """Make a pointer of its JSON form. Raises RegistryError that names `place`."""
    if value is None:
        return None
    names = Pointer.__slots__
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise RegistryError(f"{place}: a pointer needs {', '.join(names)}.", remedy=_REMEDY)
    made = Pointer(*(value[name] for name in names))
    if not is_folder_name(made.folder) or not _HASH.fullmatch(made.hash):
        raise RegistryError(
            f"{place}: {made.folder!r} ({made.hash!r}) is no folder of a registry.", remedy=_REMEDY
        )
    return made


def is_folder_name(name: str) -> bool:
    """Whether `name` is one plain name: what points out of the registry is no model of it."""
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\\0")


def champion_folder(root: Path) -> Path:
    """Return the folder of the champion; without a pointer, `default` or the one in the box.

    The folder is not opened: compare the hash of what you load with that of the pointer.
    """
    champion = read_registry(root).champion
    return box_folder(root) if champion is None else root / champion.folder


def box_folder(root: Path) -> Path:
    """Return the folder in use where nothing points: the registry's `default`, or the box's."""
    own = root / DEFAULT
    return own if (own / MANIFEST).is_file() else default_model()


def shadow_folder(root: Path) -> Path | None:
    """Return the folder of the shadow, None where there is none."""
    shadow = read_registry(root).shadow
    return None if shadow is None else root / shadow.folder


def write_registry(root: Path, registry: Registry) -> None:
    """Replace the pointers, as a whole and on the disk when this returns. Raises OutputError."""
    content = json.dumps(registry.to_dict(), ensure_ascii=False, indent=2) + "\n"
    with whole_file(root / FILE) as file:
        file.write(content.encode())


def registry_stamp(root: Path) -> tuple[int, int] | None:
    """Return what changes whenever the pointers are replaced; None where there are none."""
    try:
        found = (root / FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
