"""`triage data pull`: what persons corrected and annotated, as examples in a dataset."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from service.cli.places import own_database, own_taxonomy
from service.db.annotations import annotations_kept
from service.db.labelled import corrected_tickets, corrections_of, newest_correction
from service.db.reading import known_correction
from service.desk.examples import (
    Said,
    examples,
    is_annotated,
    key_of_ticket,
    said_elsewhere,
    said_in_inbox,
)
from service.settings import read_settings
from triage import DataError, InputError, Policy
from triage.files.writers import whole_file
from triage.records import Example, to_json
from triage.taxonomy import FILE as TAXONOMY
from triage.text.pii import mask
from triage.training.corpus import taxonomy_of

FILE = "inbox.jsonl"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did to the dataset. `newest` is the correction to pull `since` next time."""

    path: Path
    total: int
    new: int
    changed: int
    gone: int
    newest: str | None


def pull(folder: Path, *, since: str = "", masked: bool = False) -> Pulled:
    """Bring `inbox.jsonl` of a dataset up to what the inbox knows; again, nothing changes.

    With `since`, of the tickets only those with a correction after that one are looked at, and
    the others stay in the file as they are. Raises InputError for a correction that is not there.
    """
    limit = Policy.load(read_settings().policy).max_chars
    with own_database() as database, database.connect() as connection:
        if since and not known_correction(connection, since):
            raise InputError(f"There is no correction {since!r}.", remedy="Leave out --since.")
        touched, said = _told(connection, since, limit)
        newest = newest_correction(connection)
    path = folder / FILE
    before = _read(path)
    kept = {
        key: row
        for key, row in before.items()
        if since and key not in touched and not is_annotated(key)
    }
    rows = kept | {key: _row(made, masked=masked) for key, made in examples(said).items()}
    _bring_labels(folder, rows.values())
    _write(path, dict(sorted(rows.items())))
    return _pulled(path, before, rows, newest)


def _bring_labels(folder: Path, rows: Iterable[Row]) -> None:
    """See to it that the dataset knows the labels of its rows.

    A dataset without a taxonomy gets that of the model in use, where it needs one. Raises
    DataError where a taxonomy that a person wrote lacks a label.
    """
    used = {code for row in rows for code in row["issues"] or ()}
    if used <= set(taxonomy_of([folder]).codes):
        return
    own, path = own_taxonomy(None), folder / TAXONOMY
    if path.exists() or not used <= set(own.codes):
        unknown = sorted(used - set(taxonomy_of([folder]).codes))
        raise DataError(
            f"The corrections hold labels that {folder} does not know: {', '.join(unknown)}.",
            remedy=f"Add them to {path}, or pull into another folder.",
        )
    with whole_file(path) as file:
        file.write(own.to_yaml().encode())


def _told(connection: Connection, since: str, limit: int) -> tuple[set[str], list[Said]]:
    """Return the keys of the tickets that are made anew, and all that is said of them.

    Annotations are few: all of them are looked at each time.
    """
    noted = annotations_kept(connection)
    ids = corrected_tickets(connection, since)
    ids = sorted({*ids, *(one.ticket_id for one in noted if one.ticket_id)})
    said = [said_in_inbox(told) for told in corrections_of(connection, ids, limit=limit)]
    touched = {key_of_ticket(ticket) for ticket in ids}
    return touched, said + [said_elsewhere(one) for one in noted if not one.deleted]


def _row(example: Example, *, masked: bool) -> dict[str, Any]:
    given = asdict(example)
    names = ("id", "text", "issues", "sentiment", "urgency", "source", "channel", "customer")
    row = {name: given[name] for name in names}
    return row | {"text": mask(example.text)} if masked else row


def _read(path: Path) -> dict[str, Row]:
    if not path.exists():
        return {}
    return {row["id"]: row for row in _lines(path)}


def _lines(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            row = orjson.loads(line)
            row["id"]
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"{path}, line {number}: not written by `triage data pull`.",
                remedy="Move the file away; pulling writes it anew.",
            ) from error
        yield row


def _write(path: Path, rows: Mapping[str, Row]) -> None:
    content = b"".join(to_json(row) + b"\n" for row in rows.values())
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content)


def _pulled(
    path: Path, before: Mapping[str, Row], rows: Mapping[str, Row], newest: str | None
) -> Pulled:
    now = {key: orjson.loads(to_json(row)) for key, row in rows.items()}
    changed = sum(key in before and before[key] != row for key, row in now.items())
    new, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    return Pulled(path, len(now), new, changed, gone, newest)
