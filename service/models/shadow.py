"""A candidate judges, beside the champion and after it, the conversations that came in.

What it says is kept and compared. Nothing reads it but the page and the route that show it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import RowMapping

from service.db.engine import writing
from service.db.rows import record
from service.db.shadows import begin_at, keep_shadows, said_until, unseen
from service.desk.desk import Desk
from service.desk.judging import body_of
from service.models.comparing import differing, kept
from service.models.loading import load_warm
from service.models.watch import Problem, Watch
from service.tickets.ids import first_id
from service.tickets.thread import Message, Thread, thread_of
from triage import Feedback, Policy, Triage
from triage.registry.pointers import Pointer, read_registry

_MOST = 32  # verdicts of one round: the champion's requests come first


def begun(pointer: Pointer) -> str:
    """Return the id that divides the verdicts before the shadow's start from those after it."""
    return first_id("v", datetime.fromisoformat(pointer.at))


class Shadow:
    """One round lets the candidate judge a few conversations that it has not seen.

    Where it stands is read from what it has said, so that it goes on after a crash, and two
    processes do no harm. `problem` says why the candidate cannot be loaded.
    """

    def __init__(self, desk: Desk, root: Path, policy: Policy, watch: Watch) -> None:
        self._desk = desk
        self._root = root
        self._policy = policy
        self._watch = watch
        self._engine: Triage | None = None
        self._since = ""
        self.problem: Problem | None = None

    def __call__(self) -> bool:
        """Judge once; never at once again, so that the desk has the machine to itself between."""
        if self._watch.due():
            self._take()
        if self._engine:
            self._judge(self._engine)
        return False

    def _take(self) -> None:
        """Take the candidate that the registry points at, or none."""
        folder, before = self._root, self._engine
        self._engine = self.problem = None
        try:
            pointer = read_registry(self._root).shadow
            if pointer:
                folder, self._since = self._root / pointer.folder, begun(pointer)
                same = before and before.name.hash == pointer.hash
                self._engine = before if same else load_warm(folder, self._policy, pointer)
        except Exception as error:  # noqa: BLE001 - a candidate that is broken stops nothing else
            self.problem = self._watch.failed(folder, error, self._desk.now())

    def _judge(self, engine: Triage) -> None:
        key = engine.name.hash
        with self._desk.database.connect() as connection:
            after = begin_at(connection, key, self._since)
            given = unseen(connection, key, after, _MOST)
            threads = [
                _thread(said_until(connection, verdict), engine.policy.max_chars)
                for verdict in given
            ]
        rows = judged(engine, given, threads, self._desk.now())
        if rows:
            with writing(self._desk.database) as connection:
                keep_shadows(connection, rows)


def _thread(rows: Sequence[RowMapping], limit: int) -> Thread:
    return thread_of((record(Message, row) for row in rows), limit)


def judged(
    engine: Triage, given: Sequence[RowMapping], threads: Sequence[Thread], now: datetime
) -> list[dict[str, Any]]:
    """Return a row for each verdict with what the engine says of the same conversation."""
    records = [
        Feedback(verdict["ticket_id"], thread.text, verdict["channel"], thread.messages[0].at)
        for verdict, thread in zip(given, threads, strict=True)
    ]
    bodies = map(body_of, engine.pipe(records), threads)
    return [
        {
            "verdict_id": verdict["id"],
            "model_hash": engine.name.hash,
            "ticket_id": verdict["ticket_id"],
            "at": now,
            "model_name": engine.name.name,
            "model_version": engine.name.version,
            "differs": differing(verdict["body"], body),
            "body": kept(body),
        }
        for verdict, body in zip(given, bodies, strict=True)
    ]
