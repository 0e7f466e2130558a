"""When the registry must be looked at, and what was wrong with what it pointed at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf
from pathlib import Path
from time import monotonic

import structlog

from service.errors import InternalError
from triage import TriageError
from triage.registry.pointers import registry_stamp

_AGAIN = 30.0  # seconds: a folder that could not be loaded may have been restored
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a model that the registry points at cannot be used."""

    folder: Path
    error: TriageError
    since: datetime


class Watch:
    """Tells when there is something to look at: the registry was written, or a failure is old."""

    def __init__(self, root: Path, clock: Callable[[], float] = monotonic) -> None:
        self._root = root
        self._clock = clock
        self._seen: tuple[int, int] | str | None = "never looked"
        self._again = inf
        self._new = True

    def due(self) -> bool:
        """Whether to look now."""
        stamp = registry_stamp(self._root)
        self._new = stamp != self._seen
        if not self._new and self._clock() < self._again:
            return False
        self._seen, self._again = stamp, inf
        return True

    def failed(self, folder: Path, error: Exception, now: datetime) -> Problem:
        """Take note of a failure, in the log once for each writing of the registry."""
        self._again = self._clock() + _AGAIN
        known = error if isinstance(error, TriageError) else _unexpected(error)
        if self._new:
            told = {"folder": str(folder), "code": known.code, "why": str(known)}
            _log.error("model.refused", **told, exc_info=known is not error)
        return Problem(folder, known, now)


def _unexpected(error: Exception) -> TriageError:
    return InternalError(
        f"The model cannot be loaded ({type(error).__name__}).", remedy="The log has the rest."
    )
