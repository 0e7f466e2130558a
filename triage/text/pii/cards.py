"""Identity numbers, passports, bank cards and plates."""

import re
from collections.abc import Iterator
from functools import cache

from triage.text.pii.checks import (
    any_card,
    common_card,
    hong_kong_id,
    mainland_id,
    old_mainland_id,
    taiwan_id,
)
from triage.text.pii.kinds import Pii
from triage.text.pii.views import SEP, is_order, named, scan, stands_alone

_S = rf"{SEP}{{0,2}}"
_IDS = "身份证|身分证|身份證|身分證|证件|證件|居民证|居民證|永久居民|HKID|ID ?card|ID ?no|统一编号|統一編號"
_MACAU = "澳门|澳門|BIR|Macau"
_CARDS = (
    "卡号|卡號|银行|銀行|信用卡|借记卡|储蓄卡|儲蓄卡|扣账卡|账号|帐号|賬號|帳號|账户|帐户|賬戶|帳戶|户口|戶口"
    "|[工建农中交招]行|卡[:：是]|card"
)
_GROUPED = re.compile(
    r"[0-9]{4}(?:[^0-9][0-9]{4}){3}(?:[^0-9][0-9]{1,3})?|[0-9]{4}[^0-9][0-9]{6}[^0-9][0-9]{5}"
)


@cache
def _mainland() -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9])[1-8](?:{_S}[0-9]){{16}}{_S}[0-9Xx](?![0-9])")


@cache
def _old() -> re.Pattern[str]:
    return re.compile(r"(?<![0-9])[1-6][0-9]{14}(?![0-9])")


@cache
def _lettered() -> re.Pattern[str]:
    """Return what finds the cards of Hong Kong, Taiwan and Macau."""
    return re.compile(
        r"(?<![0-9A-Za-z_*-])(?:"
        r"(?P<letters>[A-Za-z]{1,2}) ?(?P<digits>[0-9]{6}) ?(?P<open>\( ?)?(?P<check>[0-9Aa])(?(open) ?\))"
        r"|(?P<taiwan>[A-Za-z][1289][0-9]{8})"
        r"|(?P<macau>[157](?:[0-9]{6}|/[0-9]{6}/)\(?[0-9]\)?)"
        r")(?![0-9A-Za-z_*-])"
    )


@cache
def _card() -> re.Pattern[str]:
    return re.compile(rf"(?<![0-9])[2-69][0-9]{{3}}(?:{_S}[0-9]){{9,15}}(?![0-9])")


@cache
def _passport() -> re.Pattern[str]:
    return re.compile(
        r"(?:护照|護照|passport|通行证|通行證|回乡证|回鄉證|台胞证|台胞證)"
        r"(?:号码?|號碼?|编号|編號|证?件?号| ?no\.?| ?number)?(?:[:#(\s]|是|为|為){0,3}"
        r"([A-Za-z]{1,2}[0-9]{7,10}|[0-9]{8,9})(?![0-9A-Za-z_*-])",
        re.I,
    )


_PROVINCES = (
    "京津沪滬渝冀豫云雲辽遼黑湘皖鲁魯新苏蘇浙赣贛鄂桂甘晋晉蒙陕陝吉闽閩贵貴粤粵青藏川宁寧琼瓊"
)


@cache
def _plate() -> re.Pattern[str]:
    letter, sign = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"
    return re.compile(
        rf"[{_PROVINCES}]{letter}[ ·•.-]?(?:{letter}{sign}[0-9]{{4}}|[0-9]{{5}}{letter}|{sign}{{5}}"
        rf"|{sign}{{4}}[学學警挂掛领領使港澳试試超])(?![A-Za-z0-9*])",
        re.I,
    )


@cache
def _named_plate() -> re.Pattern[str]:
    return re.compile(
        r"(?:车牌|車牌|车号|車號|牌照)(?:号码?|號碼?)?[^0-9A-Za-z,，。;；!！?？\n*]{0,4}"
        r"([A-Z]{3}-?[0-9]{3,4}|[A-Z]{2}[- ]?[0-9]{1,4}|[0-9]{3,4}-?[A-Z]{2}|[A-Z][A-Z0-9]{5}"
        r"|[0-9]{2}-[0-9]{2}-[A-Z]{2}|M[A-Z]?-?[0-9]{2}-[0-9]{2})(?![A-Za-z0-9*-])",
        re.I,
    )


def find_identities(view: str) -> Iterator[Pii]:
    """Yield identity numbers of a folded text, check digits verified."""

    def mainland(match: re.Match[str]) -> Pii | None:
        number = re.sub(r"[^0-9Xx]", "", match.group())
        right = mainland_id(number) and stands_alone(view, *match.span())
        return Pii("id_card", *match.span()) if right else None

    def old(match: re.Match[str]) -> Pii | None:
        right = old_mainland_id(match.group()) and stands_alone(view, *match.span())
        return Pii("id_card", *match.span()) if right and named(view, match.start(), _IDS) else None

    def lettered(match: re.Match[str]) -> Pii | None:
        return Pii("id_card", *match.span()) if _is_lettered(view, match) else None

    yield from scan(_mainland(), view, mainland)
    yield from scan(_old(), view, old)
    yield from scan(_lettered(), view, lettered)


def _is_lettered(view: str, match: re.Match[str]) -> bool:
    start = match.start()
    if match["letters"]:
        right = hong_kong_id(match["letters"], match["digits"], match["check"])
        return right and (bool(match["open"]) or named(view, start, _IDS))
    if match["taiwan"]:
        return taiwan_id(match["taiwan"]) and not is_order(view, start)
    return named(view, start, _IDS) and named(view, start, _MACAU, between=r"[\s\S]{0,12}")


def find_bank_cards(view: str) -> Iterator[Pii]:
    """Yield bank cards: a prefix in use, the check digit, and evidence where it is needed."""

    def card(match: re.Match[str]) -> Pii | None:
        start, end = match.span()
        digits = re.sub(r"[^0-9]", "", match.group())
        evident = bool(_GROUPED.fullmatch(match.group())) or named(view, start, _CARDS)
        if not evident and (len(digits) != end - start or is_order(view, start)):
            return None
        right = any_card(digits) if evident else common_card(digits)
        return Pii("bank_card", start, end) if right and stands_alone(view, start, end) else None

    yield from scan(_card(), view, card)


def find_passports(view: str) -> Iterator[Pii]:
    """Yield numbers of passports and travel permits that are told to be such."""
    for match in _passport().finditer(view):
        yield Pii("passport", *match.span(1))


def find_plates(view: str) -> Iterator[Pii]:
    """Yield number plates: those of the mainland anywhere, others where told to be such."""
    for match in _plate().finditer(view):
        if sum(map(str.isdecimal, match.group())) >= 3:
            yield Pii("plate", *match.span())
    for match in _named_plate().finditer(view):
        if any(map(str.isdecimal, match[1])):
            yield Pii("plate", *match.span(1))
