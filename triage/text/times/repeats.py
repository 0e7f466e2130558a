"""How often the customer has asked: 第三次报修, 打了五个电话, 多次联系."""

import re
from collections.abc import Iterator
from functools import cache

from triage.text.alternation import alternatives
from triage.text.times.lengths import CLAUSE, SEVERAL
from triage.text.times.numerals import number

_COUNT = (
    "(?P<count>(?<![0-9.])[0-9]{1,3}|[一二两三四五六七八九十百]{1,4}|好几|几十|十几|几|多|数"
    "|无数|[Nn])"
)
_DID = (
    "(?:(?:打|拨|问|催|找|说|发|跑|换|修|寄|写|补|退|接)[了过]"
    "|(?:联系|报修|投诉|反映|来回|申请|沟通|致电|来电|去电|反馈|追问|留言|提交|重发|补发"
    "|上报)[了过]?)"
)
_ASKING = (
    "打电话|打给|拨打|打过|打客服|电话|问|催|找(?!到)|联系|报修|投诉|反映|申请|维修|修|来电"
    "|换|退|跑|留言|提交"
    "|沟通|客服|反馈|邮件|信|工单|上门|补|报|求助|坏|漏"
)
_BUYING = (
    "买|购|光顾|回购|入手|下单|订|吃|住|用|入住|点|喝|合作|消费|坐|去|在|体验|来(?![修电问投找])"
)
_ASKED = (
    "打|拨打|致电|报修|投诉|催|联系|申请|反映|追问|询问|沟通|来电|去电|反馈|要求|承诺|提交"
    "|留言|上门"
)


_COUNTED = alternatives(
    f"{unit}(?<=[0-9一二两三四五六七八九十百几多数Nn]{unit})"
    for unit in ("次", "度", "回", "遍", "趟", "通", "封", "轮", "个电话")
)


@cache
def _sign() -> re.Pattern[str]:
    return re.compile(_COUNTED)


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    within = f"(?={CLAUSE}{{0,8}}(?:{_ASKING}))"
    return (
        re.compile(f"第{_COUNT}(?:[封通]|[次回遍趟](?!{_BUYING}){within})"),
        re.compile(f"{_DID}(?:他们|你们|客服|对方|我们)?{_COUNT}(?:次|回|遍|通|个电话|趟|封|轮)"),
        re.compile(f"(?<!第){_COUNT}[次度](?:{_ASKED})"),
    )


def find_repeats(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and count of repeated contact; 好几次 counts as three."""
    if not _sign().search(text):
        return
    end = -1
    found = (match for pattern in _patterns() for match in pattern.finditer(text))
    for match in sorted(found, key=lambda match: match.start()):
        count = number(match["count"]) or SEVERAL
        if count >= 2 and match.start() >= end:
            end = match.end()
            yield match.start(), end, int(count)
