"""Conditions in words, Chinese and English side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from service.routing.vocabulary import field_zh, value_zh
from triage.taxonomy import BUILT_IN, Taxonomy


class Said(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str


def listed(name: str, values: Sequence[str], taxonomy: Taxonomy = BUILT_IN) -> Said:
    """Return values of condition `name` in a row."""
    zh = "、".join(value_zh(name, value, taxonomy) for value in values)
    return Said(zh, ", ".join(values))


def about(name: str, parts: Sequence[Said]) -> Said:
    """Return what is said of the fact `name`."""
    told = (f"{field_zh(name)}：", f"{name}: ")
    return Said(
        told[0] + "；".join(part.zh for part in parts),
        told[1] + "; ".join(part.en for part in parts),
    )


def members_said(name: str, spec: Mapping[str, Any], taxonomy: Taxonomy = BUILT_IN) -> Said:
    """Return a condition over a set in words."""
    frames = {
        "any": ("{}之一", "any of {}"),
        "all": ("{}全有", "all of {}"),
        "none": ("没有{}", "none of {}"),
    }
    parts = []
    for key, (zh, en) in frames.items():
        if key in spec:
            values = listed(name, spec[key], taxonomy)
            bare = key == "any" and len(spec[key]) == 1
            parts.append(values if bare else Said(zh.format(values.zh), en.format(values.en)))
    if "empty" in spec:
        parts.append(Said("空", "none at all") if spec["empty"] else Said("有", "any at all"))
    return about(name, parts)


def bounds(low: Any, high: Any) -> str:
    """Return bounds as a person writes them; None is no bound."""
    if low == high:
        return f"= {low}"
    if low is None or high is None:
        return f"≥ {low}" if high is None else f"≤ {high}"
    return f"{low}–{high}"
