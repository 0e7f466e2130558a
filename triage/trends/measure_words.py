"""The service measures: what each is called, what it counts, which way is better."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a measure is given in."""

    SECONDS = "s"
    SHARE = "share"
    COUNT = "count"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the service. `better` is up or down; definitions say what is counted."""

    key: str
    zh: str
    en: str
    unit: Unit
    better: str
    definition_zh: str
    definition_en: str


_S, _SHARE, _COUNT = Unit.SECONDS, Unit.SHARE, Unit.COUNT
_REAL = ("从开单到第一次人工回复的实际时间", "real time to the first reply of a person")
_WORKED = ("只算工作时间，夜里和节假日不算", "working time only: no nights, no holidays")
_HALF = ("一半工单比它快", "half of the tickets are faster")
_NINE = ("十张里九张比它快", "nine tickets of ten are faster")


def _time(key: str, zh: str, en: str, *parts: tuple[str, str]) -> Measure:
    """Return a measure of time; its definition is put together."""
    told = "；".join(part[0] for part in parts), "; ".join(part[1] for part in parts)
    return Measure(key, zh, en, _S, "down", *told)


_SOLVED = (
    "从开单到最后一次结单；没结的单还不算",
    "from opening to the last closing; tickets that are not closed do not count yet",
)
MEASURES = (
    _time("first_reply_median", "首响时间（中位）", "First reply (median)", _REAL, _HALF),
    _time("first_reply_p90", "首响时间（九成）", "First reply (90 %)", _REAL, _NINE),
    _time(
        "first_reply_worked_median",
        "首响工时（中位）",
        "First reply, working time (median)",
        _WORKED,
        _HALF,
    ),
    _time(
        "first_reply_worked_p90",
        "首响工时（九成）",
        "First reply, working time (90 %)",
        _WORKED,
        _NINE,
    ),
    Measure(
        "answered",
        "已回复",
        "Answered",
        _SHARE,
        "up",
        "有过人工回复的工单占比；首响时间只算它们",
        "tickets with a reply of a person; the times of first replies are theirs alone",
    ),
    _time("resolution_median", "解决时间（中位）", "Resolution (median)", _SOLVED, _HALF),
    _time("resolution_p90", "解决时间（九成）", "Resolution (90 %)", _SOLVED, _NINE),
    Measure(
        "first_contact_resolution",
        "一次解决率",
        "First-contact resolution",
        _SHARE,
        "up",
        "已完结的工单里，一次回复就解决、再没打开过的占比",
        "of the tickets that are over, those solved with one reply and never reopened",
    ),
    Measure(
        "reopen_rate",
        "重开率",
        "Reopen rate",
        _SHARE,
        "down",
        "结过单的工单里，又被打开过的占比",
        "of the tickets that were ever closed, those that were opened again",
    ),
    Measure(
        "promise_keeping",
        "承诺兑现率",
        "Promise-keeping",
        _SHARE,
        "up",
        "有了结果的承诺里兑现的占比；还没到期、还没确认的不算",
        "of the promises that were settled, those kept; open and unconfirmed ones do not count",
    ),
    Measure(
        "sla_attainment",
        "时限达成率",
        "SLA attainment",
        _SHARE,
        "up",
        "走完的计时里按时完成的占比（一张工单有几个计时）",
        "of the clocks that ended, those met (a ticket has several)",
    ),
    Measure(
        "asked_before_closing",
        "先回访再关闭",
        "Asked before closing",
        _SHARE,
        "up",
        "办结的投诉里，回访到期前问到了客户的占比；没接通不算问到",
        "of the complaints called solved, those whose customer was reached before the call was due",
    ),
    Measure(
        "handoffs",
        "每单转交次数",
        "Handoffs per ticket",
        _COUNT,
        "down",
        "从一个队列到另一个队列的平均次数",
        "how often a ticket went from one queue to another, on average",
    ),
    Measure(
        "handed_off",
        "转交过的工单",
        "Handed off at all",
        _SHARE,
        "down",
        "换过队列的工单占比",
        "tickets that went to another queue at least once",
    ),
    Measure(
        "replies",
        "每单回复数",
        "Replies per ticket",
        _COUNT,
        "down",
        "人工发给客户的平均条数",
        "messages of people to the customer, on average",
    ),
    Measure(
        "questions",
        "每单来信数",
        "Messages per ticket",
        _COUNT,
        "down",
        "客户发来的平均条数",
        "messages of the customer, on average",
    ),
    Measure(
        "repeat_contact",
        "再次来访率",
        "Repeat contact",
        _SHARE,
        "down",
        "三十天内同一客户又开了工单的占比",
        "tickets whose customer opened another one within 30 days",
    ),
    Measure(
        "satisfaction",
        "满意度",
        "Satisfaction",
        Unit.PERCENT,
        "up",
        "感受 ÷ 期望 × 100 的平均；只算回答了的客户",
        "perceived / expected x 100, on average, of the customers who answered",
    ),
    Measure(
        "retention",
        "留存率",
        "Retention",
        _SHARE,
        "up",
        "开单九十天后还没有离开的客户占比",
        "tickets whose customer had not left 90 days after",
    ),
)
