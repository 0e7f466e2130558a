"""Deliver the outbox: at least once, later again where it failed, to the dead letters at last."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from service.db.engine import writing
from service.db.outbox import Letter, disable, settle, take
from service.webhooks.backoff import next_attempt
from service.webhooks.sender import Outcome, Sender
from service.webhooks.signing import SecretError
from triage.records import to_json

_MOST = 64
_AT_ONCE = 8


class Delivery:
    """One round sends every letter that is due."""

    def __init__(self, database: Engine, sender: Sender, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._sender = sender
        self._now = now
        self._random = random.Random()  # noqa: S311 - spreads retries, keeps no secret

    def __call__(self) -> bool:
        """Send once; True where there were so many that more may be due."""
        with writing(self._database) as connection:
            letters = take(connection, self._now(), _MOST)
        if not letters:
            return False
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = list(pool.map(self._one, letters))
        self._settle(letters, outcomes)
        return len(letters) == _MOST

    def _one(self, letter: Letter) -> Outcome:
        try:
            return self._sender.send(letter.url, letter.secrets, letter.id, to_json(letter.payload))
        except SecretError as error:
            return Outcome(None, str(error))  # ours to mend: it is seen among the dead letters

    def _settle(self, letters: Sequence[Letter], outcomes: Sequence[Outcome]) -> None:
        pairs = list(zip(letters, outcomes, strict=True))
        with writing(self._database) as connection:
            settle(connection, [{"id": one.id, **self._change(one, came)} for one, came in pairs])
            disable(connection, {one.endpoint_id for one, came in pairs if came.gone})

    def _change(self, letter: Letter, outcome: Outcome) -> dict[str, Any]:
        now, attempts = self._now(), letter.attempts + 1
        told = {"attempts": attempts, "status": outcome.status, "error": outcome.error or None}
        if outcome.delivered:
            return {**told, "state": "delivered", "delivered_at": now}
        again = self._again(attempts, now, outcome) if outcome.retry else None
        return {**told, "state": "dead"} if again is None else {**told, "next_at": again}

    def _again(self, attempts: int, now: datetime, outcome: Outcome) -> datetime | None:
        return next_attempt(attempts, now, self._random, retry_after=outcome.retry_after)
