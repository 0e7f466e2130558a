"""What else a careful reader sees: names and numbers, wishes, stage, promises, opinions.

All are pure functions of the cleaned, Simplified text; positions are those of that text.
"""

from triage.readings.aspects import Clause, split, topic_of
from triage.readings.entities import find_entities
from triage.readings.promises import Promise, find_promises
from triage.readings.remedy import Remedy, find_remedies
from triage.readings.spans import Entity
from triage.readings.stage import Stage, stage_of

__all__ = [
    "Clause",
    "Entity",
    "Promise",
    "Remedy",
    "Stage",
    "find_entities",
    "find_promises",
    "find_remedies",
    "split",
    "stage_of",
    "topic_of",
]
