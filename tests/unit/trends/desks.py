"""Facts made by hand: a few texts, each told in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from triage.trends.building import Rows, build
from triage.trends.facts import COLUMNS, Facts

SHANGHAI = ZoneInfo("Asia/Shanghai")
LABELS = ("delivery", "product_quality", "other")


def at(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def one(when, issues=(), sentiment=None, urgency=None, **columns):
    return {
        "at": when,
        "issues": list(issues),
        "sentiment": sentiment,
        "urgency": urgency,
        **columns,
    }


def facts(*rows, labels=LABELS, zone=SHANGHAI) -> Facts:
    """Return the facts of texts made by `one`; none may be left out."""
    loaded = build(
        Rows(
            at=np.array([at(row["at"], zone).timestamp() for row in rows], dtype=np.float64),
            times=[row["at"] for row in rows],
            issues=[row["issues"] for row in rows],
            sentiment=[row["sentiment"] for row in rows],
            urgency=[row["urgency"] for row in rows],
            columns={name: [row.get(name) for row in rows] for name in COLUMNS},
        ),
        labels,
    )
    assert not loaded.left_out
    return loaded.facts
