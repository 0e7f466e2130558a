"""`triage demo` and `triage import`."""

from collections.abc import Callable
from pathlib import Path

from service.cli.places import own_desk
from service.desk.demo import load_demo
from service.desk.importing import Imported, import_records
from triage.files.columns import Fields
from triage.files.readers import read


def demo(model: Path | None, progress: Callable[[int, int], None]) -> tuple[int, str]:
    """Fill the database; return how many conversations, and where they lie."""
    with own_desk(model, durable=False) as desk:
        return load_demo(desk, progress), desk.database.url.render_as_string()


def import_file(path: str, fields: Fields, source: str, model: Path | None) -> Imported:
    """Open a ticket for each record of a file."""
    with own_desk(model) as desk:
        return import_records(
            desk, read(path, fields), actor="person:local", source=source, id_field=fields.id
        )
