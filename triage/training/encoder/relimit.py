"""Another limit for a cascade that is there: faster or more careful, without another fit."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from triage import artifact
from triage.artifact import METRICS
from triage.errors import InputError
from triage.scorers.cascade import CascadeScorer
from triage.training.encoder.assemble import chosen
from triage.training.encoder.build import (
    EncoderPlan,
    Progress,
    cascade_told,
    gather_for,
    warn_of_other_data,
    write,
)
from triage.training.encoder.mixing import Point

_MADE_ANEW = ("format", "files", "features", "name", "version")


def export_cascade(plan: EncoderPlan, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Write the cascade `plan.source` with the limit that `plan.read` asks; return the metrics.

    The limit is one of those that were tried on dev texts when it was made. It is measured anew
    on what is held out of the data: they should be those it was made with, or a part of those
    with fixed splits. Raises InputError for a model that is no cascade or has no such limits,
    and for data with other labels.
    """
    source = Path(plan.source)
    model = artifact.load(source)
    if not isinstance(model.scorer, CascadeScorer):
        raise InputError(
            f"{source} is of the kind {model.manifest['kind']}: it has no limit to choose.",
            remedy="Give a cascade, such as models/careful, or a checkpoint.",
            code="not_a_cascade",
        )
    metrics = json.loads((source / METRICS).read_text("utf-8"))
    points = _points(source, metrics)
    data = gather_for(plan, model.scorer.labels)
    warn_of_other_data(source, model.manifest, data, progress)
    weights = replace(model.scorer.weights, limit=chosen(points, plan.read).limit)
    told = {name: metrics[name] for name in ("export", "fit") if name in metrics}
    told["cascade"] = cascade_told(model.scorer.word, weights, data, points)
    kept = {name: part for name, part in model.manifest.items() if name not in _MADE_ANEW}
    manifest = {**kept, "name": plan.name, "version": plan.version}
    return write(plan, data, weights, manifest, told, progress)


def _points(source: Path, metrics: Mapping[str, Any]) -> list[Point]:
    """Return the limits that were tried, from reading nothing to reading all."""
    rows = metrics.get("cascade", {}).get("curve", [])
    if not rows:
        raise InputError(
            f"{source} was made without dev texts: no limit but reading all is known.",
            remedy="Make it with more data.",
            code="no_limits",
        )
    return [Point.from_dict(row) for row in rows]
