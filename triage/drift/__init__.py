"""What changed in the texts of a desk: week by week, channel by channel, within a budget."""

from triage.drift.records import (
    Alert,
    Point,
    Reference,
    Report,
    Series,
    Standing,
    State,
    Week,
)
from triage.drift.settings import Settings
from triage.drift.tally import ALL, NO_CHANNEL, Counts, Row, Tally
from triage.drift.watch import watch

__all__ = [
    "ALL",
    "NO_CHANNEL",
    "Alert",
    "Counts",
    "Point",
    "Reference",
    "Report",
    "Row",
    "Series",
    "Settings",
    "Standing",
    "State",
    "Tally",
    "Week",
    "watch",
]
