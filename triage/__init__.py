"""分诊 · Fenzhen: reads what customers write in Chinese and says what it is, and why.

from triage import Feedback, Triage

engine = Triage.load()
verdict = engine(Feedback("a1", "等了三天还没发货"))
print(verdict.issues, verdict.urgency, verdict.to_dict())
"""

from triage.engine import Triage
from triage.errors import (
    DataError,
    FileFormatError,
    InputError,
    ModelError,
    OutputError,
    PolicyError,
    RecordError,
    RegistryError,
    TokeniserMismatchError,
    TriageError,
)
from triage.labels import CHINESE, ENGLISH, ISSUES, Issue, Script, Sentiment, Urgency
from triage.policy import Policy
from triage.records import Evidence, Feedback, ModelName, Rejection, Verdict

__version__ = "0.1.0"

__all__ = [
    "CHINESE",
    "ENGLISH",
    "ISSUES",
    "DataError",
    "Evidence",
    "Feedback",
    "FileFormatError",
    "InputError",
    "Issue",
    "ModelError",
    "ModelName",
    "OutputError",
    "Policy",
    "PolicyError",
    "RecordError",
    "RegistryError",
    "Rejection",
    "Script",
    "Sentiment",
    "TokeniserMismatchError",
    "Triage",
    "TriageError",
    "Urgency",
    "Verdict",
]
