"""How long the customer has waited: 等了三天, 两周还没到, 上周三下单至今没发货."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from triage.text.alternation import alternatives
from triage.text.times import dates
from triage.text.times.dates import DAY, Lean, resolve
from triage.text.times.lengths import CLAUSE, LENGTH, SIGN, Moment, length

_NOT_DONE = (
    "(?:有)?(?:给|来|能|人|任何)?(?:发|到|收|回|动|修|退|处理|解决|送|联系|消息|结果|音|影"
    "|下文|答复|进展|审核"
    "|受理|安装|装|换|赔|补|开|通)"
)
_STILL = "还没|还未|还不|还在|还写着|还显示|还停|还是没|仍|至今|到现在|到今天|迟迟|没人|无人|不见"
_PENDING = alternatives((*_STILL.split("|"), "一直[没不未]", f"没{_NOT_DONE}", f"未{_NOT_DONE}"))
_WAITED = (
    "(?:等(?<![不没用需必别再]等)|拖|催|耗|迟|晚|过去|过了|超时|延误|延迟|晚点|都|已经|已|足足|整整)"
    "(?:了|已经|已|足足|整整|都)*(?:快|近|将近|差不多|有|超过|不止|至少)?第?"
)
_USED = (
    "(?:用|住|穿|戴|吃|喝|养|怀孕|开|合作|会员|买|入手|学|练|放|睡|玩|看|读|工作|上班|结婚|做"
    "|干|毕业|保修"
    f"|质保|保质|岁|孩子|宝宝|宝贝|娃|女儿|儿子|骑|跑|坐|贴|存|老){CLAUSE}{{0,5}}\\Z"
)
_ASKED = "下单|下的单|买|订|付款|付的款|申请|报修|寄|发|说|答应|投诉|反映|提|约|拍|办|交|填|报"
_VAGUE = {"上个?(?:周|星期|礼拜)": 7.0, "上个?月": 30.0}
_LONGEST = 3650.0
_AFTER, _BEFORE = 12, 10


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    vague = "|".join(_VAGUE)
    return {
        "length": re.compile(SIGN),
        "day": re.compile(f"{dates.SIGN}|上(?:个?月|个?周|个?星期|个?礼拜)"),
        "waited": re.compile(_WAITED + LENGTH),
        "still": re.compile(f"{LENGTH}(?:了|过去|以来|才|都?(?:{_PENDING}))"),
        "pending": re.compile(_PENDING),
        "used": re.compile(_USED),
        "since": re.compile(f"(?:{DAY}|(?P<vague>{vague})){CLAUSE}{{0,12}}?(?:{_ASKED})"),
    }


def find_waits(text: str, received_at: datetime | None = None) -> Iterator[Moment]:
    """Yield how long the customer has waited, in days; time of use is no waiting."""
    patterns = _patterns()
    if patterns["length"].search(text):
        yield from _lengths(text)
    if patterns["day"].search(text) and patterns["pending"].search(text):
        yield from _since(text, received_at)


def _lengths(text: str) -> Iterator[Moment]:
    """Yield the lengths of time that were waited."""
    patterns = _patterns()
    found = [*patterns["waited"].finditer(text), *patterns["still"].finditer(text)]
    end = -1
    for match in sorted(found, key=lambda match: match.start()):
        days = length(match["number"], match["unit"])
        if days and days < _LONGEST and match.start() >= end and not _is_use(text, match):
            end = match.end()
            yield Moment(match.start(), end, days)


def _is_use(text: str, match: re.Match[str]) -> bool:
    """Whether the time is one of use (用了三年了) with nothing outstanding after it."""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if not _patterns()["used"].search(before):
        return False
    return not _patterns()["pending"].search(text, match.start(), match.end() + _AFTER)


def _since(text: str, received_at: datetime | None) -> Iterator[Moment]:
    """Yield the time since a day on which something was asked that is outstanding still."""
    today = received_at.date() if received_at else None
    for match in _patterns()["since"].finditer(text):
        if _patterns()["pending"].search(text, match.end(), match.end() + 4 * _AFTER):
            days = _days_since(match, today)
            if days:
                yield Moment(match.start(), match.end(), days, _midnight(match, received_at))


def _days_since(match: re.Match[str], today: date | None) -> float | None:
    if match["vague"]:
        return next(days for name, days in _VAGUE.items() if re.fullmatch(name, match["vague"]))
    anchor = today or date(2000, 1, 5)  # 昨天 is one day ago on any day
    known = today is not None or match["word"]
    then = resolve(match, anchor, Lean.PAST) if known else None
    return float((anchor - then).days) if then and then < anchor else None


def _midnight(match: re.Match[str], received_at: datetime | None) -> datetime | None:
    if received_at is None or match["vague"]:
        return None
    then = resolve(match, received_at.date(), Lean.PAST)
    return datetime.combine(then, datetime.min.time(), received_at.tzinfo) if then else None
