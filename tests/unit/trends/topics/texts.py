"""Authored texts of a few kinds, drawn with a seed."""

import random

_KINDS = {
    "refund": (
        "退款 退款申请 退货退款",
        "不到账 一直没到账 被拒绝 拖了半个月",
        "银行卡 余额 原路退回",
    ),
    "parcel": ("快递 包裹 快递员", "丢件 还没送到 送错小区 放在驿站", "物流信息 驿站 门口"),
    "screen": ("手机屏幕 屏幕 显示屏", "碎裂 闪屏 发黄 有划痕", "贴膜 边框 维修点"),
    "cold": ("空调 这台空调 空调外机", "不制冷 漏水 噪音大 安装费太高", "师傅 上门安装 遥控器"),
    "food": ("外卖 米饭 套餐", "洒了一地 已经凉透 少送一份 有异味", "骑手 餐盒 餐具"),
    "dress": ("裙子 连衣裙 外套", "掉色严重 起球 开线 尺码偏小", "面料 洗一次 吊牌"),
}
KINDS = {kind: [words.split() for words in parts] for kind, parts in _KINDS.items()}
_WHEN = ("新买的", "昨晚", "孩子用的", "刚拆封的", "换货来的")
_SMOKE = ("充电器冒烟了", "充电器一插上就冒烟", "充电器发热冒烟", "充电器冒烟还烫手")
_AFTER = ("吓死人", "有焦味", "插座发黑", "差点着火", "谁敢再用", "外壳融化")


def chargers(n, seed=0):
    drawn = random.Random(f"charger-{seed}")
    return [
        f"{drawn.choice(_WHEN)}{drawn.choice(_SMOKE)}，{drawn.choice(_AFTER)}" for _ in range(n)
    ]


def texts(kind, n, seed=0):
    drawn = random.Random(f"{kind}-{seed}")
    what, fault, where = KINDS[kind]
    form = ("{0}{1}，{2}也有问题", "我的{0}{1}，问过{2}没人管", "{2}那边说不清楚，{0}{1}了")
    return [drawn.choice(form).format(*map(drawn.choice, (what, fault, where))) for _ in range(n)]


def mixed(n=40, seed=0, kinds=tuple(KINDS)):
    """Return texts of several kinds, shuffled, and the kind of each."""
    pairs = [(text, kind) for kind in kinds for text in texts(kind, n, seed)]
    random.Random(seed).shuffle(pairs)
    return [text for text, _ in pairs], [kind for _, kind in pairs]


def purity(assigned, kinds):
    """The share of texts with a topic whose kind is the commonest of their topic."""
    by_topic = {}
    for topic, kind in zip(assigned.tolist(), kinds, strict=True):
        if topic >= 0:
            by_topic.setdefault(topic, []).append(kind)
    right = sum(max(map(found.count, found)) for found in by_topic.values())
    return right / max(1, sum(map(len, by_topic.values())))
