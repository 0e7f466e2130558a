"""Play authored conversations of 60 days into an empty database, as if they had just happened."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from service.db.due import due_tickets
from service.db.tables import tickets
from service.desk.commands import (
    AddMessage,
    Assign,
    Close,
    Command,
    Correct,
    FinishFollowUp,
    Look,
    OpenTicket,
    Person,
    Reopen,
    Wait,
)
from service.desk.desk import Desk
from service.errors import ConflictError
from triage import InputError, TriageError
from triage.resources import resource

_AFTER = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?\Z")
_CORRECTED_AFTER = timedelta(minutes=12)
_CHECKER = "person:郭嘉欣"
_LOOKS = 500  # tickets the timer looks at in one round
Make = Callable[[str], Command]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened in a conversation, and how to say it to the desk."""

    at: datetime
    order: int
    thread: str
    make: Make


def load_demo(desk: Desk, progress: Callable[[int, int], None] = lambda *_: None) -> int:
    """Play every conversation up to now, the timers included; return how many there are.

    Raises InputError where the database already holds tickets.
    """
    _demand_empty(desk)
    end, own_now = desk.now(), desk.now
    threads = _threads(resource("data", "demo", "threads.jsonl"))
    steps = sorted(_all_steps(threads, end), key=lambda step: (step.at, step.order))
    known: dict[str, str] = {}
    try:
        for number, step in enumerate(steps, 1):
            _play(desk, step, known)
            progress(number, len(steps))
        _at(desk, end)
        _look(desk)
    finally:
        desk.now = own_now
    return len(known)


def _demand_empty(desk: Desk) -> None:
    with desk.database.connect() as connection:
        if connection.execute(select(tickets.c.id).limit(1)).first():
            raise InputError(
                "The database holds tickets already; the demo is for an empty one.",
                remedy="Set FENZHEN_DATABASE_URL=sqlite:///var/demo.db for this command and "
                "for `triage serve`.",
            )


def _threads(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]


def _play(desk: Desk, step: Step, known: dict[str, str]) -> None:
    _at(desk, step.at)
    _look(desk)
    result = desk.do(step.make(known.get(step.thread, "")))
    if isinstance(result, TriageError):
        # The desk reopens by itself what the conversation then reopens once more.
        if not isinstance(result, ConflictError):
            raise result
    else:
        known[step.thread] = result.ticket_id


def _at(desk: Desk, moment: datetime) -> None:
    desk.now = lambda: moment


def _look(desk: Desk) -> None:
    with desk.database.connect() as connection:
        due = due_tickets(connection, desk.now(), _LOOKS)
    if due:
        desk.run([Look("system", ticket_id=key) for key in due])


def _all_steps(threads: list[dict[str, Any]], end: datetime) -> Iterator[Step]:
    for thread in threads:
        for order, step in enumerate(_steps(thread, end - timedelta(days=thread["days_ago"]))):
            if step[0] <= end:
                yield Step(step[0], order, thread["id"], step[1])


def _steps(thread: Mapping[str, Any], at: datetime) -> Iterator[tuple[datetime, Make]]:
    owned = False
    for number, turn in enumerate(thread["turns"]):
        at += after(turn["after"])
        yield at, (_opening(thread, turn, at) if number == 0 else _turn(turn, at))
        if number == 0 and "correct" in thread:
            yield at + _CORRECTED_AFTER, _correction(thread["correct"], at + _CORRECTED_AFTER)
        if turn["by"] == "agent" and not owned:
            owned = True
            yield at, _owner(turn["name"], at)


def after(text: str) -> timedelta:
    """Return the time that `1d4h` or `3m` stands for. Raises InputError for anything else."""
    match = _AFTER.match(text)
    if not text or match is None:
        raise InputError(f"{text!r} is no time.", remedy="Write it like 3m, 2h or 1d4h.")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _opening(thread: Mapping[str, Any], turn: Mapping[str, Any], at: datetime) -> Make:
    person = Person(**thread["customer"])
    names = ("channel", "subject", "order", "product")
    told = {name: thread[name] for name in names}
    return lambda _: OpenTicket(
        "system", at, text=turn["text"], source="demo", external_id=thread["id"],
        customer=person, **told,
    )  # fmt: skip


def _turn(turn: Mapping[str, Any], at: datetime) -> Make:
    if turn["by"] == "event":
        return _happening(turn, at)
    name = turn.get("name")
    actor = f"person:{name}" if name else "system"
    return lambda key: AddMessage(
        actor, at, key, author=turn["by"], text=turn["text"], name=name,
        channel=turn.get("channel"),
    )  # fmt: skip


def _happening(turn: Mapping[str, Any], at: datetime) -> Make:
    kind = turn["event"]
    answers = {name: turn.get(name) for name in ("expected", "perceived")}
    if kind == "closed":
        return lambda key: Close("person:客服", at, key, **answers)
    if kind == "follow_up":
        return lambda key: FinishFollowUp(
            "person:客服", at, key, outcome=turn["outcome"], **answers
        )
    return lambda key: (Wait if kind == "waiting" else Reopen)("person:客服", at, key)


def _owner(name: str, at: datetime) -> Make:
    return lambda key: Assign(f"person:{name}", at, key, owner=name)


def _correction(correct: Mapping[str, Any], at: datetime) -> Make:
    changes = {name: value for name, value in correct.items() if name != "reason"}
    return lambda key: Correct(_CHECKER, at, key, changes=changes, reason=correct["reason"])
