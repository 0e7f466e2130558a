"""What the pages of trends call periods, choices and groups, and how groups are coloured."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.routing.wording import Said
from service.trends.naming import DIMENSION_NAMES, Naming
from service.web import marks
from triage.taxonomy import Taxonomy
from triage.trends.counts import REST
from triage.trends.facts import DIMENSIONS, NOTHING, Facts

PERIODS = {"hour": Said("小时", "hour"), "day": Said("天", "day"), "week": Said("周", "week")}
SHOWS = {"counts": Said("工单数", "counts"), "shares": Said("占比", "shares")}
ASSUMPTIONS = {
    "": Said("不假设", "off"),
    "few": Said("少数人来说", "few complain"),
    "most": Said("多数人来说", "most complain"),
    "range": Said("两种都算", "the range of both"),
}
FIRST = {"by": "issue", "period": "day", "show": "counts"}
TYPED = ("product", "region")  # too many values to choose from a list
_LEVELS = {"sentiment": range(1, 6), "urgency": range(4)}
_TURNS = 8  # colours that values without one of their own take in turn


def choices(naming: Naming, facts: Facts) -> list[dict[str, Any]]:
    """Return every dimension with the values that can be chosen, named."""
    return [
        {
            "name": name,
            "said": DIMENSION_NAMES[name],
            "typed": name in TYPED,
            "options": [
                (value, naming.said(name, value)) for value in (*_values(name, facts), NOTHING)
            ],
        }
        for name in DIMENSIONS
    ]


def _values(name: str, facts: Facts) -> Sequence[str]:
    if name == "issue":
        return facts.labels
    if name in _LEVELS:
        return [str(level) for level in _LEVELS[name]]
    return sorted(facts.column(name).values)


def shaded(
    groups: Sequence[Mapping[str, Any]], by: str, taxonomy: Taxonomy
) -> list[dict[str, Any]]:
    """Return groups with the class of their colour and how the inbox picks them."""
    return [
        {
            **group,
            "shade": _shade(place, group["key"], by, taxonomy),
            "pick": {} if by == NOTHING else {by: group["key"]},
        }
        for place, group in enumerate(groups)
    ]


def _shade(place: int, key: str, by: str, taxonomy: Taxonomy) -> str:
    if key in (REST, NOTHING):
        return "l-gone"
    if by == "issue":
        return f"l-{marks.shade(key, taxonomy)}"
    return f"l-own{place % _TURNS}"
