"""Go back to a model that was champion before: never refused for quality, only if spoilt."""

from pathlib import Path

from triage.engine import Triage
from triage.errors import RegistryError
from triage.registry.folders import check_hash
from triage.registry.history import Entry, change, ever_champions, now, past_champions
from triage.registry.pointers import DEFAULT, Pointer, box_folder


def rollback(root: Path, *, by: str, to: str | None = None) -> tuple[Entry, Path]:
    """Put the previous champion, or the past one of hash `to`, back in use; return what was done.

    The second value is the folder now in use. Raises RegistryError where there is no such
    champion, ModelError where its folder is spoilt or no longer what it was.
    """
    past = past_champions(root)
    target = _previous(past, root) if to is None else _named(to, root)
    folder = _checked(root, target)
    at = now()
    pointer = None if target is None else Pointer(target.folder, target.hash, at, by)
    entry = Entry(at, by, "rollback", past[-1], pointer)
    change(root, entry)
    return entry, folder


def _previous(past: list[Pointer | None], root: Path) -> Pointer | None:
    if len(past) < 2:
        raise RegistryError(
            f"No model of {root} was champion before this one.",
            remedy="`triage models` lists the models; `triage promote` puts one in use.",
            code="no_previous",
        )
    return past[-2]


def _named(to: str, root: Path) -> Pointer | None:
    """Find a past champion by the beginning of its hash: what never was one needs the gate."""
    for old in ever_champions(root):
        if old is not None and len(to) >= 4 and old.hash.startswith(to):
            return old
        if old is None and to == DEFAULT:
            return None
    raise RegistryError(
        f"No model {to!r} was ever champion of {root}.",
        remedy=f"Give the first digits of its hash, or {DEFAULT!r} for the model in the box; "
        "for a model that never was champion, use `triage promote`.",
        code="no_such_champion",
    )


def _checked(root: Path, target: Pointer | None) -> Path:
    folder = box_folder(root) if target is None else root / target.folder
    found = Triage.load(folder).name.hash
    check_hash(folder, found, None if target is None else target.hash)
    return folder
