"""Every threshold, cost and limit, read from TOML; nothing here decides."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from triage.errors import PolicyError
from triage.resources import default_policy


@dataclass(frozen=True, slots=True)
class Band:
    """Thresholds on a probability: given from `assign`, asked from `suggest` up to `sure`."""

    assign: float
    suggest: float
    sure: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether all three are probabilities in the order suggest, assign, sure."""
        values = (self.suggest, self.assign, self.sure)
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
        return numbers and 0 < self.suggest <= self.assign <= self.sure < 1


@dataclass(frozen=True, slots=True)
class Policy:
    """What a desk wants done with scores.

    `urgency` holds, for levels 1, 2 and 3, the probability of "at least this level" from
    which the level is given; `signals`, for levels 2 and 3, the lower one that suffices
    where a rule found a fact of that level.
    """

    band: Band = Band(3 / 7, 1 / 4, 2 / 3)
    labels: Mapping[str, Band] = field(default_factory=dict)
    urgency: tuple[float, float, float] = (0.50, 0.50, 0.35)
    suggest_critical: float = 0.02
    signals: tuple[float, float] = (0.45, 0.20)
    outside: float = 0.80
    scope_sure: float = 0.95
    max_chars: int = 20_000
    evidence_per_label: int = 2

    def band_of(self, label: str) -> Band:
        """Return the thresholds of `label`."""
        return self.labels.get(label, self.band)

    def with_bands(self, bands: Mapping[str, Band]) -> "Policy":
        """Return the policy with thresholds for those labels that it does not name itself."""
        return replace(self, labels={**bands, **self.labels})

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
    "costs": {"review", "wrong_label", "missed_label", "missed_critical"},
    "issues": {"assign", "suggest", "sure", "labels"},
    "urgency": {"normal", "high", "critical", "suggest_critical"},
    "signals": {"high", "critical"},
    "scope": {"outside", "sure"},
    "evidence": {"per_label"},
}
_LEVELS = {"normal": 0.50, "high": 0.50, "critical": 0.35}
_BAND_KEYS = {"assign", "suggest", "sure"}
_COSTS = {"review": 1.0, "wrong_label": 3.0, "missed_label": 4.0, "missed_critical": 50.0}


def _build(raw: Mapping[str, Any], source: Path) -> Policy:
    _refuse_unknown(raw, source)
    costs = {name: _cost(raw.get("costs", {}), name, source) for name in _COSTS}
    issues, urgency = raw.get("issues", {}), raw.get("urgency", {})
    base = _band(issues, from_costs(costs), f"{source}: [issues]")
    labels = {
        name: _band(value, base, f"{source}: [issues.labels] {name}")
        for name, value in issues.get("labels", {}).items()
    }
    levels = [_probability(urgency, key, default, source) for key, default in _LEVELS.items()]
    asked = min(0.5, costs["review"] / costs["missed_critical"])
    signals, scope = raw.get("signals", {}), raw.get("scope", {})
    return Policy(
        band=base,
        labels=labels,
        urgency=(levels[0], levels[1], levels[2]),
        suggest_critical=_probability(urgency, "suggest_critical", asked, source),
        signals=(
            _probability(signals, "high", 0.45, source),
            _probability(signals, "critical", 0.20, source),
        ),
        outside=_probability(scope, "outside", 0.80, source),
        scope_sure=_probability(scope, "sure", 0.95, source),
        max_chars=_count(raw.get("limits", {}), "max_chars", 20_000, source),
        evidence_per_label=_count(raw.get("evidence", {}), "per_label", 2, source),
    )


def from_costs(costs: Mapping[str, float]) -> Band:
    """Return the thresholds at which the expected costs of the two choices are equal."""
    review, wrong, missed = costs["review"], costs["wrong_label"], costs["missed_label"]
    assign = wrong / (wrong + missed)
    suggest = min(assign, review / missed)
    return Band(assign, suggest, max(assign, 1 - review / wrong))


def _refuse_unknown(raw: Mapping[str, Any], source: Path) -> None:
    _refuse_values(raw, source)
    for table, values in raw.items():
        known = _KNOWN.get(table)
        extra = {table} if known is None else set(values) - known
        if extra:
            names = ", ".join(sorted(known or _KNOWN))
            raise PolicyError(
                f"{source}: unknown key {sorted(extra)[0]!r} in [{table}].",
                remedy=f"Known there: {names}.",
            )


def _refuse_values(raw: Mapping[str, Any], source: Path) -> None:
    """Refuse a value where a table belongs, and unknown keys of a single label."""
    labels = raw["issues"].get("labels", {}) if isinstance(raw.get("issues"), dict) else {}
    tables = [*raw.items(), ("issues.labels", labels)]
    if isinstance(labels, dict):
        tables += [(f"issues.labels.{name}", values) for name, values in labels.items()]
    for name, values in tables:
        if not isinstance(values, dict):
            raise PolicyError(f"{source}: [{name}] must be a table, not {values!r}.")
        extra = set(values) - _BAND_KEYS if name.startswith("issues.labels.") else set()
        if extra:
            raise PolicyError(
                f"{source}: unknown key {sorted(extra)[0]!r} in [{name}].",
                remedy=f"Known there: {', '.join(sorted(_BAND_KEYS))}.",
            )


def _band(values: Mapping[str, Any], base: Band, place: str) -> Band:
    band = Band(
        values.get("assign", base.assign),
        values.get("suggest", base.suggest),
        values.get("sure", base.sure),
    )
    if "sure" not in values and isinstance(band.assign, int | float):
        band = replace(band, sure=max(base.sure, band.assign))
    if not band.sound:
        raise PolicyError(
            f"{place}: assign = {band.assign}, suggest = {band.suggest}, sure = {band.sure}.",
            remedy="All must lie between 0 and 1, in the order suggest, assign, sure.",
        )
    return band


def _cost(values: Mapping[str, Any], key: str, source: Path) -> float:
    value = values.get(key, _COSTS[key])
    if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
        raise PolicyError(f"{source}: {key} = {value!r} must be a number above 0.")
    return float(value)


def _probability(values: Mapping[str, Any], key: str, default: float, source: Path) -> float:
    value = values.get(key, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1:
        raise PolicyError(f"{source}: {key} = {value!r} must lie between 0 and 1.")
    return float(value)


def _count(values: Mapping[str, Any], key: str, default: int, source: Path) -> int:
    value = values.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise PolicyError(f"{source}: {key} = {value!r} must be a whole number from 1.")
    return value
