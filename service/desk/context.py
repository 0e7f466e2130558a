"""What every handler may ask: the time, the books of rules and clocks, the engine, the key."""

from dataclasses import dataclass
from datetime import datetime

from service.routing.policies import ClockBook
from service.routing.rulebook import Rulebook
from triage import Triage


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one batch of commands. `secret` keys the hashes of phone numbers."""

    now: datetime
    engine: Triage
    rules: Rulebook
    clocks: ClockBook
    secret: bytes
    follow_up_hours: float = 24.0

    @property
    def default_queue(self) -> str:
        """Where a ticket goes that no rule takes."""
        return self.rules.default_queue or next(iter(self.rules.queues))
