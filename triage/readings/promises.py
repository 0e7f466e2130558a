"""Promises quoted from the desk: 说好24小时回电, 答应三天内退款, 保证明天送到."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache

from triage.readings.spans import IN_CLAUSE, STOPS, is_spoken_by_desk
from triage.text.times.dates import DAY, Lean, resolve
from triage.text.times.lengths import LENGTH, later, length

_BEFORE, _AFTER = 8, 30  # so many characters around a promise tell how it is meant
_SOON = 14  # and so many after 说 hold its time


@dataclass(frozen=True, slots=True)
class Promise:
    """What the desk said it would do, and until when where that can be known."""

    kind: str
    start: int
    end: int
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """A promise as the text tells it; `content` is where its object begins."""

    start: int
    content: int
    end: int
    kind: str


# The first kind whose words stand in the promise is its kind.
_KINDS = {
    "other": "赠送|满[0-9]*送|送的|免费送|赠",
    "refund": "退款|退货|退钱|退费|退还|退押金|全额退|退(?![房出休])|无理由|到账|返还|返现|赔",
    "call_back": "回电|回复|答复|回访|联系|回话|回信|打电话|给我?答案|给我?结果|给我?说法|通知",
    "exchange": "换货|换新|更换|调换|包换|(?<![置兑])换(?![代句乘])",
    "repair": "修好|维修|修复|修理|包修|修",
    "visit": "上门|来人|派人|来安装|安装|来看|到场|来取|取件",
    "delivery": (
        "送到|送达|到货|发货|送来|送货|配送|补发|寄|发出|送|到(?![底处期时场])|发(?![现生票])"
    ),
}
_VERBS = (
    "说好(?![吃看听话评多用记])[了的]?|讲好[了的]?|谈好[了的]?|约好[了的]?|答应了?"
    "|承诺(?![书函归当是]|不了|要兑现)|保证(?![金书人])|许诺|约定"
)
_SAID = "说|称|告知|告诉我|回复我?|显示|写着|写的|页面写|上面写|写明|标着|注明"
# Not the desk's word, or no promise: 不能保证, 质量有保证, 请保证, 大家都说好.
_NOT_SO = (
    "(?:不敢|不能|没法|无法|不|没有?|未|谁能?|难以|怎么|都|先|有|无|质量|品质|正品|得到|的|别"
    "|按|按照|兑现|履行|大家|朋友|同事|邻居|来|再|请|希望|望|要求"
    "|为了?|以|应该?|必须|需要?|才能|如何|切实|[0-9%])\\Z"
)
_OWN = "(?<![跟给向对和与为])(?:我们?|本人|客户|顾客|咱们?)(?:曾|已|也|就|敢|可以|能|会|还)*\\Z"
_DESK = (
    "客服|店家|商家|卖家|他们?|她|你们?|对方|老板|师傅|经理|页面|销售|中介|物业|骑手|快递"
    "|平台|前台|售后|公司"
)
# A promise with a beginning of its own is not counted from the day of the message.
_BEGUN = (
    "昨|前天|前日|上周|上个|上次|上月|当时|当初|之前|那天|那次|时候?|第一次|去年|年前|早上"
    "|最初|原本|原来|本来|曾|过|号|月|周|几天|天前"
)
_BROKEN = (
    "结果|没|未|至今|到现在|现在第|过了|如今|还是|迟迟|不见|第.{1,3}天|已经|都快|都过|又|拖"
    "|果然|就到|才|不了|可|已"
)


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    kinds = "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items())
    time_ = f"(?:{LENGTH}(?:之内|以内|内|后|左右)?|{DAY}(?:之?前|以前)?)"
    any_kind = "|".join(_KINDS.values())
    return {
        "any": re.compile(f"{_VERBS}|{_SAID}"),
        "verb": re.compile(_VERBS),
        "says": re.compile(_SAID),
        "said": re.compile(
            f"(?:{_SAID})(?P<content>[^{STOPS}了过]{{0,6}}?{time_}{IN_CLAUSE}{{0,8}}?(?:{any_kind}))"
        ),
        "timed": re.compile("[内天号周月时日晚分]"),
        "kind": re.compile(kinds),
        "content": re.compile(
            f"{IN_CLAUSE}{{2,24}}?(?=结果|现在|如今|却|可是|到现在|[,。!?;，！？；…\\n]|\\Z)"
            f"|{IN_CLAUSE}{{24}}"
        ),
        "desk": re.compile(_DESK),
        "no": re.compile(f"{_NOT_SO}|{_OWN}"),
        "asked": re.compile(f"{IN_CLAUSE}{{0,24}}[吗么?]"),
        "begun": re.compile(_BEGUN),
        "broken": re.compile(_BROKEN),
        "length": re.compile(LENGTH),
        "day": re.compile(f"(?:{DAY})(?P<until>之?前|以前)?"),
    }


def find_promises(text: str, received_at: datetime | None = None) -> list[Promise]:
    """Return the desk's promises, in order.

    `due` counts from the receiving time only where the promise has no beginning of its own
    and is not told as broken already; else it is None, which is better than a guess.
    """
    promises: list[Promise] = []
    if not _patterns()["any"].search(text):
        return []
    found = [*_promised(text), *_reported(text)]  # of one place the word of promising tells more
    for told in sorted(found, key=lambda told: told.start):
        if not promises or told.start >= promises[-1].end:
            due = _due(text, told, received_at) if received_at else None
            promises.append(Promise(told.kind, told.start, told.end, due))
    return promises


def _promised(text: str) -> Iterator[_Told]:
    """Yield what follows a word of promising."""
    patterns = _patterns()
    for match in patterns["verb"].finditer(text):
        content = patterns["content"].match(text, match.end())
        if content is None or _is_none(text, match):
            continue
        kind = patterns["kind"].search(text, *content.span())
        if kind:
            yield _Told(match.start(), match.end(), kind.end(), str(kind.lastgroup))
        elif match.group() not in {"保证", "约定"} or _has_desk(text, match):
            yield _Told(match.start(), match.end(), content.end(), "other")


def _reported(text: str) -> Iterator[_Told]:
    """Yield what is reported as said, with a time in it: 客服说三天内退款."""
    patterns = _patterns()
    for word in patterns["says"].finditer(text):
        if not patterns["timed"].search(text, word.end(), word.end() + _SOON):
            continue
        match = patterns["said"].match(text, word.start())
        if match and not _is_none(text, match):
            kind = patterns["kind"].search(text, *match.span("content"))
            kind_name = str(kind.lastgroup) if kind else "other"
            yield _Told(match.start(), match.start("content"), match.end(), kind_name)


def _is_none(text: str, match: re.Match[str]) -> bool:
    """Whether the words are denied, the customer's own, asked, or the desk's own line."""
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if _patterns()["no"].search(before) or is_spoken_by_desk(text, match.start()):
        return True
    return bool(_patterns()["asked"].match(text, match.end()))


def _has_desk(text: str, match: re.Match[str]) -> bool:
    start = max(0, match.start() - _BEFORE)
    return bool(_patterns()["desk"].search(text, start, match.start()))


def _due(text: str, told: _Told, received_at: datetime) -> datetime | None:
    patterns = _patterns()
    if patterns["broken"].search(text, told.end, told.end + _AFTER):
        return None
    begun = bool(patterns["begun"].search(text, max(0, told.start - 2 * _BEFORE), told.start))
    if day := patterns["day"].search(text, told.content, told.end + 2):
        written = not (day["word"] or day["weekday"])  # 明天 depends on when it was said
        return _end_of_day(day, received_at) if written or not begun else None
    span = patterns["length"].search(text, told.content, told.end)
    if span is None or begun or "工作日" in span["unit"] or "无理由" in text[told.start : told.end]:
        return None
    days = length(span["number"], span["unit"])
    return later(received_at, days) if days else None


def _end_of_day(match: re.Match[str], received_at: datetime) -> datetime | None:
    """Return the midnight that ends the day; for 周五前 the one that begins it."""
    day = resolve(match, received_at.date(), Lean.FUTURE)
    if day is None:
        return None
    start = datetime.combine(day, time(), received_at.tzinfo)
    return start if match["until"] else later(start, 1)
