"""Tell once a week what changed: in the log, in the events, to the webhooks."""

from collections import defaultdict
from typing import Any

import structlog

from service.db.drift import tell
from service.db.engine import writing
from service.desk.desk import Desk
from service.desk.drift import Drift
from triage.drift import weeks

_BACK = 3  # weeks: a correction rate is known two weeks late, and a process may have been down
_log = structlog.get_logger()


class DriftAlarm:
    """One round looks at the weeks that have just ended; what was told is not told again."""

    def __init__(self, desk: Desk, drift: Drift) -> None:
        self._desk = desk
        self._drift = drift

    def __call__(self) -> bool:
        """Look once; there is never more at once."""
        report = self._drift.report()
        since = report.weeks[-1].week - _BACK * weeks.WEEK if report.weeks else None
        by_week: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for alert in report.alerts:
            if since and alert.point.week >= since:
                by_week[weeks.name(alert.point.week)].append(alert.to_dict())
        for week in sorted(by_week):
            with writing(self._desk.database) as connection:
                fresh = tell(connection, week, by_week[week], self._desk.now())
            for told in fresh:
                _log.warning("drift.alert", **{name: told[name] for name in _LOGGED})
        return False


_LOGGED = ("week", "channel", "measure", "model", "n", "excess", "p")
