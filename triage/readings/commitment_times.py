"""Times that an agent names: 3-5个工作日, 明天下午五点前, 本周内, 半小时后.

Where a stretch is named, its end counts: 9点到11点 is 11, 两三天 is three, 明天 is the
midnight that ends it. 周五前 is the midnight that begins Friday, as in customers' texts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import ceil

from triage.readings.commitment_points import point
from triage.text.times import dates
from triage.text.times.lengths import LENGTH, SEVERAL, later, length
from triage.text.times.numerals import number

_FEW = "0-9一二两三四五六七八九十几"
_TO = "(?:[-~—–－]{1,2}|、|到|至|或者?)"
_COUNT = "(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3}|几)"
_FROM = f"(?:(?<![0-9.]){_COUNT}(?:个?(?:小时|分钟|天|日|工作日))?{_TO})?"
_HOUR = "(?:2[0-4]|1[0-9]|0?[0-9]|二十[一二三四]?|十[一二]?|[一二两三四五六七八九])"
_PERIOD = "凌晨|清晨|早晨|早上|一早|上午|中午|午后|下午|傍晚|晚上|晚间|夜里|夜间|下班(?=之?前|以前)"
_OCLOCK = "点(?![击评开进赞子心餐儿])(?:钟|整)?|时(?![间候长效段常刻])"
_MINUTES = "半|[一三]刻|[0-5][0-9]分?|[0-9]分|[二三四五]?十[一二三四五六七八九]?分?|[五零]?[一二三四五六七八九]分"
_CLOCK = (
    f"(?:(?<![0-9.]){_HOUR}(?:点半?|:[0-5][0-9])?{_TO}(?:{_PERIOD})?)?"
    f"(?<![0-9.])(?P<hour>{_HOUR})(?:(?:{_OCLOCK})(?P<rest>{_MINUTES})?|:(?P<minute>[0-5][0-9])(?![0-9]))"
)
# 一点 is "a little" more often than one o'clock.
_BARE = f"(?!晚?[一有]点(?![钟半整前之以左到]))(?:{_CLOCK}|(?:(?:{_PERIOD})(?!好)|[早晚](?={_HOUR}[点时:])))"
# 周五回复您: what follows need not be such as makes no weekday in a customer's text.
_WEEK = (
    "(?<![每逢一两二三四半几0-9])(?P<week>上上|下下|[上下这本])?(?P<of>个)?(?:周|星期|礼拜)"
    "(?P<weekday>[一二三四五六日天])(?![直些样共起个次遍趟天])"
)
_NO_PLACE = "(?![楼线店仓门机柜院库桌房厅链])"
_DAY = f"(?:{dates.FULL}|{dates.MONTH}|{dates.SLASH}|{_WEEK}|{dates.WORD}|(?<![\\]】〕﹞)）]){_FROM}{dates.ONLY}{_NO_PLACE})"
_STRETCH = (
    "(?P<near>今明两[天日]|当[天日晚]|次日|翌日|隔天)"
    "|(?P<which>本|这个?|下个?)(?P<what>周末?|星期|礼拜|月底?)"
    "|(?P<alone>周末|月底|年底|[周月年](?=之?内))|(?P<month_end>1[0-2]|[1-9])月底"
)
_WORK = f"(?P<work>{_COUNT})个?(?:银行|法定)?工作日|(?P<next>下一?个?工作日)"
_SHORT = "(?P<short>[0-9]{1,3}) ?(?P<mark>h|H|min|分(?=之?内|以内))"
# 三天前 is past, 24小时客服 and 7天无理由 are no time to come.
_NOT_TO_COME = (
    "(?!之?前|以前|来|的|没|未|了|无理由|在线|客服|热线|营业|服务|人工|不间断|制|自动|有效|前|/|每)"
)
_NO_LENGTH = "(?:第|每隔?|近|过去|(?<!不)(?<!不会)超过|满|已经?|延[长迟误期]|推迟|(?<!最)晚|耽误|等了?|用了|过了|(?<!还)有|了|隔)\\Z"
# A character that begins a time, cheaply told from the same in 一定, 上架, 下次.
_FOLLOWED = {
    "一": "[^下定直般些样起切共旦]",
    "下": "[个周星礼月午班下一]",
    "上": "[个周星礼月午上]",
    "好": f"[{_FEW}]",
    "今": "[天日儿晚早夜明]",
    "明": "[天日儿晚早夜]",
    "昨": "[天日儿晚夜]",
    "前": "[天日儿晚]",
    "后": "[天日儿晚]",
    "大": "[前后]",
    "本": "[个周星礼月]",
    "这": "[个周星礼月]",
    "周": "[一二三四五六日天末内之]",
    "星": "期",
    "礼": "拜",
    "月": "[底内之]",
    "年": "[底内之]",
    "当": "[天日晚]",
    "次": "日",
    "翌": "日",
    "隔": "天",
    "早": f"[晨上{_FEW}]",
    "中": "午",
    "午": "后",
    "晚": f"[上间{_FEW}]",
    "凌": "晨",
    "清": "晨",
    "傍": "晚",
    "夜": "[里间]",
}
_ANY_SIGN = f"[{_FEW}半俩仨百{''.join(_FOLLOWED)}]"
_SIGN = (
    _ANY_SIGN
    + "|".join(
        (
            f"(?:(?<=[{_FEW.replace('一', '')}半俩仨百])",
            *(f"(?<={a})(?={b})" for a, b in _FOLLOWED.items()),
        )
    )
    + ")"
)
_AFTER = "(?P<before>之前|以前|前(?![台往后]))|之?内|以内|左右|之?后|以后"


@dataclass(frozen=True, slots=True)
class Term:
    """A time to come: where it stands and what it says; `counted` where it needs a beginning."""

    start: int
    end: int
    due: datetime | None = None
    working_days: int | None = None
    counted: bool = False


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "sign": re.compile(_SIGN),
        "head": re.compile(
            f"(?!半年(?<=[上下]半年))(?P<length>{_FROM}(?:{_WORK}|{LENGTH}|{_SHORT})){_NOT_TO_COME}"
            f"|(?P<date>{_DAY})|(?P<stretch>{_STRETCH})|(?P<bare>{_BARE})"
        ),
        "tail": re.compile(f"的?(?P<period>{_PERIOD}|[早晚](?={_HOUR}[点时:]))?的?(?:{_CLOCK})?"),
        "after": re.compile(_AFTER),
        "to": re.compile(_TO),
        "no_length": re.compile(_NO_LENGTH),
    }


def find_terms(text: str, said_at: datetime | None) -> Iterator[Term]:
    """Yield the times to come that a Simplified text names, in order.

    `due` is None without the time of saying, for working days, and past the calendar's end.
    """
    patterns = _patterns()
    end = 0
    for sign in patterns["sign"].finditer(text):
        if sign.start() < end:
            continue
        match = patterns["head"].match(text, sign.start())
        if match is None or (match["length"] and _is_no_length(text, sign.start())):
            end = match.end() if match else end
            continue
        term = _last(text, match, said_at)
        end = term.end
        yield term


def _is_no_length(text: str, start: int) -> bool:
    return bool(_patterns()["no_length"].search(text, max(0, start - 4), start))


def _last(text: str, match: re.Match[str], said_at: datetime | None) -> Term:
    """Return the term, or of a range of two its later one: 周五到周六, 24小时到48小时."""
    patterns = _patterns()
    term = _term(text, match, said_at)
    joint = patterns["to"].match(text, term.end)
    other = patterns["head"].match(text, joint.end()) if joint else None
    if other is None or other["bare"]:
        return term
    last = _term(text, other, said_at)
    return Term(term.start, last.end, last.due, last.working_days, last.counted)


def _term(text: str, match: re.Match[str], said_at: datetime | None) -> Term:
    if match["length"]:
        return _counted(text, match, said_at)
    tail_start = match.start() if match["bare"] else match.end()
    tail = _patterns()["tail"].match(text, tail_start)
    end = tail.end() if tail and tail.group() != "的" else match.end()
    after = _patterns()["after"].match(text, end)
    due = point(match, tail, bool(after and after["before"]), said_at) if said_at else None
    return Term(match.start(), after.end() if after else end, due)


def _counted(text: str, match: re.Match[str], said_at: datetime | None) -> Term:
    after = _patterns()["after"].match(text, match.end())
    end = after.end() if after else match.end()
    if match["work"] or match["next"]:
        days = (number(match["work"]) or SEVERAL) if match["work"] else 1
        return Term(match.start(), end, None, ceil(days), counted=True)
    if match["short"]:
        seconds = 3600 if match["mark"] in "hH" else 60
        lasts: float | None = int(match["short"]) * seconds / 86_400
    else:
        lasts = length(match["number"], match["unit"])
    due = later(said_at, lasts) if said_at and lasts else None
    return Term(match.start(), end, due, counted=True)
