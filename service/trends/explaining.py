"""What moves outcomes, and what stands behind the complaints that came."""

from dataclasses import replace
from typing import Any

from service.routing.wording import Said
from service.trends.asking import Asked
from service.trends.naming import Naming
from service.trends.plain import plain
from triage.trends.drivers import FAILURE_NAMES, OUTCOMES, Effect, drivers
from triage.trends.facts import Facts
from triage.trends.silent import SOURCES, Estimate, silent


def drivers_view(facts: Facts, asked: Asked, naming: Naming, outcome: str) -> dict[str, Any]:
    """Return by how much each issue and failure moves an outcome, all else held equal."""
    window = replace(asked.wanted, start=asked.start, end=asked.end)
    said = {label: naming.said("issue", label) for label in facts.labels}
    names = {label: (one.zh, one.en) for label, one in said.items()}
    found = drivers(facts, outcome, zone=asked.zone, wanted=window, names=names)
    return {
        "outcome": outcome,
        "zh": found.outcome.zh,
        "en": found.outcome.en,
        "unit": "percent",
        "better": found.outcome.better,
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "n": found.n,
        "customers": found.customers,
        "base": plain(found.base),
        "effects": [_effect(one, naming) for one in found.effects],
        "notes": [Said(note.zh, note.en)._asdict() for note in found.notes],
        "outcomes": [
            {"key": key, "zh": one.zh, "en": one.en, "better": one.better}
            for key, one in OUTCOMES.items()
        ],
    }


def _effect(one: Effect, naming: Naming) -> dict[str, Any]:
    said = Said(*FAILURE_NAMES[one.key]) if one.key in FAILURE_NAMES else None
    said = said or naming.said("issue", one.key)
    figures = ("effect", "low", "high", "p", "p_holm", "bare", "inflation")
    return {
        "key": one.key,
        **said._asdict(),
        "kind": one.kind,
        "n": one.n,
        **{name: plain(getattr(one, name)) for name in figures},
        "moves": one.moves,
    }


def silent_view(facts: Facts, asked: Asked, assume: str | None) -> dict[str, Any]:
    """Return the complaints of the window, and who stands behind them if one will assume it."""
    kept = facts.mask(replace(asked.wanted, start=asked.start, end=asked.end))
    complaints = int((kept & (facts.issues.sum(axis=1) > 0)).sum())
    found = silent(complaints, assume=assume)
    return {
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "complaints": complaints,
        "assumption": found.assumption.value if found else None,
        "said": {"zh": found.zh, "en": found.en} if found else None,
        "low": plain(found.low) if found else None,
        "high": plain(found.high) if found else None,
        "estimates": [_estimate(one) for one in found.estimates] if found else [],
        "sources": [
            {
                "key": one.key.value,
                "zh": one.zh,
                "en": one.en,
                "complain": one.complain,
                "said_by": {"zh": one.said_by_zh, "en": one.said_by_en},
            }
            for one in SOURCES
        ],
    }


def _estimate(one: Estimate) -> dict[str, Any]:
    figures = {name: plain(getattr(one, name)) for name in ("customers", "low", "high")}
    return {"source": one.source.key.value, **figures}
