"""The closed sets every verdict is made of: issues, sentiment, urgency, script.

Member order is column order in every score matrix and in every model file.
Meanings: docs/labels.md.
"""

from enum import IntEnum, StrEnum


class Issue(StrEnum):
    """What a customer complains of; several may hold at once."""

    PRODUCT_QUALITY = "product_quality"
    STAFF_ATTITUDE = "staff_attitude"
    DELIVERY = "delivery"
    FOLLOW_UP_NEGLECT = "follow_up_neglect"
    OTHER = "other"


class Sentiment(IntEnum):
    """How the customer feels overall, 1 (very negative) to 5 (very positive)."""

    VERY_NEGATIVE = 1
    NEGATIVE = 2
    NEUTRAL = 3
    POSITIVE = 4
    VERY_POSITIVE = 5


class Urgency(IntEnum):
    """How fast somebody must act, 0 (nothing to do) to 3 (danger, fraud, law)."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    CRITICAL = 3


class Script(StrEnum):
    """Which Chinese script a text is written in."""

    HANS = "hans"
    HANT = "hant"
    MIXED = "mixed"
    OTHER = "other"


ISSUES: tuple[str, ...] = tuple(issue.value for issue in Issue)

CHINESE: dict[str, str] = {
    "product_quality": "产品质量",
    "staff_attitude": "服务态度",
    "delivery": "物流配送",
    "follow_up_neglect": "售后跟进缺失",
    "other": "其他投诉",
}

ENGLISH: dict[str, str] = {
    "product_quality": "Product quality",
    "staff_attitude": "Staff attitude",
    "delivery": "Delivery",
    "follow_up_neglect": "Follow-up neglect",
    "other": "Other complaint",
}

SENTIMENT_CHINESE: dict[int, str] = {1: "非常不满", 2: "不满", 3: "中性", 4: "满意", 5: "非常满意"}
URGENCY_CHINESE: dict[int, str] = {0: "低", 1: "普通", 2: "高", 3: "紧急"}
SENTIMENT_ENGLISH: dict[int, str] = {
    1: "very negative",
    2: "negative",
    3: "neutral or mixed",
    4: "positive",
    5: "very positive",
}
URGENCY_ENGLISH: dict[int, str] = {0: "low", 1: "normal", 2: "high", 3: "critical"}
