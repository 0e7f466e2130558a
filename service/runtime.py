"""The working parts of one process, opened together and closed together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Engine

from service.db.engine import checkpoint, connect
from service.db.migrate import upgrade
from service.desk.books import load_books
from service.desk.desk import Desk
from service.desk.writer import Writer
from service.jobs.delivery import Delivery
from service.jobs.loop import Loop
from service.jobs.timer import Timer
from service.logs import configure_logs
from service.people.access import Access
from service.people.keys import Verifier
from service.secret import read_secret
from service.settings import Settings
from service.webhooks.sender import Sender
from triage import Triage

_CHECKPOINT = 1.0  # seconds
_PAUSE = 0.5  # seconds between two looks at an empty outbox


@dataclass(slots=True)
class Runtime:
    """What the routes of one process work with."""

    settings: Settings
    database: Engine
    desk: Desk
    writer: Writer
    access: Access


def open_desk(settings: Settings, engine: Triage, *, durable: bool = True) -> Desk:
    """Return the desk on a database of the present shape. Raises InputError and its family."""
    database = connect(settings.database_url, durable=durable)
    upgrade(database)
    books = load_books(settings.desk)
    return Desk(database, engine, books, secret=read_secret(settings.secret_file))


@contextmanager
def running(settings: Settings, engine: Triage) -> Iterator[Runtime]:
    """Open the parts, run the jobs, and end both in order."""
    if not structlog.is_configured():  # the usual one prints every local value, keys included
        configure_logs(settings.log_level)
    desk = open_desk(settings, engine)
    writer = Writer(desk, waiting=settings.queue * 16)
    writer.start()
    with Sender(allow_private=settings.allow_private_webhooks) as sender:
        loops = _loops(settings, desk, writer, sender) if settings.jobs else []
        for loop in loops:
            loop.start()
        try:
            yield Runtime(settings, desk.database, desk, writer, _access(settings, desk))
        finally:
            for loop in loops:
                loop.stop()
            writer.stop()
            desk.database.dispose()


def _access(settings: Settings, desk: Desk) -> Access:
    return Access(desk.database, Verifier(), desk.secret, open_=settings.auth == "auto")


def _checkpoint(database: Engine) -> bool:
    checkpoint(database)
    return False


def _loops(settings: Settings, desk: Desk, writer: Writer, sender: Sender) -> list[Loop]:
    delivery = Delivery(desk.database, sender, now=desk.now)
    return [
        Loop("timer", Timer(writer), pause=settings.tick),
        Loop("delivery", delivery, pause=_PAUSE),
        Loop("checkpoint", partial(_checkpoint, desk.database), pause=_CHECKPOINT),
    ]
