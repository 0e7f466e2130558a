"""The database and the desk that the settings name, opened for one command and closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from service.db.engine import connect
from service.db.migrate import upgrade
from service.desk.desk import Desk
from service.logs import configure_logs
from service.models.loading import champion, load_served
from service.runtime import open_desk
from service.settings import read_settings
from triage import artifact
from triage.taxonomy import Taxonomy


def own_taxonomy(model: Path | None) -> Taxonomy:
    """Return the labels of a model folder, None: of the model that the service would serve."""
    settings = read_settings()
    folder = model or settings.model or champion(settings.models)[1]
    return artifact.taxonomy(artifact.read_manifest(folder))


@contextmanager
def own_database() -> Iterator[Engine]:
    """Yield the database, of the present shape."""
    database = connect(read_settings().database_url)
    try:
        upgrade(database)
        yield database
    finally:
        database.dispose()


@contextmanager
def own_desk(model: Path | None, *, durable: bool = True) -> Iterator[Desk]:
    """Yield the desk; `model` goes before the one of the settings."""
    settings = read_settings()
    configure_logs("WARNING")
    named = settings.model_copy(update={"model": model}) if model else settings
    engine = load_served(named)
    desk = open_desk(settings, engine, durable=durable)
    try:
        yield desk
    finally:
        desk.database.dispose()
