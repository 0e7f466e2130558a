"""What the pages call things, Chinese and English side by side."""

from collections.abc import Mapping
from typing import Any

from service.people.roles import CHINESE as ROLES
from service.routing.vocabulary import CHANNELS, TIERS, value_zh
from service.routing.wording import Said
from triage.labels import (
    SENTIMENT_CHINESE,
    SENTIMENT_ENGLISH,
    URGENCY_CHINESE,
    URGENCY_ENGLISH,
)
from triage.taxonomy import BUILT_IN, Taxonomy

_TABLES: dict[str, dict[object, str]] = {
    "status": {
        "open": "处理中 open",
        "waiting": "等客户 waiting for the customer",
        "resolved": "待回访 to be called",
        "closed": "已关闭 closed",
        "merged": "已合并 merged",
    },
    "clock": {
        "first_response": "首次回复 first response",
        "next_response": "再次回复 next response",
        "resolution": "解决 resolution",
        "department": "部门处理 department",
    },
    "clock_state": {
        "running": "计时中 running",
        "paused": "已暂停 paused",
        "met": "按时完成 met",
        "stopped": "已停止 stopped",
    },
    "channel": {name: f"{zh} {en}" for name, (zh, en) in CHANNELS.items()},
    "author": {
        "customer": "客户 customer",
        "agent": "客服 agent",
        "auto": "自动回复 automatic",
        "note": "内部备注 note",
    },
    "priority": {0: "低 low", 1: "普通 normal", 2: "高 high", 3: "加急 urgent"},
    "reason": {
        "missed_issue": "漏了问题 missed issue",
        "wrong_issue": "问题不对 wrong issue",
        "sarcasm": "反话没读懂 sarcasm",
        "wrong_mood": "情绪不对 wrong mood",
        "wrong_urgency": "紧急程度不对 wrong urgency",
        "wrong_queue": "队列不对 wrong queue",
        "settled": "已经解决 settled",
        "not_feedback": "不是反馈 not feedback",
        "confirmed": "判断正确 confirmed",
        "other": "其他 other",
    },
    "outcome": {
        "satisfied": "满意 satisfied",
        "unsatisfied": "不满意 unsatisfied",
        "no_answer": "没联系上 no answer",
        "withdrawn": "已撤回 withdrawn",
    },
    "promise_state": {
        "open": "待兑现 open",
        "unconfirmed": "到期待核实 unconfirmed",
        "kept": "已兑现 kept",
        "broken": "已失信 broken",
    },
    "commitment": {
        "refund": "退款 refund",
        "call_back": "回电答复 call back",
        "exchange": "换货 exchange",
        "repair": "维修 repair",
        "visit": "上门 visit",
        "delivery": "发货送达 delivery",
        "other": "其他 other",
    },
    "neglect": {
        "none": "没有无人跟进的迹象 none",
        "text": "客户说无人跟进，但记录显示答复过，请核实 the customer says so, our log does not",
        "log": "记录显示跟进不及时 our log says so",
        "both": "客户和记录都说无人跟进 both the customer and our log say so",
        "unverified": "客户说无人跟进，这里还没有答复记录 said by the customer, our log is empty",
    },
    "entity": {
        "order_number": "订单号 order",
        "parcel_number": "运单号 parcel",
        "phone": "电话 phone",
        "amount": "金额 amount",
        "date": "日期 date",
        "product": "商品 product",
        "person": "人名 person",
        "staff_number": "工号 staff number",
    },
    "tier": {name: f"{zh} {en}" for name, (zh, en) in TIERS.items()},
    "stage": {
        "pre_sale": "售前 before the sale",
        "in_sale": "售中 during the sale",
        "after_sale": "售后 after the sale",
        "unknown": "不明 unknown",
    },
    "event": {
        "ticket.created": "建单 opened",
        "message.received": "客户来信 message received",
        "message.sent": "客服回复 reply sent",
        "message.automatic": "自动回复 automatic reply",
        "note.added": "加了备注 note added",
        "verdict.changed": "判断更新 verdict changed",
        "label.corrected": "人工改判 label corrected",
        "review.selected": "选来标注 selected to be labelled",
        "queue.changed": "换队列 queue changed",
        "sla.changed": "换时限 SLA changed",
        "priority.changed": "调整优先级 priority changed",
        "owner.changed": "换负责人 owner changed",
        "tags.changed": "换标签 tags changed",
        "ticket.waiting": "开始等客户 waiting for the customer",
        "ticket.resumed": "继续处理 resumed",
        "ticket.closed": "办结 closed",
        "ticket.reopened": "重开 reopened",
        "ticket.merged": "并入一张工单 merged in",
        "ticket.merged_away": "已并到别处 merged away",
        "ticket.split": "撤销合并 merge undone",
        "ticket.neglected": "无人跟进 neglected",
        "clock.warning": "时限将到 clock warning",
        "clock.breached": "时限已过 clock breached",
        "promise.made": "作出承诺 promise made",
        "promise.due": "承诺到期待核实 promise due",
        "promise.kept": "兑现承诺 promise kept",
        "promise.broken": "失信 promise broken",
        "follow_up.asked": "安排回访 follow-up call asked",
        "follow_up.done": "完成回访 follow-up call done",
        "satisfaction.answered": "满意度 satisfaction answered",
        "notified": "已通知 notified",
    },
}


def said(kind: str, value: object, taxonomy: Taxonomy = BUILT_IN) -> Said:
    """Return what a value of a kind is called; its own spelling where it has no name.

    `taxonomy` names the issues: it is that of the model in use.
    """
    if value is None:
        return Said("—", "")
    if kind == "issue":
        return Said(taxonomy.zh(str(value)), taxonomy.en(str(value)))
    if kind in _LABELS:
        zh, en = _LABELS[kind]
        return Said(zh.get(value, str(value)), en.get(value, ""))
    told = _TABLES[kind].get(value)
    return Said(*told.split(" ", 1)) if told else Said(str(value), "")


def options(kind: str, taxonomy: Taxonomy = BUILT_IN) -> list[tuple[object, Said]]:
    """Return every value of a kind with its names, in their order."""
    if kind == "issue":
        return [(code, said(kind, code, taxonomy)) for code in taxonomy.codes]
    table = _LABELS[kind][0] if kind in _LABELS else _TABLES[kind]
    return [(value, said(kind, value)) for value in table]


def label_said(label: str, taxonomy: Taxonomy = BUILT_IN) -> Said:
    """Return the names of what a quote speaks for: an issue, urgency, `signal:waiting`."""
    family, _, kind = label.partition(":")
    if not kind:
        urgent = family == "urgency"
        return Said("紧急", "urgency") if urgent else said("issue", family, taxonomy)
    if family == "promise":
        found = said("commitment", kind)
        return Said(f"承诺·{found.zh}", f"promise: {found.en or kind}")
    zh, field = {"signal": ("信号", "signals"), "remedy": ("诉求", "remedy")}[family]
    return Said(f"{zh}·{value_zh(field, kind)}", f"{family}: {kind.replace('_', ' ')}")


_LABELS: dict[str, tuple[Mapping[Any, str], Mapping[Any, str]]] = {
    "sentiment": (SENTIMENT_CHINESE, SENTIMENT_ENGLISH),
    "urgency": (URGENCY_CHINESE, URGENCY_ENGLISH),
    "role": (ROLES, {role: role.value for role in ROLES}),
}
