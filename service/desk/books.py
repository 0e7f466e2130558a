"""The desk's own books, read from files: who gets what, and by when."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from service.routing.policies import ClockBook, load_clocks
from service.routing.problems import Problem
from service.routing.rulebook import Rulebook, load_rules
from triage import InputError
from triage.taxonomy import BUILT_IN, Taxonomy

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Books:
    """Rules and clocks that fit each other."""

    rules: Rulebook
    clocks: ClockBook

    def warnings(self, taxonomy: Taxonomy) -> tuple[Problem, ...]:
        """Return what is odd about the rules, where a model with these labels judges."""
        return (*self.rules.warnings, *self.rules.strangers(taxonomy))


def load_books(
    folder: Path | None = None, *, taxonomy: Taxonomy = BUILT_IN, lenient: bool = False
) -> Books:
    """Read `rules.yaml` and `clocks.yaml` of a folder; None, or a file not there: the box's own.

    `taxonomy` holds the labels of the model in use; with `lenient`, and in the rules of the box,
    other labels are let through. Raises InputError for a folder that is not there, and the books'
    own errors for what is in it.
    """
    if folder is not None and not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", remedy="Set FENZHEN_DESK to one.")
    clocks = load_clocks(_file(folder, "clocks.yaml"))
    path = _file(folder, "rules.yaml")
    rules = load_rules(
        path,
        slas=frozenset(clocks.policies),
        taxonomy=taxonomy,
        lenient=lenient or path is None,  # nobody can mend those of the box
    )
    return Books(rules, clocks)


def warn_of_strangers(books: Books, taxonomy: Taxonomy) -> None:
    """Log the rules that ask for labels which the model that now judges does not have."""
    for problem in books.rules.strangers(taxonomy):
        _log.warning("rules.unknown_label", problem=problem.said(books.rules.source))


def _file(folder: Path | None, name: str) -> Path | None:
    path = folder / name if folder else None
    return path if path and path.exists() else None
