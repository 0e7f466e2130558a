"""The closed sets that conditions and actions speak of, with their Chinese and English names."""

from collections.abc import Mapping

from triage.taxonomy import BUILT_IN, Taxonomy

EVENTS = (
    "ticket.created",
    "message.received",
    "verdict.changed",
    "label.corrected",
    "clock.warning",
    "clock.breached",
    "promise.due",
    "promise.broken",
    "ticket.neglected",
    "ticket.reopened",
)
DEFAULT_EVENTS = ("ticket.created", "message.received")
DEFAULT_ORDER = 100
PRIORITIES = ("low", "normal", "high", "urgent")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STATUSES = ("open", "waiting", "resolved", "closed", "merged")
CLOCKS = ("first_response", "next_response", "resolution", "department")
ENTITIES = (
    "order_number",
    "parcel_number",
    "phone",
    "amount",
    "date",
    "product",
    "person",
    "staff_number",
)
CHANNELS = {
    "web": ("网页", "web"),
    "app": ("应用", "app"),
    "wechat": ("微信", "WeChat"),
    "phone": ("电话", "phone"),
    "email": ("邮件", "e-mail"),
    "store": ("门店", "store"),
    "onsite": ("上门", "on-site"),
    "social": ("社交媒体", "social"),
    "api": ("接口", "API"),
}
TIERS = {"normal": ("普通", "normal"), "vip": ("贵宾", "VIP"), "new": ("新客户", "new")}
STAGES = {"pre_sale": "售前", "in_sale": "售中", "after_sale": "售后", "unknown": "不明"}
SCRIPTS = {"hans": "简体", "hant": "繁体", "mixed": "简繁混用", "other": "其他文字"}
NEGLECT = {
    "none": "没有无人跟进",
    "unverified": "客户说无人跟进，还没有记录可对",
    "text": "客户说无人跟进，记录里有答复",
    "log": "只有记录显示无人跟进",
    "both": "客户和记录都说无人跟进",
}
SIGNALS = {
    "health": "人身健康",
    "safety": "安全隐患",
    "self_harm": "自伤风险",
    "fraud": "欺诈",
    "privacy": "隐私泄露",
    "legal": "法律途径",
    "regulator": "监管投诉",
    "exposure": "媒体曝光",
    "money_withheld": "扣着钱不退",
    "blocked": "被拉黑",
    "neglected": "没人理",
    "waiting": "久等",
    "deadline": "有期限",
    "repeated_contact": "多次联系",
    "settled": "已解决",
}
REMEDIES = {
    "repair": "修理",
    "exchange": "更换",
    "refund": "退货退款",
    "compensation": "赔偿",
    "apology": "道歉",
    "explanation": "说明",
    "call_back": "回电",
    "reship": "补发",
    "delivery": "送货",
    "cancellation": "取消",
}
_ENTITIES_ZH = ("订单号", "运单号", "电话", "金额", "日期", "商品", "人名", "工号")
_WEEKDAYS_ZH = tuple(f"周{day}" for day in "一二三四五六日")
_FIELDS_ZH = {
    "issues": "问题",
    "suggested": "待确认的问题",
    "scores": "概率",
    "sentiment": "情绪",
    "urgency": "紧急程度",
    "review": "需要复核",
    "in_scope": "是客户反馈",
    "signals": "信号",
    "remedy": "诉求",
    "stage": "阶段",
    "entities": "提到",
    "channel": "渠道",
    "tier": "客户等级",
    "time_of_day": "时刻",
    "weekday": "星期",
    "waiting": "已等待",
    "repeats": "90天内此前的工单",
    "reopened": "重开次数",
    "neglect": "跟进情况",
    "clock": "时限",
    "queue": "队列",
    "owner": "负责人",
    "status": "状态",
    "tags": "标签",
    "script": "文字",
    "text": "原文",
}
ISSUE_FIELDS = ("issues", "suggested", "scores")  # whose values are labels of the model
_VALUES_ZH: Mapping[str, Mapping[str, str]] = {
    "signals": SIGNALS,
    "remedy": REMEDIES,
    "stage": STAGES,
    "script": SCRIPTS,
    "neglect": NEGLECT,
    "entities": dict(zip(ENTITIES, _ENTITIES_ZH, strict=True)),
    "weekday": dict(zip(WEEKDAYS, _WEEKDAYS_ZH, strict=True)),
}
CONDITIONS = tuple(_FIELDS_ZH)


def field_zh(name: str) -> str:
    """Return the Chinese name of a condition."""
    return _FIELDS_ZH[name]


def value_zh(name: str, value: str, taxonomy: Taxonomy = BUILT_IN) -> str:
    """Return the Chinese name of a value of condition `name`, or the value where it has none."""
    if name in ISSUE_FIELDS:
        return taxonomy.zh(value)
    return _VALUES_ZH.get(name, {}).get(value, value)
