"""The desk's own books, read from files: who gets what, and by when."""

from dataclasses import dataclass
from pathlib import Path

from service.routing.policies import ClockBook, load_clocks
from service.routing.rulebook import Rulebook, load_rules
from triage import InputError


@dataclass(frozen=True, slots=True)
class Books:
    """Rules and clocks that fit each other."""

    rules: Rulebook
    clocks: ClockBook


def load_books(folder: Path | None = None) -> Books:
    """Read `rules.yaml` and `clocks.yaml` of a folder; None, or a file not there: the box's own.

    Raises InputError for a folder that is not there, and the books' own errors for what is in it.
    """
    if folder is not None and not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", remedy="Set FENZHEN_DESK to one.")
    clocks = load_clocks(_file(folder, "clocks.yaml"))
    rules = load_rules(_file(folder, "rules.yaml"), slas=frozenset(clocks.policies))
    return Books(rules, clocks)


def _file(folder: Path | None, name: str) -> Path | None:
    path = folder / name if folder else None
    return path if path and path.exists() else None
