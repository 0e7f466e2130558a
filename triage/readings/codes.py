"""Numbers that name something: orders, parcels, phones, staff."""

import re
from collections.abc import Iterator
from functools import cache

from triage.readings.spans import Entity

_LOOK_BACK = 12
_FEWEST, _PHONE = 2, 7  # so many digits has a staff number, a phone number
_JOIN = r"(?:是|为|：|:|#|\s|“|\"|\(|（|尾号)*\Z"
_STAFF = "客服|坐席|员工|师傅|骑手|司机|柜员|店员|服务员|快递员|业务员|乘务员|护士|保安|技师"
_LABELS = {
    "staff_number": (
        f"(?:工号|警号|工牌号?|胸牌号?|坐席号?|(?:{_STAFF})[^,。!?;\n]{{0,4}}(?:编号|号码|号))"
    ),
    "parcel_number": "(?:快递|物流|运|包裹|面|货)(?:单(?:编号|号码|号)?|编号|号)",
    "order_number": (
        "(?:订单(?:编?号|号码|ID|id)?|(?<![工运递流裹面货])单号|流水号|交易号|交易单号|预订号"
        "|订房号|确认号)"
    ),
}
_UNITS = frozenset("年月日号元块件个天分小台点时次秒万千人份%")  # 订单2024年: a number, no code
_SPOKEN = {"幺": "1", "洞": "0", "拐": "7"} | {
    c: str(n) for n, c in enumerate("零一二三四五六七八九")
}


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {
        "token": re.compile(
            r"[A-Za-z0-9][A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*|[A-Za-z0-9](?:[-_][A-Za-z0-9]+)+"
        ),
        "sign": re.compile("[单号牌席]"),
        "carrier": re.compile(
            r"(?:SF[0-9]{12,15}|YT[0-9]{13,15}|JDV?[A-Z]?[0-9]{11,15}|JT[0-9]{13}|ZTO[0-9]{12}"
            r"|STO[0-9]{12,13}"
            r"|DPK[0-9]{12}|[A-Z]{2}[0-9]{9}(?:CN|HK|TW))",
            re.I,
        ),
        "labels": re.compile(
            "|".join(f"(?P<{kind}>{label}){_JOIN}" for kind, label in _LABELS.items())
        ),
        "maybe_phone": re.compile(r"[0-9(+](?<![0-9A-Za-z-][0-9(+])(?=[0-9() -]{6})"),
        "phone": re.compile(
            r"(?:(?:\+?86|\+?852|\+?886)[- ]?)?(?:1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}"
            r"|[48]00[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}|\(?0[0-9]{1,3}\)?[- ]?[0-9]{3,4}[- ]?[0-9]{3,4}"
            r"|[2-9][0-9]{3}[- ]?[0-9]{3,4})(?![0-9A-Za-z-])"
        ),
        "calls": re.compile(
            r"(?:电话|致电|手机|联络|联系|拨打|来电|打|座机|热线|Tel|TEL|tel|WhatsApp|whatsapp"
            r"|号码|852[- ]?)[^,。!?;\n0-9]{0,4}\Z"
        ),
        "numbered": re.compile("[0-9]{1,6}(?=号)"),
        "role": re.compile(_STAFF),
        "spoken": re.compile("(?:工号|坐席号?)(?:是|为|:)?([幺洞拐零一二三四五六七八九]{2,8})"),
    }


def find_codes(text: str, digits: int) -> Iterator[Entity]:
    """Yield order, parcel, phone and staff numbers of a text with so many digits."""
    if digits < _FEWEST:
        return
    for match in _patterns()["token"].finditer(text):
        if kind := _kind(text, match):
            yield Entity(kind, *match.span(), match.group())
    if digits >= _PHONE:
        yield from _phones(text)
    if "号" in text:
        yield from _by_role(text)


def _by_role(text: str) -> Iterator[Entity]:
    """Yield numbers of staff told by their work: 客服003号, 07号技师."""
    for match in _patterns()["numbered"].finditer(text):
        start, end = match.span()
        role = _patterns()["role"]
        # 客服11号 may be told on the eleventh; a zero before it or a third figure shows a number.
        clear = end - start > 2 or text[start] == "0"
        before = clear and role.search(text, max(0, start - 3), start)
        if role.match(text, end + 1) or (before and before.end() == start):
            yield Entity("staff_number", start, end, match.group())


def find_spoken(text: str) -> Iterator[Entity]:
    """Yield staff numbers told in words: 工号幺八三."""
    for match in _patterns()["spoken"].finditer(text):
        value = "".join(_SPOKEN[char] for char in match[1])
        yield Entity("staff_number", *match.span(1), value)


def _kind(text: str, match: re.Match[str]) -> str | None:
    start, end = match.span()
    if text[end : end + 1] in _UNITS:
        return None
    token = match.group()
    digits = sum(map(str.isdecimal, token))
    if digits >= 9 and _patterns()["carrier"].fullmatch(token):
        return "parcel_number"
    first = max(0, start - _LOOK_BACK)
    if digits < _FEWEST or not _patterns()["sign"].search(text, first, start):
        return None
    label = _patterns()["labels"].search(text, first, start)
    return _labelled(label, token, digits) if label else None


def _labelled(label: re.Match[str], token: str, digits: int) -> str | None:
    kind = label.lastgroup or ""
    if kind == "staff_number":
        return kind if len(token) <= 10 else None
    if digits < 4 or len(token) < 5:
        return None
    # A bare 单号 before twelve to fifteen digits is that of a parcel.
    if label[kind] == "单号" and token.isdecimal() and 12 <= digits <= 15:
        return "parcel_number"
    return kind


def _phones(text: str) -> Iterator[Entity]:
    for start in _patterns()["maybe_phone"].finditer(text):
        match = _patterns()["phone"].match(text, start.start())
        if match:
            number = re.sub(r"\D", "", match.group())
            number = re.sub(r"\A(?:86(?=1[3-9]|0)|852(?=[0-9]{8}\Z)|886)", "", number)
            if _is_phone(text, match, number):
                yield Entity("phone", *match.span(), number)


def _is_phone(text: str, match: re.Match[str], number: str) -> bool:
    if re.fullmatch(r"1[3-9][0-9]{9}|[48]00[0-9]{7}", number):
        return True
    if re.fullmatch(r"0[0-9]{9,11}", number):
        return True
    known = re.fullmatch(r"[2-9][0-9]{6,8}", number)  # seven or eight figures may be anything
    start = match.start()
    return bool(known and _patterns()["calls"].search(text, max(0, start - _LOOK_BACK), start))
