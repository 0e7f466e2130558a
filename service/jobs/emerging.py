"""Tell once what comes up: in the log, in the events, to the webhooks."""

import structlog

from service.desk.emerging import Emerging

_log = structlog.get_logger()


class EmergingAlarm:
    """One round looks at today; what goes on is not told again."""

    def __init__(self, emerging: Emerging) -> None:
        self._emerging = emerging

    def __call__(self) -> bool:
        """Look once; there is never more at once."""
        for told in self._emerging.keep(self._emerging.look()):
            _log.warning("topic.emerging", **{name: told[name] for name in _LOGGED})
        return False


_LOGGED = ("id", "day", "terms", "n", "expected", "p", "first_seen")
