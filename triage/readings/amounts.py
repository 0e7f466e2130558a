"""Sums of money: 1,699元, ￥19.9, 三百块, 八千六, 一万二, 扣了我五百."""

import re
from collections.abc import Iterator, Set
from functools import cache

from triage.readings.spans import Entity
from triage.text.times import number

_CHINESE = "零一二三四五六七八九十百千万亿两俩"
_NUMBER = f"[0-9{_CHINESE}][0-9{_CHINESE},.kKwW]*"  # what number() reads is one
_UNIT = "元|块|圆|人民币|RMB|港币|港元|港纸|蚊(?![子虫香])|台币|新台币|美元|美金|欧元|日元"
# 一块砖, 三元桥: a piece or a name, no money.
_NO_MONEY = {
    "块": (
        "儿一肉砖板石玻蛋屏地糖瓷表布饼巧豆骨牌木腕排披土冰面硬芯皮补钢铁金银玉牛鸡鱼疤淤电红青黑白小大"
    ),
    "元": "旦素件桥里论化宵气老首",
}
_MEASURES = (
    "0-9个人名次条件页字公里米步转平斤克瓦毫点位张台套户岁年月天号分秒度倍%小周日折枚盒袋瓶箱双只份级层楼种余多/:.颗粒本部辆座栋间"
    f"期届遍回趟道款根片毛角集篇首支排亩吨升寸尺英兆帧转岁学老后前{_CHINESE}"
)
_PAID = (
    "花|付|交|充|扣|收|汇|转|刷|骗|赔|押金|定金|订金|价|一共|总共|合计|退|补|掏|投|欠|存|卖"
    "|年费|卡|刷了"
)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    marked = (
        f"(?P<number>{_NUMBER})[多来余]?(?P<unit>{_UNIT})(?P<tail>[0-9一二三四五六七八九](?:[毛角]"
        f"|(?![{_MEASURES}])))?钱?"
    )
    filler = "[了我你他她们走掉您的款去去是约近共只才要到回还:：给家老人]{0,3}"
    return {
        "marked": re.compile(marked),
        "sign": re.compile(
            r"(?:HK\$|NT\$|US\$|[¥￥$]|RMB"
            r"|CNY) ?(?P<number>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?[百千万kKwW]?)"
        ),
        "paid": re.compile(
            f"(?:{_PAID}){filler}(?P<number>[0-9]{{2,7}}(?:\\.[0-9]{{1,2}})?[千万kKwW]?"
            f"|[{_CHINESE}]*[百千万][{_CHINESE}]*)(?![{_MEASURES}])"
        ),
        "said": re.compile(
            f"(?P<number>[一二三四五六七八九两十](?<![第{_CHINESE}][{_CHINESE}])"
            f"[一二三四五六七八九十]{{0,2}}[百千万][一二三四五六七八九])(?![{_MEASURES}])"
        ),
        "spent": re.compile(f"(?:{_PAID}|才|要|便宜|贵|省|减|涨|给|找|只|差|每|就){filler}\\Z"),
    }


def find_amounts(text: str, marks: Set[str]) -> Iterator[Entity]:
    """Yield sums of money with their value as a decimal string; they may overlap.

    `marks` are the characters of the text that may belong to one: only what they promise
    is looked for.
    """
    if not marks.isdisjoint("元块圆币蚊B"):
        yield from _marked(text)
    if not marks.isdisjoint("¥￥$B"):
        yield from _found(text, "sign")
    if not marks.isdisjoint("百千万0123456789"):
        yield from _found(text, "paid", "number")
    if not marks.isdisjoint("百千万"):
        yield from _found(text, "said")


def _marked(text: str) -> Iterator[Entity]:
    """Yield sums with their unit: 300元, 三块五."""
    for match in _patterns()["marked"].finditer(text):
        if _is_money(text, match):
            yield from _entity(match, match.span(), match["tail"])


def _found(text: str, name: str, group: str | int = 0) -> Iterator[Entity]:
    for match in _patterns()[name].finditer(text):
        if match["number"] != "二百五":  # an insult
            yield from _entity(match, match.span(group))


def _entity(
    match: re.Match[str], span: tuple[int, int], tail: str | None = None
) -> Iterator[Entity]:
    value = _value(match["number"], tail)
    if value is not None:
        yield Entity("amount", *span, value)


def _value(text: str, tail: str | None) -> str | None:
    text = (
        text.rstrip(",").replace("k", "千").replace("K", "千").replace("w", "万").replace("W", "万")
    )
    value = number(text)
    if value is None:
        return None
    if tail:
        value += (number(tail[0]) or 0) / 10  # 三块五
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _is_money(text: str, match: re.Match[str]) -> bool:
    """Whether 块 or 元 counts money here and no pieces: three tests, the plain ones first."""
    unit = match["unit"]
    if unit not in _NO_MONEY or match["tail"] or match.group().endswith("钱"):
        return True
    after = text[match.end() : match.end() + 1]
    if after and after in _NO_MONEY[unit] and text[match.end() : match.end() + 2] != "电费":
        return False
    value = number(match["number"].rstrip(","))
    if unit == "元" or value is None or value >= 10:
        return True
    start = match.start()
    return bool(_patterns()["spent"].search(text, max(0, start - 6), start))
