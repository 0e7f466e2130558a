"""Tickets of a made-up desk, for tests of measures and drivers."""

from datetime import UTC, datetime

import numpy as np

from triage.trends.facts import Column, Facts

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
DAY = 86_400
LABELS = ("delivery", "attitude", "price", "refund", "breakdown", "fit")


def column(rng, n, values, unknown=0.0):
    codes = rng.integers(0, len(values), n).astype(np.int32)
    codes[rng.random(n) < unknown] = -1
    return Column(codes, tuple(values))


def numbers_of(rng, n):
    known = rng.random(n) < 0.9
    return {
        "first_reply_s": np.where(known, rng.lognormal(8, 1.2, n), np.nan),
        "first_reply_worked_s": np.where(known, rng.lognormal(7.5, 1.0, n), np.nan),
        "resolved_s": np.where(rng.random(n) < 0.8, rng.lognormal(11, 1.0, n), np.nan),
        "questions": 1.0 + rng.poisson(0.6, n),
        "replies": rng.poisson(1.2, n).astype(float),
        "first_contact": np.where(known, (rng.random(n) < 0.6).astype(float), np.nan),
        "reopened": rng.poisson(0.1, n).astype(float),
        "handoffs": rng.poisson(0.3, n).astype(float),
        "clocks_met": rng.integers(0, 4, n).astype(float),
        "clocks_missed": rng.poisson(0.2, n).astype(float),
        "promises_kept": rng.poisson(0.4, n).astype(float),
        "promises_broken": rng.poisson(0.1, n).astype(float),
        "satisfaction": np.where(rng.random(n) < 0.3, rng.normal(80, 15, n), np.nan),
        "repeated": np.where(known, (rng.random(n) < 0.2).astype(float), np.nan),
        "retained": np.where(known, (rng.random(n) < 0.9).astype(float), np.nan),
        "asked_before_closing": np.where(known, (rng.random(n) < 0.7).astype(float), np.nan),
    }


def desk(n, seed=0, *, numbers=None, issues=None, in_order=False):
    """Return n tickets of two months; every number is told, more or less, of each."""
    rng = np.random.default_rng(seed)
    at = int(START.timestamp()) + rng.integers(0, 60 * DAY, n)
    return Facts(
        at=np.sort(at) if in_order else at,
        labels=LABELS,
        issues=rng.random((n, len(LABELS))) < 0.2 if issues is None else issues,
        sentiment=rng.integers(1, 6, n).astype(np.int8),
        urgency=rng.integers(0, 4, n).astype(np.int8),
        columns={
            "channel": column(rng, n, ("app", "phone", "wechat"), 0.05),
            "product": column(rng, n, [f"product-{k}" for k in range(40)], 0.2),
            "queue": column(rng, n, ("shop", "courier", "money", "care")),
            "tier": column(rng, n, ("plus", "gold"), 0.5),
            "customer": column(rng, n, [str(k) for k in range(max(1, n // 2))], 0.1),
        },
        numbers=numbers_of(rng, n) if numbers is None else numbers,
    )
