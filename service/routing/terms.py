"""Which policy, urgency and channel held when, read from the event log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.routing.log import Event, Kind


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides which targets hold. `urgency` is None where nobody has judged."""

    sla: str
    urgency: int | None = None
    channel: str = ""


class TermsOverTime:
    """The terms of a ticket, from its log in order; `present` fills in what the log lacks.

    They are those of the ticket that stays: the target of the latest merge, or the oldest.
    The first policy named holds from the beginning. An urgency set by a person stays against
    later verdicts.
    """

    def __init__(self, log: Sequence[Event], present: Terms) -> None:
        own = _own(log)
        created = next((event for event in own if event.kind is Kind.TICKET_CREATED), None)
        channel = created.data.get("channel") if created else None
        self._channel = str(channel or present.channel)
        self._slas = [
            (event.at, str(event.data["sla"]))
            for event in own
            if event.kind is Kind.SLA_CHANGED and event.data.get("sla")
        ]
        self._levels = _levels(own)
        self._present = present

    def now(self) -> Terms:
        """Return what holds now; a present urgency, where one was given, goes before the log."""
        sla = self._slas[-1][1] if self._slas else self._present.sla
        level = self._levels[-1][1] if self._levels else None
        if self._present.urgency is not None:
            level = self._present.urgency
        return Terms(sla, level, self._channel)

    def at(self, moment: datetime) -> Terms:
        """Return what held at `moment`, changes of that very moment included."""
        slas = [sla for at, sla in self._slas if at <= moment]
        levels = [level for at, level in self._levels if at <= moment]
        first = self._slas[0][1] if self._slas else self._present.sla
        unlogged = None if self._levels else self._present.urgency
        return Terms(slas[-1] if slas else first, levels[-1] if levels else unlogged, self._channel)


def _own(log: Sequence[Event]) -> list[Event]:
    stays = [event.ticket_id for event in log if event.kind is Kind.TICKET_MERGED]
    oldest = next((e.ticket_id for e in log if e.kind is Kind.TICKET_CREATED), "")
    return [event for event in log if event.ticket_id == (stays[-1] if stays else oldest)]


_JUDGING = (
    Kind.TICKET_CREATED,
    Kind.VERDICT_CHANGED,
    Kind.LABEL_CORRECTED,
    Kind.PRIORITY_CHANGED,
)


def _levels(log: Sequence[Event]) -> list[tuple[datetime, int]]:
    levels: list[tuple[datetime, int]] = []
    corrected, raised = False, 0
    for event in log:
        raised = 0 if event.kind is Kind.TICKET_CLOSED else raised
        level = _level(event)
        if level is None:
            continue
        by_person = event.kind is Kind.LABEL_CORRECTED
        if event.kind is Kind.PRIORITY_CHANGED:  # by a rule: later verdicts do not lower it
            raised = max(raised, level)
        if by_person or not corrected:
            levels.append((event.at, level if by_person else max(level, raised)))
        corrected = corrected or by_person
    return levels


def _level(event: Event) -> int | None:
    """Return the urgency that an event sets: `urgency`, or the new one of `changes`."""
    if event.kind not in _JUDGING:
        return None
    changed = event.data.get("changes", {}).get("urgency", [None])
    level = event.data.get("urgency", changed[-1])
    return level if isinstance(level, int) else None
