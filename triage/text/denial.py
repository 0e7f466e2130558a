"""Denied faults: 没有任何破损, 一点也不慢 and their like say that all is well.

A word model sees 破损 and 慢 and complains. Reading marks a denied fault, position by
position, so that training meets one mark in praise instead of every fault's name. What is
missing that ought to be there (没有回复, 没发货) is no fault denied and stays as it is.
"""

import re
from functools import cache

MARK = "〇"
_FAULTS = (
    "异味 怪味 臭味 气味 色差 瑕疵 划痕 破损 损坏 损伤 毛病 问题 质量问题 任何问题 故障 噪音 杂音 线头 缺货 少件 漏发 错发 缺件 "
    "少发 漏件 洒漏 撒漏 漏洒 摔坏 压坏 磕碰 变形 卡顿 延迟 延误 拖延 拖拉 推脱 推诿 敷衍 怠慢 隐形消费 强制消费 强买强卖 "
    "乱收费 套路 添加剂 副作用 过敏 不适 不良反应 拉肚子 头屑 虫子 异物 杂质 不满 遗憾 缺点 差评 踩雷 失望 不耐烦 "
    "不耐用 不好 骂人 吼人 态度不好 纠纷 缺斤少两 缺斤短两 短斤少两 假货 水分 后悔 霉味 过期 变质 涨价 加价 额外收费 "
    "排队 久等 等太久 打不开 没人理 没有人理 不理人 起球 掉色 褪色 缩水 漏水 漏电 漏液 发热 发烫 掉线 闪退 死机 断线 "
    "翻车 偷工减料 以次充好 货不对板 弄错 出错 送错 洒 漏 坏 破 碎 卡 坑 虫 霉 臭 脏"
)
_BAD = (
    "慢 差 贵 坏 破 漏 臭 脏 旧 假 吵 凶 恶劣 敷衍 拖沓 拖延 推诿 推脱 麻烦 卡 卡顿 烫 油腻 腻 涩 粗糙 刺鼻 难吃 "
    "难用 难闻 难看 含糊 怠慢 冷淡 逊色 缩水 掉色 褪色 起球 变形 串味 漏水 发热 掉线 闪退 死机 后悔 骂人 失望 吃亏 "
    "马虎 生硬 耽误 糊弄 忽悠 坑人 宰客 咸 少"
)
_SHORT = "慢 差 贵 坏 破 漏 腻 油腻 吵 卡 臭 脏 后悔 逊色 含糊 马虎"


def mark_denied(text: str) -> str:
    """Return a Simplified text with denied faults replaced by marks, the same length."""
    return _pattern().sub(_marks, text)


def _marks(match: re.Match[str]) -> str:
    return MARK * len(match.group())


def _any(words: str) -> str:
    return "(?:" + "|".join(sorted(words.split(), key=len, reverse=True)) + ")"


@cache
def _pattern() -> re.Pattern[str]:
    filler = "(?:任何|一点儿?|一丝|半点|丝毫|什么|啥|出现|发现|发生|明显|有|过|被|的|让我|再){0,3}"
    absent = "(?:没有|没|无|毫无|并无|未见|未|没见|从没|从未|不存在|零|闻不到|看不到|不会)"
    degree = "(?:一点儿?[也都]?不|完全不|并不|毫不|绝不|从不|从来不|丝毫不|不算|不是很|一[件个点颗瓶只样]不)"
    after = "(?![还就完了吗么?？])"
    return re.compile(
        f"(?:{absent}{filler}{_any(_FAULTS)}"
        f"|{degree}{_any(_BAD)}"
        f"|(?<![能要太很更还这那])不{_any(_SHORT)}){after}"
    )
