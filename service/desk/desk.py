"""The desk: takes commands from anywhere, does many in one transaction, answers each."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError

from service.db.cases import load_cases
from service.db.engine import writing
from service.desk.batch import Batch, Result
from service.desk.books import Books
from service.desk.commands import Command
from service.desk.context import Context
from service.errors import BadValueError, InternalError, NotFoundError, StorageError
from service.tickets.case import Case
from triage import Triage

_TRIES = 5
_log = structlog.get_logger()


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Desk:
    """Runs commands against the database. Safe to share by threads and by processes."""

    def __init__(
        self,
        database: Engine,
        engine: Triage,
        books: Books,
        *,
        secret: bytes,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.database = database
        self.engine = engine
        self.books = books
        self.secret = secret
        self.now = now

    def context(self) -> Context:
        """Return the surroundings of a batch that begins now."""
        return Context(self.now(), self.engine, self.books.rules, self.books.clocks, self.secret)

    def run(self, commands: Sequence[Command]) -> list[Result]:
        """Do commands, in as few transactions as their tickets allow; one bad one costs itself.

        When this returns, what it acknowledges is on disk.
        """
        results: dict[int, Result] = {}
        left = list(range(len(commands)))
        while left:
            now, left = _apart(commands, left)
            answers = self._together([commands[place] for place in now])
            results.update(zip(now, answers, strict=True))
        return [results[place] for place in range(len(commands))]

    def do(self, command: Command) -> Result:
        """Do one command."""
        return self.run([command])[0]

    def load(self, ticket_id: str) -> Case:
        """Return a ticket with all that belongs to it. Raises NotFoundError."""
        with self.database.connect() as connection:
            cases = load_cases(connection, [ticket_id], lock=False)
        if ticket_id not in cases:
            raise NotFoundError(
                f"There is no ticket {ticket_id!r}.", remedy="Look at GET /v1/tickets."
            )
        return cases[ticket_id]

    def _together(self, commands: Sequence[Command]) -> list[Result]:
        try:
            return self._transaction(commands)
        except Exception as error:  # noqa: BLE001 - each is tried again, and answered for itself
            # Another process may have been first with a key or a customer: alone each one can
            # be tried again, and what is wrong with one of them costs no other.
            _log.warning("batch.failed", error=type(error).__name__, commands=len(commands))
            return [self._alone(command) for command in commands]

    def _alone(self, command: Command) -> Result:
        for attempt in range(1, _TRIES + 1):
            try:
                return self._transaction([command])[0]
            except DataError as error:  # trying again would not help
                return BadValueError(
                    f"The database cannot keep a value ({type(error.orig).__name__}).",
                    remedy="Shorten the values, or leave out what is not text.",
                )
            except DBAPIError as error:
                if attempt == _TRIES:
                    return _failed(error)
            except Exception:  # noqa: BLE001 - ours to mend; the others must not wait for it
                _log.exception("command.failed", command=type(command).__name__)
                return InternalError("Something failed inside.", remedy="Nothing was kept.")
        raise AssertionError("unreachable")

    def _transaction(self, commands: Sequence[Command]) -> list[Result]:
        with writing(self.database) as connection:
            return Batch(connection, self.context()).run(commands)


def _apart(commands: Sequence[Command], left: Sequence[int]) -> tuple[list[int], list[int]]:
    """Split into commands that touch no ticket twice, and the rest in their order."""
    taken: set[str] = set()
    now: list[int] = []
    later: list[int] = []
    for place in left:
        tickets = set(commands[place].tickets)
        (later if tickets & taken else now).append(place)
        taken |= tickets
    return now, later


def _failed(error: DBAPIError) -> StorageError:
    return StorageError(
        f"The database did not take it ({type(error.orig).__name__}).",
        remedy="Nothing was kept; send it again with the same Idempotency-Key.",
    )
