"""Every threshold and limit, read from TOML; nothing here decides."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.errors import PolicyError
from triage.resources import default_policy


@dataclass(frozen=True, slots=True)
class Band:
    """Two thresholds on a probability: at `assign` a label is given, from `suggest` asked."""

    assign: float
    suggest: float


@dataclass(frozen=True, slots=True)
class Policy:
    """What a desk wants done with scores.

    `urgency` holds, for levels 1, 2 and 3, the probability of "at least this level" from
    which the level is given.
    """

    band: Band = Band(0.50, 0.25)
    labels: Mapping[str, Band] = field(default_factory=dict)
    urgency: tuple[float, float, float] = (0.50, 0.50, 0.40)
    suggest_critical: float = 0.15
    max_chars: int = 20_000
    evidence_per_label: int = 2

    def band_of(self, label: str) -> Band:
        """Return the thresholds of `label`."""
        return self.labels.get(label, self.band)

    @classmethod
    def load(cls, path: Path | None = None) -> "Policy":
        """Read a policy file; None reads the one in the box. Raises PolicyError."""
        source = path or default_policy()
        try:
            raw = tomllib.loads(source.read_text(encoding="utf-8"))
        except OSError as error:
            raise PolicyError(f"Cannot read the policy {source}: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(f"{source} is not a TOML file: {error}.") from error
        return _build(raw, source)


_KNOWN: dict[str, set[str]] = {
    "limits": {"max_chars"},
    "issues": {"assign", "suggest", "labels"},
    "urgency": {"normal", "high", "critical", "suggest_critical"},
    "evidence": {"per_label"},
}


def _build(raw: Mapping[str, Any], source: Path) -> Policy:
    _refuse_unknown(raw, source)
    issues, urgency = raw.get("issues", {}), raw.get("urgency", {})
    base = _band(issues, Band(0.50, 0.25), f"{source}: [issues]")
    labels = {
        name: _band(value, base, f"{source}: [issues.labels] {name}")
        for name, value in issues.get("labels", {}).items()
    }
    levels = [_probability(urgency, key, 0.5, source) for key in ("normal", "high", "critical")]
    return Policy(
        band=base,
        labels=labels,
        urgency=(levels[0], levels[1], levels[2]),
        suggest_critical=_probability(urgency, "suggest_critical", 0.15, source),
        max_chars=_count(raw.get("limits", {}), "max_chars", 20_000, source),
        evidence_per_label=_count(raw.get("evidence", {}), "per_label", 2, source),
    )


def _refuse_unknown(raw: Mapping[str, Any], source: Path) -> None:
    for table, values in raw.items():
        known = _KNOWN.get(table)
        extra = {table} if known is None else set(values) - known
        if extra:
            names = ", ".join(sorted(known or _KNOWN))
            raise PolicyError(
                f"{source}: unknown key {sorted(extra)[0]!r} in [{table}].",
                remedy=f"Known there: {names}.",
            )


def _band(values: Mapping[str, Any], base: Band, place: str) -> Band:
    band = Band(values.get("assign", base.assign), values.get("suggest", base.suggest))
    numbers = all(isinstance(value, int | float) for value in (band.assign, band.suggest))
    if not numbers or not 0 < band.suggest <= band.assign < 1:
        raise PolicyError(
            f"{place}: assign = {band.assign}, suggest = {band.suggest}.",
            remedy="Both must lie between 0 and 1, suggest not above assign.",
        )
    return band


def _probability(values: Mapping[str, Any], key: str, default: float, source: Path) -> float:
    value = values.get(key, default)
    if not isinstance(value, int | float) or not 0 < value < 1:
        raise PolicyError(f"{source}: {key} = {value!r} must lie between 0 and 1.")
    return float(value)


def _count(values: Mapping[str, Any], key: str, default: int, source: Path) -> int:
    value = values.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise PolicyError(f"{source}: {key} = {value!r} must be a whole number from 1.")
    return value
