"""A text as finders read it: the same length, one way of writing digits and letters."""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from triage.text.clean import one_to_one
from triage.text.pii.kinds import Pii
from triage.text.script import to_simplified

INVISIBLE = "\u00ad\u200b-\u200f\u2060\u2063\u20e3\ufe0f\ufeff"
SEP = rf"[ ()._·•\-‐-―{INVISIBLE}]"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⓪"  # numbers of a list before a phone number, or its digits
_SPOKEN = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖", "123456789", strict=True)),
    **dict(zip("貳參陸", "236", strict=True)),
    **dict(zip(_CIRCLED, "1234567890", strict=True)),
    **dict(zip("〇幺洞拐", "0107", strict=True)),
}
_LOOK_BACK = 16
# Letters that a number may touch: anything else makes it part of a code.
_LEADS = (
    "tel telephone phone mobile mob cell call hp ph no fax t m p v vx wx qq wechat weixin whatsapp"
    " ws sfz id hkid card line"
)
_TRAILS = "qq wx vx v wechat weixin whatsapp tel phone"
_BEFORE = re.compile(r"[*_$¥€£]\Z|([0-9A-Za-z_]+)([-.#]?)\Z")
_AFTER = re.compile(r"[*_元块圆圓塊万萬亿億%℃]|\.[0-9]|(-?)([0-9A-Za-z]+)")
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}")


@cache
def _folding() -> dict[int, str]:
    """Map each digit of any script, and each full-width sign, to its plain form."""
    table = {point: to for point, to in one_to_one().items() if chr(point) not in _CIRCLED}
    for point in range(0x80, sys.maxunicode + 1):
        digit = unicodedata.decimal(chr(point), None)
        if digit is not None:
            table[point] = str(digit)
    return table


def folded(text: str) -> str:
    """Return `text` with plain digits, letters and signs, position by position."""
    return text if text.isascii() else text.translate(_folding())


def simplified(text: str) -> str:
    """Return `text` in Simplified characters, position by position, whatever it holds."""
    try:
        return to_simplified(text)
    except UnicodeEncodeError:  # half a character: no name, no word
        return to_simplified(re.sub("[\ud800-\udfff]", "\ufffd", text))


@cache
def _spoken_table() -> dict[int, str]:
    return {ord(char): digit for char, digit in _SPOKEN.items()}


@cache
def _spoken_run() -> re.Pattern[str]:
    digits = "".join(_SPOKEN) + "0-9"
    return re.compile(rf"[{digits}](?:{SEP}{{0,2}}[{digits}]){{6}}")


def spoken(view: str) -> str | None:
    """Return `view` with digits written as words as digits; None where no run of them is."""
    words = _SPOKEN.keys()
    if any(not words.isdisjoint(run) for run in _spoken_run().findall(view)):
        return view.translate(_spoken_table())
    return None


def scan(
    pattern: re.Pattern[str], view: str, judge: Callable[[re.Match[str]], Pii | None]
) -> Iterator[Pii]:
    """Yield what `judge` accepts; after a refusal the search goes on one character later."""
    position = 0
    while match := pattern.search(view, position):
        found = judge(match)
        if found:
            yield found
        position = max(found.end, match.start() + 1) if found else match.start() + 1


def stands_alone(view: str, start: int, end: int) -> bool:
    """Whether a number is whole: no part of a code, an amount or a masked number."""
    number = view[start:end]
    before = _BEFORE.search(view, max(0, start - _LOOK_BACK), start)
    if before and not _may_lead(before, number):
        return False
    after = _AFTER.match(view, end)
    if not after:
        return True
    word = after[2]
    return bool(word) and (word.lower() in _TRAILS.split() or _is_next(after[1], word, number))


def _may_lead(before: re.Match[str], number: str) -> bool:
    word, joint = before[1], before[2]
    if not word:
        return False
    if not word.isdecimal():
        return word.lower() in _LEADS.split()
    # 1.13800138000 is an item of a list; a mobile number after another one is whole too.
    listed = joint == "." and len(word) <= 2
    return bool(_MOBILE.fullmatch(number)) and (listed or _is_next(joint, word, number))


def _is_next(joint: str, word: str, number: str) -> bool:
    return joint == "-" and bool(_MOBILE.fullmatch(word)) and bool(_MOBILE.fullmatch(number))


@cache
def _before(words: str, between: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words}){between}\Z", re.I)


def named(view: str, start: int, words: str, *, between: str = r"[^。!！?？;；\n0-9]{0,8}") -> bool:
    """Whether one of `words` (an alternation) stands shortly before `start`."""
    return bool(_before(words, between).search(view, max(0, start - _LOOK_BACK), start))


_ORDERS = (
    "订单号?码?|訂單號?碼?|单号|單號|运单|運單|流水号?|流水號|编号|編號|条码|條碼|型号|型號|批号|批號"
    "|工号|工號|货号|貨號|交易号|票号|票號|IMEI|SN|order ?(?:no|id|number)?"
)


def is_order(view: str, start: int) -> bool:
    """Whether the number at `start` is told to be one of an order, a parcel or a thing."""
    return named(view, start, _ORDERS, between=r"(?:是|为|為|[:.#\s\"“(（]){0,3}")
