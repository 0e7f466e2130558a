"""The timer: looks at tickets whose clock, promise or patience may have run out."""

from service.db.due import due_tickets
from service.desk.commands import Look
from service.desk.writer import Writer

_MOST = 200


class Timer:
    """One round asks the desk to look at every ticket that is due."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __call__(self) -> bool:
        """Look once; True where there were so many that more may be due."""
        desk = self._writer.desk
        with desk.database.connect() as connection:
            ids = due_tickets(connection, desk.now(), _MOST)
        futures = [self._writer.submit(Look("system", ticket_id=key)) for key in ids]
        for future in futures:
            future.result()
        return len(ids) == _MOST
