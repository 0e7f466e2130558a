"""Phone numbers of the mainland, Hong Kong, Macau and Taiwan; service numbers are none."""

import re
from collections.abc import Iterator
from functools import cache

from triage.text.pii.kinds import Pii
from triage.text.pii.views import SEP, is_order, named, scan, stands_alone

_CALLS = (
    "电话|電話|手机|手機|联系|聯繫|聯系|联络|聯絡|致电|致電|拨打|撥打|来电|來電|座机|座機|传真|傳真|号码|號碼"
    r"|\btel|\bphone|\bmobile|whats ?app|\bcall"
)
_SHAPES = frozenset(
    {(11,), (3, 8), (7, 4), (3, 4, 4), (4, 4, 3), (3, 3, 5), (3, 4, 2, 2), (1,) * 11, (1, 10)}
)
_S = rf"{SEP}{{0,2}}"
_EXTENSION = r"(?:[ ,，]?(?:转|轉|分机|分機|ext\.?|#)[: ]?[0-9]{1,6}|-[0-9]{1,4}(?![0-9-]))?"


@cache
def _mobile() -> re.Pattern[str]:
    gap = _S.replace("()", "")  # 1799(1999-200 is a price
    country = rf"(?:\+?(?:00)?\(?\+?86\)?{_S}0?|(?<![0-9])0)?"
    return re.compile(rf"(?<![0-9+]){country}(1{gap}[3-9](?:{gap}[0-9]){{9}})(?![0-9]){_EXTENSION}")


@cache
def _tricked() -> re.Pattern[str]:
    """Return what finds a mobile number with letters for digits: 138oooo1234."""
    return re.compile(rf"(?<![0-9A-Za-z_-])1{SEP}?[3-9](?:{SEP}?[0-9oOlI]){{9}}(?![0-9A-Za-z_-])")


@cache
def _landline() -> re.Pattern[str]:
    area = r"(?:10|2[0-57-9]|3[1-9][0-9]|4[1-9][0-9]|5[1-9][0-9]|6[36][0-9]|69[12]|7[1-9][0-9]|8[1-9][0-9]|9[0-9]{2})"
    number = rf"[1-9][0-9]{{2,3}}{SEP}?[0-9]{{4}}(?![0-9])"
    return re.compile(
        rf"(?<![0-9+])(?:(\+?(?:00)?86{SEP}{{1,2}}(?:\(0\))?|\+86)0?{area}{_S}|\(?0{area}({_S}))"
        rf"{number}{_EXTENSION}"
    )


@cache
def _abroad() -> re.Pattern[str]:
    """Return what finds numbers of Hong Kong, Macau and Taiwan with their prefixes."""
    return re.compile(
        rf"(?<![0-9+])(?:"
        rf"(?P<close>\(?852\)?|\(?853\)?)(?P<gap>{_S})[2-9][0-9]{{3}}{_S}[0-9]{{4}}"
        rf"|(?:\+|00|\(\+)85[23]\)?{_S}[2-9][0-9]{{3}}{_S}[0-9]{{4}}"
        rf"|(?:\+|00|\(\+|\()?886\)?{_S}(?:\(0\)|0)?{_S}(?:9[0-9]{{2}}{_S}[0-9]{{3}}{_S}[0-9]{{3}}"
        rf"|[2-8]{_S}[0-9]{{3,4}}{_S}[0-9]{{4}})"
        rf"|09[0-9]{{2}}{_S}[0-9]{{3}}{_S}[0-9]{{3}}"
        rf"|(?:\(0(?:2|37|49|82|89|[3-8])\) ?|0(?:2|37|49|82|89|[3-8])[- ])[0-9]{{3,4}}[- ]?[0-9]{{3,4}}"
        rf")(?![0-9]){_EXTENSION}"
    )


@cache
def _local() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![0-9+])(?!20[0-4][0-9][01][0-9][0-3][0-9](?![0-9])|9510|[48]00)"
        rf"[2-9][0-9]{{2,3}}{SEP}?[0-9]{{4}}(?![0-9]){_EXTENSION}"
    )


def find_phones(view: str) -> Iterator[Pii]:
    """Yield phone numbers of a folded text."""

    def whole(match: re.Match[str]) -> Pii | None:
        start, end = match.span()
        start += match.group().startswith("(") and ")" not in match.group()
        if not stands_alone(view, start, end) or is_order(view, start):
            return None
        return Pii("phone", start, end)

    def mobile(match: re.Match[str]) -> Pii | None:
        shape = tuple(map(len, re.split(rf"{SEP}+", match[1])))
        if shape in _SHAPES or named(view, match.start(), _CALLS):
            return whole(match)
        return None

    def landline(match: re.Match[str]) -> Pii | None:
        apart = match[1] or match[2] or view[match.start()] == "("
        return whole(match) if apart or named(view, match.start(), _CALLS) else None

    def abroad(match: re.Match[str]) -> Pii | None:
        known = not match["close"] or match["gap"] or named(view, match.start(), _CALLS)
        return whole(match) if known else None

    def local(match: re.Match[str]) -> Pii | None:
        close = r"[^,，.。!！?？;；\n0-9Qq]{0,8}"
        return whole(match) if named(view, match.start(), _CALLS, between=close) else None

    yield from scan(_mobile(), view, mobile)
    yield from scan(_landline(), view, landline)
    yield from scan(_abroad(), view, abroad)
    yield from scan(_local(), view, local)


def find_tricked_phones(view: str) -> Iterator[Pii]:
    """Yield mobile numbers that hide behind letters like digits."""
    for match in _tricked().finditer(view):
        digits = sum(map(str.isdecimal, match.group()))
        if 6 <= digits < 11:
            yield Pii("phone", *match.span())
