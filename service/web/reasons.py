"""Why the machine asks a person, in words; `triage.decide` writes the reasons."""

import re
from functools import cache

from service.routing.wording import Said
from triage.taxonomy import BUILT_IN, Taxonomy


def why_said(reason: str, taxonomy: Taxonomy = BUILT_IN) -> Said:
    """Return a reason of review in Chinese, beside as it was written; unknown ones stay alone."""
    for pattern, zh in _patterns():
        if match := pattern.fullmatch(reason):
            held = match.groupdict()
            label = taxonomy.zh(held.get("label", ""))
            return Said(zh.format(**(held | {"label": label})), reason)
    return Said(reason, "")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    number = r"\d\.\d\d"
    label, score = r"(?P<label>[\w/]+)", f"(?P<score>{number})"
    return (
        (
            re.compile(f"urgency 3: {score}, asked from (?P<limit>{number})"),
            "可能有危险或法律风险（{score}，{limit} 起就问人）",
        ),
        (
            re.compile(f"scope: {score} below (?P<limit>{number})"),
            "可能不是客户反馈（{score}，低于 {limit}）",
        ),
        (
            re.compile(f"{label}: {score} given, but below (?P<limit>{number})"),
            "判为{label}，但把握不大（{score}，低于 {limit}）",
        ),
        (
            re.compile(f"{label}: {score} between (?P<low>{number}) and (?P<high>{number})"),
            "像是{label}，没有把握（{score}，在 {low} 与 {high} 之间）",
        ),
    )
