"""Keep what trends are counted from complete, and at hand before anybody asks."""

from service.db.cases import load_cases
from service.db.engine import writing
from service.db.facts import put_facts, untold
from service.desk.desk import Desk
from service.desk.facts import fact, form_of
from service.desk.snapshot import clocks_of
from service.desk.trends import Trends

_MOST = 50  # tickets of one transaction: other writers wait for it


class FactsFill:
    """One round tells rows that are missing, or were told for another zone, from the log.

    Tickets from before there were such rows need it once; it begins anew when the form changes.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._form = ""
        self._after = ""
        self._done = False

    def __call__(self) -> bool:
        """Tell a few; True where there are more."""
        form = form_of(self._desk.context())
        if form != self._form:
            self._form, self._after, self._done = form, "", False
        if not self._done:
            ids = self._missing()
            self._tell(ids)
            self._after, self._done = max(ids, default=self._after), not ids
        return not self._done

    def _missing(self) -> list[str]:
        with self._desk.database.connect() as connection:
            return untold(connection, self._form, self._after, _MOST)

    def _tell(self, ids: list[str]) -> None:
        if not ids:
            return
        context = self._desk.context()
        with writing(self._desk.database) as connection:
            cases = load_cases(connection, ids, lock=True)
            for case in cases.values():
                case.clocks = clocks_of(case, context)
            put_facts(connection, [fact(case, context) for case in cases.values()])


class Warm:
    """One round reads what is new, so that the first to open a page does not wait for it."""

    def __init__(self, trends: Trends) -> None:
        self._trends = trends

    def __call__(self) -> bool:
        """Look once; there is never more at once."""
        self._trends.snapshot()
        return False
