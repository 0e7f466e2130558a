"""How many false alarms a desk puts up with, and what is too little to say anything."""

from dataclasses import asdict, dataclass

WEEKS_A_YEAR = 52


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The budget of false alarms and the least that counts.

    `budget`: false alarms a year that are accepted, over all measures and channels together.
    `reference_weeks`: how many first full weeks are the reference. `least_week`,
    `least_reference`: texts below which nothing is said. `floor`, `floor_share`: excess PSI
    below which there is no alert however sure it is, for distributions and for shares.
    """

    budget: float = 4.0
    reference_weeks: int = 4
    least_week: int = 30
    least_reference: int = 100
    floor: float = 0.1
    floor_share: float = 0.02

    def level(self, tests: int) -> float:
        """Return the p-value below which one of `tests` of a week is an alert."""
        return self.budget / WEEKS_A_YEAR / max(1, tests)

    def to_dict(self) -> dict[str, float | int]:
        """Return the JSON form."""
        return asdict(self)
