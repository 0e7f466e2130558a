"""After a change of the model: let the new one judge a sample of what the old one judged.

What it says is kept beside the verdicts and summed up; no label, no event follows from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from heapq import nsmallest
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from service.db.engine import writing
from service.db.overlaps import Place, heard, opened, places, said_of, unsaid
from service.db.rows import record
from service.db.shadows import BACK_FILLED, keep_shadows, said_until
from service.db.switches import NOBODY, Switch, sum_up, switches
from service.desk.desk import Desk
from service.models.comparing import before_of
from service.models.shadow import judged
from service.models.switches import take_note
from service.tickets.thread import Message, thread_of
from triage import Triage
from triage.trends.breaks import Said, count_pairs

WINDOW = timedelta(days=14)
MOST = 2000
_ROUND = 32  # verdicts of one round: the requests of customers come first
_SPARE = 4  # times as many tickets are looked at: some were judged by other models
_EVERY = 8  # rounds after which the sum is written
_log = structlog.get_logger()


@dataclass(slots=True)
class Plan:
    """The sample of an overlap, and what of it is still to be judged."""

    switch: Switch
    sample: list[Place]
    left: list[str]
    rounds: int = 0


class Overlap:
    """One round notices a change of the model, or goes on with what a change left to judge.

    Where it stands is read from the database, so that it goes on after a crash, and two
    processes do no harm. An overlap whose model no longer serves ends with what there is.
    """

    def __init__(self, desk: Desk, *, window: timedelta = WINDOW, most: int = MOST) -> None:
        self._desk = desk
        self._window = window
        self._most = most
        self._noted = NOBODY
        self._plan: Plan | None = None

    def __call__(self) -> bool:
        """Do one round; never at once again, so that the desk has the machine to itself between."""
        engine = self._desk.engine
        if engine.name.hash != self._noted and self._note(engine):
            self._noted = engine.name.hash
        switch = self._open(engine.name.hash)
        if switch:
            self._go_on(switch, engine)
        return False

    def _note(self, engine: Triage) -> bool:
        return take_note(self._desk.database, engine.name.hash, self._desk.now())

    def _open(self, serving: str) -> Switch | None:
        """Return what is unfinished, the newest first; the last change may be another's to do."""
        with self._desk.database.connect() as connection:
            known = switches(connection)
        for switch in reversed(known):
            open_ = switch.before != NOBODY and switch.finished_at is None
            if open_ and (switch.after == serving or switch is not known[-1]):
                return switch
        return None

    def _go_on(self, switch: Switch, engine: Triage) -> None:
        plan = self._planned(switch)
        can = switch.after == engine.name.hash
        if can and plan.left:
            self._judge(plan, engine)
        over = not (can and plan.left)
        if over or plan.rounds % _EVERY == 1:
            self._sum_up(plan, over=over)

    def _planned(self, switch: Switch) -> Plan:
        plan = self._plan
        if plan is None or _key(plan.switch) != _key(switch):
            with self._desk.database.connect() as connection:
                sample = self._sample(connection, switch)
                own = [place.verdict_id for place in sample if not place.turned]
                known = heard(connection, switch.after, own)
            plan = self._plan = Plan(switch, sample, [id_ for id_ in own if id_ not in known])
        return plan

    def _sample(self, connection: Connection, switch: Switch) -> list[Place]:
        """Choose by a hash of the id: evenly over the window, and the same ones after a restart."""
        until = switch.switched_at
        ids = opened(connection, until - self._window, until)
        chosen = nsmallest(_SPARE * self._most, ids, key=_hashed)
        return list(islice(places(connection, switch, chosen), self._most))

    def _judge(self, plan: Plan, engine: Triage) -> None:
        ids, plan.left = plan.left[:_ROUND], plan.left[_ROUND:]
        limit = engine.policy.max_chars
        with self._desk.database.connect() as connection:
            given = unsaid(connection, engine.name.hash, ids)
            said = [said_until(connection, verdict) for verdict in given]
        threads = [thread_of((record(Message, row) for row in rows), limit) for rows in said]
        rows = judged(engine, given, threads, self._desk.now())
        marked = [row | {"body": row["body"] | {BACK_FILLED: True}} for row in rows]
        if marked:
            with writing(self._desk.database) as connection:
                keep_shadows(connection, marked)
        plan.rounds += 1

    def _sum_up(self, plan: Plan, *, over: bool) -> None:
        switch, sample, now = plan.switch, plan.sample, self._desk.now()
        with self._desk.database.connect() as connection:
            pairs = list(_pairs(said_of(connection, switch, sample)))
        since = min((place.opened_at for place in sample), default=switch.switched_at)
        told = {"since": since, "wanted": len(sample), "done": len(pairs)}
        ended = {"finished_at": now} if over else {}
        with writing(self._desk.database) as connection:
            fresh = sum_up(connection, switch, counts=count_pairs(pairs), **told, **ended)
        if over and fresh:
            named = {"before": switch.before, "after": switch.after, "at": switch.switched_at}
            _log.info("model.overlap", **named, wanted=len(sample), done=len(pairs))
        if over:
            self._plan = None


def _key(switch: Switch) -> tuple[Any, ...]:
    return switch.before, switch.after, switch.switched_at


def _hashed(ticket_id: str) -> bytes:
    return blake2b(ticket_id.encode(), digest_size=8).digest()


def _pairs(rows: Iterable[tuple[bool, RowMapping]]) -> Iterator[tuple[Said, Said]]:
    """Return what the model before and the one after said, whichever of them was served."""
    for turned, row in rows:
        served, shadow = _served(row), row["body"]
        yield (shadow, served) if turned else (served, shadow)


def _served(row: Mapping[Any, Any]) -> Said:
    levels = {name: row[name] for name in ("sentiment", "urgency", "review")}
    return levels | {"issues": before_of(row["body"].get("issues", ()), row["differs"])}
