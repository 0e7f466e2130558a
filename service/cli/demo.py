"""`triage demo` and `triage import`."""

from collections.abc import Callable
from pathlib import Path

from service.desk.demo import load_demo
from service.desk.importing import Imported, import_records
from service.logs import configure_logs
from service.runtime import open_desk
from service.settings import read_settings
from triage import Triage
from triage.files.columns import Fields
from triage.files.readers import read


def demo(model: Path | None, progress: Callable[[int, int], None]) -> tuple[int, str]:
    """Fill the database; return how many conversations, and where they lie."""
    settings = read_settings()
    configure_logs("WARNING")
    engine = Triage.load(model or settings.model, policy=settings.policy)
    desk = open_desk(settings, engine, durable=False)
    try:
        return load_demo(desk, progress), desk.database.url.render_as_string()
    finally:
        desk.database.dispose()


def import_file(path: str, fields: Fields, source: str, model: Path | None) -> Imported:
    """Open a ticket for each record of a file."""
    settings = read_settings()
    configure_logs("WARNING")
    desk = open_desk(settings, Triage.load(model or settings.model, policy=settings.policy))
    try:
        return import_records(
            desk, read(path, fields), actor="person:local", source=source, id_field=fields.id
        )
    finally:
        desk.database.dispose()
