"""`triage drift --inbox`."""

from pathlib import Path

from service.cli.places import own_desk
from service.desk.drift import Drift
from triage import Triage
from triage.drift import Report, Settings
from triage.drift.watch import Chosen


def drift(settings: Settings, reference: Chosen, model: Path | None) -> tuple[Report, Triage]:
    """Return what changed in the tickets of the inbox, and the engine that knows the words."""
    with own_desk(model) as desk:
        return Drift(desk).report(settings, reference), desk.engine
