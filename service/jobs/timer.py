"""The timer: looks at tickets whose clock, promise or patience may have run out."""

from service.db.due import due_tickets
from service.desk.commands import Look
from service.desk.writer import Writer
from triage import TriageError

_MOST = 200


class Timer:
    """One round asks the desk to look at every ticket that is due."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._failed: set[str] = set()  # must not keep the others from their turn

    def __call__(self) -> bool:
        """Look once; True where there were so many that more may be due."""
        desk = self._writer.desk
        with desk.database.connect() as connection:
            ids = due_tickets(connection, desk.now(), _MOST + len(self._failed))
        ids = [key for key in ids if key not in self._failed] or ids
        futures = {key: self._writer.submit(Look("system", ticket_id=key)) for key in ids}
        failed = {key for key, one in futures.items() if isinstance(one.result(), TriageError)}
        self._failed = (self._failed - set(ids)) | failed
        return len(ids) - len(failed) >= _MOST
