"""How good the model is by what people say of it: what they looked at, and what they changed.

People look at what they were asked to review and at what struck them: these tickets are harder
than most, so that the model is better than these figures. A sample drawn by chance
(`triage audit`) tells how good it is on all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Engine

from service.db.quality import issues_looked_at, looked_at
from service.desk.trends import Snapshot
from service.routing.wording import Said
from service.trends.asking import Asked
from service.trends.naming import Naming
from service.trends.plain import plain
from triage.trends.counts import models
from triage.trends.facts import Facts
from triage.trends.periods import edges, local_times, place
from triage.trends.shares import wilson

_FIELDS: Mapping[str, Said] = {
    "issues": Said("问题", "issues"),
    "sentiment": Said("情绪", "mood"),
    "urgency": Said("紧急程度", "urgency"),
    "queue": Said("队列", "queue"),
}
_NOTES = (
    Said(
        "人看过的多是机器没把握的，比平常的难；抽查（triage audit）才说得准总体。",
        "People look at what is hard: a sample drawn by chance (triage audit) tells of all.",
    ),
)


@dataclass(slots=True)
class _Seen:
    """One ticket that somebody looked at."""

    model: str
    at: datetime
    changed: set[str] = field(default_factory=set)
    before: set[str] | None = None  # its issues, where they were changed
    after: set[str] = field(default_factory=set)


def quality_view(
    database: Engine, snapshot: Snapshot, asked: Asked, naming: Naming
) -> dict[str, Any]:
    """Return by model what people looked at and changed, by field and by label, and over time."""
    facts = snapshot.facts.narrowed(asked.wanted)
    seen = _seen(database, asked)
    kept = _wanted(seen, asked, snapshot)
    return {
        "from": asked.start.isoformat(),
        "to": asked.end.isoformat(),
        "models": [
            {
                "hash": one.key,
                "name": snapshot.models.get(one.key, one.key),
                "n": one.n,
                "review": _review(facts, asked, one.key),
                **_judged([item for item in kept if item.model == one.key], naming),
            }
            for one in models(facts, start=asked.start, end=asked.end, zone=asked.zone)
        ],
        "over_time": _over_time(kept, facts, asked),
        "notes": [note._asdict() for note in _NOTES],
    }


def _seen(database: Engine, asked: Asked) -> dict[str, _Seen]:
    found: dict[str, _Seen] = {}
    with database.connect() as connection:
        for row in looked_at(connection, asked.start, asked.end):
            one = found.setdefault(row["ticket_id"], _Seen(row["model_hash"], row["created_at"]))
            if row["before"] != row["after"]:
                one.changed.add(row["field"])
                if row["field"] == "issues" and one.before is None:
                    one.before = set(row["before"])
        for row in issues_looked_at(connection, asked.start, asked.end):
            if row["ticket_id"] in found:
                found[row["ticket_id"]].after.add(row["issue"])
    return found


def _wanted(seen: Mapping[str, _Seen], asked: Asked, snapshot: Snapshot) -> list[_Seen]:
    if not asked.wanted.values:
        return list(seen.values())
    rows = snapshot.rows(list(seen))
    mask = snapshot.facts.mask(asked.wanted)
    return [one for one, row in zip(seen.values(), rows, strict=True) if row >= 0 and mask[row]]


def _judged(seen: Sequence[_Seen], naming: Naming) -> dict[str, Any]:
    return {
        "looked": len(seen),
        "fields": [
            {"key": key, **said._asdict(), **_corrected(seen, key)} for key, said in _FIELDS.items()
        ],
        "labels": [
            {"key": label, **naming.said("issue", label)._asdict(), **told}
            for label, told in _labels(seen, naming).items()
        ],
    }


def _corrected(seen: Sequence[_Seen], name: str) -> dict[str, Any]:
    hits = sum(name in one.changed for one in seen)
    share, low, high = share_of(hits, len(seen))
    return {"n": len(seen), "corrected": hits, "share": share, "low": low, "high": high}


def _labels(seen: Iterable[_Seen], naming: Naming) -> dict[str, dict[str, Any]]:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in seen:
        before = one.after if one.before is None else one.before
        for kind, labels in enumerate((before & one.after, before - one.after, one.after - before)):
            for label in labels:
                counts[label][kind] += 1
    known = [*naming.taxonomy.codes, *sorted(counts.keys() - set(naming.taxonomy.codes))]
    return {label: _scores(*counts[label]) for label in known if label in counts}


def _scores(kept: int, removed: int, added: int) -> dict[str, Any]:
    """Return how often the label was right where given, and how often given where right."""
    names = ("value", "low", "high")
    return {
        "kept": kept,
        "removed": removed,
        "added": added,
        "precision": dict(zip(names, share_of(kept, kept + removed), strict=True)),
        "recall": dict(zip(names, share_of(kept, kept + added), strict=True)),
    }


def share_of(hits: int, n: int) -> tuple[float | None, float | None, float | None]:
    """Return a share with its interval as JSON has them."""
    share, low, high = wilson(np.array([hits]), np.array([n]))
    return plain(float(share[0])), plain(float(low[0])), plain(float(high[0]))


def _review(facts: Facts, asked: Asked, model: str) -> dict[str, Any]:
    inside = (facts.at >= asked.start.timestamp()) & (facts.at < asked.end.timestamp())
    flags = facts.number("review")[inside & facts.column("model").among([model])]
    hits, n = int(np.nansum(flags)), int((~np.isnan(flags)).sum())
    return {"n": n, **dict(zip(("share", "low", "high"), share_of(hits, n), strict=True))}


def _over_time(seen: Sequence[_Seen], facts: Facts, asked: Asked) -> dict[str, Any]:
    bounds = edges(asked.period, asked.start, asked.end, asked.zone)
    size = len(bounds) - 1
    at = np.array([int(one.at.timestamp()) for one in seen], dtype=np.int64)
    wrong = np.array([bool(one.changed) for one in seen], dtype=np.bool_)
    where = place(at, bounds)
    inside = place(facts.at, bounds)
    review = facts.number("review") > 0
    return {
        "buckets": [moment.isoformat() for moment in local_times(bounds, asked.zone)],
        "n": np.bincount(inside[inside >= 0], minlength=size).tolist(),
        "review": np.bincount(inside[(inside >= 0) & review], minlength=size).tolist(),
        "looked": np.bincount(where[where >= 0], minlength=size).tolist(),
        "corrected": np.bincount(where[(where >= 0) & wrong], minlength=size).tolist(),
    }
