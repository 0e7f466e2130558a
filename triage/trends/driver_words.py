"""Words about drivers: outcomes, failures of the service, and what a reader must know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.trends.design import FAILURES

Names = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be moved. `better`: up or down. All are in per cent, their effects in points."""

    key: str
    zh: str
    en: str
    better: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know before believing, for people; `code` for programs."""

    code: str
    zh: str
    en: str


OUTCOMES = {
    item.key: item
    for item in (
        Outcome("satisfaction", "满意度", "Satisfaction", "up"),
        Outcome("reopened", "重开", "Reopened", "down"),
        Outcome("repeated", "三十天内再次来访", "Wrote again within 30 days", "down"),
        Outcome("retained", "九十天后仍是客户", "Still a customer after 90 days", "up"),
    )
}
FAILURE_NAMES: Names = dict(
    zip(
        FAILURES,
        (
            ("首次回复慢", "Slow first reply"),
            ("承诺没兑现", "Broken promise"),
            ("超过时限", "Missed clock"),
            ("转交过", "Handed off"),
        ),
        strict=True,
    )
)
NOT_CAUSE = Note(
    "not_cause",
    "这是扣除其他因素后的关联，不等于因果：没有记录的原因扣除不了。",
    "This is an association with the rest held equal, no proof of cause: what is not recorded "
    "cannot be held equal.",
)


def few_tickets(n: int, needed: int) -> Note:
    """Say that there is too little to tell anything."""
    return Note(
        "few_tickets",
        f"有结果的工单只有 {n} 张，至少要 {needed} 张，两种结果都要有，才看得出什么影响它。",
        f"Only {n} tickets have the outcome; at least {needed}, with both results among them, "
        "are needed to tell what moves it.",
    )


def several(count: int) -> Note:
    """Say what the intervals and the marks mean where many are looked at."""
    return Note(
        "several",
        f"每个区间各按 95 % 算；一次看了 {count} 个，标为“有影响”的用霍尔姆法校正后仍然成立。",
        f"Each interval is a 95 % interval by itself; {count} are looked at, and those marked as "
        "moving the outcome hold after Holm's correction.",
    )


def selected(share: float) -> Note:
    """Say that only some have the outcome."""
    return Note(
        "selected",
        f"只有 {share:.0%} 的工单有这个结果；回答的人和没回答的人可能不同，结论只说前者。",
        f"Only {share:.0%} of the tickets have this outcome; those who answered may differ from "
        "those who did not, and this speaks of the former alone.",
    )


def few_customers(clusters: int) -> Note:
    """Say that the intervals rest on few people."""
    return Note(
        "few_customers",
        f"只有 {clusters} 个客户，区间可能偏窄。",
        f"Only {clusters} customers: the intervals may be too narrow.",
    )


def slow_from(seconds: float) -> Note:
    """Say which first reply counts as slow."""
    return Note(
        "slow_from",
        f"“首次回复慢”：超过 {seconds / 3600:.1f} 小时（有工时按工时算）。",
        f"A slow first reply is one after more than {seconds / 3600:.1f} hours (of working time, "
        "where it is known).",
    )


_LISTS = {
    "rare": ("太少，没有算：{}。", "Too few to tell, left out: {}."),
    "inseparable": (
        "总和别的因素一起出现，分不开，没有算：{}。",
        "Always together with something else, cannot be told apart, left out: {}.",
    ),
    "collinear": (
        "常和别的因素一起出现，区间因此很宽：{}。",
        "Often together with something else, so the intervals are wide: {}.",
    ),
}


def listed(code: str, keys: Sequence[str], names: Names) -> list[Note]:
    """Say something of several causes, nothing where there are none."""
    if not keys:
        return []
    zh, en = _LISTS[code]
    told = [names.get(key, (key, key)) for key in keys]
    chinese, english = "、".join(item[0] for item in told), ", ".join(item[1] for item in told)
    return [Note(code, zh.format(chinese), en.format(english))]
