"""`triage routes check` and `triage routes try`."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select

from service.cli.places import own_database, own_taxonomy
from service.db.cases import load_cases
from service.db.tables import tickets
from service.desk.books import load_books
from service.desk.routing import facts_of
from service.routing.facts import Facts
from service.routing.policies import load_clocks
from service.routing.rulebook import Rulebook, load_rules
from service.routing.trial import read_verdicts, trial
from service.routing.trial_table import render
from service.settings import read_settings
from triage.taxonomy import Taxonomy

_PAGE = 100


def check(path: Path | None, model: Path | None) -> tuple[Rulebook, list[str]]:
    """Read a rule file for the labels of a model; return it and its warnings.

    Raises RuleError with all that is wrong.
    """
    taxonomy = own_taxonomy(model)
    book = _book(path, taxonomy)
    warnings = (*book.warnings, *book.strangers(taxonomy))
    return book, [problem.said(book.source) for problem in warnings]


def _book(path: Path | None, taxonomy: Taxonomy) -> Rulebook:
    folder = read_settings().desk
    if path is None:
        return load_books(folder, taxonomy=taxonomy).rules
    beside = folder / "clocks.yaml" if folder else None
    clocks = load_clocks(beside if beside and beside.exists() else None)
    return load_rules(path, slas=frozenset(clocks.policies), taxonomy=taxonomy)


def try_(path: Path | None, verdicts: Path | None, most: int, model: Path | None) -> str:
    """Return a table of what the rules would do with past tickets, or with a file of verdicts."""
    book = _book(path, own_taxonomy(model))
    facts = read_verdicts(verdicts) if verdicts else _past(most)
    return render(trial(book, facts), book)


def _past(most: int) -> Iterator[Facts]:
    with own_database() as database:
        ids = _ids(database, most)
        for start in range(0, len(ids), _PAGE):
            yield from _facts(database, ids[start : start + _PAGE])


def _ids(database: Engine, most: int) -> list[str]:
    query = select(tickets.c.id).order_by(tickets.c.created_at.desc()).limit(most)
    with database.connect() as connection:
        return [row[0] for row in connection.execute(query)]


def _facts(database: Engine, ids: list[str]) -> Iterator[Facts]:
    with database.connect() as connection:
        cases = load_cases(connection, ids, lock=False)
    for case in cases.values():
        yield facts_of(case, case.events[0])  # as it came, with the labels that hold of it now
