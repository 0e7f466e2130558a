"""What the pages of trends ask of the board: the window and the filters of their address."""

from functools import cached_property
from typing import Any, TypeVar

from service.errors import BadValueError
from service.runtime import Runtime
from service.trends.asking import Asked
from service.trends.board import Board
from service.trends.naming import DIMENSION_NAMES, Naming
from service.web.trend_address import Address
from triage.trends.drivers import OUTCOMES
from triage.trends.facts import MANY
from triage.trends.periods import Period
from triage.trends.silent import Assumption

Known = TypeVar("Known", bound=str)


class Views:
    """The views of one page. Raises BadValueError for what the address cannot mean."""

    def __init__(self, runtime: Runtime, address: Address, period: Period = Period.DAY) -> None:
        self.board: Board = runtime.board
        self.by = _one_of("by", address.get("by") or MANY, [*DIMENSION_NAMES])
        self._address = address
        self._asked: Asked = self.board.asked(
            period=Period(_one_of("period", address.get("period") or period, [*Period])),
            start=address.get("from") or None,
            end=address.get("to") or None,
            values=address.wanted,
        )

    @property
    def asked(self) -> Asked:
        """The window, the period and the filter."""
        return self._asked

    @property
    def window(self) -> tuple[str, str]:
        """From when to before when, as addresses write it."""
        return self._asked.start.isoformat(), self._asked.end.isoformat()

    @cached_property
    def naming(self) -> Naming:
        """What groups are called."""
        return self.board.naming()

    def counts(self) -> dict[str, Any]:
        """Return counts and shares by the dimension that is asked for."""
        return self.board.counts(self._asked, by=self.by)

    def expected(self, key: str) -> dict[str, Any]:
        """Return what was to be expected of one group."""
        return self.board.expected(self._asked, by=self.by, key=key)

    def silent(self) -> dict[str, Any] | None:
        """Return who stands behind the complaints; None where nothing is assumed."""
        assume = self._address.get("assume")
        if not assume:
            return None
        return self.board.silent(self._asked, _one_of("assume", assume, [*Assumption]))

    def service(self) -> dict[str, Any]:
        """Return the service measures over time."""
        return self.board.service(self._asked)

    def drivers(self) -> dict[str, Any]:
        """Return what moves the outcome that is asked for."""
        outcome = self._address.get("outcome") or next(iter(OUTCOMES))
        return self.board.drivers(self._asked, _one_of("outcome", outcome, [*OUTCOMES]))

    def quality(self) -> dict[str, Any]:
        """Return what people changed of the verdicts of each model."""
        return self.board.quality(self._asked)

    def topics(self, top: int = 50) -> dict[str, Any]:
        """Return the topics of the window, the hidden ones too where they are asked for."""
        return self.board.topics(self._asked, top=top, hidden=bool(self._address.get("hidden")))

    def topic(self, topic: int) -> dict[str, Any]:
        """Return one topic. Raises NotFoundError."""
        return self.board.topic(self._asked, topic)


def _one_of(name: str, value: str, allowed: list[Known]) -> str:
    if value not in allowed:
        raise BadValueError(
            f"{name}: {value!r} is not known.", remedy=f"Give one of: {', '.join(allowed)}."
        )
    return value
