"""The working parts of one process, opened together and closed together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Engine

from service.db.engine import checkpoint, connect
from service.db.migrate import upgrade
from service.desk.batch import Result
from service.desk.books import load_books, warn_of_strangers
from service.desk.desk import Desk
from service.desk.drift import Drift
from service.desk.emerging import Emerging, calendar_of
from service.desk.topics import Topics
from service.desk.trends import Trends
from service.desk.writer import Writer
from service.jobs.delivery import Delivery
from service.jobs.drift import DriftAlarm
from service.jobs.emerging import EmergingAlarm
from service.jobs.facts import FactsFill, Warm
from service.jobs.loop import Loop
from service.jobs.timer import Timer
from service.jobs.topics import TopicsGrow
from service.logs import configure_logs
from service.models.follower import Follower, Serving
from service.models.overlap import Overlap
from service.models.shadow import Shadow
from service.models.watch import Watch
from service.people.access import Access
from service.people.keys import Verifier
from service.secret import read_secret
from service.settings import Settings
from service.trends.board import Board
from service.webhooks.sender import Sender
from triage import Policy, Triage

_CHECKPOINT = 1.0  # seconds
_PAUSE = 0.5  # seconds between two looks at an empty outbox
_LOOK = 1.0  # seconds between two looks at the registry of models
_WARM = 30.0  # seconds between two looks at what trends are counted from
_TOPICS = 120.0  # seconds between two looks at tickets without a topic
_NEWS = 600.0  # seconds between two looks at what is new
_HOUR = 3600.0  # seconds between two looks at the weeks that have ended


@dataclass(slots=True)
class Runtime:
    """What the routes of one process work with."""

    settings: Settings
    database: Engine
    desk: Desk
    writer: Writer
    access: Access
    serving: Serving
    shadow: Shadow
    drift: Drift
    board: Board
    topics: Topics
    emerging: Emerging


def open_desk(settings: Settings, engine: Triage, *, durable: bool = True) -> Desk:
    """Return the desk on a database of the present shape. Raises InputError and its family."""
    database = connect(settings.database_url, durable=durable)
    upgrade(database)
    # A model that was promoted may lack labels of the rules: that must not keep the desk shut.
    books = load_books(settings.desk, taxonomy=engine.taxonomy, lenient=True)
    warn_of_strangers(books, engine.taxonomy)
    return Desk(database, engine, books, secret=read_secret(settings.secret_file))


@contextmanager
def running(
    settings: Settings,
    engine: Triage,
    *,
    follow: bool = False,
    heard: Callable[[Sequence[Result]], None] = lambda _: None,
) -> Iterator[Runtime]:
    """Open the parts, run the jobs, and end both in order.

    With `follow` the engine gives way to each new champion of the registry of the settings.
    `heard` is told what became of the commands, before those who wait for them are.
    """
    if not structlog.is_configured():  # the usual one prints every local value, keys included
        configure_logs(settings.log_level)
    desk, policy = open_desk(settings, engine), Policy.load(settings.policy)
    writer = Writer(desk, waiting=settings.queue * 16, heard=heard)
    writer.start()
    with Sender(allow_private=settings.allow_private_webhooks) as sender:
        serving = Serving(settings.model, desk.now(), pinned=not follow)
        shadow = Shadow(desk, settings.models, policy, Watch(settings.models))
        drift, trends, topics = Drift(desk), Trends(desk), Topics(desk)
        emerging = _emerging(settings, desk)
        loops = _loops(settings, desk, writer, sender, shadow) if settings.jobs else []
        if settings.jobs:
            loops += _counting(desk, drift, trends, topics, emerging)
        if follow:
            follower = Follower(desk, settings.models, policy, serving, Watch(settings.models))
            loops.append(Loop("models", follower, pause=_LOOK))
        for loop in loops:
            loop.start()
        try:
            yield Runtime(
                settings,
                desk.database,
                desk,
                writer,
                _access(settings, desk),
                serving,
                shadow,
                drift,
                Board(desk, trends),
                topics,
                emerging,
            )
        finally:
            for loop in loops:
                loop.stop()
            writer.stop()
            desk.database.dispose()


def _emerging(settings: Settings, desk: Desk) -> Emerging:
    calendar = calendar_of(settings.desk)
    return Emerging(desk, per_month=settings.alarms_per_month, calendar=calendar)


def _access(settings: Settings, desk: Desk) -> Access:
    return Access(desk.database, Verifier(), desk.secret, open_=settings.auth == "auto")


def _checkpoint(database: Engine) -> bool:
    checkpoint(database)
    return False


def _loops(
    settings: Settings, desk: Desk, writer: Writer, sender: Sender, shadow: Shadow
) -> list[Loop]:
    delivery = Delivery(desk.database, sender, now=desk.now)
    return [
        Loop("timer", Timer(writer), pause=settings.tick),
        Loop("delivery", delivery, pause=_PAUSE),
        Loop("shadow", shadow, pause=_PAUSE),
        Loop("overlap", Overlap(desk), pause=_PAUSE),
        Loop("checkpoint", partial(_checkpoint, desk.database), pause=_CHECKPOINT),
    ]


def _counting(
    desk: Desk, drift: Drift, trends: Trends, topics: Topics, emerging: Emerging
) -> list[Loop]:
    """Return the jobs that count what came in."""
    return [
        Loop("drift", DriftAlarm(desk, drift), pause=_HOUR),
        Loop("emerging", EmergingAlarm(emerging), pause=_NEWS),
        Loop("facts", FactsFill(desk), pause=_HOUR),
        Loop("trends", Warm(trends), pause=_WARM),
        Loop("topics", TopicsGrow(topics), pause=_TOPICS),
    ]
