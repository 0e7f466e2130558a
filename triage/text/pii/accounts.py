"""E-mail addresses and the ids of WeChat, QQ and LINE."""

import re
from collections.abc import Iterator
from functools import cache

from triage.text.pii.kinds import Pii

_IS = r"(?:是|为|為|叫|[:;=])"
_NUMBER = r"(?:号码?|號碼?|I[Dd]|id|账号|帐号|賬號|帳號)"
_WECHAT = r"(?:微信|威信|薇信|[Vv]信|(?<![A-Za-z0-9])(?:[Vv][Xx]|[Ww][Xx]|[Ww]e ?[Cc]hat|weixin))"
_WECHAT_ID = r"[A-Za-z][A-Za-z0-9_-]{5,19}"
_END = r"(?![A-Za-z0-9_*@-])"
_NO_IDS = re.compile(
    r"(?:iphone|ipad|android|huawei|xiaomi|windows|wechat|weixin|official|public|version|payment|harmony)"
    r"[0-9]{0,4}(?:pro|max|plus|ultra|os)*",
    re.I,
)


@cache
def _email() -> re.Pattern[str]:
    local = r"A-Za-z0-9._%+'-"
    at = r"(?:@| ?[(\[]at[)\]] ?|艾特)"
    dot = r"(?:\.|点(?=com|cn|net|org)| ?[(\[]dot[)\]] ?)"
    return re.compile(
        rf"(?<![A-Za-z0-9_*])[A-Za-z0-9_][{local}]{{0,63}}{at}(?:[A-Za-z0-9-]{{1,63}}{dot}){{1,5}}[A-Za-z]{{2,24}}(?![A-Za-z0-9-])"
    )


@cache
def _wechat() -> re.Pattern[str]:
    """Return what finds ids: told by a number sign, asked to be added, or with a digit in it."""
    return re.compile(
        rf"(?:(?<![A-Za-z0-9_])(?P<own>wxid_[a-z0-9]{{6,20}}){_END}"
        rf"|(?:{_WECHAT} ?{_NUMBER}? ?{_IS} ?|{_WECHAT} ?{_NUMBER} ?|(?<![A-Za-z0-9])[Vv]:)"
        rf"(?P<told>{_WECHAT_ID}|[1-9][0-9]{{5,10}}){_END}"
        rf"|(?:加|\+) ?(?:我的?|[个個]|一?下)? ?(?:{_WECHAT}|微|[Vv][Xx]?|[Ww][Xx]) ?{_IS}? ?"
        rf"(?P<asked>{_WECHAT_ID}){_END}"
        rf"|{_WECHAT} ?(?P<bare>(?=[A-Za-z_-]*[0-9]){_WECHAT_ID}){_END})"
    )


@cache
def _hint() -> re.Pattern[str]:
    return re.compile("[信微VvXx]|eixin|WECHAT|[Cc]hat")


@cache
def _qq() -> re.Pattern[str]:
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:[Qq][Qq]|扣扣|企[鹅鵝]|[Qq][号號]) ?{_NUMBER}? ?{_IS}? ?"
        r"([1-9](?: ?[0-9]){4,10})(?![0-9A-Za-z_*@元块塊人个個次年月]|\.[0-9]| [0-9])"
    )


@cache
def _line() -> re.Pattern[str]:
    line = r"(?<![A-Za-z])(?:LINE|Line|line)"
    return re.compile(
        rf"(?:(?:{line}|賴|赖) ?(?:的? ?{_NUMBER} ?{_IS}?|{_IS})|加 ?(?:我的?)? ?(?:{line}|賴|赖)) ?{_IS}? ?"
        r"(@?[A-Za-z0-9][A-Za-z0-9._-]{3,19})(?![A-Za-z0-9_*-])"
    )


def find_accounts(view: str) -> Iterator[Pii]:
    """Yield e-mail addresses and ids of messengers of a folded text."""
    if "@" in view or "艾特" in view or "at)" in view or "at]" in view:
        yield from (Pii("email", *match.span()) for match in _email().finditer(view))
    for match in _wechat().finditer(view) if _hint().search(view) else ():
        place = match.lastgroup or ""
        if not _NO_IDS.fullmatch(match[place]):
            yield Pii("wechat", *match.span(place))
    yield from (Pii("qq", *match.span(1)) for match in _qq().finditer(view))
    for match in _line().finditer(view):
        if not _NO_IDS.fullmatch(match[1]):
            yield Pii("line", *match.span(1))
