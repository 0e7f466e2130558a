"""May this model take the champion's place? Judged texts in, a verdict with its reasons out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from triage.records import ModelName
from triage.registry import noise
from triage.registry.checks import Check, Sampling

# Chances of a false alarm for equal models: together one gate in twenty. Two budgets, since a
# capability of nine cases could never fail beside a hundred checks on texts.
LEVELS: Mapping[str, float] = {"texts": 0.03, "behaviour": 0.02}
ReasonCode = Literal[
    "tampered",
    "unreadable",
    "features",
    "tokeniser",
    "labels",
    "too_few_texts",
    "overall",
    "label",
    "slice",
    "critical_recall",
    "behaviour",
    "capability",
]
# A folder that does not load is never put in use, whoever asks.
NEVER = frozenset({"tampered", "unreadable", "features", "tokeniser"})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a candidate is refused, in Chinese and English; `check` holds the figures, if any."""

    code: ReasonCode
    zh: str
    en: str
    check: Check | None = None
    bound: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        figures = {} if self.check is None else self.check.to_dict()
        return {**figures, "code": self.code, "zh": self.zh, "en": self.en, "bound": self.bound}


@dataclass(frozen=True, slots=True)
class Family:
    """Checks that share one budget of false alarms.

    `failed` says which checks are beyond noise, each with its bound; `counted` how many checks
    could have failed at all and share the budget.
    """

    name: str
    level: float
    checks: tuple[Check, ...]
    failed: Mapping[int, float]
    counted: int

    @property
    def bound(self) -> float:
        """The probability below which the first of the checks fails."""
        return self.level / max(1, self.counted)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        rows = [
            check.to_dict() | {"failed": k in self.failed, "seen_from": check.seen_from(self.bound)}
            for k, check in enumerate(self.checks)
        ]
        return {
            "name": self.name,
            "level": self.level,
            "looked_at": len(self.checks),
            "counted": self.counted,
            "bound": self.bound,
            "checks": rows,
        }


def family(name: str, checks: Sequence[Check]) -> Family:
    """Judge the checks of one family together, at its level of `LEVELS`."""
    level = LEVELS[name]
    chances, leasts = [check.p for check in checks], [check.least for check in checks]
    failed = noise.believed(chances, leasts, level)
    return Family(name, level, tuple(checks), failed, len(noise.countable(leasts, level)))


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A label that only the candidate has, measured alone where it is known of texts."""

    label: str
    n: int
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The verdict on a candidate: passed where there is no reason against it."""

    candidate: ModelName
    champion: ModelName | None
    reasons: tuple[Reason, ...]
    families: tuple[Family, ...] = ()
    new_labels: tuple[NewLabel, ...] = ()
    n: int = 0
    data_hash: str = ""
    sources: Mapping[str, int] = field(default_factory=dict)
    sampling: Sampling = field(default_factory=Sampling)

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the candidate."""
        return not self.reasons

    @property
    def can_be_overridden(self) -> bool:
        """Whether a person may put the candidate in use all the same."""
        return not NEVER & {reason.code for reason in self.reasons}

    @property
    def cases_lost(self) -> tuple[str, ...]:
        """The cases of the behavioural suite that only the champion passes."""
        return tuple(case for check in self._whole_suite() for case in check.lost)

    @property
    def cases_won(self) -> tuple[str, ...]:
        """The cases of the behavioural suite that only the candidate passes."""
        return tuple(case for check in self._whole_suite() for case in check.won)

    def _whole_suite(self) -> list[Check]:
        checks = (check for part in self.families for check in part.checks)
        return [check for check in checks if check.code == "behaviour"]

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "candidate": self.candidate.to_dict(),
            "champion": None if self.champion is None else self.champion.to_dict(),
            "passed": self.passed,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "n": self.n,
            "data_hash": self.data_hash,
            "sources": dict(self.sources),
            "bootstrap": asdict(self.sampling),
            "new_labels": [asdict(label) for label in self.new_labels],
            "cases": {"lost": list(self.cases_lost), "won": list(self.cases_won)},
            "families": [part.to_dict() for part in self.families],
        }
